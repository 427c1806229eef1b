package kb

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// said is what the files in the root say, in a line.
func said(l *Library) string {
	var all []string
	for _, s := range l.Synonyms {
		all = append(all, strings.Join(s.From, "+")+"="+strings.Join(s.To, "+"))
	}
	for _, c := range l.Curations {
		all = append(all, fmt.Sprintf("%s:%s-%s", strings.Join(c.Queries, "+"), strings.Join(c.Pin, "+"), strings.Join(c.Hide, "+")))
	}
	for _, g := range l.Golden {
		all = append(all, fmt.Sprintf("%s?%s<=%d", g.Query, g.Question, g.Within))
	}
	return strings.Join(all, " ")
}

func TestRootFiles(t *testing.T) {
	files := map[string]string{"a.md": ask("one"), "b.md": ask("two")}
	sources := sourcesOf(files, Options{})
	sound := config{
		synonyms:  []byte("- js => javascript\n"),
		curations: []byte("- {query: q, pin: a#one, hide: b, reason: r, until: 2027-01-01}\n"),
		golden:    []byte("- {query: q, question: a}\n"),
	}
	const all = "js=javascript q:a#one-b q?a<=1"
	o := Options{Now: newYear}
	build := func(sources []*source, c config, o Options, last *Library) *Library {
		return assemble(folder(files), sources, c, nil, o, last)
	}
	first := build(sources, sound, o, nil)
	if got := said(first); got != all || len(first.Faults) > 0 {
		t.Fatalf("the library says %q, want %q; faults %v", got, all, first.Faults)
	}
	t.Run("synonyms and curations are served, golden queries are not", func(t *testing.T) {
		for name, c := range map[string]struct {
			change     func(*config)
			says       string
			generation uint64
		}{
			"nothing": {func(c *config) {}, all, 1},
			"comment": {func(c *config) { c.synonyms = []byte("- js => javascript # so\n") }, all, 1},
			"synonym": {func(c *config) { c.synonyms = []byte("- ts => typescript\n") }, "ts=typescript q:a#one-b q?a<=1", 2},
			"pin":     {func(c *config) { c.curations = bytes.Replace(c.curations, []byte("#one"), nil, 1) }, "js=javascript q:a-b q?a<=1", 2},
			"reason":  {func(c *config) { c.curations = bytes.Replace(c.curations, []byte("reason: r"), []byte("reason: s"), 1) }, all, 2},
			"day":     {func(c *config) { c.curations = bytes.Replace(c.curations, []byte("2027"), []byte("2028"), 1) }, all, 2},
			"golden":  {func(c *config) { c.golden = []byte("- {query: q, question: b, within: 2}\n") }, "js=javascript q:a#one-b q?b<=2", 1},
			"removed": {func(c *config) { *c = config{} }, "", 2},
			"emptied": {func(c *config) {
				*c = config{synonyms: []byte("# none\n"), curations: []byte("[]\n"), golden: []byte{}}
			}, "", 2},
		} {
			c2 := sound
			c.change(&c2)
			l := build(sources, c2, o, first)
			if said(l) != c.says || l.Generation != c.generation || (l.Digest == first.Digest) != (c.generation == 1) {
				t.Errorf("%s: the library says %q in generation %d, want %q in %d", name, said(l), l.Generation, c.says, c.generation)
			}
			if l.Page("a") != first.Page("a") {
				t.Errorf("%s: page a is not shared", name)
			}
		}
	})
	t.Run("a group and a rule of the same words are not the same", func(t *testing.T) {
		group := build(sources, config{synonyms: []byte("- [a, b]\n")}, o, nil)
		rule := build(sources, config{synonyms: []byte("- a => b\n")}, o, nil)
		if group.Digest == rule.Digest || !group.Synonyms[0].Mutual || rule.Synonyms[0].Mutual {
			t.Errorf("group %+v, rule %+v", group.Synonyms, rule.Synonyms)
		}
	})
	t.Run("a file in which nothing is sound keeps what was read last, for as long as it takes", func(t *testing.T) {
		last := first
		for _, src := range []string{"- [", "text", "- \xff", "- 1"} {
			l := build(sources, config{synonyms: []byte(src), curations: []byte(src), golden: []byte(src)}, o, last)
			if said(l) != all || l.Generation != 1 {
				t.Fatalf("after %q the library says %q in generation %d, want %q", src, said(l), l.Generation, all)
			}
			for _, file := range []string{synonymsFile, curationsFile, goldenFile} {
				if !slices.ContainsFunc(l.Faults, func(e *Error) bool { return e.File == file && e.Severity == SeverityError }) {
					t.Errorf("%q is no fault of %s: %v", src, file, l.Faults)
				}
			}
			last = l
		}
	})
	t.Run("an id comes and goes with its page", func(t *testing.T) {
		l := build(sources[1:], sound, o, first)
		const mend = "; write an id that exists, or remove the entry"
		want := "curations.yaml:1: no page or question has the id a#one" + mend + "\ngolden.yaml:1: no page or question has the id a" + mend
		if said(l) != "js=javascript q:-b" || faults(l) != want {
			t.Errorf("without the page the library says %q, faults\n%s\nwant\n%s", said(l), faults(l), want)
		}
		if l := build(sources, sound, o, l); said(l) != all || len(l.Faults) > 0 {
			t.Errorf("with it again the library says %q, want %q; faults %v", said(l), all, l.Faults)
		}
		if said(first) != all {
			t.Errorf("the earlier library changed: %q", said(first))
		}
	})
	t.Run("a curation counts to the end of its last day and stays listed", func(t *testing.T) {
		end := time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)
		for _, c := range []struct {
			now     time.Time
			expired bool
		}{
			{end.Add(-time.Nanosecond), false},
			{end, true},
			{end.In(time.FixedZone("east", 3600)), true},
			{end.Add(-time.Hour).In(time.FixedZone("east", 7200)), false},
		} {
			l := build(sources, sound, Options{Now: func() time.Time { return c.now }}, first)
			if got := l.Curations[0].Expired(c.now); got != c.expired {
				t.Errorf("expired at %v: %v, want %v", c.now, got, c.expired)
			}
			if got := strings.Contains(faults(l), "curation ended with 2027-01-01"); got != c.expired {
				t.Errorf("reported at %v: %v, want %v", c.now, got, c.expired)
			}
			if said(l) != all || l.Generation != 1 {
				t.Errorf("at %v the library says %q in generation %d", c.now, said(l), l.Generation)
			}
		}
		if (Curation{}).Expired(end) {
			t.Error("a curation without an end expired")
		}
	})
	t.Run("without a clock it is now", func(t *testing.T) {
		yesterday := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
		l := load(t, map[string]string{"a.md": ask("one"), curationsFile: "- {query: q, pin: a, reason: r, until: " + yesterday + "}\n"})
		if len(l.Curations) != 1 || len(l.Faults) != 1 || l.Faults[0].Rule != "expired" {
			t.Errorf("faults %v", l.Faults)
		}
	})
}

func TestScanRootFiles(t *testing.T) {
	write := func(d tree, file, content string, second int) {
		d.write(file, content)
		d.settle(file, second)
	}
	t.Run("are read in the root and in no other folder", func(t *testing.T) {
		d := newTree(t)
		d.write("a.md", ask("one"))
		for _, folder := range []string{"", "x/"} {
			d.write(folder+synonymsFile, "- [js, javascript"+strings.TrimSuffix(folder, "/")+"]\n")
			d.write(folder+curationsFile, "- {query: q"+strings.TrimSuffix(folder, "/")+", pin: a, reason: r}\n")
			d.write(folder+goldenFile, "- {query: q"+strings.TrimSuffix(folder, "/")+", question: a}\n")
		}
		s, _ := scanTree(d)
		scan(t, s)
		if want := "js+javascript=js+javascript q:a- q?a<=1"; said(s.library) != want || len(s.library.Faults) > 0 {
			t.Errorf("the library says %q, want %q; faults %v", said(s.library), want, s.library.Faults)
		}
		if _, err := s.library.Open(synonymsFile); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("synonyms.yaml is served: %v", err)
		}
	})
	t.Run("stay when they cannot be read any more", func(t *testing.T) {
		d := newTree(t)
		write(d, "a.md", ask("one"), 1)
		write(d, synonymsFile, "- js => javascript\n", 2)
		write(d, curationsFile, "- {query: q, pin: a, reason: r}\n", 3)
		write(d, goldenFile, "- {query: q, question: a}\n", 4)
		s, files := scanTree(d)
		scan(t, s)
		want := said(s.library)
		for i, file := range []string{synonymsFile, curationsFile, goldenFile} {
			files.fail[file] = errors.New("disk on fire")
			d.settle(file, 10+i)
		}
		if !scan(t, s) || said(s.library) != want || len(s.library.Faults) != 3 {
			t.Errorf("the library says %q, want %q; faults %q", said(s.library), want, faults(s.library))
		}
		for _, file := range []string{synonymsFile, curationsFile, goldenFile} {
			d.remove(file)
		}
		if !scan(t, s) || said(s.library) != "" || len(s.library.Faults) != 0 {
			t.Errorf("once removed the library says %q, faults %q", said(s.library), faults(s.library))
		}
	})
}

func TestWatchSeesRootFiles(t *testing.T) {
	for _, mode := range []WatchOptions{eventsAlone, pollingAlone} {
		t.Run(string(mode.Mode), func(t *testing.T) {
			t.Parallel()
			d := newTree(t)
			d.write("kb/a.md", ask("one"))
			values, _ := watchFolder(t, d.at("kb"), mode)
			sees := func(what, says string, generation uint64) {
				t.Helper()
				until(t, values, what, func(v yielded) bool {
					return v.lib != nil && said(v.lib) == says && v.lib.Generation == generation
				})
			}
			sees("first library", "", 1)
			d.write("kb/"+synonymsFile, "- js => javascript\n")
			sees("new synonyms.yaml", "js=javascript", 2)
			d.write("kb/"+synonymsFile, "- ts => typescript\n")
			sees("synonyms.yaml edited in place", "ts=typescript", 3)
			d.save("kb/"+synonymsFile, "- py => python\n")
			sees("synonyms.yaml saved by way of a temporary file", "py=python", 4)
			d.save("kb/"+curationsFile, "- {query: q, pin: a#one, reason: r}\n")
			sees("new curations.yaml", "py=python q:a#one-", 5)
			d.save("kb/"+goldenFile, "- {query: q, question: a}\n")
			sees("new golden.yaml, which changes nothing that is served", "py=python q:a#one- q?a<=1", 5)
			d.remove("kb/" + synonymsFile)
			sees("no synonyms.yaml", "q:a#one- q?a<=1", 6)
		})
	}
}

func TestStarterSearches(t *testing.T) {
	l, err := Load(Starter(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Synonyms) < 40 {
		t.Errorf("%d synonyms, want 40 or more", len(l.Synonyms))
	}
	if len(l.Golden) < 60 {
		t.Errorf("%d golden queries, want 60 or more", len(l.Golden))
	}
	t.Run("every page has golden queries", func(t *testing.T) {
		asked := map[string]bool{}
		for _, g := range l.Golden {
			page, _, _ := strings.Cut(g.Question, "#")
			asked[page] = true
		}
		for _, p := range l.Pages {
			if !asked[p.Path] {
				t.Errorf("%s has none", p.Path)
			}
		}
	})
	t.Run("no word stands for a tool that has an alias for it", func(t *testing.T) {
		for _, s := range l.Synonyms {
			for _, word := range slices.Concat(s.From, s.To) {
				if tool := l.Tool(word); tool != nil && !strings.EqualFold(tool.Name, word) {
					t.Errorf("synonyms.yaml:%d: %q is an alias of %s already", s.Line, word, tool.Name)
				}
			}
		}
	})
	t.Run("no meaning is given twice", func(t *testing.T) {
		lines := map[[2]string]int{}
		for _, s := range l.Synonyms {
			for _, from := range s.From {
				for _, to := range s.To {
					pair := [2]string{foldName(from), foldName(to)}
					if first := lines[pair]; first > 0 && pair[0] != pair[1] {
						t.Errorf("synonyms.yaml:%d: %s means %s already on line %d", s.Line, from, to, first)
					}
					lines[pair] = s.Line
				}
			}
		}
	})
}

// addFiles gives a fuzz test the files of that name in the archives.
func addFiles(f *testing.F, name string) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name == name {
				f.Add(file.Data)
				for _, entry := range entries(file.Data) {
					f.Add(entry.text)
				}
			}
		}
	}
}

// checkLine holds that an entry is on a line of its file.
func checkLine(t *testing.T, src []byte, line int) {
	t.Helper()
	if lines := bytes.Count(src, []byte("\n")) + 1; line < 1 || line > lines {
		t.Errorf("entry on line %d of %d", line, lines)
	}
}

// checkText holds that values are one line of text each, without repeats.
func checkText(t *testing.T, values ...string) {
	t.Helper()
	for i, s := range values {
		if s == "" || s != oneLine(s) {
			t.Errorf("text %q", s)
		}
		if slices.Contains(values[:i], s) {
			t.Errorf("%q is there twice", s)
		}
	}
}

// TestSamplesInDocumentation holds that the samples of these files in the package
// comment are sound and show every key.
func TestSamplesInDocumentation(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []struct {
		name string
		keys []string
		read func(src []byte) (entries int, faults ErrorList)
	}{
		{toolsFile, toolKeys, func(src []byte) (int, ErrorList) { all, faults := readTools(src); return len(all), faults }},
		{synonymsFile, []string{"=>"}, func(src []byte) (int, ErrorList) { all, faults := readSynonyms(src); return len(all), faults }},
		{curationsFile, curationKeys, func(src []byte) (int, ErrorList) { all, faults := readCurations(src); return len(all), faults }},
		{goldenFile, goldenKeys, func(src []byte) (int, ErrorList) { all, faults := readGolden(src); return len(all), faults }},
	} {
		_, rest, _ := strings.Cut(string(doc), "//\t# "+file.name+"\n")
		sample, _, _ := strings.Cut(rest, "//\n")
		sample = strings.ReplaceAll(sample, "//\t", "")
		entries, faults := file.read([]byte(sample))
		if entries == 0 || len(faults) > 0 {
			t.Errorf("%s: %d entries, faults %v", file.name, entries, faults)
		}
		for _, key := range file.keys {
			if !strings.Contains(sample, key) {
				t.Errorf("the sample of %s does not show %s", file.name, key)
			}
		}
	}
}

// FuzzReadSynonyms reads anything and holds what is promised of every synonym.
func FuzzReadSynonyms(f *testing.F) {
	addFiles(f, synonymsFile)
	f.Fuzz(func(t *testing.T, src []byte) {
		synonyms, faults := readSynonyms(src)
		checkFaults(t, src, faults.sort().Err())
		for _, s := range synonyms {
			checkLine(t, src, s.Line)
			if s.Mutual {
				checkText(t, s.From...)
				if len(s.From) < 2 || !slices.Equal(s.From, s.To) {
					t.Errorf("group %+v", s)
				}
				continue
			}
			checkText(t, slices.Concat(s.From, s.To)...)
			if len(s.From) == 0 || len(s.To) == 0 {
				t.Errorf("rule %+v", s)
			}
		}
		if again, _ := readSynonyms(src); !cmp.Equal(synonyms, again) {
			t.Errorf("read %v, then %v", synonyms, again)
		}
	})
}

// FuzzReadCurations reads anything and holds what is promised of every curation,
// whether its ids are there or not.
func FuzzReadCurations(f *testing.F) {
	addFiles(f, curationsFile)
	page := readSource("a.md", []byte(ask("one")), Options{})
	f.Fuzz(func(t *testing.T, src []byte) {
		curations, faults := readCurations(src)
		checkFaults(t, src, faults.sort().Err())
		for _, c := range curations {
			checkLine(t, src, c.Line)
			checkText(t, c.Queries...)
			checkText(t, slices.Concat(c.Pin, c.Hide)...)
			if len(c.Queries) == 0 || len(c.Pin)+len(c.Hide) == 0 {
				t.Errorf("curation %+v", c)
			}
		}
		l := assemble(folder(nil), []*source{page}, config{curations: src}, nil, Options{Now: newYear}, nil)
		checkFaults(t, src, l.Faults.Err())
		for _, c := range l.Curations {
			for _, id := range slices.Concat(c.Pin, c.Hide) {
				if l.Page(id) == nil && l.Question(id) == nil {
					t.Errorf("curation of %q, which is not there", id)
				}
			}
		}
	})
}

// FuzzReadGolden reads anything and holds what is promised of every golden query,
// whether its id is there or not.
func FuzzReadGolden(f *testing.F) {
	addFiles(f, goldenFile)
	page := readSource("a.md", []byte(ask("one")), Options{})
	f.Fuzz(func(t *testing.T, src []byte) {
		golden, faults := readGolden(src)
		checkFaults(t, src, faults.sort().Err())
		for _, g := range golden {
			checkLine(t, src, g.Line)
			checkText(t, g.Query)
			checkText(t, g.Question)
			if g.Within < 1 || g.Within > maxWithin || g.Miss != oneLine(g.Miss) {
				t.Errorf("golden query %+v", g)
			}
		}
		l := assemble(folder(nil), []*source{page}, config{golden: src}, nil, Options{}, nil)
		checkFaults(t, src, l.Faults.Err())
		if len(l.Golden) < len(golden) && len(l.Faults) == 0 {
			t.Errorf("%d golden queries of %d, and no fault", len(l.Golden), len(golden))
		}
	})
}

// FuzzReadTools reads anything and holds what is promised of every tool.
func FuzzReadTools(f *testing.F) {
	addFiles(f, toolsFile)
	f.Fuzz(func(t *testing.T, src []byte) {
		tools, faults := readTools(src)
		checkFaults(t, src, faults.sort().Err())
		stands := map[string]string{} // the tool that a name or an alias stands for
		for _, tool := range tools {
			checkLine(t, src, tool.Line)
			checkText(t, tool.Name)
			checkText(t, tool.Aliases...)
			checkText(t, tool.Category...)
			checkText(t, tool.Ecosystem...)
			if tool.Slug != Slug(tool.Slug) {
				t.Errorf("slug %q", tool.Slug)
			}
			if tool.Maturity != "" && !slices.Contains(maturities, tool.Maturity) {
				t.Errorf("maturity %q", tool.Maturity)
			}
			if tool.Since != 0 && (tool.Since < 1940 || tool.Since > 2100) {
				t.Errorf("since %d", tool.Since)
			}
			addresses := []string{tool.Homepage, tool.Repository, tool.Docs}
			for _, s := range tool.Skills {
				checkText(t, s.Label)
				addresses = append(addresses, s.URL)
			}
			for _, address := range addresses {
				if lower := strings.ToLower(address); address != "" && !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "http://") {
					t.Errorf("address %q", address)
				}
			}
			for _, name := range append([]string{tool.Name}, tool.Aliases...) {
				if other, taken := stands[foldName(name)]; taken && other != tool.Name {
					t.Errorf("%q stands for %q and for %q", name, other, tool.Name)
				}
				stands[foldName(name)] = tool.Name
			}
		}
		if again, _ := readTools(src); !cmp.Equal(tools, again) {
			t.Errorf("read %v, then %v", tools, again)
		}
	})
}
