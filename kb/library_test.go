package kb

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// folder makes a file system of file names and contents.
func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return fsys
}

func load(t *testing.T, files map[string]string) *Library {
	t.Helper()
	l, err := Load(folder(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var twoPages = map[string]string{
	"python/a.md":   "---\ncategory: ORMs\ntools: [sqla, Django ORM]\n---\n# A\n\n## Why?\n\nSo.\n",
	"go/b.md":       "---\ncategory: orms\necosystem: Go\ntools: [GORM]\n---\n# B\n\n## How?\n\nThus.\n",
	"python/a.png":  "picture",
	"tools.yaml":    "- {name: SQLAlchemy, aliases: [sqla], slug: alchemy}\n- {name: Unused}\n",
	"python/a.txt":  "text",
	".git/config":   "secret",
	"testdata/x.md": "# X\n\nx\n",
}

func TestLibrary(t *testing.T) {
	l := load(t, twoPages)
	t.Run("a page and a question are found by their names", func(t *testing.T) {
		if p := l.Page("python/a"); p == nil || p.Title != "A" {
			t.Errorf("Page = %v", p)
		}
		if q := l.Question("python/a#why"); q == nil || q.Text != "Why?" || q.Page != l.Page("python/a") {
			t.Errorf("Question = %v", q)
		}
		if l.Page("python/a.md") != nil || l.Question("python/a") != nil {
			t.Error("found by a wrong name")
		}
		if got := l.NumQuestions(); got != 2 {
			t.Errorf("NumQuestions = %d, want 2", got)
		}
	})
	t.Run("a tool is found by name, alias and slug, whatever the case", func(t *testing.T) {
		for _, name := range []string{"SQLAlchemy", "sqlalchemy", "SQLA", "alchemy"} {
			v, ok := l.Value(FacetTool, name)
			if want := (Value{"SQLAlchemy", "alchemy", "/tools/alchemy"}); !ok || v != want {
				t.Errorf("Value(tool, %q) = %v, %t, want %v", name, v, ok, want)
			}
		}
		if l.Tool("oracle") != nil {
			t.Error("found a tool that is not there")
		}
	})
	t.Run("a tool without a page is known and not in use", func(t *testing.T) {
		if _, ok := l.Value(FacetTool, "unused"); !ok {
			t.Error("not known")
		}
		for _, v := range l.Values(FacetTool) {
			if v.Name == "Unused" {
				t.Error("in use")
			}
		}
		if got := len(l.Tools); got != 4 {
			t.Errorf("%d tools, want 4", got)
		}
	})
	t.Run("a category and an ecosystem are found by name and slug", func(t *testing.T) {
		for f, name := range map[Facet]string{FacetCategory: "ORMS", FacetEcosystem: "go"} {
			if _, ok := l.Value(f, name); !ok {
				t.Errorf("%s %q not found", f, name)
			}
		}
		if _, ok := l.Value(FacetCategory, "Go"); ok {
			t.Error("an ecosystem found as a category")
		}
	})
	t.Run("every page spells a value in the same way", func(t *testing.T) {
		if a, b := l.Page("python/a").Category, l.Page("go/b").Category; !slices.Equal(a, b) {
			t.Errorf("%v and %v", a, b)
		}
		if got := l.Question("python/a#why").Tools; !slices.Equal(got, []string{"SQLAlchemy", "Django ORM"}) {
			t.Errorf("tools of the question: %v", got)
		}
	})
}

func TestOpen(t *testing.T) {
	l := load(t, twoPages)
	f, err := l.Open("python/a.png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if data, err := io.ReadAll(f); err != nil || string(data) != "picture" {
		t.Errorf("read %q, %v", data, err)
	}
	t.Run("nothing but pictures and papers is opened", func(t *testing.T) {
		for _, path := range []string{"python/a.md", "python/a.txt", ".git/config", "tools.yaml", "python", "", ".", "..", "../x.png", "/python/a.png", "python//a.png"} {
			if _, err := l.Open(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Open(%q) gives %v, want fs.ErrNotExist", path, err)
			}
		}
	})
	t.Run("a file whose name is not in NFC is found by its address", func(t *testing.T) {
		l := load(t, map[string]string{"e\u0301.png": "x", "e\u0301.md": "![](e\u0301.png)\n"})
		if _, err := l.Open("\u00e9.png"); err != nil {
			t.Error(err)
		}
		if p := l.Page("\u00e9"); p == nil || !strings.Contains(p.IntroHTML(), `src="/kb/%C3%A9.png"`) {
			t.Errorf("page = %v", p)
		}
	})
}

func TestMoved(t *testing.T) {
	l := load(t, map[string]string{
		"a.md":   "---\nmoved: [old, parts#why, b#gone, caf\u00e9, c%23]\n---\n# A\n\n## Why?\n\nSo.\n",
		"b.md":   "---\nmoved: [parts#how, \"#was\"]\n---\n# B\n\nx\n",
		"new.md": "---\ndraft: true\nmoved: secret\n---\n# New\n\nx\n",
	})
	for path, want := range map[string]string{
		"old":         "/kb/a",
		"parts":       "/kb/a",
		"parts#why":   "/kb/a#why",
		"parts#how":   "/kb/b",
		"b#gone":      "/kb/a",
		"b#was":       "/kb/b",
		"cafe\u0301":  "/kb/a",
		"c#":          "/kb/a",
		"c":           "",
		"a":           "",
		"b":           "",
		"old.md":      "",
		"parts#other": "",
		"secret":      "",
		"":            "",
	} {
		if got, ok := l.Moved(path); got != want || ok != (want != "") {
			t.Errorf("Moved(%q) = %q, %t, want %q", path, got, ok, want)
		}
	}
	if len(l.Faults) > 0 {
		t.Errorf("faults: %v", l.Faults)
	}
}

func TestRelated(t *testing.T) {
	l := load(t, map[string]string{
		"python/a.md": "---\ntools: [X, Y]\ncategory: C\n---\n# A\n\nx\n",
		"python/b.md": "---\ntools: [X]\n---\n# B\n\nx\n",
		"go/c.md":     "---\ncategory: C\n---\n# C\n\nx\n",
		"python/d.md": "# D\n\nx\n",
		"go/e.md":     "# E\n\nx\n",
	})
	related := func(n int) (got []string) {
		for _, r := range l.Related(l.Page("python/a"), n) {
			got = append(got, fmt.Sprint(r.Page.Path, r.Tools, r.Category, r.Ecosystem))
		}
		return got
	}
	want := []string{"python/b[X] [] [python]", "go/c[] [C] []", "python/d[] [] [python]"}
	if diff := cmp.Diff(want, related(9)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(want[:1], related(1)); diff != "" {
		t.Errorf("at most one: -want +got:\n%s", diff)
	}
	if got := related(0); got != nil {
		t.Errorf("at most none: %v", got)
	}
}

// sourcesOf reads the files as watching does.
func sourcesOf(files map[string]string, o Options) (sources []*source) {
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if isPage(file) {
			sources = append(sources, readSource(file, []byte(files[file]), o))
		}
	}
	return sources
}

func TestAssemble(t *testing.T) {
	files := map[string]string{
		"a.md": "---\ntools: [sqla]\n---\n# A\n\n## Why?\n\nSo.\n",
		"b.md": "# B\n\nx\n",
	}
	tools := config{tools: []byte("- {name: SQLAlchemy, aliases: [sqla]}\n")}
	sources := sourcesOf(files, Options{})
	fsys := folder(files)
	first := assemble(fsys, sources, tools, nil, Options{}, nil)
	if first.Generation != 1 {
		t.Errorf("the first generation is %d, want 1", first.Generation)
	}
	replaced := func(file string, s *source) []*source {
		all := slices.Clone(sources)
		for i, old := range all {
			if old.file == file {
				all[i] = s
			}
		}
		return all
	}
	t.Run("nothing changed: the same digest, generation and pages", func(t *testing.T) {
		l := assemble(fsys, sources, tools, nil, Options{}, first)
		if l.Digest != first.Digest || l.Generation != 1 {
			t.Errorf("digest or generation changed: %d", l.Generation)
		}
		for i, p := range l.Pages {
			if p != first.Pages[i] {
				t.Errorf("page %s is not shared", p.Path)
			}
		}
	})
	t.Run("a page brings another spelling: those with the value are made anew, the others shared", func(t *testing.T) {
		l := assemble(fsys, replaced("b.md", readSource("b.md", []byte("---\ntools: [B]\n---\n# B\n\nx\n"), Options{})), tools, nil, Options{}, first)
		if l.Page("a") != first.Page("a") {
			t.Error("page a is not shared")
		}
		respelt := config{tools: []byte("- {name: SqlAlchemy, aliases: [sqla]}\n")}
		l = assemble(fsys, sources, respelt, nil, Options{}, l)
		if got := l.Page("a").Tools; !slices.Equal(got, []string{"SqlAlchemy"}) {
			t.Errorf("a has the tools %q", got)
		}
		if q := l.Question("a#why"); q == nil || q.Page != l.Page("a") || !slices.Equal(q.Tools, l.Page("a").Tools) {
			t.Errorf("its question is %+v", q)
		}
	})
	t.Run("one page changed: the generation rises and the others are shared", func(t *testing.T) {
		l := assemble(fsys, replaced("b.md", readSource("b.md", []byte("# B\n\ny\n"), Options{})), tools, nil, Options{}, first)
		if l.Digest == first.Digest || l.Generation != 2 {
			t.Errorf("generation %d, want 2", l.Generation)
		}
		if l.Page("a") != first.Page("a") {
			t.Error("page a is not shared")
		}
		if l.Page("b").Digest == first.Page("b").Digest {
			t.Error("the digest of page b did not change")
		}
	})
	t.Run("tools.yaml changed: only pages that spell otherwise are new", func(t *testing.T) {
		l := assemble(fsys, sources, config{}, nil, Options{}, first)
		if l.Page("b") != first.Page("b") || l.Page("a") == first.Page("a") {
			t.Error("want b shared and a new")
		}
		if got := l.Question("a#why").Tools; !slices.Equal(got, []string{"sqla"}) {
			t.Errorf("tools %v, want sqla", got)
		}
		if got := first.Question("a#why").Tools; !slices.Equal(got, []string{"SQLAlchemy"}) {
			t.Errorf("the earlier library changed: %v", got)
		}
		if l.Question("a#why").HTML() != first.Question("a#why").HTML() {
			t.Error("the answer changed")
		}
	})
	t.Run("a comparison that an alias makes one is shared, and follows tools.yaml", func(t *testing.T) {
		src := "---\ntools: [sqla, Django ORM]\n---\n# A\n\n| | SQLAlchemy | Django ORM |\n|-|-|-|\n| x | y | z |\n"
		sources := []*source{readSource("a.md", []byte(src), Options{})}
		comparison := func(l *Library) string {
			p := l.Page("a")
			if p.Comparison == nil || len(p.Blocks()) != 1 || p.Blocks()[0].Kind != BlockComparison {
				return "none"
			}
			return strings.Join(p.Comparison.Columns, ", ")
		}
		one := assemble(fsys, sources, tools, nil, Options{}, nil)
		if got := comparison(one); got != "SQLAlchemy, Django ORM" {
			t.Errorf("comparison of %s", got)
		}
		two := assemble(fsys, sources, config{tools: []byte("- {name: SQLAlchemy, aliases: [sqla]}\n- {name: Other}\n")}, nil, Options{}, one)
		if two.Page("a") != one.Page("a") {
			t.Error("the page is not shared")
		}
		three := assemble(fsys, sources, config{tools: []byte("- {name: SQL Alchemy, aliases: [sqla, SQLAlchemy]}\n")}, nil, Options{}, two)
		if got := comparison(three); got != "SQL Alchemy, Django ORM" {
			t.Errorf("after a new name: comparison of %s", got)
		}
		if three.Page("a").rendered != one.Page("a").rendered {
			t.Error("after a new name: the page is read again")
		}
		if got := comparison(assemble(fsys, sources, config{}, nil, Options{}, three)); got != "none" {
			t.Errorf("without tools.yaml: comparison of %s", got)
		}
	})
	t.Run("every fact of a tool changes what is served", func(t *testing.T) {
		const entry = "- {name: SQLAlchemy, aliases: [sqla]"
		for _, fact := range []string{"slug: x", "category: C", "ecosystem: E", "pattern: P", "maturity: modern", "since: 2006", "license: MIT",
			"homepage: https://a.example", "repository: https://a.example", "docs: https://a.example", "skills: {label: L, url: https://a.example}"} {
			l := assemble(fsys, sources, config{tools: []byte(entry + ", " + fact + "}\n")}, nil, Options{}, first)
			if len(l.Faults) > 0 || l.Generation != 2 {
				t.Errorf("%s: generation %d, want 2; faults %v", fact, l.Generation, l.Faults)
			}
		}
		if l := assemble(fsys, sources, config{tools: []byte("- {name: SQLAlchemy, aliases: [sqla, alchemy]}\n")}, nil, Options{}, first); l.Generation != 2 {
			t.Errorf("aliases: generation %d, want 2", l.Generation)
		}
	})
	t.Run("a comment in a file of the root changes nothing that is served", func(t *testing.T) {
		c := config{tools: tools.tools, synonyms: []byte("- [x, y]\n"), curations: []byte("- {query: q, pin: [a], reason: r}\n")}
		last := assemble(fsys, sources, c, nil, Options{}, nil)
		comment := func(src []byte) []byte { return append([]byte("# A comment\n"), src...) }
		l := assemble(fsys, sources, config{tools: comment(c.tools), synonyms: comment(c.synonyms), curations: comment(c.curations)}, nil, Options{}, last)
		if l.Generation != 1 || l.Digest != last.Digest {
			t.Errorf("generation %d, want 1", l.Generation)
		}
		if got := l.Tool("sqla").Line; got != 2 {
			t.Errorf("the tool is on line %d, want 2", got)
		}
	})
	t.Run("one broken tools.yaml over different last tools is not the same", func(t *testing.T) {
		broken := config{tools: []byte("- name: [\n")}
		other := assemble(fsys, sources, config{tools: []byte("- {name: SQLAlchemy, aliases: [sqla], since: 2006}\n")}, nil, Options{}, nil)
		a, b := assemble(fsys, sources, broken, nil, Options{}, first), assemble(fsys, sources, broken, nil, Options{}, other)
		if a.Digest == b.Digest {
			t.Error("the digest is the same")
		}
		if a.Generation != 1 || b.Generation != 1 {
			t.Errorf("generations %d and %d, want 1: what is served is the same as before", a.Generation, b.Generation)
		}
	})
	t.Run("a new picture changes what is served", func(t *testing.T) {
		if l := assemble(fsys, sources, tools, []string{"x.png"}, Options{}, first); l.Generation != 2 {
			t.Errorf("generation %d, want 2", l.Generation)
		}
	})
	t.Run("a file that has nothing sound keeps its last page, for as long as it takes", func(t *testing.T) {
		last := first
		for _, src := range []string{"", "\x00\x01", strings.Repeat("x", maxSize+1)} {
			l := assemble(fsys, replaced("b.md", readSource("b.md", []byte(src), Options{})), tools, nil, Options{}, last)
			if l.Page("b") != first.Page("b") {
				t.Fatalf("page b is gone")
			}
			if len(l.Faults) != 1 || l.Faults[0].File != "b.md" || l.Faults[0].Severity != SeverityError {
				t.Errorf("faults: %v", l.Faults)
			}
			if l.Generation != 1 {
				t.Errorf("generation %d, want 1: what is served is the same", l.Generation)
			}
			last = l
		}
	})
	t.Run("a page that may be a draft now is taken away", func(t *testing.T) {
		for _, src := range []string{"---\ndraft: yes\n---\n", "---\ndraft: soon\n---\n# B\n\nx\n", "---\ndraft: [\n---\n# B\n\nx\n", "---\ntitle: B\ndraft: true\n\n# B\n\nx\n"} {
			l := assemble(fsys, replaced("b.md", readSource("b.md", []byte(src), Options{})), tools, nil, Options{}, first)
			if l.Page("b") != nil {
				t.Errorf("page b is still there after %q", src)
			}
		}
	})
	t.Run("a file that cannot be read keeps its last page", func(t *testing.T) {
		err := &fs.PathError{Op: "open", Path: "/somewhere/b.md", Err: fs.ErrPermission}
		l := assemble(fsys, replaced("b.md", unreadable("b.md", err, sources[1])), tools, nil, Options{}, nil)
		if l.Page("b") != sources[1].page {
			t.Error("page b is gone")
		}
		if got, want := l.Faults.Error(), "b.md: permission denied; see to its permissions"; got != want {
			t.Errorf("fault %q, want %q", got, want)
		}
	})
	t.Run("a removed file takes its page away", func(t *testing.T) {
		if l := assemble(fsys, sources[:1], tools, nil, Options{}, first); l.Page("b") != nil || l.Generation != 2 {
			t.Errorf("page b is still there in generation %d", l.Generation)
		}
	})
	t.Run("tools.yaml that has nothing sound keeps the last tools", func(t *testing.T) {
		l := assemble(fsys, sources, config{tools: []byte("- name: [\n")}, nil, Options{}, first)
		if l.Tool("sqla") == nil || len(l.Faults) == 0 {
			t.Errorf("tools are gone; faults %v", l.Faults)
		}
	})
}

func TestHTMLIsRenderedOnceForAllReaders(t *testing.T) {
	l := load(t, map[string]string{"a.md": "# A\n\n## Why?\n\n```go\nfunc main() {}\n```\n\n## How?\n\n**So.**\n"})
	p := l.Page("a")
	var group sync.WaitGroup
	got := make([]string, 16)
	for i := range got {
		group.Go(func() {
			for _, b := range p.Blocks() {
				got[i] += b.Question.HTML() + b.Question.TextHTML()
			}
		})
	}
	group.Wait()
	for _, html := range got {
		if html == "" || html != got[0] {
			t.Fatalf("readers saw different HTML:\n%s\n%s", got[0], html)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	t.Run("a folder that cannot be read is the error", func(t *testing.T) {
		fsys, err := fs.Sub(fstest.MapFS{}, "missing")
		if err != nil {
			t.Fatal(err)
		}
		if l, err := Load(fsys, Options{}); err == nil || l != nil {
			t.Errorf("Load = %v, %v", l, err)
		}
	})
	t.Run("an empty folder is a library without pages", func(t *testing.T) {
		if l, err := Load(fstest.MapFS{}, Options{}); err != nil || len(l.Pages) != 0 || len(l.Faults) != 0 {
			t.Errorf("Load = %v, %v", l, err)
		}
	})
	t.Run("a file over 4 MiB, a binary one and one that is no UTF-8 are reported", func(t *testing.T) {
		l := load(t, map[string]string{
			"big.md":    "# Big\n\n" + strings.Repeat("x", maxSize),
			"binary.md": "# \x00\x01",
			"latin.md":  "# Caf\xe9\n\nServed\n",
			"bom.md":    "\ufeff---\ntitle: With a mark\n---\nText.\n",
			"crlf.md":   "---\r\ntitle: CR LF\r\n---\r\n\r\n## Why?\r\n\r\nSo\r\nit is.\r\n",
		})
		want := "big.md: larger than 4 MiB, so it is not read; divide it into several pages\n" +
			"binary.md: not a text file, so it is not read; save it as UTF-8\n" +
			"latin.md:1: not UTF-8; what is no character is shown as \ufffd; save the file as UTF-8"
		if diff := cmp.Diff(want, l.Faults.Error()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if p := l.Page("latin"); p == nil || p.Title != "Caf\ufffd" {
			t.Errorf("page = %v", p)
		}
		if p := l.Page("bom"); p == nil || p.Title != "With a mark" {
			t.Errorf("page = %v", p)
		}
		if q := l.Question("crlf#why"); q == nil || q.Answer != "So it is." || q.Line != 5 || q.Page.Title != "CR LF" {
			t.Errorf("question = %+v", q)
		}
		if p := l.Page("crlf"); !bytes.Contains(p.Source, []byte("\r\n")) {
			t.Error("the source was changed")
		}
	})
}

func TestStarterHasNoFaults(t *testing.T) {
	l, err := Load(Starter(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Faults.Err(); err != nil {
		t.Error(err)
	}
	if len(l.Pages) == 0 || l.NumQuestions() == 0 {
		t.Errorf("%d pages, %d questions", len(l.Pages), l.NumQuestions())
	}
	for _, tool := range l.Tools {
		if tool.Line == 0 {
			t.Errorf("%s is a tool of a page and not of tools.yaml", tool.Name)
		}
	}
}
