package index

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"

	"faqbase/kb"
)

// An editedFolder is pages that are edited at random, some of them into such as change all
// of a facet or the order of ids. Pages that stay the same are shared by its libraries.
type editedFolder struct {
	*rand.Rand
	files fstest.MapFS
	pages map[string]*kb.Page
}

func newEditedFolder(seed uint64) *editedFolder {
	f := &editedFolder{rand.New(rand.NewPCG(seed, seed)), fstest.MapFS{}, make(map[string]*kb.Page)}
	for range 60 {
		f.files[f.path()] = f.page()
	}
	return f
}

// path is that of one of 80 pages. A space stands before "#" and a dash after it, so that
// ids are not in the order of pages.
func (f *editedFolder) path() string {
	return fmt.Sprintf("dir/p%d%s.md", f.IntN(20), []string{"", " x", "-x", "#q1"}[f.IntN(4)])
}

func (f *editedFolder) page() *fstest.MapFile {
	text := fmt.Sprintf("---\ntools: [T%d, T%d]\ncategory: C%d\nlang: %s\n---\n# Page %d\n", f.IntN(3), f.IntN(3), f.IntN(2),
		[]string{"en", "en", "en", "de"}[f.IntN(4)], f.IntN(9))
	if f.IntN(20) == 0 {
		text = fmt.Sprintf("---\ntools: [Rare %d]\nquestions:\n  q0: {aliases: [Why so?]}\n---\n# Rare\n", f.IntN(50))
	}
	texts := []string{"Is Gin fast?", "How is a cache filled?", "Was ist mit dem Speicher?", "Which of them is smaller?"}
	for i := range f.IntN(4) {
		text += fmt.Sprintf("\n## %s {#q%d}\n\nNo, %d times.\n", texts[f.IntN(len(texts))], i, f.IntN(99))
	}
	return &fstest.MapFile{Data: []byte(text)}
}

// edit adds to the text of a page, or changes, adds or removes a page or two.
func (f *editedFolder) edit() {
	if name := f.path(); f.files[name] != nil && f.IntN(4) > 0 {
		f.files[name] = &fstest.MapFile{Data: fmt.Appendf(f.files[name].Data, "\nA new word: zq%d.\n", f.IntN(1000))}
		return
	}
	for range 1 + f.IntN(2) {
		if name := f.path(); f.IntN(3) == 0 && len(f.files) > 40 {
			delete(f.files, name)
		} else {
			f.files[name] = f.page()
		}
	}
}

func (f *editedFolder) load(t *testing.T) *kb.Library {
	lib, err := kb.Load(f.files, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range lib.Pages {
		name := p.Path + string(p.Digest[:])
		if f.pages[name] == nil {
			f.pages[name] = p
		}
		lib.Pages[i] = f.pages[name]
	}
	return lib
}

func TestACatalogThatFollowsIsAsOneMadeAnew(t *testing.T) {
	folder := newEditedFolder(7)
	classes, w := newClasses(), defaultWeights()
	known := make(map[*kb.Page]*pageEntries)
	pagesOf := func(lib *kb.Library) (list []*pageEntries) {
		for _, p := range lib.Pages {
			if known[p] == nil {
				l := languageOf(p)
				key := keyOf(lib, p, l)
				known[p] = entriesOf(p, l, key, documentsOf(lib, p, l, key, newVocabulary()).lengths, classes)
			}
			list = append(list, known[p])
		}
		return list
	}
	lib := folder.load(t)
	before, _ := newCatalog(lib, pagesOf(lib), classes.len(), w, nil)
	followed := 0
	const rounds = 60
	for round := range rounds {
		folder.edit()
		lib = folder.load(t)
		pages := pagesOf(lib)
		got, s := newCatalog(lib, pages, classes.len(), w, before)
		want, _ := newCatalog(lib, pages, classes.len(), w, nil)
		if len(s.stays) > 0 {
			followed++
		}
		if diff := gocmp.Diff(told(want), told(got)); diff != "" {
			t.Fatalf("round %d: (-anew +following)\n%s", round, diff)
		}
		if !slices.Equal(got.entries, want.entries) {
			t.Fatalf("round %d: other entries", round)
		}
		for old, n := range renumbered(s.stays, len(before.entries)) {
			if n >= 0 && got.entries[n] != before.entries[old] {
				t.Fatalf("round %d: entry %d became %d", round, old, n)
			}
		}
		before = got
	}
	if followed < rounds/2 {
		t.Errorf("%d of %d catalogs followed the one before", followed, rounds)
	}
}

// TestEqualIDsAreInTheOrderOfTheirPages has three owners of one id, of which an edit
// replaces the first.
func TestEqualIDsAreInTheOrderOfTheirPages(t *testing.T) {
	entryOf := func(page, id string) *pageEntries {
		p := &kb.Page{Path: page}
		return &pageEntries{page: p, entries: []*entry{{id: id, page: p}}}
	}
	second, third := entryOf("b", "x"), entryOf("c", "x")
	old := []*pageEntries{entryOf("a", "x"), second}
	for i := range 20 {
		old = append(old, entryOf(fmt.Sprint("page", i), fmt.Sprint("page", i)))
	}
	pages := slices.Concat([]*pageEntries{entryOf("a", "y"), second, third}, old[2:])
	before := entriesIn(old)
	s := newSplice(before, old, pages)
	if s == nil {
		s = anew(entriesIn(pages))
	}
	got := spliced(s, before, func(e *entry) *entry { return e })
	if !slices.Equal(got, entriesIn(pages)) {
		t.Error("other than made anew")
	}
}

func TestEachDocumentIsThatOfItsEntry(t *testing.T) {
	for claim, dir := range map[string]string{"in memory": "", "on disk, where segments are merged": t.TempDir()} {
		t.Run(claim, func(t *testing.T) {
			b, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			folder := newEditedFolder(9)
			for round := range 60 {
				if err := b.Apply(t.Context(), folder.load(t)); err != nil {
					t.Fatal(err)
				}
				if round%5 == 0 {
					b.applying.Lock()
					err := b.renew()
					b.applying.Unlock()
					if err != nil {
						t.Fatal(err)
					}
				}
				s := b.acquire()
				n := 0
				err := eachDocument(s.reader, func(number uint64, id string) error {
					n++
					if e := s.entryOf[number]; e < 0 || s.entries[e].document != id {
						t.Fatalf("round %d: document %d, %q, is taken for entry %d", round, number, id, e)
					}
					return nil
				})
				if err != nil || n != len(s.entries) {
					t.Fatalf("round %d: %d documents of %d entries, error %v", round, n, len(s.entries), err)
				}
				s.release()
				folder.edit()
			}
		})
	}
}

func TestListsThatAreCarriedAreThoseOfTheIndex(t *testing.T) {
	b, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	folder := newEditedFolder(11)
	carried, all := 0, 0
	for round := range 80 {
		if err := b.Apply(t.Context(), folder.load(t)); err != nil {
			t.Fatal(err)
		}
		s := b.acquire()
		m := &match{scratch: &scratch{}, ctx: t.Context(), state: s, weights: b.weights}
		size := int64(0)
		for word := range int32(len(s.dictionary.words)) {
			all++
			got := s.kept.list(word)
			if got == nil {
				continue
			}
			carried++
			size += got.size()
			want, err := m.readList(word)
			if err != nil {
				t.Fatal(err)
			}
			if got.len != want.len || !slices.Equal(got.bytes, want.bytes) {
				t.Fatalf("round %d: the list of %q has %d entries, want %d", round, s.dictionary.words[word].text, got.len, want.len)
			}
		}
		if size != s.kept.size.Load() {
			t.Fatalf("round %d: lists of %d bytes are counted as %d", round, size, s.kept.size.Load())
		}
		s.release()
		if err := b.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		folder.edit()
	}
	if carried < all/10 {
		t.Errorf("%d of %d lists were carried", carried, all)
	}
}

func TestWhatAnEditTouchesIsReadAheadThoughLongListsTakeMostOfTheRoom(t *testing.T) {
	b, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	files := fstest.MapFS{}
	folder := &editedFolder{files: files, pages: make(map[string]*kb.Page)}
	var text strings.Builder
	for i := range 80 {
		fmt.Fprintf(&text, " frequent%d", i)
	}
	for i := range 2 * longList {
		files[fmt.Sprintf("p%d.md", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "# Page %d\n\n%s\n", i, text.String())}
	}
	files["short.md"] = &fstest.MapFile{Data: []byte("# Short\n\nFew words.\n")}
	warm := func(room int64) *keptLists {
		if err := b.Apply(t.Context(), folder.load(t)); err != nil {
			t.Fatal(err)
		}
		k := b.state.Load().kept
		k.room = cmp.Or(room, k.room)
		if err := b.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		return k
	}
	all := warm(0)
	room := 3 * all.short.Load()
	if all.size.Load() < room/2 {
		t.Fatalf("long lists are %d bytes of %d", all.size.Load()-all.short.Load(), all.size.Load())
	}
	room = max(room, all.size.Load()*11/10)
	files["short.md"] = &fstest.MapFile{Data: []byte("# Short\n\nFew words, and a new one.\n")}
	k := warm(room)
	for word := range k.of {
		if k.list(int32(word)) == nil {
			t.Errorf("%q is not kept", b.state.Load().dictionary.words[word].text)
		}
	}
}

// told is what a catalog says of its entries.
func told(c *catalog) map[string]any {
	said := map[string]any{
		"asked": c.asked, "lengths": c.lengths, "askers": c.askers, "boost": c.boost, "mass": c.mass, "kind": c.kind,
		"tools": c.toolNamed, "words": c.toolWords, "present": c.present, "speaks": c.speaks,
	}
	for f, col := range c.columns {
		said[string(f)] = col.values
		said[string(f)+" of"] = col.of
	}
	for i, e := range c.entries {
		if n, ok := c.number(e.id); !ok || c.entries[n].id != e.id {
			said[fmt.Sprint("number ", i)] = n
		}
		if !c.asks(e.norm) {
			said[e.norm] = "not asked"
		}
	}
	return said
}
