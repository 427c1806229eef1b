package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"faqbase/kb/hostile"
)

// TestNothingThatRunsIsServed asks for everything that a hostile knowledge base can put
// into a response: pages, lists, results, answers, completions, comparisons, what
// machines read, and what is echoed.
func TestNothingThatRunsIsServed(t *testing.T) {
	pages, err := hostile.Pages()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := hostile.Cases()
	if err != nil {
		t.Fatal(err)
	}
	lib := load(t, pages, "")
	s := open(t, lib, Config{Title: `<script>ran(0)</script>" onclick="ran(0)`})
	served := 0
	ask := func(address string, headers ...string) reply {
		t.Helper()
		r := s.get(address, headers...)
		switch r.StatusCode {
		case http.StatusPermanentRedirect:
			if to := r.Header.Get("Location"); !ownAddress(to) {
				t.Errorf("%s leads to %s", address, to)
			}
		case http.StatusOK, http.StatusNotFound, http.StatusBadRequest:
			for _, fault := range bodyFaults(t, r.Header, r.body) {
				t.Errorf("%s: %.300s", address, fault)
			}
			served++
		default:
			t.Errorf("%s: status %d", address, r.StatusCode)
		}
		for _, name := range []string{"Link", "Location", "ETag"} {
			if v := r.Header.Get(name); strings.ContainsAny(v, "\r\n") || name == "Link" && strings.Count(v, "<") > 1 {
				t.Errorf("%s: %s is %q", address, name, v)
			}
		}
		return r
	}

	for i, p := range lib.Pages {
		if !sampled(i) {
			continue
		}
		ask(p.URL())
		ask(p.URL(), "Accept", "text/markdown")
		ask("/search?size=100&explain=1&on=" + url.QueryEscape(p.Path))
		for _, q := range p.Questions {
			id := url.QueryEscape(q.ID)
			ask("/question?as=html&id=" + id)
			ask("/question?as=markdown&id=" + id)
			ask("/question?id=" + id)
		}
	}
	for _, v := range lib.Tools {
		ask("/tools/" + url.PathEscape(v.Slug))
		for _, other := range lib.Tools[:2] {
			names := "/compare?tool=" + url.QueryEscape(v.Slug) + "&tool=" + url.QueryEscape(other.Slug)
			ask(names)
			ask(names + "&format=csv")
		}
	}
	for _, facet := range facetNames {
		for i, v := range lib.Values(facet) {
			if !sampled(i) {
				continue
			}
			ask(v.URL)
			ask("/facets/" + string(facet) + "?match=" + url.QueryEscape(v.Name))
			ask("/results?" + string(facet) + "=" + url.QueryEscape(v.Name))
		}
	}
	for _, address := range []string{"/", "/browse", "/browse?page=1", "/tools", "/tools?page=1", "/categories", "/ecosystems", "/compare", "/sitemap.xml", "/feed.xml", "/opensearch.xml", "/robots.txt", "/?page=2&size=100"} {
		ask(address)
	}
	// What a visitor is sent with is echoed: a link may have been put before him.
	echoing := []string{"/?q=%s", "/results?q=%s&explain=1", "/search?q=%s", "/suggest?q=%s", "/suggest?format=opensearch&q=%s", "/compare?tool=%s&tool=ant"}
	asked := 0
	for i, c := range cases {
		if !sampled(i) {
			continue
		}
		ask(fmt.Sprintf(echoing[asked%len(echoing)], url.QueryEscape(c.Markup[:min(len(c.Markup), 300)])))
		asked++
	}
	if asked < len(echoing) {
		t.Errorf("of %d addresses that echo %d were asked for", len(echoing), asked)
	}
	ask("/", "Cookie", "theme=\"><script>ran(0)</script>")
	for _, echo := range []string{`"><script>ran(0)</script>`, `'onmouseover=ran(0) x='`, "javascript:ran(0)", "</script><script>ran(0)</script>", "{{ran}}", "ran(0)//\u2028"} {
		e := url.QueryEscape(echo)
		for _, address := range []string{
			"/?category=" + e, "/?sort=" + e, "/?size=" + e, "/?on=" + e, "/?group=" + e, "/results?tool=" + e, "/search?ecosystem=" + e, "/search?page=" + e,
			"/question?id=" + e, "/question?id=a&as=" + e, "/facets/" + url.PathEscape(echo), "/facets/tool?match=" + e, "/compare?differences=" + e, "/compare?format=" + e,
			"/kb/" + url.PathEscape(echo), "/tools/" + url.PathEscape(echo), "/categories/" + url.PathEscape(echo), "/" + url.PathEscape(echo), "/static/" + url.PathEscape(echo),
			"/sitemap.xml?part=" + e, "/events/" + url.PathEscape(echo),
			"/browse?category=" + e, "/tools?ecosystem=" + e, "/categories?tool=" + e, "/ecosystems?page=" + e,
		} {
			ask(address)
			ask(address, "Accept", "application/json")
		}
	}
	if served < 1000 && !testing.Short() {
		t.Errorf("%d responses were looked at", served)
	}
}

// TestHostileFiles asks for the files beside hostile pages.
func TestHostileFiles(t *testing.T) {
	pages, err := hostile.Pages()
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, load(t, pages, ""), Config{})
	for _, name := range []string{"drawing.svg", "page.xhtml.svg"} {
		r := s.get("/kb/"+name).want(t, 200, "image/svg+xml")
		if policy := r.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.HasSuffix(policy, "; sandbox") {
			t.Errorf("%s: a drawing may do %s", name, policy)
		}
	}
	s.get("/kb/page.png").want(t, 200, "image/png")
	for _, name := range []string{"page.html", "tools.yaml", "curations.yaml", "%3Cimg%20src=x%20onerror=ran(1)%3E.html"} {
		if r := s.get("/kb/" + name); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s is served: %d", name, r.StatusCode)
		}
	}
}
