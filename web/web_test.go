package web

import (
	"context"
	"flag"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"go.uber.org/goleak"

	"faqbase/index"
	"faqbase/kb"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreCurrent(), // the workers that Bleve starts with the process
		goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"), // ends by itself when highlighting has
	)
}

// sampled tells whether the case n is tried. With -short, as under the race detector, it
// is one in ten: what asks one thing after the other has little to race.
func sampled(n int) bool { return !testing.Short() || n%10 == 0 }

// fixture is the knowledge base of testdata/library.txtar, with changes: a file
// with a text of "" is taken away.
func fixture(t testing.TB, changes map[string]string) fs.FS {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/library.txtar")
	if err != nil {
		t.Fatal(err)
	}
	fsys := make(fstest.MapFS)
	for _, f := range archive.Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
	}
	for name, text := range changes {
		fsys[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		if text == "" {
			delete(fsys, name)
		}
	}
	return fsys
}

func load(t testing.TB, fsys fs.FS, base string) *kb.Library {
	t.Helper()
	lib, err := kb.Load(fsys, kb.Options{Base: strings.TrimSuffix(base, "/")})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// site is a server that is asked over HTTP.
type site struct {
	t testing.TB
	*Server
	http   *httptest.Server
	client *http.Client
}

// open serves a library with the real index in memory.
func open(t testing.TB, lib *kb.Library, c Config) *site {
	t.Helper()
	engine, err := index.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	if lib != nil {
		if err := engine.Apply(context.Background(), lib); err != nil {
			t.Fatal(err)
		}
	}
	c.Searcher = engine
	return serve(t, lib, c)
}

// serve serves a library with the searcher of c.
func serve(t testing.TB, lib *kb.Library, c Config) *site {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if lib != nil {
		s.Publish(lib)
	}
	server := httptest.NewServer(s)
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(func() {
		s.Close()
		server.Close()
		transport.CloseIdleConnections()
	})
	return &site{t: t, Server: s, http: server, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is a response with its body read.
type reply struct {
	*http.Response
	body string
}

// get asks for a path; headers are pairs of name and value.
func (s *site) get(path string, headers ...string) reply {
	s.t.Helper()
	return s.do(http.MethodGet, path, headers...)
}

func (s *site) do(method, path string, headers ...string) reply {
	s.t.Helper()
	req, err := http.NewRequest(method, s.http.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.check(req, res.StatusCode, res.Header, body)
	return reply{res, string(body)}
}

// check holds an answer against openapi.json.
func (s *site) check(r *http.Request, status int, header http.Header, body []byte) {
	s.t.Helper()
	if err := described().check(s.withoutPrefix(r), status, header, body); err != nil {
		s.t.Errorf("%s %s: %d, not as it is described: %v", r.Method, r.URL, status, err)
	}
}

// ServeHTTP answers without HTTP, and holds what is recorded against openapi.json.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.t.Helper()
	asked := r.Clone(r.Context())
	s.Server.ServeHTTP(w, r)
	if w, ok := w.(*httptest.ResponseRecorder); ok {
		s.check(asked, w.Code, w.Result().Header, w.Body.Bytes())
	}
}

// want checks status and the beginning of the content type.
func (r reply) want(t testing.TB, status int, contentType string) reply {
	t.Helper()
	if r.StatusCode != status || !strings.HasPrefix(r.Header.Get("Content-Type"), contentType) {
		t.Fatalf("%s: got %d %s, want %d %s\n%.500s", r.Request.URL, r.StatusCode, r.Header.Get("Content-Type"), status, contentType, r.body)
	}
	return r
}

// fake is a searcher of functions.
type fake struct {
	search  func(ctx context.Context, q index.Query) (*index.Results, error)
	suggest func(ctx context.Context, text string, n int) ([]index.Suggestion, error)
	related func(ctx context.Context, id string, n int) ([]index.Related, error) // nil for none
}

func (f fake) Search(ctx context.Context, q index.Query) (*index.Results, error) {
	return f.search(ctx, q)
}

func (f fake) Suggest(ctx context.Context, text string, n int) ([]index.Suggestion, error) {
	return f.suggest(ctx, text, n)
}

func (f fake) Related(ctx context.Context, id string, n int) ([]index.Related, error) {
	if f.related == nil {
		return nil, nil
	}
	return f.related(ctx, id, n)
}

// empty finds nothing in lib.
func empty(lib *kb.Library) fake {
	return fake{search: func(_ context.Context, q index.Query) (*index.Results, error) {
		return &index.Results{Library: lib, Query: q}, nil
	}}
}

func TestAddresses(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	const (
		page     = "text/html; charset=utf-8"
		json     = "application/json"
		problem  = "application/problem+json"
		markdown = "text/markdown; charset=utf-8"
	)
	for _, c := range []struct {
		claim, path string
		status      int
		contentType string
		contains    string
	}{
		{"the front page lists all questions", "/", 200, page, "Is Peewee still maintained?"},
		{"a query gives its hits", "/?q=maintained", 200, page, "<mark>maintained</mark>"},
		{"the fragment is no whole page", "/results?q=maintained", 200, page, `<details class="facets"`},
		{"JSON", "/search?q=maintained", 200, json, `"total":`},
		{"completions", "/suggest?q=djan", 200, json, `"kind":"tool"`},
		{"no completions for nothing", "/suggest?q=", 200, json, `{"suggestions":[]}`},
		{"values of a facet by the beginning of a word", "/facets/tool?match=orm", 200, json, `"value":"Django ORM"`},
		{"values by the beginnings of several words", "/facets/tool?match=orm+d", 200, json, `"value":"Django ORM"`},
		{"values by a part of a name", "/facets/tool?match=alch", 200, json, `"value":"SQLAlchemy"`},
		{"no values by the middle of a word", "/facets/tool?match=lchemy", 200, json, `{"facet":"tool","values":[]}`},
		{"no values", "/facets/category?match=zzz", 200, json, `{"facet":"category","values":[]}`},
		{"an unknown facet", "/facets/colour", 404, problem, "want category, ecosystem or tool"},
		{"one question", "/question?id=databases%23which-database-do-i-start-with", 200, json, `"previous":null`},
		{"an unknown question", "/question?id=nope", 404, problem, ""},
		{"no question named", "/question", 400, problem, `"parameter":"id"`},
		{"a page", "/kb/python/peewee", 200, page, "<h1 class=\"title\">Peewee</h1>"},
		{"a page with an address to escape", "/kb/with%20space/%C3%9Cn%C3%AFcode%20page", 200, page, "An address with spaces"[3:]},
		{"its source", "/kb/python/peewee.md", 200, markdown, "title: Peewee"},
		{"the source of a page with another extension", "/kb/with%20space/%C3%9Cn%C3%AFcode%20page.md", 200, markdown, "Does an address"},
		{"the same by its file", "/kb/with%20space/%C3%9Cn%C3%AFcode%20page.markdown", 200, markdown, "Does an address"},
		{"a picture", "/kb/pictures/pool.svg", 200, "image/svg+xml", "<svg"},
		{"a file", "/kb/notes.pdf", 200, "application/pdf", "%PDF"},
		{"a file of another kind is not served", "/kb/secret.txt", 404, page, ""},
		{"nor is tools.yaml", "/kb/tools.yaml", 404, page, ""},
		{"no way out of the folder", "/kb/..%2f..%2fetc%2fpasswd", 404, page, ""},
		{"an unknown page offers what is near", "/kb/python/peewee-orm", 404, page, "Perhaps you want"},
		{"all tools", "/tools", 200, page, "Other tools"},
		{"a tool", "/tools/sqlalchemy", 200, page, "Data Mapper and Unit of Work"},
		{"an unknown tool", "/tools/nope", 404, page, ""},
		{"a category", "/categories/orms", 200, page, "Does Peewee support asyncio?"},
		{"an ecosystem", "/ecosystems/go", 200, page, "Which router is faster"},
		{"an unknown category", "/categories/nope", 404, page, ""},
		{"completions for an address bar", "/suggest?q=djan&format=opensearch", 200, "application/x-suggestions+json", `["djan",["Django ORM"`},
		{"the sitemap", "/sitemap.xml", 200, "application/xml", "/kb/python/peewee</loc><lastmod>2025-01-02</lastmod>"},
		{"the feed", "/feed.xml", 200, "application/atom+xml", "<title>Peewee</title>"},
		{"what robots may read", "/robots.txt", 200, "text/plain", "Disallow: /results"},
		{"how browsers search here", "/opensearch.xml", 200, "application/opensearchdescription+xml", "{searchTerms}"},
		{"life", "/healthz", 200, "text/plain", "ok"},
		{"readiness", "/readyz", 200, json, `{"generation":1,"pages":5,"questions":10}`},
		{"the icon that browsers ask for", "/favicon.ico", 200, "image/svg+xml", "<svg"},
		{"an unknown asset", "/static/app.css", 404, problem, ""},
		{"an unknown address", "/nope", 404, page, "There is nothing at this address"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			r := s.get(c.path).want(t, c.status, c.contentType)
			if !strings.Contains(r.body, c.contains) {
				t.Errorf("no %q in\n%s", c.contains, r.body)
			}
			if r.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the type may be guessed")
			}
			head := s.do(http.MethodHead, c.path)
			if head.StatusCode != c.status || head.Header.Get("Content-Type") != r.Header.Get("Content-Type") || head.body != "" {
				t.Errorf("HEAD: got %d %s %q", head.StatusCode, head.Header.Get("Content-Type"), head.body)
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	for _, base := range []string{"", "https://x.example/help/"} {
		s := open(t, load(t, fixture(t, nil), base), Config{BaseURL: base})
		for _, c := range []struct{ claim, from, to string }{
			{"an alias leads to the slug", "/tools/sqla", "/tools/sqlalchemy"},
			{"a name leads to the slug", "/tools/Django%20ORM", "/tools/django-orm"},
			{"a slug of tools.yaml counts", "/tools/chi", "/tools/go-chi"},
			{"the query is kept", "/tools/sqla?a=b", "/tools/sqlalchemy?a=b"},
			{"so with categories", "/categories/Web%20frameworks", "/categories/web-frameworks"},
			{"so with ecosystems", "/ecosystems/Python", "/ecosystems/python"},
			{"a slash at the end goes away", "/tools/", "/tools"},
			{"also after a page", "/kb/python/peewee/", "/kb/python/peewee"},
			{"also after a slug", "/tools/sqlalchemy/", "/tools/sqlalchemy"},
			{"also elsewhere", "/search/?q=a", "/search?q=a"},
			{"the folder of the pages is the front page", "/kb/", "/"},
			{"and without the slash", "/kb", "/"},
		} {
			t.Run(c.claim, func(t *testing.T) {
				r := s.get(c.from)
				want := strings.TrimSuffix(base, "/") + c.to
				if r.StatusCode != http.StatusPermanentRedirect || r.Header.Get("Location") != want {
					t.Errorf("got %d %s, want 308 %s", r.StatusCode, r.Header.Get("Location"), want)
				}
			})
		}
	}
	t.Run("no redirect leaves the site", func(t *testing.T) {
		s := open(t, load(t, fixture(t, nil), ""), Config{})
		for _, path := range []string{"//evil.example/", "//evil.example//", "/%5Cevil.example/", "/\\/evil.example/"} {
			r := s.get(path)
			if to := r.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) || strings.Contains(to, ":") {
				t.Errorf("%s leads to %s", path, to)
			}
		}
	})
}

func TestMethods(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		for _, path := range []string{"/search", "/kb/python/peewee", "/", "/events"} {
			r := s.do(method, path)
			if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: got %d, Allow %q", method, path, r.StatusCode, r.Header.Get("Allow"))
			}
		}
	}
}

func TestBeforeTheFirstLibrary(t *testing.T) {
	s := open(t, nil, Config{})
	for _, path := range []string{"/readyz", "/search?q=a", "/suggest?q=a", "/", "/kb/python/peewee", "/tools", "/sitemap.xml", "/feed.xml", "/robots.txt", "/opensearch.xml"} {
		r := s.get(path)
		if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
			t.Errorf("%s: got %d, Retry-After %q", path, r.StatusCode, r.Header.Get("Retry-After"))
		}
	}
	s.get("/healthz").want(t, 200, "text/plain")
}

func TestBaseURL(t *testing.T) {
	t.Run("what is wrong with it is said", func(t *testing.T) {
		for _, base := range []string{"help", "ftp://x/", "https://x/?a=b", "https://x/#a", "https://x/help?", "https://x/help#", "?", "/help/#", "mailto:a@b", ":"} {
			if _, err := New(Config{Searcher: empty(nil), BaseURL: base}); err == nil {
				t.Errorf("%q is accepted", base)
			}
		}
	})
	t.Run("requests come with and without the prefix", func(t *testing.T) {
		s := open(t, load(t, fixture(t, nil), "https://x.example/help/"), Config{BaseURL: "https://x.example/help/"})
		for _, path := range []string{"/", "/search?q=orm", "/kb/python/peewee", "/tools/sqlalchemy", "/healthz"} {
			s.get(path).want(t, 200, "")
			s.get("/help"+path).want(t, 200, "")
		}
		s.get("/help").want(t, 200, "text/html")
		s.get("/helpless").want(t, 404, "text/html")
		s.get("/help/nope").want(t, 404, "text/html")
	})
	t.Run("a prefix that is also one of our folders is not taken twice", func(t *testing.T) {
		s := open(t, load(t, fixture(t, nil), "/kb"), Config{BaseURL: "/kb/"})
		s.get("/kb/python/peewee").want(t, 200, "text/html")
		s.get("/kb/kb/python/peewee").want(t, 200, "text/html")
		s.get("/kb/search?q=orm").want(t, 200, "application/json")
	})
}

func TestCrossOrigin(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	for origin, ok := range map[string]bool{
		"*": true, "https://docs.example": true, "http://localhost:8080": true, "http://[::1]:8080": true,
		"docs.example": false, "https://docs.example/": false, "https://docs.example/path": false, "https://": false,
		"ftp://docs.example": false, "https://a.example, https://b.example": false, "https://a@docs.example": false,
		"https://docs.example?": false, "https://docs.example#": false, "https://Docs.example": false, "null": false, "https://:8080": false,
		"https://docs.example\r\nX: y": false,
	} {
		if _, err := New(Config{Searcher: empty(nil), AllowOrigin: origin}); (err == nil) != ok {
			t.Errorf("%q: %v", origin, err)
		}
	}
	for _, c := range []struct {
		claim string
		Config
		want string
	}{
		{"nobody by default", Config{}, ""},
		{"the one that is named", Config{AllowOrigin: "https://docs.example"}, "https://docs.example"},
		{"everybody with a base URL", Config{BaseURL: "https://x.example"}, "*"},
		{"the one that is named also with a base URL", Config{BaseURL: "https://x.example", AllowOrigin: "https://docs.example"}, "https://docs.example"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			s := open(t, lib, c.Config)
			for _, path := range []string{"/search?q=a", "/suggest?q=a", "/facets/tool", "/question?id=x", "/search?size=0"} {
				if got := s.get(path).Header.Get("Access-Control-Allow-Origin"); got != c.want {
					t.Errorf("%s: got %q, want %q", path, got, c.want)
				}
			}
			for _, path := range []string{"/", "/kb/python/peewee", "/tools"} {
				if got := s.get(path).Header.Get("Access-Control-Allow-Origin"); got != "" {
					t.Errorf("%s may be read by %q", path, got)
				}
			}
			if got := s.do(http.MethodHead, "/events").Header.Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("events may be read by %q", got)
			}
		})
	}
}

func TestSVGCannotRun(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	r := s.get("/kb/pictures/pool.svg")
	if got := r.Header.Get("Content-Security-Policy"); got != picturePolicy || !strings.HasSuffix(got, "sandbox") {
		t.Errorf("policy %q", got)
	}
}

func TestSourceByNegotiation(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for accept, want := range map[string]string{
		"":                                     "text/html",
		"*/*":                                  "text/html",
		"text/markdown":                        "text/markdown",
		"text/markdown, text/html;q=0.9":       "text/markdown",
		"text/html, text/markdown":             "text/html",
		"text/*;q=0.5, text/markdown":          "text/markdown",
		"text/*, text/html;q=0":                "text/markdown",
		"image/png":                            "text/html",
		"text/html;q=0.2,TEXT/MARKDOWN; q=0.3": "text/markdown",
	} {
		r := s.get("/kb/python/peewee", "Accept", accept).want(t, 200, want)
		if !strings.Contains(strings.Join(r.Header.Values("Vary"), ","), "Accept") {
			t.Errorf("Accept %q: no Vary", accept)
		}
		if link := r.Header.Get("Link"); want == "text/markdown" && link != "<"+s.http.URL+`/kb/python/peewee>; rel="canonical"` {
			t.Errorf("the Markdown names %q as the page", link)
		}
	}
}

func TestPublishNothingNew(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	s := serve(t, lib, Config{Searcher: empty(lib)})
	before := len(s.feed.recent)
	s.Publish(load(t, fixture(t, nil), ""))
	if len(s.feed.recent) != before {
		t.Error("a library with the same digest is an event")
	}
}

func TestDev(t *testing.T) {
	lib := load(t, fixture(t, map[string]string{"broken.md": "# Broken\n\n## Empty?\n"}), "")
	if len(lib.Faults) == 0 {
		t.Fatal("the fixture has no fault")
	}
	s := open(t, lib, Config{Dev: true})
	r := s.get("/").want(t, 200, "text/html")
	if !strings.Contains(r.body, "broken.md:") {
		t.Error("faults are not shown")
	}
	if r.Header.Get("ETag") != "" || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a page that may change with its template is kept: %q %q", r.Header.Get("ETag"), r.Header.Get("Cache-Control"))
	}
	start := strings.Index(r.body, "/static/app.")
	name, _, _ := strings.Cut(r.body[start:], `"`)
	s.get(name).want(t, 200, "")
	if r := open(t, lib, Config{}).get("/"); strings.Contains(r.body, "broken.md:") {
		t.Error("faults are shown to everybody")
	}
}
