package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"faqbase/kb"
)

// mixedLibrary has what texts can have: several languages and scripts, compounds,
// aliases, signs, words with and without accents; and more pages.
func mixedLibrary(t *testing.T, more ...string) (*kb.Library, []string) {
	t.Helper()
	words := strings.Fields("commit branches rebase Node.js nodejs café cafe naïve index indexes C++ " +
		"useState v1.2.3 .NET don't l'eau Größe Datenbank Datenbankverbindung データベース 数据库 l’index Query queries git-lfs e.g.")
	r := rand.New(rand.NewPCG(3, 9))
	text := func(n int) string {
		list := make([]string, 1+r.IntN(n))
		for i := range list {
			list[i] = words[r.IntN(len(words))]
			if r.IntN(6) == 0 {
				list[i] += "."
			}
		}
		return strings.Join(list, " ")
	}
	files := make(fstest.MapFS)
	for i := range 30 {
		var b strings.Builder
		fmt.Fprintf(&b, "---\ntitle: %s\ntools: [Node.js, Café]\nlang: %s\n---\n\n%s\n\n## FAQ\n", words[i%len(words)]+" page", []string{"en", "de", "fr"}[i%3], text(12))
		for k := range 4 {
			fmt.Fprintf(&b, "\n### %s? {#q%d}\n\nAlso asked: %s?; %s?\n\n%s.\n\n- %s\n- %s\n", text(7), k, text(4), text(5), text(30), text(9), text(3))
		}
		files[fmt.Sprintf("p%02d.md", i)] = &fstest.MapFile{Data: []byte(b.String())}
	}
	for i, text := range more {
		files[fmt.Sprintf("more%d.md", i)] = &fstest.MapFile{Data: []byte("## FAQ\n### What is it?\n" + text + "\n")}
	}
	lib, err := kb.Load(files, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return lib, words
}

// TestNumbersAreReadAsTexts compares what closeness tells from the numbers of words with
// what it tells from the texts, before and after words were added.
func TestNumbersAreReadAsTexts(t *testing.T) {
	lib, words := mixedLibrary(t)
	b := openTest(t, "", lib)
	r := rand.New(rand.NewPCG(4, 4))
	numbered, odd, found := 0, 0, 0
	compare := func(t *testing.T, text string) {
		t.Helper()
		st := b.acquire()
		defer st.release()
		q := readQuery(Query{Text: text}, st.catalog, st.dictionary)
		m := &match{scratch: &scratch{}, ctx: t.Context(), state: st, weights: b.weights}
		if err := m.run(&q); err != nil {
			t.Fatal(err)
		}
		c := newCloseness(&q, m)
		if c == nil {
			return
		}
		for _, e := range st.entries {
			n := e.numbers(st)
			if n == nil {
				continue
			}
			numbered++
			odd += len(n.odd)
			tell := func() string {
				b, s, a := c.shares()
				return fmt.Sprint(b, s, a, c.best, c.counts, c.around, c.spelled, c.folded)
			}
			c.readNumbered(e, n)
			got := tell()
			c.begin(e)
			c.readAround(e)
			e.eachText(c.sentences)
			if want := tell(); got != want {
				t.Fatalf("%q in %s:\n%s\nfrom the text\n%s", text, e.id, got, want)
			}
			if c.best.share > 0 {
				found++
			}
		}
	}
	queries := func(t *testing.T) {
		t.Helper()
		for range 60 {
			list := make([]string, 1+r.IntN(5))
			for i := range list {
				list[i] = words[r.IntN(len(words))]
			}
			compare(t, strings.Join(list, " "))
		}
		compare(t, "comit brach")
		compare(t, "node js gi")
	}
	queries(t)
	more, _ := mixedLibrary(t, "Aardvarks stand before all other words, zürich at the end.")
	for _, p := range lib.Pages { // as a watched folder has them again
		more.Pages[slices.IndexFunc(more.Pages, func(other *kb.Page) bool { return other.Path == p.Path })] = p
	}
	if err := b.Apply(t.Context(), more); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, e := range b.state.Load().entries {
		if e.numbered.Load() != nil {
			kept++
		}
	}
	if want := len(lib.Pages) * 5; kept != want {
		t.Errorf("%d entries kept their numbers, want %d", kept, want)
	}
	queries(t)
	if numbered == 0 || odd == 0 || found == 0 {
		t.Errorf("%d entries compared, %d words with accents, %d with words of the query", numbered, odd, found)
	}
}
