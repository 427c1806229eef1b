package web

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"faqbase/index"
)

// TestEveryAddressHasItsHeaders is the table of the headers that keep readers safe.
func TestEveryAddressHasItsHeaders(t *testing.T) {
	const version = "v1.2.3-of-the-program"
	s := open(t, load(t, fixture(t, nil), ""), Config{Version: version})
	page := s.get("/").body
	start := strings.Index(page, "/static/app.")
	asset, _, _ := strings.Cut(page[start:], `"`)
	want := map[string][]struct{ path, policy string }{
		"/":                  {{"/", contentPolicy}, {"/?q=orm", contentPolicy}, {"/?size=0", contentPolicy}},
		"/results":           {{"/results?q=orm", contentPolicy}, {"/results?size=0", dataPolicy}},
		"/search":            {{"/search?q=orm", dataPolicy}, {"/search?size=0", dataPolicy}},
		"/suggest":           {{"/suggest?q=dj", dataPolicy}, {"/suggest?q=dj&format=opensearch", dataPolicy}},
		"/facets/:facet":     {{"/facets/tool", dataPolicy}, {"/facets/nope", dataPolicy}},
		"/question":          {{"/question?id=python/sqlalchemy-vs-django-orm%23together", dataPolicy}, {"/question?id=python/sqlalchemy-vs-django-orm%23together&as=html", contentPolicy}, {"/question", dataPolicy}},
		"/kb":                {{"/kb", dataPolicy}},
		"/kb/*path":          {{"/kb/python/peewee", contentPolicy}, {"/kb/python/peewee.md", dataPolicy}, {"/kb/pictures/pool.svg", picturePolicy}, {"/kb/notes.pdf", documentPolicy}, {"/kb/nope", contentPolicy}},
		"/browse":            {{"/browse", contentPolicy}, {"/browse?ecosystem=python", contentPolicy}, {"/browse?page=x", contentPolicy}},
		"/compare":           {{"/compare", contentPolicy}, {"/compare?tool=django-orm&tool=sqlalchemy", contentPolicy}, {"/compare?tool=django-orm&tool=sqlalchemy&format=csv", dataPolicy}},
		"/tools":             {{"/tools", contentPolicy}},
		"/tools/*slug":       {{"/tools/sqlalchemy", contentPolicy}, {"/tools/sqla", dataPolicy}},
		"/categories":        {{"/categories", contentPolicy}, {"/categories?page=2", contentPolicy}},
		"/categories/*slug":  {{"/categories/orms", contentPolicy}},
		"/ecosystems":        {{"/ecosystems", contentPolicy}},
		"/ecosystems/*slug":  {{"/ecosystems/python", contentPolicy}},
		"/events":            {{"/events", dataPolicy}},
		"/sitemap.xml":       {{"/sitemap.xml", dataPolicy}},
		"/feed.xml":          {{"/feed.xml", dataPolicy}},
		"/robots.txt":        {{"/robots.txt", dataPolicy}},
		"/opensearch.xml":    {{"/opensearch.xml", dataPolicy}},
		"/openapi.json":      {{"/openapi.json", dataPolicy}},
		"/metrics":           {{"/metrics", dataPolicy}},
		"/healthz":           {{"/healthz", dataPolicy}},
		"/readyz":            {{"/readyz", dataPolicy}},
		"/favicon.ico":       {{"/favicon.ico", picturePolicy}},
		"/static/*name":      {{asset, dataPolicy}, {"/static/nope", dataPolicy}},
		"/nowhere, no route": {{"/nowhere", contentPolicy}, {"/tools/", dataPolicy}},
	}
	for _, r := range s.router.(*gin.Engine).Routes() {
		if want[r.Path] == nil {
			t.Errorf("%s is not in the table", r.Path)
		}
	}
	fixed := map[string]string{
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cross-Origin-Embedder-Policy": "require-corp",
	}
	others := []string{"Accept-Ranges", "Allow", "Cache-Control", "Content-Disposition", "Content-Length", "Content-Type", "Date", "Etag",
		"Link", "Location", "Retry-After", "Vary", "X-Accel-Buffering", "X-Request-Id", "X-Robots-Tag"}
	check := func(r reply, policy string) {
		t.Helper()
		got := make(map[string]string)
		for name := range r.Header {
			if !slices.Contains(others, name) {
				got[name] = strings.Join(r.Header.Values(name), " AND ")
			}
		}
		all := maps.Clone(fixed)
		all["Content-Security-Policy"] = policy
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("%s %s: -want +got\n%s", r.Request.Method, r.Request.URL, diff)
		}
		if strings.Contains(r.body, version) {
			t.Errorf("%s: the version is told", r.Request.URL)
		}
	}
	for _, samples := range want {
		for _, c := range samples {
			if c.path != "/events" { // which would not end
				check(s.get(c.path), c.policy)
			}
			check(s.do(http.MethodHead, c.path), c.policy)
		}
	}
	check(s.do(http.MethodPost, "/search"), dataPolicy)
	check(s.get("/search?q=orm", "Sec-Fetch-Site", "cross-site"), dataPolicy)
}

func TestTheHostThatIsAsked(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	for _, c := range []struct {
		claim    string
		config   Config
		yes, not []string
	}{
		{"on loopback its own names alone", Config{Local: true},
			[]string{"localhost", "localhost:8080", "LOCALHOST:80", "localhost.", "127.0.0.1", "127.0.0.1:8080", "127.9.9.9", "[::1]", "[::1]:8080"},
			[]string{"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1", "0.0.0.0", "[::]", "xlocalhost", ""}},
		{"on loopback also the host of the base URL, behind a proxy", Config{Local: true, BaseURL: "https://Faq.example/help/"},
			[]string{"faq.example", "FAQ.example:443", "localhost:8080", "127.0.0.1"},
			[]string{"evil.example", "a.faq.example", "faq.example.evil.example", "192.0.2.1"}},
		{"elsewhere the host of the base URL, and addresses, which cannot be rebound", Config{BaseURL: "https://faq.example"},
			[]string{"faq.example", "faq.example:8080", "192.0.2.1:8080", "[2001:db8::1]"},
			[]string{"evil.example", "localhost", ""}},
		{"a proxy that is trusted passes on what it answers to", Config{BaseURL: "https://faq.example", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}},
			[]string{"upstream:8080"}, nil},
		{"on loopback everybody may be that proxy", Config{Local: true, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}},
			[]string{"127.0.0.1:8080"}, []string{"evil.example"}},
		{"elsewhere without a base URL any", Config{},
			[]string{"faq.example", "evil.example", "192.0.2.1"}, nil},
		{"a base URL without a host names none", Config{BaseURL: "/help/"},
			[]string{"faq.example"}, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			c.config.Searcher = empty(lib)
			s, err := New(c.config)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.Publish(lib)
			ask := func(host, path string) *httptest.ResponseRecorder {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Host = host
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				return w
			}
			for _, host := range c.yes {
				for _, path := range []string{"/search", "/", "/tools"} {
					if w := ask(host, path); w.Code != http.StatusOK {
						t.Errorf("%q %s: %d", host, path, w.Code)
					}
				}
			}
			for _, host := range c.not {
				for _, r := range s.router.(*gin.Engine).Routes() {
					want := http.StatusMisdirectedRequest
					if isProbe(r.Path) {
						want = http.StatusOK
					}
					if w := ask(host, r.Path); w.Code != want {
						t.Errorf("%q %s: %d, want %d", host, r.Path, w.Code, want)
					} else if want != http.StatusOK && w.Header().Get("Content-Type") != "application/problem+json" {
						t.Errorf("%q %s: it says more than it has to: %s", host, r.Path, w.Body)
					}
				}
				if w := ask(host, "/nowhere"); w.Code != http.StatusMisdirectedRequest {
					t.Errorf("%q /nowhere: %d", host, w.Code)
				}
			}
		})
	}
}

func TestOtherSitesLearnNothing(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	const app, evil = "https://app.example", "https://evil.example"
	private := serve(t, lib, Config{Searcher: empty(lib)})
	shared := serve(t, lib, Config{Searcher: empty(lib), AllowOrigin: app})
	public := serve(t, lib, Config{Searcher: empty(lib), AllowOrigin: "*"})
	for _, c := range []struct {
		claim                    string
		site, mode, dest, origin string
		path                     string
		private, shared, public  int
	}{
		{"the site itself reads", "same-origin", "cors", "empty", "", "/search?q=orm", 200, 200, 200},
		{"a typed address opens", "none", "navigate", "document", "", "/search?q=orm", 200, 200, 200},
		{"a program has no such headers", "", "", "", "", "/search?q=orm", 200, 200, 200},
		{"a link of another site opens", "cross-site", "navigate", "document", "", "/search?q=orm", 200, 200, 200},
		{"a script of another site reads where it may", "cross-site", "cors", "empty", app, "/search?q=orm", 403, 200, 200},
		{"of the same domain too", "same-site", "cors", "empty", app, "/search?q=orm", 403, 200, 200},
		{"also the source of a page", "cross-site", "cors", "empty", app, "/kb/python/peewee.md", 403, 200, 200},
		{"no other site does", "cross-site", "cors", "empty", evil, "/search?q=orm", 403, 403, 200},
		{"nor one of the same domain", "same-site", "cors", "empty", evil, "/question?id=x", 403, 403, 404},
		{"nor one without a name", "cross-site", "cors", "empty", "", "/search?q=orm", 403, 403, 200},
		{"nobody reads a page", "cross-site", "cors", "empty", app, "/kb/python/peewee", 403, 403, 403},
		{"nor the search page", "cross-site", "cors", "empty", app, "/?q=orm", 403, 403, 403},
		{"nor a fragment", "cross-site", "cors", "empty", app, "/results?q=orm", 403, 403, 403},
		{"nor what is not there", "cross-site", "cors", "empty", app, "/nowhere", 403, 403, 403},
		{"nobody makes a picture of it", "cross-site", "no-cors", "image", "", "/search?q=orm", 403, 403, 403},
		{"nor a script", "cross-site", "no-cors", "script", "", "/search?q=orm", 403, 403, 403},
		{"nor measures how long it takes", "cross-site", "no-cors", "empty", "", "/search?q=orm", 403, 403, 403},
		{"nor frames it", "cross-site", "navigate", "iframe", "", "/search?q=orm", 403, 403, 403},
		{"nor embeds it", "same-site", "navigate", "object", "", "/search?q=orm", 403, 403, 403},
		{"a probe is open to all", "cross-site", "no-cors", "empty", "", "/healthz", 200, 200, 200},
	} {
		for _, at := range []struct {
			s    *site
			want int
		}{{private, c.private}, {shared, c.shared}, {public, c.public}} {
			headers := []string{"Sec-Fetch-Site", c.site, "Sec-Fetch-Mode", c.mode, "Sec-Fetch-Dest", c.dest}
			if c.origin != "" {
				headers = append(headers, "Origin", c.origin)
			}
			r := at.s.get(c.path, headers...)
			if r.StatusCode != at.want {
				t.Errorf("%s: %d, want %d where %q may read", c.claim, r.StatusCode, at.want, at.s.origin)
			}
		}
	}
}

// TestWhatOtherSitesMayReadIsWhatTheyMayAskFor holds the two rules for equal: the header
// that lets a browser hand an answer on, and the refusal of all else.
func TestWhatOtherSitesMayReadIsWhatTheyMayAskFor(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	const app = "https://app.example"
	s := serve(t, lib, Config{Searcher: fake{search: empty(lib).search, suggest: func(context.Context, string, int) ([]index.Suggestion, error) { return nil, nil }}, AllowOrigin: app})
	for _, path := range []string{"/", "/results", "/search", "/suggest?q=a", "/facets/tool", "/question?id=python/sqlalchemy-vs-django-orm%23together", "/kb",
		"/kb/python/peewee", "/kb/python/peewee.md", "/kb/pictures/pool.svg", "/browse", "/compare", "/tools", "/tools/sqlalchemy", "/sitemap.xml", "/feed.xml",
		"/robots.txt", "/opensearch.xml", "/openapi.json", "/favicon.ico"} {
		readable := s.get(path).Header.Get("Access-Control-Allow-Origin") == app
		asked := s.get(path, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty", "Origin", app).StatusCode == http.StatusOK
		if readable != asked {
			t.Errorf("%s: readable %v, given %v", path, readable, asked)
		}
	}
}

func TestThePictureOfSharedLinksIsShownElsewhere(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	s := serve(t, lib, Config{Searcher: empty(lib)})
	shown := func(path string) (status int, policy string) {
		r := s.get(path, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image")
		return r.StatusCode, r.Header.Get("Cross-Origin-Resource-Policy")
	}
	icon, err := s.assets.url("icon.png")
	if err != nil {
		t.Fatal(err)
	}
	if status, policy := shown(icon); status != http.StatusOK || policy != "cross-origin" {
		t.Errorf("%s: %d, %s", icon, status, policy)
	}
	if status, policy := shown("/favicon.ico"); status != http.StatusForbidden || policy != "same-origin" {
		t.Errorf("the mark of pages: %d, %s", status, policy)
	}
}
