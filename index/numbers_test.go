package index

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"faqbase/kb"
)

// mixedLibrary has what texts can have: several languages and scripts, compounds,
// aliases, signs, words with and without accents; and more pages.
func mixedLibrary(t *testing.T, more ...string) *kb.Library {
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
		fmt.Fprintf(&b, "---\ntitle: %s\ntools: [Node.js, Café]\nlang: %s\nquestions:\n  q0: {aliases: [\"%s\", \"%s\"]}\n---\n\n%s\n\n## FAQ\n",
			words[i%len(words)]+" page", []string{"en", "de", "fr"}[i%3], text(4), text(5), text(12))
		for k := range 4 {
			fmt.Fprintf(&b, "\n### %s? {#q%d}\n\n%s.\n\n- %s\n- %s\n", text(7), k, text(30), text(9), text(3))
		}
		files[fmt.Sprintf("p%02d.md", i)] = &fstest.MapFile{Data: []byte(b.String())}
	}
	files["odd.md"] = &fstest.MapFile{Data: []byte("---\ntitle: 常见问题\n---\n\n## FAQ\n### 数据库如何连接？\n数据库连接在设置中。\n")}
	for i, text := range more {
		files[fmt.Sprintf("more%d.md", i)] = &fstest.MapFile{Data: []byte("## FAQ\n### What is it?\n" + text + "\n")}
	}
	lib, err := kb.Load(files, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// TestNumbersStayRight compares the numbers that are kept with those that would be made
// now, before and after words were added before, between and behind the others.
func TestNumbersStayRight(t *testing.T) {
	lib := mixedLibrary(t)
	b := openTest(t, "", lib)
	numbersKept(t, b)
	more := mixedLibrary(t, "Aardvarks stand before all other words, zürich at the end.")
	for _, p := range lib.Pages { // as a watched folder has them again
		more.Pages[slices.IndexFunc(more.Pages, func(other *kb.Page) bool { return other.Path == p.Path })] = p
	}
	before := make(map[string]*wordNumbers)
	for _, e := range b.state.Load().entries {
		before[e.id] = e.numbered.Load()
	}
	if err := b.Apply(t.Context(), more); err != nil {
		t.Fatal(err)
	}
	numbersKept(t, b)
	for _, e := range b.state.Load().entries {
		if old := before[e.id]; old != nil && e.numbered.Load() != old {
			t.Errorf("the numbers of %s were made again", e.id)
		}
	}
}

// numbersKept makes the numbers of all entries, and checks them.
func numbersKept(t *testing.T, b *Bleve) {
	t.Helper()
	if err := b.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	st := b.acquire()
	defer st.release()
	var n numberer
	kept, odd := 0, 0
	for _, e := range st.entries {
		n.read(e, st)
		switch got := e.numbered.Load(); {
		case got == nil:
			t.Errorf("%s has no numbers", e.id)
		case got == notKept:
			if len(n.odd) <= len(n.words)/4 {
				t.Errorf("the numbers of %s are not kept, with %d odd words of %d", e.id, len(n.odd), len(n.words))
			}
		default:
			kept++
			odd += len(got.odd)
			if want := n.copied(); !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\n%v\nwould now be\n%v", e.id, got, want)
			}
		}
	}
	if kept == 0 || kept == len(st.entries) || odd == 0 {
		t.Errorf("%d of %d entries kept, with %d odd words", kept, len(st.entries), odd)
	}
}

// TestNumbersAreOfTheWordsOfAText reads numbers back as words.
func TestNumbersAreOfTheWordsOfAText(t *testing.T) {
	lib, err := kb.Load(fstest.MapFS{"p.md": {Data: []byte("---\ntitle: A page\nquestions:\n  free: {aliases: [\"What is the price?\"]}\n---\n\n" +
		"## FAQ\n### Is Node.js free?  Always? {#free}\n\nNo café. It’s open.\n\n- For useState\n")}}, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := openTest(t, "", lib)
	st := b.acquire()
	defer st.release()
	e := st.entries[slices.IndexFunc(st.entries, func(e *entry) bool { return e.question != nil })]
	n := e.numbers(st, new(numberer))
	spelled := make(map[uint32]string)
	for _, w := range st.dictionary.words {
		spelled[w.number] = w.text
	}
	var texts []string
	e.eachText(func(text string, _ passagePart) { texts = append(texts, text) })
	odd := make(map[int]string)
	for _, o := range n.odd {
		odd[o.at] = " written " + o.written
	}
	var got []string
	i := 0
	for _, s := range n.sentences {
		var line strings.Builder
		for ; i < int(s.words); i++ {
			extra := ""
			if n.words[i]&isExtra != 0 {
				extra = "+"
			}
			fmt.Fprintf(&line, "%s%s%s, ", extra, spelled[n.words[i]&^isExtra], odd[i])
		}
		if s.ends {
			fmt.Fprintf(&line, "of %q in text %d", texts[s.text][s.start:s.end], s.text)
		}
		got = append(got, line.String())
	}
	want := []string{
		`is, node, js, +nodejs, free, `,
		`always, of "Is Node.js free? Always?" in text 0`,
		`what, is, the, price, of "What is the price?" in text 1`,
		`no, cafe written café, of "No café." in text 2`,
		`it, open, of "It’s open." in text 2`,
		`for, usestate, +use, +state, of "For useState" in text 2`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var around []string
	for _, number := range n.around {
		around = append(around, spelled[number])
	}
	if got := strings.Join(around, " "); got != "a page" {
		t.Errorf("around it %q", got)
	}
}
