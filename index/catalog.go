package index

import (
	"slices"
	"strings"
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

// pageEntries are the entries of a page, kept from one library to the next while
// the page stays the same.
type pageEntries struct {
	page     *kb.Page
	language *language
	key      pageKey
	entries  []*entry
	// completions are what the page and its questions add to the suggestions.
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
	entries []*entry
	// byDocument gives the number of an entry by the name of its document, byID by its id.
	byDocument, byID map[string]int32
	// asked are the normal forms of all questions, titles and aliases.
	asked     map[string]bool
	columns   map[kb.Facet]*column
	synonyms  *synonyms
	curations curations
	toolWords map[string]bool // of the names and aliases of all tools
	// toolNamed gives the name of a tool by the normal form of it or of an alias.
	toolNamed map[string]string
	// boost is what one occurrence of a word in a field of an entry is worth, mass the
	// weight of an entry's question and aliases, and kind the factor of its score for
	// what it is; see rank.go. They stand side by side by entry, because a search reads
	// them for each one that it finds.
	boost [numFields][]float32
	mass  []mass
	kind  []float64
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

func newCatalog(lib *kb.Library, pages []*pageEntries, numClasses int, w *weights) *catalog {
	c := &catalog{lib: lib, columns: make(map[kb.Facet]*column)}
	for _, p := range pages {
		c.entries = append(c.entries, p.entries...)
	}
	slices.SortStableFunc(c.entries, func(a, b *entry) int { return strings.Compare(a.id, b.id) })
	// What follows is most of the time of an edit, and independent of each other.
	var parts sync.WaitGroup
	parts.Go(c.setNames)
	parts.Go(func() {
		c.boost = w.boosts(c.entries)
		c.mass = w.masses(c.entries, numClasses)
		c.kind = w.kinds(c.entries)
	})
	for _, f := range facets {
		c.columns[f] = newColumn(lib, f, c.entries)
	}
	c.setLanguages()
	c.synonyms = newSynonyms(lib.Synonyms)
	c.toolWords = make(map[string]bool)
	c.toolNamed = make(map[string]string)
	for _, t := range lib.Tools {
		for i, name := range toolNames(lib, t.Name) {
			list := words(name)
			for _, w := range list {
				c.toolWords[w.text] = true
			}
			if norm := joinWords(list); i == 0 || c.toolNamed[norm] == "" {
				c.toolNamed[norm] = t.Name
			}
		}
	}
	c.relatedness = lazyRelatedness(c.entries, numClasses)
	parts.Wait()
	c.curations = newCurations(c)
	return c
}

// setNames fills byDocument, byID and asked.
func (c *catalog) setNames() {
	n := len(c.entries)
	c.byDocument = make(map[string]int32, n)
	c.byID = make(map[string]int32, n)
	c.asked = make(map[string]bool, n)
	for i, e := range c.entries {
		c.byDocument[e.document] = int32(i)
		c.byID[e.id] = int32(i)
		c.asked[e.norm] = true
		for _, a := range e.aliases {
			c.asked[a] = true
		}
	}
}

// setLanguages fills languages, present and speaks.
func (c *catalog) setLanguages() {
	for _, e := range c.entries {
		c.present |= e.language.set()
	}
	for _, l := range languages {
		if c.present&l.set() != 0 {
			c.languages = append(c.languages, l)
		}
	}
	if len(c.languages) == 0 {
		return
	}
	c.speaks = make([]languageSet, len(c.entries))
	for i, e := range c.entries {
		c.speaks[i] = e.language.set()
	}
}

func newColumn(lib *kb.Library, f kb.Facet, entries []*entry) *column {
	col := &column{byName: make(map[string]int32), of: make([][]int32, len(entries))}
	for _, v := range lib.Values(f) {
		col.number(v)
	}
	var lastNames []string
	var lastNumbers []int32
	for i, e := range entries {
		names := e.page.Values(f)
		if f == kb.FacetTool {
			names = e.tools() // which may be fewer than its page's
		}
		if i == 0 || !slices.Equal(names, lastNames) {
			lastNames, lastNumbers = names, make([]int32, 0, len(names))
			for _, name := range names {
				n, ok := col.byName[name]
				if !ok {
					v, known := lib.Value(f, name)
					if !known {
						v = kb.Value{Name: name}
					}
					n = col.number(v)
				}
				if !slices.Contains(lastNumbers, n) {
					lastNumbers = append(lastNumbers, n)
				}
			}
		}
		col.of[i] = lastNumbers
	}
	return col
}

func (c *column) number(v kb.Value) int32 {
	n, ok := c.byName[v.Name]
	if !ok {
		n = int32(len(c.values))
		c.values = append(c.values, v)
		c.byName[v.Name] = n
	}
	return n
}
