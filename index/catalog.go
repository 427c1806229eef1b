package index

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"

	"faqbase/kb"
)

// An entry is what can be a hit: a question, or a page. Immutable but for numbered.
type entry struct {
	id       string
	document string // see documentID
	page     *kb.Page
	question *kb.Question // nil for the page itself
	language *language
	lengths  fieldLengths
	norm     string   // the question's normal form, of a page its title's
	aliases  []string // normal forms of the aliases
	asked    asked    // the question's words
	askedToo []asked  // those of the aliases
	subject  []uint32 // see appendSubject
	numbered atomic.Pointer[wordNumbers]
}

// asked are the words of a question: their distinct classes, in the order of the
// text, and which of them are stop words.
type asked struct {
	classes []uint32
	stops   []bool
}

func askedOf(list []word, l *language, classes *classes) (a asked) {
	for _, w := range list {
		if w.extra {
			continue
		}
		if c := classes.of(w.text); !slices.Contains(a.classes, c) {
			a.classes = append(a.classes, c)
			a.stops = append(a.stops, l.isStop(w.text))
		}
	}
	return a
}

// text is the question, of a page its title.
func (e *entry) text() string {
	if e.question != nil {
		return e.question.Text
	}
	return e.page.Title
}

// tools are the tools that the entry is about.
func (e *entry) tools() []string {
	if e.question != nil {
		return e.question.Tools
	}
	return e.page.Tools
}

// values are the entry's values of a facet. Its tools may be fewer than its page's.
func (e *entry) values(f kb.Facet) []string {
	if f == kb.FacetTool {
		return e.tools()
	}
	return e.page.Values(f)
}

// pageEntries are the entries of a page, kept from one library to the next while
// the page stays the same.
type pageEntries struct {
	page     *kb.Page
	language *language
	key      pageKey
	entries  []*entry
	// completions are what the page and its questions add to the suggestions, once these
	// are wanted.
	completions []*completion
}

// entriesOf makes the entries of a page; lengths are those of its documents.
func entriesOf(p *kb.Page, l *language, key pageKey, lengths []fieldLengths, classes *classes) *pageEntries {
	list := make([]*entry, 0, 1+len(p.Questions))
	var buf []word
	var subject []uint32
	add := func(id, text string, aliases []string, q *kb.Question) {
		e := &entry{id: id, document: documentID(p, q), page: p, question: q, language: l, lengths: lengths[len(list)]}
		buf = appendWords(buf[:0], text)
		e.norm = joinWords(buf)
		e.asked = askedOf(buf, l, classes)
		subject = appendSubject(subject[:0], text, buf, l, classes)
		for _, a := range aliases {
			buf = appendWords(buf[:0], a)
			subject = appendSubject(subject, a, buf, l, classes)
			e.aliases = append(e.aliases, joinWords(buf))
			e.askedToo = append(e.askedToo, askedOf(buf, l, classes))
		}
		e.subject = slices.Clone(subject)
		list = append(list, e)
	}
	add(p.Path, p.Title, p.Aliases, nil)
	for _, q := range p.Questions {
		add(q.ID, q.Text, q.Aliases, q)
	}
	return &pageEntries{page: p, language: l, key: key, entries: list}
}

// A catalog is a library as the search sees it: its entries in the order of their
// ids, by which they are numbered, and what is counted over all of them. Immutable.
type catalog struct {
	lib     *kb.Library
	pages   []*pageEntries
	entries []*entry
	// asked are the hashes of the normal forms of all questions, titles and aliases, in
	// order, each as often as it is there.
	asked     []uint64
	columns   map[kb.Facet]*column
	synonyms  *synonyms
	curations curations
	toolWords map[string]bool // of the names and aliases of all tools
	// toolNamed gives the name of a tool by the normal form of it or of an alias.
	toolNamed map[string]string
	// lengths are those of the entries' fields, and askers by class of words the number of
	// entries that ask with it.
	lengths []fieldLengths
	askers  []int32
	// boost is what one occurrence of a word in a field of an entry is worth, mass the
	// weight of an entry's question, classWeights that of a class of words in it, and kind
	// the factor of its score for what it is; see rank.go, of which weights are the
	// numbers. They stand side by side by entry, because a search reads them for each one
	// that it finds.
	boost        [numFields][]float32
	mass         []float32
	classWeights []classWeight
	kind         []float64
	weights      *weights
	// languages are those of the pages but nil, in their order, present the same as a
	// set with nil, and speaks the language of an entry; it is empty if all are nil.
	languages []*language
	present   languageSet
	speaks    []languageSet
	// relatedness is what questions are compared by; see related.go.
	relatedness func() *relatedness
}

// A column has the values of one facet for all entries.
type column struct {
	values []kb.Value
	byName map[string]int32
	of     [][]int32 // by entry
}

var facets = []kb.Facet{kb.FacetCategory, kb.FacetEcosystem, kb.FacetTool}

// newCatalog makes the catalog of a library. What stayed the same since the catalog before
// is taken from it, as the splice tells, and says the same as if it were made anew; nil
// stands for none, which there must be if the numbers of classes are others.
func newCatalog(lib *kb.Library, pages []*pageEntries, numClasses int, w *weights, before *catalog) (*catalog, *splice) {
	var s *splice
	if before != nil && before.weights == w {
		s = newSplice(before.entries, before.pages, pages)
	}
	if s == nil {
		s, before = anew(entriesIn(pages)), &catalog{}
	}
	c := &catalog{lib: lib, pages: pages, weights: w, columns: make(map[kb.Facet]*column)}
	same := func(e *entry) *entry { return e }
	c.entries = spliced(s, before.entries, same)
	// What follows is most of the time of an edit, and independent of each other.
	var parts sync.WaitGroup
	parts.Go(func() {
		c.askers = askersAfter(s, before.askers, numClasses)
		c.classWeights = w.classWeights(c.askers, len(c.entries))
		c.mass = masses(c.entries, c.classWeights, s, before)
	})
	c.lengths = spliced(s, before.lengths, func(e *entry) fieldLengths { return e.lengths })
	c.boost = w.boosts(c.lengths)
	c.kind = splicedOrSame(s, before.kind, w.kind, func(a, b float64) bool { return a == b })
	c.asked = without(before.asked, askedHashes(s.gone), askedHashes(s.fresh))
	for _, f := range facets {
		c.columns[f] = newColumn(lib, f, c.entries, s, before)
	}
	c.setLanguages(s, before)
	c.synonyms = newSynonyms(lib.Synonyms)
	c.setTools(before)
	c.relatedness = lazyRelatedness(c.entries, numClasses)
	c.curations = newCurations(c)
	parts.Wait()
	return c, s
}

// number is the number of the entry with that id.
func (c *catalog) number(id string) (n int32, ok bool) { return numberOf(c.entries, id) }

// asks tells whether a normal form is that of a question, a title or an alias.
func (c *catalog) asks(norm string) bool {
	_, ok := slices.BinarySearch(c.asked, askedHash(norm))
	return ok
}

var askedSeed = maphash.MakeSeed()

func askedHash(norm string) uint64 { return maphash.String(askedSeed, norm) }

func askedHashes(entries []*entry) []uint64 {
	hashes := make([]uint64, 0, len(entries))
	for _, e := range entries {
		hashes = append(hashes, askedHash(e.norm))
		for _, a := range e.aliases {
			hashes = append(hashes, askedHash(a))
		}
	}
	return hashes
}

// askersAfter counts by class of words the entries that ask with it.
func askersAfter(s *splice, before []int32, numClasses int) []int32 {
	n := make([]int32, numClasses)
	copy(n, before)
	count := func(entries []*entry, by int32) {
		for _, e := range entries {
			for _, c := range e.asked.classes {
				n[c] += by
			}
		}
	}
	count(s.gone, -1)
	count(s.fresh, 1)
	return n
}

// setTools fills toolWords and toolNamed.
func (c *catalog) setTools(before *catalog) {
	if before.toolWords != nil && sameTools(before.lib, c.lib) {
		c.toolWords, c.toolNamed = before.toolWords, before.toolNamed
		return
	}
	c.toolWords = make(map[string]bool)
	c.toolNamed = make(map[string]string)
	for _, t := range c.lib.Tools {
		for i, name := range toolNames(c.lib, t.Name) {
			list := words(name)
			for _, w := range list {
				c.toolWords[w.text] = true
			}
			if norm := joinWords(list); i == 0 || c.toolNamed[norm] == "" {
				c.toolNamed[norm] = t.Name
			}
		}
	}
}

// setLanguages fills languages, present and speaks.
func (c *catalog) setLanguages(s *splice, before *catalog) {
	for _, p := range c.pages {
		c.present |= p.language.set()
	}
	for _, l := range languages {
		if c.present&l.set() != 0 {
			c.languages = append(c.languages, l)
		}
	}
	if len(c.languages) == 0 {
		return
	}
	if len(before.speaks) == 0 {
		s = anew(c.entries)
	}
	speaks := func(e *entry) languageSet { return e.language.set() }
	c.speaks = splicedOrSame(s, before.speaks, speaks, func(a, b languageSet) bool { return a == b })
}

// newColumn makes the column of a facet. The values of entries are all among those of the
// library, by which they are numbered; so numbers stay where these are the same as before.
func newColumn(lib *kb.Library, f kb.Facet, entries []*entry, s *splice, before *catalog) *column {
	values := lib.Values(f)
	if old := before.columns[f]; old != nil && slices.Equal(old.values, values) {
		col := &column{values: old.values, byName: old.byName}
		col.of = splicedOrSame(s, old.of, col.numbering(f), slices.Equal[[]int32])
		return col
	}
	col := &column{values: values, byName: make(map[string]int32, len(values))}
	for i, v := range values {
		col.byName[v.Name] = int32(i)
	}
	col.of = spliced(anew(entries), nil, col.numbering(f))
	return col
}

// numbering gives the numbers of an entry's values. Entries that have the same as the one
// before share them.
func (c *column) numbering(f kb.Facet) func(*entry) []int32 {
	first := true
	var names []string
	var numbers []int32
	return func(e *entry) []int32 {
		now := e.values(f)
		if !first && slices.Equal(names, now) {
			return numbers
		}
		first, names, numbers = false, now, make([]int32, 0, len(now))
		for _, name := range now {
			if n := c.byName[name]; !slices.Contains(numbers, n) {
				numbers = append(numbers, n)
			}
		}
		return numbers
	}
}
