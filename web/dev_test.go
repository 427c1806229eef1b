package web

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"faqbase/index"
	"faqbase/kb"
)

func TestDevShowsWhereToWrite(t *testing.T) {
	lib := load(t, fstest.MapFS{
		"a b.md":  {Data: []byte("# A\n\n## Empty?\n\n## Why?\n\nSo.\n")},
		"go/b.md": {Data: []byte("---\ntitel: B\n---\n# B\n\n## How?\n\nSo.\n")},
	}, "")
	c := Config{Dev: true, Dir: "/home/ann/faq", Editor: "vscode://file/{path}:{line}"}
	s := open(t, lib, c)
	page := s.get("/kb/a%20b").body
	for claim, want := range map[string]string{
		"a fault on the page, with a link to its line": `<details class="faults" open><summary>1 fault on this page</summary><ul class="l"><li><a href="vscode://file/home/ann/faq/a%20b.md:3"><code>a b.md:3</code></a> question has no answer`,
		"those of other files, folded":                 `<details class="faults"><summary>1 fault in other files</summary><ul class="l"><li><a href="vscode://file/home/ann/faq/go/b.md:2"><code>go/b.md:2</code></a> Warning: unknown key`,
		"the line of a question":                       `<p class="meta"><a href="vscode://file/home/ann/faq/a%20b.md:5"><code>a b.md:5</code></a></p></section>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s: want\n%s\nin\n%s", claim, want, page)
		}
	}
	if other := s.get("/browse").body; !strings.Contains(other, "<summary>2 faults in the pages</summary>") {
		t.Errorf("a page of many files does not show all faults:\n%s", other)
	}
	sound := open(t, load(t, fstest.MapFS{"a.md": {Data: []byte("# A\n\n## Why?\n\nSo.\n")}}, ""), c).get("/kb/a").body
	if strings.Contains(sound, `<aside class="wrap"`) || strings.Count(sound, `<div id="Q-dev"></div>`) != 1 {
		t.Errorf("where there is nothing to show, want an empty place and no landmark:\n%s", sound)
	}
	c.Dev = false
	public := open(t, lib, c)
	for _, path := range []string{"/", "/kb/a%20b", "/search?q=why", "/question?id=a+b%23why", "/kb/none"} {
		if body := public.get(path).body; strings.Contains(body, "/home/ann") || strings.Contains(body, "a b.md:") {
			t.Errorf("%s names a file on disk", path)
		}
	}
}

func TestDevListsTheFirstOfManyFaults(t *testing.T) {
	lib := load(t, fstest.MapFS{
		"a.md": {Data: []byte("# A\n" + strings.Repeat("\n## Empty?\n", shownFaults+20))},
		"b.md": {Data: []byte("# B\n" + strings.Repeat("\n## Empty?\n", shownFaults))},
	}, "")
	body := open(t, lib, Config{Dev: true, Dir: "/faq"}).get("/kb/a").want(t, 200, "text/html").body
	here, elsewhere := 0, 0
	for _, e := range lib.Faults {
		if e.File == "a.md" {
			here++
		} else {
			elsewhere++
		}
	}
	for claim, want := range map[string]string{
		"all are counted":                     "<summary>" + ui.Faults(here) + " on this page</summary>",
		"those of other files too":            "<summary>" + ui.Faults(elsewhere) + " in other files</summary>",
		"those that are left out are counted": "<li>" + ui.Faults(here-shownFaults) + " more, which faqbase check lists</li>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s: want %s in\n%s", claim, want, body)
		}
	}
	if n := strings.Count(body, "<code>a.md:"); n != shownFaults {
		t.Errorf("%d of %d are listed, want %d", n, here, shownFaults)
	}
}

func TestEditorAddresses(t *testing.T) {
	for _, c := range []struct{ editor, dir, want string }{
		{"vscode://file/{path}:{line}", "/faq", "vscode://file/faq/a%20b.md:7"},
		{"txmt://open?url=file:///{path}&line={line}", "/faq", "txmt://open?url=file:///faq/a%20b.md&line=7"},
		{"my:{path}", "/faq", "my:/faq/a%20b.md"},
		{"https://ide.example/{file}#L{line}", "/faq", "https://ide.example/a%20b.md#L7"},
		{"", "/faq", ""},
		{"vscode://file/{path}:{line}", "", ""},
	} {
		w := workshop{dir: c.dir, editor: c.editor}
		if got := w.open("a b.md", 7); got != c.want {
			t.Errorf("%q in %q opens %q, want %q", c.editor, c.dir, got, c.want)
		}
	}
	for _, bad := range []string{"vscode", "vscode://file/", "javascript:open('{path}')", " JavaScript:{path}", "data:text/html,{file}", "{path}:{line}"} {
		if err := checkEditor(bad); err == nil {
			t.Errorf("%q is taken for an address of an editor", bad)
		}
	}
}

// A changing is a site in dev whose pages change.
type changing struct {
	*site
	engine index.Engine
	told   chan string
}

func openChanging(t *testing.T) *changing {
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
	c := &changing{engine: engine, told: make(chan string, 100)}
	c.site = serve(t, nil, Config{Searcher: engine, Dev: true, Told: func(text string) { c.told <- text }})
	t.Cleanup(c.Server.Close)
	return c
}

// publish serves other pages and waits until the searches were looked at.
func (c *changing) publish(t *testing.T, files fstest.MapFS) *kb.Library {
	t.Helper()
	lib := load(t, files, "")
	if err := c.engine.Apply(context.Background(), lib); err != nil {
		t.Fatal(err)
	}
	c.Publish(lib)
	c.dev.looking.Wait()
	return lib
}

func (c *changing) search(text string) { c.get("/search?q=" + url.QueryEscape(text)) }

// heard is what was told since it was last asked.
func (c *changing) heard() (all []string) {
	for len(c.told) > 0 {
		all = append(all, <-c.told)
	}
	return all
}

func TestDevTellsWhichFirstHitsMoved(t *testing.T) {
	golden := &fstest.MapFile{Data: []byte("- query: django orm faster\n  question: a#faster\n")}
	first := fstest.MapFS{"golden.yaml": golden, "a.md": {Data: []byte(
		"# Django ORM\n\n## Is the Django ORM faster? {#faster}\n\nIt is.\n\n## What does it cost? {#price}\n\nNothing.\n\n## Stays? {#stays}\n\nYes.\n")}}
	second := fstest.MapFS{"golden.yaml": golden, "a.md": {Data: []byte(
		"# Django ORM\n\n## Is it good? {#faster}\n\nIt is.\n\n## Django ORM faster: when? {#speed}\n\nOften.\n\n## Stays? {#stays}\n\nYes.\n")}}
	const moved = "“django orm faster”: was #faster, is now #speed"

	t.Run("a golden query and a recent search, each once, on the terminal and on the pages", func(t *testing.T) {
		c := openChanging(t)
		c.publish(t, first)
		c.search("what does it cost")
		c.search("stays")
		c.search("django orm faster") // golden too
		if got := c.heard(); got != nil {
			t.Errorf("before any change it told %q", got)
		}
		c.publish(t, second)
		got := c.heard()
		if len(got) != 2 || !slices.Contains(got, moved) || !strings.HasPrefix(got[0]+got[1], "“") {
			t.Errorf("told %q, want %q and one of the cost", got, moved)
		}
		if page := c.get("/tools").body; !strings.Contains(page, "<li>"+moved+"</li>") {
			t.Errorf("not on the page:\n%s", page)
		}
		c.publish(t, second)
		if got := c.heard(); got != nil {
			t.Errorf("the same pages once more told %q", got)
		}
		if page := c.get("/tools").body; !strings.Contains(page, moved) {
			t.Error("what has moved is gone although the pages did not change")
		}
	})
	t.Run("what only got another id, and says so, has not moved", func(t *testing.T) {
		c := openChanging(t)
		c.publish(t, first)
		src := strings.Replace(string(first["a.md"].Data), "{#faster}", "{#quick}", 1)
		c.publish(t, fstest.MapFS{"golden.yaml": golden, "a.md": {Data: []byte("---\nquestions: {quick: {moved: [faster]}}\n---\n" + src)}})
		if got := c.heard(); got != nil {
			t.Errorf("told %q", got)
		}
	})
	t.Run("the last searches are watched, without what was typed on the way", func(t *testing.T) {
		c := openChanging(t)
		c.publish(t, first)
		for _, text := range []string{"d", "dj", "djan", "django", "cost", "django"} {
			c.search(text)
		}
		var texts []string
		for _, q := range c.dev.recent {
			texts = append(texts, q.Text)
		}
		if want := []string{"cost", "django"}; !slices.Equal(texts, want) {
			t.Errorf("watches %q, want %q", texts, want)
		}
		for i := range 2 * recentSearches {
			c.search(strings.Repeat("x", 1+i%7) + strings.Repeat("y", i))
		}
		if n := len(c.dev.recent); n > recentSearches {
			t.Errorf("watches %d searches, want at most %d", n, recentSearches)
		}
	})
	t.Run("open pages are told, also when faults alone have changed", func(t *testing.T) {
		c := openChanging(t)
		lib := c.publish(t, first)
		before := len(c.feed.recent)
		again := *lib
		again.Faults = nil
		c.Publish(&again)
		c.dev.looking.Wait()
		last := c.feed.recent[len(c.feed.recent)-1].event
		if len(c.feed.recent) != before+1 || !strings.HasPrefix(string(last.frame), "event: dev\n") || last.id != digestText(lib) {
			t.Errorf("the last event is %q", last.frame)
		}
	})
}
