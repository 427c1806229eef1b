package web

import (
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// sideBySide is a library whose pages compare three tools in pairs, in part with
// the same aspects; more are files and their texts in turn.
func sideBySide(t testing.TB, base string, more ...string) *site {
	fsys := fstest.MapFS{}
	for i := 0; i < len(more); i += 2 {
		fsys[more[i]] = &fstest.MapFile{Data: []byte(more[i+1]), Mode: 0o644}
	}
	for name, text := range map[string]string{
		"a.md":       "---\ntitle: Ant vs Bee\ncategory: Insects\necosystem: Wood\ntools: [Ant, Bee]\n---\n\n## Quick comparison\n\n| Aspect | Ant | Bee |\n|---|---|---|\n| Wings | No | Yes, [four](#why) |\n| Legs | Six | six |\n| Nest |  | Hive |\n| Sum | =1+1 | -2 |\n\n## FAQ\n\n### Why? {#why}\n\nSo, \"said\", they.\n",
		"b.md":       "---\ntitle: Bee vs Cat\ncategory: Animals\ntools: [Bee, Cat]\n---\n\n## In short\n\n| Aspect | Bee | Cat |\n|---|---|---|\n|  WINGS | Four | No |\n| Legs | Six | Four |\n\n## FAQ\n\n### Who?\n\nBoth.\n",
		"tools.yaml": "- name: Ant\n  aliases: [emmet]\n  category: Insects\n  since: 1990\n  license: MIT\n- name: Bee\n  slug: the-bee\n  category: Insects\n  license: MIT\n- name: Cat\n- name: Dog\n- name: Elk\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return open(t, load(t, fsys, base), Config{BaseURL: base})
}

// rows are the rows of a page's table as text, cells between bars.
func rows(t *testing.T, body string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for _, n := range parseDocument(t, body).all {
		if n.Data != "tr" {
			continue
		}
		var cells []string
		for c := range n.ChildNodes() {
			if c.Data == "th" || c.Data == "td" {
				cells = append(cells, strings.Join(strings.Fields(text(c)), " "))
			}
		}
		found[cells[0]] = strings.Join(cells[1:], "|")
	}
	return found
}

func TestCompare(t *testing.T) {
	s := sideBySide(t, "")
	const page = "text/html; charset=utf-8"
	two := s.get("/compare?tool=ant&tool=the-bee").want(t, 200, page).body
	t.Run("columns are in the order of the address, facts and aspects are rows, gaps have names", func(t *testing.T) {
		got := rows(t, two)
		for aspect, want := range map[string]string{
			"Aspect":        "Ant|Bee",
			"First release": "1990|not known",
			"Wings":         "No1|Yes, four1Four2", // the numbers are those of the sources
			"Legs":          "Six1|six12",
			"Nest":          "not compared|Hive1",
		} {
			if got[aspect] != want {
				t.Errorf("%s: got %q, want %q", aspect, got[aspect], want)
			}
		}
		turned := rows(t, s.get("/compare?tool=the-bee&tool=ant").body)
		if turned["Aspect"] != "Bee|Ant" || turned["Nest"] != "Hive1|not compared" {
			t.Errorf("turned round: %q %q", turned["Aspect"], turned["Nest"])
		}
	})
	t.Run("each value leads to the heading that it is below, and links in it to their page", func(t *testing.T) {
		for _, want := range []string{`href="/kb/a#quick-comparison"`, `href="/kb/b#in-short"`, `href="/kb/a#why"`} {
			if !strings.Contains(two, want) {
				t.Errorf("no %s", want)
			}
		}
	})
	t.Run("only differences leaves out equal rows and those of one tool", func(t *testing.T) {
		got := rows(t, s.get("/compare?tool=ant&tool=the-bee&differences=1").want(t, 200, page).body)
		for aspect, want := range map[string]bool{"Wings": true, "Sum": true, "Legs": false, "Nest": false, "Licence": false, "First release": false} {
			if _, shown := got[aspect]; shown != want {
				t.Errorf("%s is shown: %v, want %v", aspect, shown, want)
			}
		}
	})
	t.Run("only differences lists the sources of what it shows, and numbers them anew", func(t *testing.T) {
		sources := func(query string) (list []string) {
			_, rest, _ := strings.Cut(s.get("/compare?"+query).want(t, 200, page).body, `id="Q-sources"`)
			for _, item := range strings.Split(rest, `<li><a href="`)[1:] {
				address, _, _ := strings.Cut(item, `"`)
				list = append(list, address)
			}
			return list
		}
		if got := strings.Join(sources("tool=dog&tool=cat&tool=ant"), " "); got != "/kb/a#quick-comparison /kb/b#in-short" {
			t.Errorf("of all rows: %s", got)
		}
		const three = "tool=dog&tool=cat&tool=ant&differences=1"
		if got := strings.Join(sources(three), " "); got != "/kb/a#quick-comparison /kb/b#in-short" {
			t.Errorf("of rows of both pages: %s", got)
		}
		s := sideBySide(t, "", "c.md", "---\ntitle: Cat vs Dog\ntools: [Cat, Dog]\n---\n\n| Aspect | Cat | Dog |\n|---|---|---|\n| Barks | No | Yes |\n")
		body := s.get("/compare?tool=dog&tool=cat&differences=1").body
		if got := rows(t, body)["Barks"]; got != "Yes1|No1" {
			t.Errorf("the only source has another number than 1: %s", got)
		}
		if strings.Contains(body, "Bee vs Cat") {
			t.Error("a source of hidden rows alone is listed")
		}
	})
	t.Run("where no row differs it says so, and leads to all rows", func(t *testing.T) {
		body := s.get("/compare?tool=ant&tool=dog&differences=1").body
		if strings.Contains(body, "<table") || !strings.Contains(body, "No row differs.") || !strings.Contains(body, `<a href="/compare?tool=ant&amp;tool=dog"`) {
			t.Error(body)
		}
	})
	t.Run("where nothing is known it says so", func(t *testing.T) {
		if body := s.get("/compare?tool=dog&tool=elk").body; !strings.Contains(body, "Nothing is known of these tools yet.") || strings.Contains(body, "<table") {
			t.Error(body)
		}
	})
	t.Run("one address is canonical, whatever the order and the rows", func(t *testing.T) {
		for _, query := range []string{"tool=ant&tool=the-bee", "tool=the-bee&tool=ant", "tool=the-bee&tool=ant&differences=1"} {
			if body := s.get("/compare?" + query).body; !strings.Contains(body, `<link rel="canonical" href="`+s.http.URL+`/compare?tool=ant&amp;tool=the-bee">`) {
				t.Errorf("%s has another", query)
			}
		}
	})
	t.Run("the pages of the pairs are first", func(t *testing.T) {
		three := s.get("/compare?tool=cat&tool=ant&tool=the-bee").body
		table := strings.Index(three, "<table")
		for _, want := range []string{`<a href="/kb/a">Ant vs Bee</a>`, `<a href="/kb/b">Bee vs Cat</a>`} {
			if at := strings.Index(three, want); at < 0 || at > table {
				t.Errorf("%s is at %d, the table at %d", want, at, table)
			}
		}
		if before := two[:strings.Index(two, "<table")]; strings.Contains(before, `href="/kb/b"`) {
			t.Error("a page about another tool is offered")
		}
	})
	t.Run("columns can be swapped, taken away and added without script", func(t *testing.T) {
		three := s.get("/compare?tool=ant&tool=cat&tool=the-bee&differences=1").body
		for _, want := range []string{
			`href="/compare?tool=cat&amp;tool=the-bee&amp;differences=1" rel="nofollow" aria-label="Remove Ant"`,
			`href="/compare?tool=cat&amp;tool=ant&amp;tool=the-bee&amp;differences=1" rel="nofollow" aria-label="Swap Ant and Cat"`,
			`<input type="hidden" name="tool" value="cat">`,
			`role="region" tabindex="0"`,
			`<option value="Dog">`,
		} {
			if !strings.Contains(three, want) {
				t.Errorf("no %s", want)
			}
		}
		if body := s.get("/compare?tool=ant&tool=cat&tool=the-bee&tool=dog").body; strings.Contains(body, "Add a tool") {
			t.Error("a fifth tool can be added")
		}
	})
	t.Run("fewer than two are chosen from, with the one that is given", func(t *testing.T) {
		if body := s.get("/compare").want(t, 200, page).body; !strings.Contains(body, `<option value="Ant">`) || strings.Contains(body, "required value=") || !strings.Contains(body, `<h2 class="h-sec">Comparisons</h2><ul class="pages"><li><a href="/kb/`) {
			t.Error(body)
		}
		if body := s.get("/compare?tool=ant").want(t, 200, page).body; !strings.Contains(body, `required value="Ant">`) || !strings.Contains(body, "on the page Ant vs Bee") {
			t.Error(body)
		}
	})
}

func TestCompareAddresses(t *testing.T) {
	for _, base := range []string{"", "https://x.example/help"} {
		s := sideBySide(t, base)
		for _, c := range []struct{ claim, from, to string }{
			{"aliases and names lead to slugs", "tool=emmet&tool=Bee", "?tool=ant&tool=the-bee"},
			{"case does not matter", "tool=ANT&tool=the-bee", "?tool=ant&tool=the-bee"},
			{"repeats and empty fields are dropped", "tool=cat&tool=emmet&tool=&tool=ant", "?tool=cat&tool=ant"},
			{"the rest is kept", "tool=Cat&differences=1&tool=ant&format=csv", "?tool=cat&tool=ant&differences=1&format=csv"},
			{"nothing chosen is the form", "tool=", ""},
		} {
			t.Run(c.claim, func(t *testing.T) {
				r := s.get("/compare?" + c.from)
				if want := base + "/compare" + c.to; r.StatusCode != http.StatusPermanentRedirect || r.Header.Get("Location") != want {
					t.Errorf("got %d %s, want 308 %s", r.StatusCode, r.Header.Get("Location"), want)
				}
			})
		}
		for _, c := range []struct {
			claim, query string
			status       int
			says         string
		}{
			{"more than four", "tool=ant&tool=the-bee&tool=cat&tool=dog&tool=elk", 400, "At most 4 tools stand side by side, not 5."},
			{"an unknown one", "tool=ant&tool=be", 404, `<a href="` + base + `/compare?tool=ant&amp;tool=the-bee">Compare Ant and Bee</a>`},
			{"an unknown one alone", "tool=zzz", 404, "There is no tool zzz."},
			{"two unknown ones", "tool=zzz&tool=yyy", 404, "There is no tool zzz and no tool yyy."},
			{"more than four lead to the first four", "tool=ant&tool=the-bee&tool=cat&tool=dog&tool=elk", 400,
				`<a href="` + base + `/compare?tool=ant&amp;tool=the-bee&amp;tool=cat&amp;tool=dog">Compare Ant, Bee, Cat and Dog</a>`},
			{"an unknown one leads to the form that has the known one", "tool=ant&tool=zzz", 404,
				`<a href="` + base + `/compare?tool=ant">Compare Ant with another tool</a>`},
			{"an unknown one leads to the comparison without it", "tool=ant&tool=cat&tool=zzz&differences=1", 404,
				`<a href="` + base + `/compare?tool=ant&amp;tool=cat&amp;differences=1">Compare Ant and Cat</a>`},
			{"an unknown one alone leads to the form", "tool=zzz", 404, `<a href="` + base + `/compare">Compare tools</a>`},
			{"a switch of another value", "tool=ant&tool=cat&differences=yes", 400, "Differences is 1 or left out"},
			{"another format", "tool=ant&tool=cat&format=xml", 400, "Format is csv or left out"},
			{"a name without end", "tool=" + strings.Repeat("x", 600), 400, "Tool is at most 512 bytes"},
		} {
			t.Run(c.claim, func(t *testing.T) {
				if body := s.get("/compare?"+c.query).want(t, c.status, "text/html; charset=utf-8").body; !strings.Contains(body, c.says) {
					t.Errorf("no %q in\n%s", c.says, body)
				}
			})
		}
	}
}

func TestCompareCSV(t *testing.T) {
	s := sideBySide(t, "https://x.example")
	r := s.get("/compare?tool=ant&tool=the-bee&format=csv").want(t, 200, "text/csv; charset=utf-8; header=present")
	if got, want := r.Header.Get("Content-Disposition"), "attachment; filename=compare-ant-the-bee.csv"; got != want {
		t.Errorf("Content-Disposition %q, want %q", got, want)
	}
	const want = "Aspect,Ant,Bee,Sources\r\n" +
		"Category,Insects,Insects,\r\n" +
		"First release,1990,,\r\n" +
		"Licence,MIT,MIT,\r\n" +
		"Wings,No,\"Yes, four; Four\",https://x.example/kb/a#quick-comparison https://x.example/kb/b#in-short\r\n" +
		"Legs,Six,six,https://x.example/kb/a#quick-comparison https://x.example/kb/b#in-short\r\n" +
		"Nest,,Hive,https://x.example/kb/a#quick-comparison\r\n" +
		"Sum,'=1+1,'-2,https://x.example/kb/a#quick-comparison\r\n"
	if r.body != want {
		t.Errorf("got\n%s\nwant\n%s", r.body, want)
	}
	if _, err := csv.NewReader(strings.NewReader(r.body)).ReadAll(); err != nil {
		t.Error(err)
	}
	t.Run("addresses are absolute without a base URL too, by the host that was asked", func(t *testing.T) {
		s := sideBySide(t, "")
		for _, host := range []string{"a.example", "b.example"} {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://"+host+"/compare?tool=ant&tool=the-bee&format=csv", nil))
			body := w.Body.String()
			if !strings.Contains(body, "Hive,http://"+host+"/kb/a#quick-comparison\r\n") {
				t.Errorf("asked at %s:\n%s", host, body)
			}
		}
	})
	t.Run("the same file is not sent twice", func(t *testing.T) {
		s.get("/compare?tool=ant&tool=the-bee&format=csv", "If-None-Match", r.Header.Get("ETag")).want(t, 304, "")
	})
	for text, want := range map[string]string{"": "", "a=b": "a=b", "=a": "'=a", " =a": "' =a", "\t@a": "'\t@a", "+1": "'+1", "＝a": "'＝a", "\ufeff-a": "'\ufeff-a"} {
		if got := harmless(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestComparisonsAreOffered(t *testing.T) {
	s := sideBySide(t, "")
	for _, c := range []struct{ claim, query, link string }{
		{"for two selected tools", "tool=ant&tool=the-bee", "/compare?tool=ant&amp;tool=the-bee"},
		{"for tools that are typed as selections", "q=tool:ant+tool:cat", "/compare?tool=ant&amp;tool=cat"},
		{"for a pair without a page", "q=cat+vs+ant", "/compare?tool=cat&amp;tool=ant"},
		{"not for a pair with one", "q=ant+vs+bee", ""},
		{"not for one tool", "tool=ant", ""},
		{"not for five tools", "tool=ant&tool=the-bee&tool=cat&tool=dog&tool=elk", ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			link := ""
			if _, rest, ok := strings.Cut(s.get("/?"+c.query).body, `id="Q-compare" href="`); ok {
				link, _, _ = strings.Cut(rest, `"`)
			}
			if link != c.link {
				t.Errorf("got %q, want %q", link, c.link)
			}
		})
	}
}

func TestPagesLeadToMoreTools(t *testing.T) {
	s := sideBySide(t, "", "four.md", "---\ntitle: All four\ntools: [Ant, Bee, Cat, Dog]\n---\n\n## Why?\n\nSo.\n", "one.md", "---\ntitle: One\ntools: [Ant]\n---\n\n## Why?\n\nSo.\n")
	for path, want := range map[string]bool{"/kb/a": true, "/kb/four": false, "/kb/one": false} {
		if got := strings.Contains(s.get(path).body, "Compare with other tools"); got != want {
			t.Errorf("%s leads to a comparison with other tools: %v, want %v", path, got, want)
		}
	}
	if body := s.get("/kb/a").body; !strings.Contains(body, `<a href="/compare?tool=ant&amp;tool=the-bee">Compare with other tools</a>`) {
		t.Error(body)
	}
}

func TestValuesOfForeignPagesSayTheirLanguage(t *testing.T) {
	s := sideBySide(t, "", "d.md", "---\ntitle: Katze vs Hund\nlang: de\ntools: [Cat, Dog]\n---\n\n| Merkmal | Cat | Dog |\n|---|---|---|\n| Laut | Miau | Wau |\n")
	body := s.get("/compare?tool=cat&tool=dog").body
	for _, want := range []string{`role="rowheader" lang="de">Laut<`, `<div lang="de">Miau<a class="src" href="/kb/d" lang="en" aria-label="Source `, `<div>Four<a class="src" href="/kb/b#in-short" aria-label="Source `} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	for path, want := range map[string]string{
		"/?q=katze":  `<li><a href="/kb/d" lang="de">`,
		"/tools/cat": `<a href="/kb/d" lang="de">Katze vs Hund</a>`,
	} {
		if body := s.get(path).body; !strings.Contains(body, want) {
			t.Errorf("%s: no %s in\n%s", path, want, body)
		}
	}
}

func TestBrowse(t *testing.T) {
	s := sideBySide(t, "")
	contains := func(t *testing.T, path string, wants ...string) {
		t.Helper()
		body := s.get(path).want(t, 200, "text/html; charset=utf-8").body
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s in\n%s", path, want, body)
			}
		}
	}
	t.Run("everything is there with its count", func(t *testing.T) {
		contains(t, "/browse", `href="/ecosystems/wood">Wood <span class="n">1</span>`, `href="/categories/animals">Animals <span class="n">1</span>`,
			`href="/tools/the-bee">Bee <span class="n">2</span>`, `href="/tools/elk">Elk <span class="n">0</span>`, `<a href="/kb/a">Ant vs Bee</a>`, "Other pages")
	})
	t.Run("the header and an empty search lead there", func(t *testing.T) {
		contains(t, "/?q=zzzz", `<a href="/browse">Browse</a>`, `<a href="/browse">Browse everything</a> or`)
	})
	t.Run("a tool has its questions by category, and alternatives with the reason", func(t *testing.T) {
		contains(t, "/tools/the-bee", `<h3 id="Q-c-insects"><a href="/categories/insects">Insects</a> <span class="n">1</span></h3>`, `id="Q-c-animals"`,
			`<span>on the page Ant vs Bee</span> <a href="/compare?tool=ant&amp;tool=the-bee"`, `<label for="Q-with">Compare with</label>`)
	})
	t.Run("a category counts its ecosystems and tools", func(t *testing.T) {
		contains(t, "/categories/insects", `href="/?category=insects&amp;ecosystem=wood">Wood <span class="n">1</span>`, `<span>2 tools</span>`)
	})
}
