package web

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"faqbase/kb"
)

// A graph is the JSON-LD of a page, as a reader of schema.org's vocabulary sees it.
type graph struct {
	Context string `json:"@context"`
	Graph   []struct {
		Type       string `json:"@type"`
		MainEntity []struct {
			Type           string `json:"@type"`
			Name, URL      string
			AcceptedAnswer struct {
				Type string `json:"@type"`
				Text string
			}
		}
		ItemListElement []struct {
			Type       string `json:"@type"`
			Position   int
			Name, Item string
		}
		Name, URL, InLanguage, DatePublished, DateModified string
		PotentialAction                                    struct {
			Type   string `json:"@type"`
			Target string
		}
	} `json:"@graph"`
}

// linkedDataOf parses the JSON-LD of a page; it has one block of it at most.
func linkedDataOf(t *testing.T, d *document) (g graph, found bool) {
	t.Helper()
	for _, n := range d.all {
		if kind, _ := attr(n, "type"); n.Data != "script" || kind != "application/ld+json" {
			continue
		}
		if found {
			t.Fatal("two blocks of linked data")
		}
		found = true
		if err := json.Unmarshal([]byte(text(n)), &g); err != nil {
			t.Fatal(err)
		}
		if g.Context != "https://schema.org" {
			t.Errorf("the context is %q", g.Context)
		}
	}
	return g, found
}

// meta are the contents of a page's meta elements by name or property, and links the
// addresses of its link elements by rel.
func headOf(d *document) (meta, links map[string]string) {
	meta, links = make(map[string]string), make(map[string]string)
	for _, n := range d.all {
		switch n.Data {
		case "meta":
			name, _ := attr(n, "name")
			if name == "" {
				name, _ = attr(n, "property")
			}
			meta[name], _ = attr(n, "content")
		case "link":
			rel, _ := attr(n, "rel")
			kind, _ := attr(n, "type")
			links[strings.TrimSpace(rel+" "+kind)], _ = attr(n, "href")
		case "title":
			meta["title"] = text(n)
		}
	}
	return meta, links
}

// machineBases are the base URLs with the address that a site has by each, which
// without a host is that of the test server.
func machineBases(t *testing.T, run func(t *testing.T, s *site, site string)) {
	for _, base := range []string{"", "/help/", "https://x.example", "https://x.example/help/"} {
		t.Run("base "+base, func(t *testing.T) {
			s := open(t, load(t, fixture(t, map[string]string{
				"hostile.md": "---\ntitle: \"</script><script>alert(1)</script> & \\\"q\\\"\"\ncategory: \"</script>\"\nupdated: 2026-11-01\n---\n\n## Is `</script><!--` text?\n\nYes: `</script>` and \u2028 <script>alert(1)</script> ]]> too.\n",
			}), base), Config{BaseURL: base})
			address := strings.TrimSuffix(base, "/")
			if !strings.Contains(base, "://") {
				address = s.http.URL + address
			}
			run(t, s, address)
		})
	}
}

func TestHeadOfPages(t *testing.T) {
	machineBases(t, func(t *testing.T, s *site, address string) {
		for path, kind := range map[string]string{
			"/": "website", "/tools": "website", "/tools/sqlalchemy": "website", "/categories/orms": "website", "/ecosystems/go": "website",
			"/kb/python/peewee": "article", "/kb/hostile": "article", "/kb/with%20space/%C3%9Cn%C3%AFcode%20page": "article",
		} {
			d := parseDocument(t, s.get(path+"?utm_source=x").want(t, 200, "text/html").body)
			meta, links := headOf(d)
			for name, want := range map[string]string{"og:url": address + path, "og:type": kind, "og:site_name": "faq/base", "og:description": meta["description"]} {
				if meta[name] != want || want == "" {
					t.Errorf("%s: %s is %q, want %q", path, name, meta[name], want)
				}
			}
			day := map[string]string{"/kb/python/peewee": "2025-01-02", "/kb/hostile": "2026-11-01"}[path]
			if got := meta["article:modified_time"]; got != day {
				t.Errorf("%s: changed on %q, want %q", path, got, day)
			}
			if path != "/" && meta["title"] != meta["og:title"]+" - faq/base" {
				t.Errorf("%s: og:title %q of the title %q", path, meta["og:title"], meta["title"])
			}
			if links["canonical"] != address+path {
				t.Errorf("%s: the canonical address is %q", path, links["canonical"])
			}
			for _, rel := range []string{"alternate application/atom+xml", "search application/opensearchdescription+xml"} {
				at, err := url.Parse(links[rel])
				if err != nil || s.get(at.Path).StatusCode != 200 {
					t.Errorf("%s: %s leads to %q", path, rel, links[rel])
				}
			}
			if _, ok := meta["robots"]; ok {
				t.Errorf("%s is not to be indexed", path)
			}
		}
		for _, path := range []string{"/?q=orm", "/?tool=gin", "/?page=2&size=2", "/nope"} {
			meta, links := headOf(parseDocument(t, s.get(path).body))
			if meta["robots"] != "noindex" || links["canonical"] != "" || meta["description"] == "" {
				t.Errorf("%s: robots %q, canonical %q, description %q", path, meta["robots"], links["canonical"], meta["description"])
			}
		}
		if got := s.get("/results?q=orm").Header.Get("X-Robots-Tag"); got != "noindex" {
			t.Errorf("the fragment may be indexed: %q", got)
		}
	})
}

func TestLinkedData(t *testing.T) {
	machineBases(t, func(t *testing.T, s *site, address string) {
		lib := s.library.Load()
		paths := []string{"/tools", "/tools/sqlalchemy", "/tools/gin", "/categories/orms", "/ecosystems/python"}
		for _, p := range lib.Pages {
			paths = append(paths, "/kb"+strings.SplitN(p.URL(), "/kb", 2)[1])
		}
		for _, path := range paths {
			body := s.get(path).want(t, 200, "text/html").body
			// The script, its texts and the linked data.
			if strings.Count(body, "<script") != 3 || strings.Count(body, "</script>") != 3 {
				t.Errorf("%s: a script element begins or ends in the content", path)
			}
			d := parseDocument(t, body)
			g, found := linkedDataOf(t, d)
			if !found {
				t.Errorf("%s has no linked data", path)
				continue
			}
			checkBreadcrumbs(t, path, address, d, g)
			checkQuestions(t, path, address, d, g)
		}
		g, _ := linkedDataOf(t, parseDocument(t, s.get("/").body))
		if len(g.Graph) != 1 || g.Graph[0].Type != "WebSite" || g.Graph[0].Name != "faq/base" || g.Graph[0].URL != address+"/" {
			t.Fatalf("the front page is %+v", g)
		}
		target := strings.TrimPrefix(g.Graph[0].PotentialAction.Target, address)
		if body := s.get(strings.Replace(target, "{words}", "peewee", 1)).want(t, 200, "text/html").body; !strings.Contains(body, `value="peewee"`) {
			t.Errorf("%s does not search for the words", target)
		}
		for _, path := range []string{"/?q=orm", "/nope"} {
			if _, found := linkedDataOf(t, parseDocument(t, s.get(path).body)); found {
				t.Errorf("%s has linked data", path)
			}
		}
	})
}

// checkBreadcrumbs compares the breadcrumbs with those that are seen.
func checkBreadcrumbs(t *testing.T, path, address string, d *document, g graph) {
	t.Helper()
	var want, got []string
	for _, n := range d.all {
		if n.Data == "a" && n.Parent.Data == "nav" {
			if label, _ := attr(n.Parent, "aria-label"); label == "Breadcrumb" {
				href, _ := attr(n, "href")
				want = append(want, text(n)+" "+absolute(address, href))
			}
		} else if n.Data == "h1" {
			heading := text(n)
			_, links := headOf(d)
			want = append(want, heading+" "+links["canonical"])
		}
	}
	for _, node := range g.Graph {
		if node.Type != "BreadcrumbList" {
			continue
		}
		for i, item := range node.ItemListElement {
			if item.Position != i+1 || item.Type != "ListItem" {
				t.Errorf("%s: item %d is %+v", path, i, item)
			}
			got = append(got, item.Name+" "+item.Item)
		}
	}
	if len(got) < 2 || !slices.Equal(got, want) {
		t.Errorf("%s: breadcrumbs %q, the page shows %q", path, got, want)
	}
}

// absolute is an address of the page as its reader resolves it.
func absolute(site, href string) string {
	base, _ := url.Parse(site + "/")
	to, err := base.Parse(href)
	if err != nil {
		return href
	}
	return to.String()
}

// checkQuestions compares questions and answers with those that are seen.
func checkQuestions(t *testing.T, path, address string, d *document, g graph) {
	t.Helper()
	words := func(n *html.Node) string { return strings.Join(strings.Fields(text(n)), "") }
	var want, got []string
	for _, n := range d.all {
		if class, _ := attr(n, "class"); n.Data != "section" || class != "faq" {
			continue
		}
		var question, answer string
		for c := range n.ChildNodes() {
			switch class, _ := attr(c, "class"); {
			case strings.HasPrefix(c.Data, "h"):
				question = strings.TrimSuffix(words(c), "#")
			case class == "prose":
				for label := range c.Descendants() { // names the language of code, is no part of the answer
					if class, _ := attr(label, "class"); class == "codebox" {
						label.RemoveChild(label.FirstChild)
					}
				}
				answer = words(c)
			}
		}
		id, _ := attr(n, "id")
		want = append(want, question+" #"+id+" "+answer)
	}
	for _, node := range g.Graph {
		if node.Type != "FAQPage" {
			continue
		}
		for _, q := range node.MainEntity {
			if q.Type != "Question" || q.AcceptedAnswer.Type != "Answer" {
				t.Errorf("%s: %s with %s", path, q.Type, q.AcceptedAnswer.Type)
			}
			answer, err := html.Parse(strings.NewReader(q.AcceptedAnswer.Text))
			if err != nil {
				t.Fatal(err)
			}
			for n := range answer.Descendants() {
				if n.Type == html.ElementNode && !plainTags[n.Data] && n.Data != "html" && n.Data != "head" && n.Data != "body" {
					t.Errorf("%s: <%s> in the text of an answer", path, n.Data)
				}
				if href, _ := attr(n, "href"); n.Data == "a" && !strings.Contains(href, "://") {
					t.Errorf("%s: the link %q in an answer leads nowhere", path, href)
				}
			}
			page, anchor, _ := strings.Cut(q.URL, "#")
			if _, links := headOf(d); page != links["canonical"] {
				t.Errorf("%s: a question is at %s", path, q.URL)
			}
			anchor, _ = url.PathUnescape(anchor)
			got = append(got, strings.Join(strings.Fields(q.Name), "")+" #"+anchor+" "+words(answer))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: questions\n%q\nthe page shows\n%q", path, got, want)
	}
	if strings.HasPrefix(path, "/kb/") && len(got) == 0 {
		t.Errorf("%s has no questions", path)
	}
}

func TestPlainMarkup(t *testing.T) {
	for in, want := range map[string]string{
		`<p>A <code>&lt;b&gt;</code> &amp; <em class="x" id="y">b</em></p>`:                                                              `<p>A &lt;b&gt; &amp; <em>b</em></p>`,
		`<p><a href="#x" id="y">a</a> <a href="/kb/b?c&amp;d">b</a></p>`:                                                                 `<p><a href="https://x.example/kb/a#x">a</a> <a href="https://x.example/kb/b?c&amp;d">b</a></p>`,
		"<div class=\"codebox\"><div><span>go</span></div><pre tabindex=\"0\"><code><span>a</span>\n<span>b\n</span></code></pre></div>": `<div><p>a<br>b</p></div>`,
		`<table><tr><th>a</th><td>b</td></tr></table>`:                                                                                   `a b <br>`,
		`<p><img src="a.png" alt="A &lt;pool"></p><!-- gone -->`:                                                                         `<p>A &lt;pool</p>`,
		`<p>a<br>b</p><ul><li>c</li></ul><hr><blockquote><p>d</p></blockquote>`:                                                          `<p>a<br>b</p><ul><li>c</li></ul><p>d</p>`,
	} {
		if got := plainMarkup(in, "https://x.example/kb/a#q"); got != want {
			t.Errorf("%s\n gives %s\n want  %s", in, got, want)
		}
	}
}

func TestSitemap(t *testing.T) {
	type urlset struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URL     []struct {
			Loc     string `xml:"loc"`
			LastMod string `xml:"lastmod"`
		} `xml:"url"`
	}
	machineBases(t, func(t *testing.T, s *site, address string) {
		var set urlset
		r := s.get("/sitemap.xml").want(t, 200, "application/xml")
		if err := xml.Unmarshal([]byte(r.body), &set); err != nil {
			t.Fatal(err)
		}
		days := make(map[string]string)
		for _, u := range set.URL {
			if _, ok := days[u.Loc]; ok {
				t.Errorf("%s twice", u.Loc)
			}
			days[u.Loc] = u.LastMod
			d := parseDocument(t, s.get(strings.TrimPrefix(u.Loc, address)).want(t, 200, "text/html").body)
			if _, links := headOf(d); links["canonical"] != u.Loc {
				t.Errorf("%s says that it is %s", u.Loc, links["canonical"])
			}
		}
		lib := s.library.Load()
		if want := 4 + len(lib.Pages) + len(lib.Tools) + len(lib.Categories) + len(lib.Ecosystems); len(set.URL) != want {
			t.Errorf("%d addresses, want %d", len(set.URL), want)
		}
		for path, want := range map[string]string{
			"/kb/python/sqlalchemy-vs-django-orm": "2026-11-20", // updated
			"/kb/python/peewee":                   "2025-01-02", // published
			"/kb/databases":                       "",           // no day is given
			"/":                                   "",
			"/browse":                             "",
			"/compare":                            "",
		} {
			if got, ok := days[address+path]; !ok || got != want {
				t.Errorf("%s was changed on %q, want %q; listed: %t", path, got, want, ok)
			}
		}
	})
	t.Run("a long one is an index of its parts", func(t *testing.T) {
		all := make([]sitemapURL, maxSitemap*2+1)
		for i := range all {
			all[i].Loc = fmt.Sprintf("https://x.example/%d", i)
		}
		address := "https://x.example/sitemap.xml"
		list, ok := newSitemap(all, 0, address).(sitemapIndexXML)
		if !ok || len(list.Sitemaps) != 3 {
			t.Fatalf("%T of %d", newSitemap(all, 0, address), len(list.Sitemaps))
		}
		var again []sitemapURL
		for i, part := range list.Sitemaps {
			if want := fmt.Sprintf("%s?part=%d", address, i+1); part.Loc != want {
				t.Errorf("part %d is at %s", i, part.Loc)
			}
			urls := newSitemap(all, i+1, address).(sitemapXML).URLs
			if len(urls) > maxSitemap {
				t.Errorf("part %d has %d addresses", i, len(urls))
			}
			again = append(again, urls...)
		}
		if !slices.Equal(again, all) {
			t.Error("the parts are not the whole")
		}
		if _, ok := newSitemap(all[:maxSitemap], 0, address).(sitemapXML); !ok {
			t.Error("one that is just short enough is an index")
		}
	})
	t.Run("a part that there is not is an error", func(t *testing.T) {
		s := open(t, load(t, fixture(t, nil), ""), Config{})
		s.get("/sitemap.xml?part=1").want(t, 200, "application/xml")
		for _, part := range []string{"0", "2", "-1", "x"} {
			s.get("/sitemap.xml?part="+part).want(t, 400, "application/problem+json")
		}
	})
}

func TestRobots(t *testing.T) {
	machineBases(t, func(t *testing.T, s *site, address string) {
		body := s.get("/robots.txt").want(t, 200, "text/plain").body
		if !strings.Contains(body, "\nSitemap: "+address+"/sitemap.xml\n") {
			t.Errorf("no sitemap in\n%s", body)
		}
		if !strings.HasPrefix(body, "User-agent: *\n") {
			t.Errorf("it is for nobody:\n%s", body)
		}
		for path, want := range map[string]bool{
			"/": true, "/kb/python/peewee": true, "/kb/python/peewee.md": true, "/tools": true, "/categories/orms": true, "/static/app.css": true,
			"/feed.xml": true, "/?q=orm": false, "/?tool=gin": false, "/results?q=orm": false, "/search?q=orm": false, "/suggest?q=o": false,
		} {
			if got := robotAllowed(body, s.prefix+path); got != want {
				t.Errorf("%s: allowed %t, want %t", path, got, want)
			}
		}
	})
}

// robotAllowed reads rules as RFC 9309 has it: the longest that a path begins with
// counts, and Allow among equals.
func robotAllowed(rules, path string) bool {
	allowed, longest := true, -1
	for line := range strings.Lines(rules) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if (key == "Allow" || key == "Disallow") && strings.HasPrefix(path, value) && len(value) > longest {
			allowed, longest = key == "Allow", len(value)
		}
	}
	return allowed
}

// A feedDocument is what a reader takes from the feed.
type feedDocument struct {
	XMLName xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string     `xml:"id"`
	Title   string     `xml:"title"`
	Updated string     `xml:"updated"`
	Author  []string   `xml:"author>name"`
	Link    []feedLink `xml:"link"`
	Entry   []struct {
		ID        string     `xml:"id"`
		Title     string     `xml:"title"`
		Updated   string     `xml:"updated"`
		Published string     `xml:"published"`
		Link      []feedLink `xml:"link"`
		Summary   string     `xml:"summary"`
	} `xml:"entry"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

func readFeed(t *testing.T, s *site) feedDocument {
	t.Helper()
	var feed feedDocument
	if err := xml.Unmarshal([]byte(s.get("/feed.xml").want(t, 200, "application/atom+xml").body), &feed); err != nil {
		t.Fatal(err)
	}
	return feed
}

func TestFeed(t *testing.T) {
	uuid := regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	ids := make(map[string][]string) // by base URL
	machineBases(t, func(t *testing.T, s *site, address string) {
		feed := readFeed(t, s)
		if feed.Title != "faq/base" || !slices.Equal(feed.Author, []string{"faq/base"}) {
			t.Errorf("title %q, author %q", feed.Title, feed.Author)
		}
		if !slices.Contains(feed.Link, feedLink{"self", "application/atom+xml", address + "/feed.xml"}) ||
			!slices.Contains(feed.Link, feedLink{"alternate", "text/html", address + "/"}) {
			t.Errorf("links %v", feed.Link)
		}
		seen := map[string]bool{feed.ID: true}
		own := []string{feed.ID}
		var before time.Time
		for i, e := range feed.Entry {
			updated, err := time.Parse(time.RFC3339, e.Updated)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 && e.Updated != feed.Updated {
				t.Errorf("the feed was changed at %s, its newest page at %s", feed.Updated, e.Updated)
			}
			if i > 0 && updated.After(before) {
				t.Errorf("%s stands below an older page", e.Title)
			}
			before = updated
			if !uuid.MatchString(e.ID) || seen[e.ID] || e.Title == "" || e.Summary == "" {
				t.Errorf("entry %+v", e)
			}
			seen[e.ID] = true
			own = append(own, e.ID)
			at := e.Link[slices.IndexFunc(e.Link, func(l feedLink) bool { return l.Type == "text/html" })]
			if at.Rel != "alternate" {
				t.Errorf("%s is linked as %s", e.Title, at.Rel)
			}
			s.get(strings.TrimPrefix(at.Href, address)).want(t, 200, "text/html")
		}
		var titles []string
		for _, e := range feed.Entry {
			titles = append(titles, e.Title)
		}
		want := []string{"SQLAlchemy vs Django ORM: which one for your Python project?", `</script><script>alert(1)</script> & "q"`, "Gin vs Echo vs chi", "Peewee"}
		if !slices.Equal(titles, want) {
			t.Errorf("pages %q, want those with a day: %q", titles, want)
		}
		ids[address] = own
	})
	var first []string
	for base, own := range ids {
		if first == nil {
			first = own
		}
		if !slices.Equal(own, first) {
			t.Errorf("%s has other ids", base)
		}
	}
	t.Run("it has at most 50 pages, and without any is still a feed", func(t *testing.T) {
		changes := make(map[string]string)
		for i := range 60 {
			changes[fmt.Sprintf("many/%d.md", i)] = fmt.Sprintf("---\ntitle: Page %d\nupdated: 2026-01-%02d\n---\n\n## Why?\n\nSo.\n", i, i%28+1)
		}
		many := load(t, fixture(t, changes), "")
		if n := len(readFeed(t, serve(t, many, Config{Searcher: empty(many)})).Entry); n != maxEntries {
			t.Errorf("%d pages", n)
		}
		none := new(kb.Library)
		feed := readFeed(t, serve(t, none, Config{Searcher: empty(none)}))
		if _, err := time.Parse(time.RFC3339, feed.Updated); err != nil || len(feed.Entry) != 0 || feed.ID != first[0] {
			t.Errorf("%+v", feed)
		}
	})
}

func TestOpenSearch(t *testing.T) {
	machineBases(t, func(t *testing.T, s *site, address string) {
		var d struct {
			XMLName     xml.Name `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
			ShortName   string   `xml:"ShortName"`
			Description string   `xml:"Description"`
			URL         []struct {
				Type     string `xml:"type,attr"`
				Rel      string `xml:"rel,attr"`
				Template string `xml:"template,attr"`
			} `xml:"Url"`
			Image         string `xml:"Image"`
			InputEncoding string `xml:"InputEncoding"`
		}
		if err := xml.Unmarshal([]byte(s.get("/opensearch.xml").want(t, 200, "application/opensearchdescription+xml").body), &d); err != nil {
			t.Fatal(err)
		}
		if n := len([]rune(d.ShortName)); n < 1 || n > 16 || d.Description == "" || len(d.Description) > 1024 || d.InputEncoding != "UTF-8" {
			t.Errorf("%+v", d)
		}
		s.get(strings.TrimPrefix(d.Image, address)).want(t, 200, "image/svg+xml")
		answers := make(map[string]reply)
		for _, u := range d.URL {
			at := strings.ReplaceAll(u.Template, "{searchTerms}", "djan%22%20%26")
			if !strings.HasPrefix(at, address+"/") {
				t.Errorf("%s is no address of %s", at, address)
			}
			answers[u.Type] = s.get(strings.TrimPrefix(at, address)).want(t, 200, u.Type)
		}
		if body := answers["text/html"].body; !strings.Contains(body, `value="djan&#34; &amp;"`) {
			t.Error("the address bar does not search")
		}
		var typed string
		var texts, kinds, addresses []string
		if err := json.Unmarshal([]byte(answers["application/x-suggestions+json"].body), &[]any{&typed, &texts, &kinds, &addresses}); err != nil {
			t.Fatal(err)
		}
		if typed != `djan" &` || len(texts) == 0 || len(texts) != len(kinds) || len(texts) != len(addresses) {
			t.Errorf("%q: %q %q %q", typed, texts, kinds, addresses)
		}
		i := slices.Index(texts, "Django ORM")
		if i < 0 || kinds[i] != "Tool" || addresses[i] != address+"/tools/django-orm" {
			t.Errorf("%q %q %q", texts, kinds, addresses)
		}
	})
	s := open(t, load(t, fixture(t, nil), ""), Config{Title: "A knowledge base of every tool"})
	if body := s.get("/opensearch.xml").body; !strings.Contains(body, "<ShortName>A knowledge base</ShortName>") {
		t.Errorf("a long title is not cut: %s", body)
	}
	if got := s.get("/suggest?format=opensearch").want(t, 200, "application/x-suggestions+json").body; got != "[\"\",[],[],[]]\n" {
		t.Errorf("nothing typed gives %s", got)
	}
	s.get("/suggest?q=a&format=xml").want(t, 400, "application/problem+json")
}

func TestMachineDocumentsAreTagged(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	proxy := netip.MustParsePrefix("192.0.2.1/32") // whose requests are for whatever host
	fixed := open(t, load(t, fixture(t, nil), "https://x.example"), Config{BaseURL: "https://x.example", TrustedProxies: []netip.Prefix{proxy}})
	ask := func(s *site, path, host, tag string) *http.Response {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = host
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Result()
	}
	for _, path := range []string{"/sitemap.xml", "/feed.xml", "/robots.txt", "/opensearch.xml", "/suggest?q=a&format=opensearch", "/tools"} {
		tag := ask(s, path, "a.example", "").Header.Get("ETag")
		if got := ask(s, path, "a.example", tag).StatusCode; got != 304 || tag == "" {
			t.Errorf("%s: %d for its tag %s", path, got, tag)
		}
		if got := ask(s, path, "b.example:8080", tag).StatusCode; got != 200 {
			t.Errorf("%s: %d at another host, whose addresses it has", path, got)
		}
		tag = ask(fixed, path, "a.example", "").Header.Get("ETag")
		if got := ask(fixed, path, "b.example", tag).StatusCode; got != 304 {
			t.Errorf("%s: %d at another host although the base URL has one", path, got)
		}
		for _, host := range []string{"a.example/x", `a"b`, "a b", "a@b", ""} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = host
			s.ServeHTTP(w, r)
			if host != "" && strings.Contains(w.Body.String(), "http://"+host) || strings.Contains(w.Body.String(), "http:///") {
				t.Errorf("%s: the host %q is taken for one", path, host)
			}
		}
	}
}

func TestEditLinks(t *testing.T) {
	for template, want := range map[string]string{
		"https://github.com/me/faq/edit/main/{file}": "https://github.com/me/faq/edit/main/with%20space/%C3%9Cn%C3%AFcode%20page.markdown",
		"https://x.example/edit?file={file}&x=1":     "https://x.example/edit?file=with+space%2F%C3%9Cn%C3%AFcode+page.markdown&x=1",
	} {
		s := open(t, load(t, fixture(t, nil), ""), Config{EditURL: template})
		got := make(map[string]string)
		for _, n := range parseDocument(t, s.get("/kb/with%20space/%C3%9Cn%C3%AFcode%20page").body).all {
			if n.Data == "a" {
				got[text(n)], _ = attr(n, "href")
			}
		}
		if got["Edit this page"] != want {
			t.Errorf("%s leads to %q, want %q", template, got["Edit this page"], want)
		}
		s.get(got["Markdown source"]).want(t, 200, "text/markdown")
		if strings.Contains(s.get("/tools").body, "Edit this page") {
			t.Error("a list is to be edited")
		}
	}
	if s := open(t, load(t, fixture(t, nil), ""), Config{}); strings.Contains(s.get("/kb/databases").body, "Edit this page") {
		t.Error("a link to nowhere")
	}
	for template, ok := range map[string]bool{
		"https://x.example/{file}": true, "http://x.example:8080/a/{file}?plain=1": true, "https://x.example/?f={file}": true,
		"https://x.example/": false, "{file}": false, "/edit/{file}": false, "https://{file}/": false, "https://x.example{file}": false,
		"ftp://x.example/{file}": false, "javascript:{file}": false, "https://x.example/{branch}/{file}": false, "https://x.example/{file}/{file}": false,
		"https://x.example/%zz/{file}": false,
	} {
		if _, err := New(Config{Searcher: empty(nil), EditURL: template}); (err == nil) != ok {
			t.Errorf("%s: %v", template, err)
		}
	}
}

func TestDaysOfAPage(t *testing.T) {
	s := open(t, load(t, fixture(t, map[string]string{
		"days.md": "---\ntitle: Days\npublished: 2026-01-02\nupdated: 2026-03-04\nverified: 2026-05-06\n---\n\n## Why?\n\nSo.\n",
	}), ""), Config{})
	days := func(path string) (said []string) {
		for _, n := range parseDocument(t, s.get(path).body).all {
			if n.Data == "time" {
				iso, _ := attr(n, "datetime")
				said = append(said, text(n.Parent)+" = "+iso)
			}
		}
		return said
	}
	for path, want := range map[string][]string{
		"/kb/days":          {"Published 2 Jan 2026 = 2026-01-02", "Updated 4 Mar 2026 = 2026-03-04", "Last checked against its sources 6 May 2026 = 2026-05-06"},
		"/kb/python/peewee": {"Published 2 Jan 2025 = 2025-01-02"},
		"/kb/databases":     nil,
	} {
		if got := days(path); !slices.Equal(got, want) {
			t.Errorf("%s says %q, want %q", path, got, want)
		}
	}
}
