package web

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"

	"faqbase/kb"
)

// A document is a parsed page.
type document struct {
	root *html.Node
	all  []*html.Node
	ids  map[string]*html.Node
}

func parseDocument(t testing.TB, body string) *document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	d := &document{root: root, ids: make(map[string]*html.Node)}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			d.all = append(d.all, n)
		}
	}
	return d
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// validate finds what is wrong with a page by the rules of HTML, of
// accessibility and of the content security policy.
func validate(t *testing.T, path, body string) {
	t.Helper()
	bad := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
	}
	for z := html.NewTokenizer(strings.NewReader(body)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		seen := make(map[string]bool)
		token := z.Token()
		for _, a := range token.Attr {
			if seen[a.Key] {
				bad("attribute %s twice in %s", a.Key, token)
			}
			seen[a.Key] = true
		}
	}
	d := parseDocument(t, body)
	labelled := make(map[string]bool)
	for _, n := range d.all {
		if id, ok := attr(n, "id"); ok {
			if d.ids[id] != nil || id == "" || strings.ContainsAny(id, " \t\n") {
				bad("id %q is not unique or malformed", id)
			}
			d.ids[id] = n
		}
		if target, ok := attr(n, "for"); ok && n.Data == "label" {
			labelled[target] = true
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				bad("inline %s on <%s>", a.Key, n.Data)
			}
			isAddress := a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction"
			if isAddress && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				bad("script in an address: %s", a.Val)
			}
		}
	}
	level, h1 := 0, 0
	for _, n := range d.all {
		switch n.Data {
		case "style":
			bad("inline style sheet")
		case "script":
			if kind, _ := attr(n, "type"); kind == "application/ld+json" || kind == "application/json" {
				if !json.Valid([]byte(text(n))) {
					bad("%s that is no JSON", kind)
				}
			} else if _, ok := attr(n, "src"); !ok || n.FirstChild != nil {
				bad("inline script")
			}
		case "img":
			if _, ok := attr(n, "alt"); !ok {
				bad("picture without alternative text")
			}
		case "input", "select":
			id, _ := attr(n, "id")
			kind, _ := attr(n, "type")
			if kind != "hidden" && !labelled[id] && n.Parent.Data != "label" && !hasAncestor(n, "label") {
				bad("<%s id=%q> has no label", n.Data, id)
			}
		case "a":
			if text(n) == "" {
				if label, _ := attr(n, "aria-label"); label == "" {
					bad("link without a name")
				}
			}
		case "h1", "h2", "h3", "h4", "h5", "h6":
			if hasAncestor(n, "dialog") || hasAncestor(n, "aside") || hasAncestor(n, "nav") {
				continue
			}
			now := int(n.Data[1] - '0')
			if now == 1 {
				h1++
			}
			if now > level+1 && !hasAncestor(n, "details") {
				bad("<%s> %q after level %d", n.Data, text(n), level)
			}
			level = now
		}
		for _, name := range []string{"aria-labelledby", "aria-describedby", "aria-controls", "for", "form", "list"} {
			value, ok := attr(n, name)
			for _, id := range strings.Fields(value) {
				if ok && d.ids[id] == nil {
					bad("%s=%q leads nowhere", name, id)
				}
			}
		}
		if href, ok := attr(n, "href"); ok && strings.HasPrefix(href, "#") {
			if target, err := url.PathUnescape(href[1:]); err != nil || d.ids[target] == nil {
				bad("%s leads nowhere", href)
			}
		}
	}
	if h1 != 1 {
		bad("%d h1", h1)
	}
	for _, want := range []string{`<meta name="description"`, `<html lang="en"`, `<meta name="viewport"`, `<title>`} {
		if !strings.Contains(body, want) {
			bad("no %s", want)
		}
	}
}

func hasAncestor(n *html.Node, name string) bool {
	for a := range n.Ancestors() {
		if a.Data == name {
			return true
		}
	}
	return false
}

// TestEveryLinkLeadsSomewhere follows all links from the front page and looks at
// every page on the way.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	libraries := map[string]func(base string) *kb.Library{
		"fixture": func(base string) *kb.Library { return load(t, fixture(t, nil), base) },
	}
	if !testing.Short() {
		libraries["starter"] = func(base string) *kb.Library { return load(t, kb.Starter(), base) }
	}
	for name, library := range libraries {
		for _, base := range []string{"", "https://x.example/help/"} {
			t.Run(name+" "+base, func(t *testing.T) { crawl(t, open(t, library(base), Config{BaseURL: base}), base) })
		}
	}
}

func crawl(t *testing.T, s *site, base string) {
	prefix := strings.TrimSuffix(base, "/")
	fragments := make(map[string][]string) // page to the anchors that are linked
	pages := make(map[string]*document)
	queue := []string{prefix + "/", prefix + "/?q=orm", prefix + "/?q=zzzz&tool=nope", prefix + "/?size=3&page=2"}
	seen, compared := make(map[string]bool), 0
	for len(queue) > 0 {
		address := queue[0]
		queue = queue[1:]
		if seen[address] {
			continue
		}
		seen[address] = true
		// Any pair of tools is a page; some of them show what all of them have.
		if strings.HasPrefix(address, prefix+"/compare?") {
			if compared++; compared > 150 {
				continue
			}
		}
		if len(pages) > 5000 {
			t.Fatal("the site has no end")
		}
		path := strings.TrimPrefix(address, prefix)
		r := s.get(path)
		if r.StatusCode != 200 {
			t.Errorf("%s: %d", address, r.StatusCode)
			continue
		}
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			continue
		}
		if got := r.Header.Get("Content-Security-Policy"); got != contentPolicy {
			t.Errorf("%s: policy %q", address, got)
		}
		validate(t, path, r.body)
		d := parseDocument(t, r.body)
		pages[address] = d
		for _, n := range d.all {
			if id, ok := attr(n, "id"); ok {
				d.ids[id] = n
			}
			for _, name := range []string{"href", "src", "action"} {
				link, ok := attr(n, name)
				if !ok || strings.HasPrefix(link, "#") {
					continue
				}
				if rel, _ := attr(n, "rel"); n.Data == "link" && rel == "canonical" && !strings.HasPrefix(link, prefix) {
					t.Errorf("%s: canonical address %s", address, link)
				}
				inside := strings.HasPrefix(link, "/") && base == "" || base != "" && strings.HasPrefix(link, prefix+"/")
				if !inside {
					if strings.HasPrefix(link, "/") || !strings.Contains(link, ":") {
						t.Errorf("%s: %s has no base", address, link)
					}
					continue
				}
				link, fragment, has := strings.Cut(link, "#")
				if has {
					fragments[link] = append(fragments[link], fragment)
				}
				queue = append(queue, link)
			}
		}
	}
	for page, anchors := range fragments {
		for _, anchor := range slices.Compact(slices.Sorted(slices.Values(anchors))) {
			id, err := url.PathUnescape(anchor)
			if err != nil || pages[page] == nil || pages[page].ids[id] == nil {
				t.Errorf("%s has no #%s", page, anchor)
			}
		}
	}
	if len(pages) < 5 {
		t.Errorf("only %d pages", len(pages))
	}
}

func TestHeadersOfPages(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for _, path := range []string{"/", "/?q=orm", "/results?q=orm", "/kb/python/peewee", "/tools", "/nope"} {
		r := s.get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy":      contentPolicy,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if r.Header.Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", path)
		}
		want := "private, no-cache"
		if r.StatusCode == 404 {
			want = "no-store"
		}
		if got := r.Header.Get("Cache-Control"); got != want {
			t.Errorf("%s: Cache-Control %q, want %q", path, got, want)
		}
	}
}

func TestMovedPage(t *testing.T) {
	const base = "https://example.com/help"
	lib := load(t, fixture(t, map[string]string{"go/new.md": "---\ntitle: New\nmoved: [go/old, go/older#why]\n---\n## Why?\n\nSo.\n"}), base)
	s := open(t, lib, Config{BaseURL: base})
	for path, want := range map[string]string{
		"/kb/go/old":      "/kb/go/new",
		"/kb/go/old.md":   "/kb/go/new.md",
		"/kb/go/old?q=x":  "/kb/go/new?q=x",
		"/kb/go/older":    "/kb/go/new",
		"/kb/go/older.md": "/kb/go/new.md",
	} {
		r := s.get("/help" + path)
		if got := r.Header.Get("Location"); r.StatusCode != 308 || got != base+want {
			t.Errorf("%s gives %d to %q, want 308 to %q", path, r.StatusCode, got, base+want)
		}
	}
	for on, found := range map[string]bool{"go/new": true, "go/old": true, "go/older%23why": true, "go/oldest": false} {
		var answer struct {
			Total int
			Query struct{ On string }
		}
		body := s.get("/help/search?q=why&on="+on).want(t, 200, "application/json").body
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatal(err)
		}
		if found != (answer.Total == 1) || found != (answer.Query.On == "go/new") {
			t.Errorf("on=%s finds %d on %q", on, answer.Total, answer.Query.On)
		}
	}
	for _, path := range []string{"/kb/go/oldest", "/kb/go/old.markdown"} {
		if r := s.get("/help" + path); r.StatusCode != 404 {
			t.Errorf("%s gives %d, want 404", path, r.StatusCode)
		}
	}
}

func TestOldAnchors(t *testing.T) {
	lib := load(t, fixture(t, map[string]string{
		"go/new.md":  "---\ntitle: New\nmoved: [go/old, \"#top\"]\nquestions:\n  speed:\n    moved: [faster, go/old#quick, \"go/left#slow\"]\n---\n## Is it fast? {#speed}\n\nYes.\n",
		"go/left.md": "---\ntitle: Left\n---\n## Why?\n\nSo.\n",
	}), "")
	s := open(t, lib, Config{})
	page, left := s.get("/kb/go/new").body, s.get("/kb/go/left").body
	t.Run("an old anchor is an empty element at the question that it leads to", func(t *testing.T) {
		want := `<section class="faq" id="speed"><span id="faster"></span><span id="quick"></span><h3`
		if !strings.Contains(page, want) {
			t.Errorf("want %s in\n%s", want, page)
		}
	})
	t.Run("one of the page as a whole is where the page begins", func(t *testing.T) {
		if want := `<article><span id="top"></span>`; !strings.Contains(page, want) {
			t.Errorf("want %s in\n%s", want, page)
		}
	})
	t.Run("one of what is on another page is a line with a link there", func(t *testing.T) {
		want := `<p class="gone" id="slow">This has moved: <a href="/kb/go/new#speed">Is it fast?</a></p>`
		if !strings.Contains(left, want) {
			t.Errorf("want %s in\n%s", want, left)
		}
		if strings.Contains(page, `id="slow"`) {
			t.Error("the page that it leads to has the anchor too")
		}
	})
	t.Run("an old id is redirected to the new one, as it was asked for", func(t *testing.T) {
		for id, want := range map[string]string{
			"go/new#faster": "go/new#speed",
			"go/old#quick":  "go/new#speed",
			"go/old#speed":  "go/new#speed",
			"go/left#slow":  "go/new#speed",
		} {
			r := s.get("/question?as=markdown&id=" + url.QueryEscape(id))
			want := "/question?as=markdown&id=" + url.QueryEscape(want)
			if got := r.Header.Get("Location"); r.StatusCode != 308 || got != want {
				t.Errorf("%s gives %d to %q, want 308 to %q", id, r.StatusCode, got, want)
			}
		}
		for _, id := range []string{"go/new#top", "go/old#never", "go/new#never"} {
			if r := s.get("/question?id=" + url.QueryEscape(id)); r.StatusCode != 404 {
				t.Errorf("%s gives %d, want 404", id, r.StatusCode)
			}
		}
	})
	t.Run("a page is told anew when one of its old anchors leads elsewhere", func(t *testing.T) {
		before := load(t, fixture(t, map[string]string{"go/left.md": "---\ntitle: Left\n---\n## Why?\n\nSo.\n"}), "")
		if got := changedPaths(before, lib); !slices.Contains(got, "go/left") {
			t.Errorf("changed are %v, want go/left among them", got)
		}
	})
}

func TestTheme(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for cookie, want := range map[string]string{
		"theme=dark":      ` data-theme="dark"`,
		"theme=light":     ` data-theme="light"`,
		"theme=\"><b>":    "",
		"other=dark":      "",
		"theme=dark; a=b": ` data-theme="dark"`,
	} {
		body := s.get("/tools", "Cookie", cookie).body
		tag, _, _ := strings.Cut(body[strings.Index(body, "<html"):], ">")
		if got := strings.Contains(tag, "data-theme"); got != (want != "") || !strings.Contains(tag, want) {
			t.Errorf("%s gives %s", cookie, tag)
		}
	}
}

func TestPage(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	body := s.get("/kb/python/sqlalchemy-vs-django-orm").body
	compact := regexp.MustCompile(`\s+`).ReplaceAllString(body, " ")
	for claim, want := range map[string]string{
		"the vs of a pair is quiet":                          `SQLAlchemy <i class="versus">vs</i> Django ORM: which`,
		"the days are said for what they are":                `<span>Last checked against its sources <time datetime="2026-11-20">20 Nov 2026</time></span>`,
		"a question has its own":                             `<span>Last checked against its sources <time datetime="2026-10-02">2 Oct 2026</time></span>`,
		"names in the table lead to the tools":               `<th scope="col" role="columnheader"><a href="/tools/sqlalchemy">SQLAlchemy</a></th>`,
		"facts come from tools.yaml":                         `<th scope="row" role="rowheader">First release</th><td role="cell">2006</td><td role="cell">2005</td>`,
		"a missing fact is a dash with words":                `<th scope="row" role="rowheader">Homepage</th><td role="cell"><a href="https://www.sqlalchemy.org/">sqlalchemy.org</a></td><td role="cell"><span class="unknown"><span aria-hidden="true">–</span><span class="vh">not known</span></span></td>`,
		"skills are linked":                                  `<a href="https://skills.example/sqlalchemy">sqlalchemy</a>`,
		"a missing cell is a dash with words":                `Migrations</th><td role="cell">Alembic</td><td role="cell"><span class="unknown">`,
		"the facts stand above the author's rows":            `</tbody><tbody role="rowgroup"><tr role="row"><th scope="row" role="rowheader">Works without a framework`,
		"a question has a permalink":                         `<section class="faq" id="together"><h3>Can I use both together?<a class="anchor" href="#together" aria-label="Link to Can I use both together?">#</a></h3>`,
		"Markdown in a question is shown":                    `How do I print the SQL of a <code>QuerySet</code>?<a class="anchor"`,
		"the contents are listed":                            `<li class="inner"><a href="#together">Can I use both together?</a></li>`,
		"pages that have to do with it are named, and why":   `<li><a href="/kb/python/peewee">Peewee</a><span>ORMs in Python</span></li>`,
		"the source is a link":                               `<a href="/kb/python/sqlalchemy-vs-django-orm.md">Markdown source</a>`,
		"and an alternate":                                   `<link rel="alternate" type="text/markdown" href="/kb/python/sqlalchemy-vs-django-orm.md">`,
		"the way to it is shown":                             `<a href="/ecosystems/python">Python</a><a href="/categories/orms">ORMs</a>`,
		"the summary is its description":                     `<meta name="description" content="SQLAlchemy maps any schema, Django ORM is quickest inside Django.">`,
		"a warning is one":                                   `<div class="alert alert-warning">`,
		"sources are linked":                                 `<a href="https://docs.djangoproject.com/">docs.djangoproject.com</a>`,
		"the page that is open is known for its live events": `data-live="page:python/sqlalchemy-vs-django-orm"`,
	} {
		if !strings.Contains(compact, want) {
			t.Errorf("%s: no %s", claim, want)
		}
	}
	d := parseDocument(t, body)
	picks := 0
	for _, n := range d.all {
		if class, _ := attr(n, "class"); class == "pick" {
			for c := range n.ChildNodes() {
				if c.Data == "section" {
					picks++
				}
			}
		}
	}
	if picks != 2 {
		t.Errorf("%d pick sections stand side by side, want 2", picks)
	}
	wide := s.get("/kb/go/router-comparison").body
	if !strings.Contains(wide, `<div class="scroll wide" role="region" tabindex="0"`) {
		t.Error("a table of three tools cannot be scrolled")
	}
	if strings.Contains(wide, "<script>alert") {
		t.Error("raw HTML is served")
	}
}

func TestFilesBesideThePages(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixture(t, nil)); err != nil {
		t.Fatal(err)
	}
	put := func(content string, modified time.Time) {
		t.Helper()
		// Under another name first: the file that is replaced keeps its own inode.
		made := filepath.Join(dir, "pictures", "made.tmp")
		if err := os.WriteFile(made, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(made, modified, modified); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(made, filepath.Join(dir, "pictures", "pool.svg")); err != nil {
			t.Fatal(err)
		}
	}
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	put("<svg>1</svg>", day)
	s := open(t, load(t, os.DirFS(dir), ""), Config{})
	seen := s.get("/kb/pictures/pool.svg").want(t, 200, "image/svg+xml")
	conditions := []string{"If-None-Match", seen.Header.Get("ETag"), "If-Modified-Since", day.AddDate(1, 0, 0).Format(http.TimeFormat)}
	s.get("/kb/pictures/pool.svg", conditions...).want(t, 304, "")
	put("<svg>22</svg>", day.AddDate(-1, 0, 0))
	r := s.get("/kb/pictures/pool.svg", conditions...).want(t, 200, "image/svg+xml")
	if r.body != "<svg>22</svg>" {
		t.Errorf("got %s", r.body)
	}
	s.get("/kb/pictures/pool.svg", "If-Modified-Since", day.AddDate(1, 0, 0).Format(http.TimeFormat)).want(t, 200, "image/svg+xml")
	if runtime.GOOS == "windows" {
		return // where files have no number
	}
	old := r.Header.Get("ETag")
	put("<svg>33</svg>", day.AddDate(-1, 0, 0))
	if r := s.get("/kb/pictures/pool.svg", "If-None-Match", old).want(t, 200, "image/svg+xml"); r.body != "<svg>33</svg>" {
		t.Errorf("a file of the same size and time: %s", r.body)
	}
}

func TestFactsWithoutATable(t *testing.T) {
	s := open(t, load(t, fixture(t, map[string]string{
		"inside.md": "---\ntools: [Gin, SQLAlchemy]\n---\n\n# Inside\n\n## How do they compare?\n\nSo:\n\n| Aspect | Gin | SQLAlchemy |\n|---|---|---|\n| Kind | Router | ORM |\n",
	}), ""), Config{})
	const facts, heading = `<th scope="row" role="rowheader">First release</th>`, `id="Q-facts"`
	if p := s.library.Load().Page("inside"); p.Comparison == nil {
		t.Fatal("the table in the answer is no comparison")
	}
	if body := s.get("/kb/inside").body; strings.Count(body, facts) != 1 || strings.Count(body, heading) != 1 {
		t.Error("a comparison inside an answer hides the facts")
	}
	if body := s.get("/kb/python/sqlalchemy-vs-django-orm").body; strings.Count(body, facts) != 1 || strings.Contains(body, heading) {
		t.Error("the facts are not in the comparison alone")
	}
}

func TestSearchPageWorksWithoutScript(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	d := parseDocument(t, s.get("/?q=orm&category=orms&sort=title&size=5").body)
	// What a browser would send when the form is submitted.
	form := url.Values{}
	var action string
	for _, n := range d.all {
		id, _ := attr(n, "id")
		if n.Data == "form" && id == "Q-search" {
			action, _ = attr(n, "action")
		}
		owner, owned := attr(n, "form")
		if !(owned && owner == "Q-search") && id != "Q-q" {
			continue
		}
		name, _ := attr(n, "name")
		value, _ := attr(n, "value")
		_, checked := attr(n, "checked")
		_, disabled := attr(n, "disabled")
		kind, _ := attr(n, "type")
		switch {
		case disabled || n.Data == "button" || kind == "checkbox" && !checked:
		case n.Data == "select":
			for c := range n.ChildNodes() {
				if _, ok := attr(c, "selected"); ok {
					v, _ := attr(c, "value")
					form.Add(name, v)
				}
			}
		default:
			form.Add(name, value)
		}
	}
	want := url.Values{"q": {"orm"}, "category": {"orms"}, "sort": {"title"}, "size": {"5"}}
	if action != "/" || form.Encode() != want.Encode() {
		t.Errorf("the form sends %s to %s, want %s", form.Encode(), action, want.Encode())
	}
}

// filled is a knowledge base of long answers, in words that compress badly.
func filled(t testing.TB) *kb.Library {
	r := rand.New(rand.NewPCG(1, 2))
	words := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(' ')
			}
			for range 2 + r.IntN(8) {
				b.WriteByte("etaoinshrdlucmfwypvbgkjqxz"[min(r.IntN(26), r.IntN(26))])
			}
		}
		return b.String()
	}
	fsys := make(fstest.MapFS)
	for i := range 12 {
		var page strings.Builder
		fmt.Fprintf(&page, "---\ntitle: Tool%d vs Other%d\ncategory: %s\necosystem: %s\ntools: [Tool%d, Other%d]\nupdated: 2026-11-%02d\n---\n\n%s\n\n## Quick comparison\n\n| Aspect | Tool%d | Other%d |\n|---|---|---|\n",
			i, i, words(1), words(1), i, i, i+1, words(40), i, i)
		for range 12 {
			fmt.Fprintf(&page, "| %s | %s | %s |\n", words(2), words(8), words(8))
		}
		page.WriteString("\n## Questions\n\n")
		for range 8 {
			fmt.Fprintf(&page, "### What is %s?\n\n%s\n\n```go\n%s\n```\n\n", words(6), words(90), words(12))
		}
		fsys[fmt.Sprintf("pages/%d.md", i)] = &fstest.MapFile{Data: []byte(page.String()), Mode: 0o644}
	}
	return load(t, fsys, "")
}

// sent is how many bytes the body of a page has on the way to a browser: the most
// over the codings that browsers offer.
func sent(t *testing.T, s *site, path string) int {
	t.Helper()
	most := 0
	for _, offer := range []string{"gzip", "zstd", "gzip, deflate, br, zstd"} {
		r := s.get(path, "Accept-Encoding", offer).want(t, 200, "text/html")
		if r.Header.Get("Content-Encoding") == "" {
			t.Errorf("%s is sent as it is to who reads %s", path, offer)
		}
		most = max(most, len(r.body))
	}
	return most
}

func TestBudgets(t *testing.T) {
	within := func(what string, got, budget int) {
		t.Helper()
		t.Logf("%-40s %6d of %6d bytes", what, got, budget)
		if got > budget {
			t.Errorf("%s: %d bytes, the budget is %d", what, got, budget)
		}
	}
	s := open(t, filled(t), Config{})
	within("search page with 10 hits", sent(t, s, "/?q=what+is"), 12_000)
	within("fragment", sent(t, s, "/results?q=what+is"), 8_000)
	within("front page", sent(t, s, "/"), 12_000)
	within("comparison", sent(t, s, "/kb/pages/3"), 15_000)
	starter := load(t, kb.Starter(), "")
	site := open(t, starter, Config{})
	within("starter: search page", sent(t, site, "/?q=which+is+faster"), 12_000)
	for _, q := range []string{"which+is+faster", "what+is", "django", ""} {
		within("starter: fragment of "+q, sent(t, site, "/results?q="+q), 8_000)
	}
	largest := 0
	for i, p := range starter.Pages {
		if sampled(i) {
			largest = max(largest, sent(t, site, p.URL()))
		}
	}
	within("starter: largest page", largest, 15_000)
	body := s.get("/").body
	total := sent(t, s, "/")
	requests, fonts, preloaded := 1, 0, 0
	for name, served := range s.assets.names {
		f := s.assets.files[served]
		n := len(f.plain)
		if br := f.coded()["br"]; br != nil {
			n = len(br)
		}
		switch {
		case strings.HasSuffix(name, ".css"):
			within(name, n, 8<<10)
		case strings.HasSuffix(name, ".js"):
			within(name, n, 6<<10)
		case strings.HasSuffix(name, ".woff2"):
			fonts += n
			if strings.Contains(body, `rel="preload" href="/static/`+served) {
				preloaded++
			}
		case strings.HasSuffix(name, ".txt"), strings.HasSuffix(name, ".png"):
			continue // is read by nobody's browser, or for a home screen alone
		}
		total += n
		requests++
	}
	within("fonts", fonts, 52<<10)
	within("first view", total, 80<<10)
	if requests > 6 {
		t.Errorf("%d requests for the first view, the budget is 6", requests)
	}
	if preloaded != 1 {
		t.Errorf("%d fonts are preloaded, want 1", preloaded)
	}
}

func TestTitles(t *testing.T) {
	for title, want := range map[string]string{
		"A vs B":               `A <i class="versus">vs</i> B`,
		"A vs. B vs. C":        `A <i class="versus">vs.</i> B vs. C`,
		"<mark>A</mark> vs B":  `<mark>A</mark> <i class="versus">vs</i> B`,
		"A <mark>vs</mark> B":  `A <i class="versus">vs</i> B`,
		"Canvas":               `Canvas`,
		"vs":                   `vs`,
		"A &lt;b&gt; vs &amp;": `A &lt;b&gt; <i class="versus">vs</i> &amp;`,
	} {
		if got := string(versus(title)); got != want {
			t.Errorf("%s: got %s, want %s", title, got, want)
		}
	}
	for title, want := range map[string]string{
		"A vs B: which one?":    "A vs B",
		"A vs B":                "A vs B",
		"Caching: what to keep": "Caching: what to keep",
		"Caching: A vs B":       "Caching: A vs B",
	} {
		if got := shortTitle(title); got != want {
			t.Errorf("%s: got %s, want %s", title, got, want)
		}
	}
	if got := string(brand(`a<b/c`)); got != `a&lt;b<b>/</b>c` {
		t.Errorf("brand is %s", got)
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := groupThousands(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}

func BenchmarkFragment(b *testing.B) {
	s := open(b, filled(b), Config{})
	for _, path := range []string{"/search?q=what+is", "/results?q=what+is", "/?q=what+is", "/kb/pages/3", "/healthz"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				w := httptest.NewRecorder()
				s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}

// TestAnchorsBelongToAuthors has a page whose questions are named as parts of a
// page's frame are.
func TestAnchorsBelongToAuthors(t *testing.T) {
	names := []string{"search", "main", "q", "theme", "status", "bar", "keys", "keys-title", "keys-open", "keys-slash",
		"related", "facts", "contents", "page-sources", "results", "facets", "count", "sort", "all", "clear", "hit-1",
		"previous", "next", "chip-tool-gin", "f-tool-gin", "rest-tool"}
	var page strings.Builder
	page.WriteString("---\ntitle: Frame\ntools: [Gin, Echo]\ncategory: Web frameworks\nsources: [\"https://example.com/\"]\n---\n\nIntro.\n\n")
	for _, name := range names {
		fmt.Fprintf(&page, "## What is it? {#%s}\n\nIt is %s.\n\n", name, name)
	}
	s := open(t, load(t, fixture(t, map[string]string{"frame.md": page.String()}), ""), Config{})
	body := s.get("/kb/frame").want(t, 200, "text/html").body
	validate(t, "/kb/frame", body)
	elements := func(body string) map[string]*html.Node {
		byID := make(map[string]*html.Node)
		for _, n := range parseDocument(t, body).all {
			if id, ok := attr(n, "id"); ok {
				byID[id] = n
			}
		}
		return byID
	}
	byID := elements(body)
	for _, name := range names {
		if n := byID[name]; n == nil || n.Data != "section" || !strings.Contains(text(n), "It is "+name+".") {
			t.Errorf("#%s is not the question with that anchor", name)
		}
	}
	for _, path := range []string{"/?q=it&tool=gin", "/?tool=gin", "/", "/?q=zzzz", "/kb/go/router-comparison", "/tools", "/browse", "/compare?tool=gin", "/tools/gin", "/categories/web-frameworks"} {
		for id := range elements(s.get(path).want(t, 200, "text/html").body) {
			if !strings.HasPrefix(id, "Q-") && s.library.Load().Question("go/router-comparison#"+id) == nil && id != "quick-comparison" && id != "questions" {
				t.Errorf("%s: the frame has the id %q, want one that begins with Q-", path, id)
			}
		}
	}
}
