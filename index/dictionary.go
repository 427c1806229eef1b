package index

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// A dictionary is every word of the index in order, each with its class and the
// fields it occurs in. It may hold words and fields that occur no longer: whether
// a word is known is decided by its postings. Immutable.
type dictionary struct {
	words []dictionaryWord // by text
	// byClass are the ordinals of words by class; those of class c are
	// byClass[classStart[c]:classStart[c+1]].
	byClass    []int32
	classStart []int32
	// byLanguage are the forms of words, by number of the language.
	byLanguage []wordForms
	stems      []string // by class
	hash       wordHash
}

type dictionaryWord struct {
	text    string
	class   uint32
	letters uint32 // which letters it has, to pass over most words when looking for typos
	number  uint32 // that it keeps when words are added
	runes   uint8
	fields  fieldSet
}

// find returns the ordinal of a word.
func (d *dictionary) find(text string) (int32, bool) {
	return d.hash.find(d.words, text)
}

// A wordHash finds words by a hash: places have the ordinal of a word and 1, or 0, and a
// word is at the place that its hash names or at one of those that follow without a gap.
type wordHash struct {
	seed   maphash.Seed
	places []int32 // twice as many as words at least, and a power of two
}

func newWordHash(words []dictionaryWord) wordHash {
	t := wordHash{maphash.MakeSeed(), make([]int32, 1<<bits.Len(uint(2*len(words))))}
	for i := range words {
		at := t.place(words[i].text)
		for t.places[at] != 0 {
			at = t.next(at)
		}
		t.places[at] = int32(i + 1)
	}
	return t
}

func (t *wordHash) place(text string) int {
	return int(maphash.String(t.seed, text) & uint64(len(t.places)-1))
}

func (t *wordHash) next(at int) int { return (at + 1) & (len(t.places) - 1) }

func (t *wordHash) find(words []dictionaryWord, text string) (int32, bool) {
	if len(t.places) == 0 {
		return 0, false
	}
	for at := t.place(text); t.places[at] != 0; at = t.next(at) {
		if n := t.places[at] - 1; words[n].text == text {
			return n, true
		}
	}
	return 0, false
}

// class returns the ordinals of the words of a class.
func (d *dictionary) class(c uint32) []int32 {
	if int(c)+1 >= len(d.classStart) {
		return nil
	}
	return d.byClass[d.classStart[c]:d.classStart[c+1]]
}

// withPrefix returns the range of words that begin with prefix, itself included.
func (d *dictionary) withPrefix(prefix string) (from, to int32) {
	i := sort.Search(len(d.words), func(i int) bool { return d.words[i].text >= prefix })
	n := sort.Search(len(d.words)-i, func(k int) bool { return !strings.HasPrefix(d.words[i+k].text, prefix) })
	return int32(i), int32(i + n)
}

// A near word is one at a distance of a misspelt one.
type near struct {
	word     int32
	distance int
}

// near returns the words of letters alone within so many edits of text, in order.
// An edit adds, drops or changes a letter or swaps two neighbours.
func (d *dictionary) near(text string, edits int) []near {
	from := []rune(text)
	letters := letterSet(text)
	var found []near
	var m editMatrix
	for i := range d.words {
		w := &d.words[i]
		if diff := int(w.runes) - len(from); diff > edits || -diff > edits || w.runes < 3 || w.runes > 24 {
			continue
		}
		if bits.OnesCount32(w.letters^letters) > 2*edits || w.letters&letterDigit != 0 {
			continue
		}
		if n := m.distance(from, w.text, edits); n <= edits {
			found = append(found, near{int32(i), n})
		}
	}
	return found
}

const letterDigit = 1 << 31 // has a digit or a sign

// letterSet says which letters occur, other scripts folded into the same bits.
func letterSet(s string) uint32 {
	var set uint32
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			set |= 1 << (r - 'a')
		case r < utf8.RuneSelf:
			set |= letterDigit
		default:
			set |= 1 << (26 + r%4)
		}
	}
	return set
}

// An editMatrix is the working memory of distance.
type editMatrix struct {
	to               []rune
	prev2, prev, row []int
}

// distance is the optimal string alignment distance, or any number above limit.
func (m *editMatrix) distance(a []rune, text string, limit int) int {
	m.to = m.to[:0]
	for _, r := range text {
		m.to = append(m.to, r)
	}
	if least := m.distanceRow(a, limit); least > limit {
		return least
	}
	return m.prev[len(m.to)]
}

// distanceRow leaves in prev the distances of a from the beginnings of m.to, by
// their length, and returns the least of them; above limit they are not all counted.
func (m *editMatrix) distanceRow(a []rune, limit int) int {
	b := m.to
	if n := len(b) + 1; cap(m.row) < n {
		m.prev2, m.prev, m.row = make([]int, n), make([]int, n), make([]int, n)
	}
	m.prev2, m.prev, m.row = m.prev2[:len(b)+1], m.prev[:len(b)+1], m.row[:len(b)+1]
	for j := range m.prev {
		m.prev[j] = j
	}
	least := 0
	for i := 1; i <= len(a); i++ {
		m.row[0] = i
		least = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			n := min(m.prev[j]+1, m.row[j-1]+1, m.prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				n = min(n, m.prev2[j-2]+1)
			}
			m.row[j] = n
			least = min(least, n)
		}
		if least > limit {
			return limit + 1
		}
		m.prev2, m.prev, m.row = m.prev, m.row, m.prev2
	}
	return least
}

// with returns d and what was found; d itself if it has it.
func (d *dictionary) with(found *vocabulary, classes *classes) *dictionary {
	forms, more := withForms(d.byLanguage, found.forms)
	with := d.withWords(found.fields, classes)
	if with == d && !more {
		return d
	}
	return &dictionary{with.words, with.byClass, with.classStart, forms, with.stems, with.hash}
}

// withWords returns d and the words that were found in fields, without forms; d itself
// if it has them.
func (d *dictionary) withWords(found map[string]fieldSet, classes *classes) *dictionary {
	var fresh []dictionaryWord
	if len(d.words) == 0 {
		fresh = make([]dictionaryWord, 0, len(found))
	}
	more := make(map[int32]fieldSet)
	for text, fields := range found {
		if i, ok := d.find(text); ok {
			if d.words[i].fields|fields != d.words[i].fields {
				more[i] = fields
			}
			continue
		}
		fresh = append(fresh, dictionaryWord{
			text:    strings.Clone(text), // which may be part of a whole answer
			letters: letterSet(text),
			runes:   uint8(min(utf8.RuneCountInString(text), 255)),
			fields:  fields,
		})
	}
	if len(fresh) == 0 && len(more) == 0 {
		return d
	}
	slices.SortFunc(fresh, func(a, b dictionaryWord) int { return strings.Compare(a.text, b.text) })
	classes.setAll(fresh)
	for i := range fresh {
		fresh[i].number = uint32(len(d.words) + i)
	}
	all := make([]dictionaryWord, 0, len(d.words)+len(fresh))
	for i, w := range d.words {
		for len(fresh) > 0 && fresh[0].text < w.text {
			all = append(all, fresh[0])
			fresh = fresh[1:]
		}
		w.fields |= more[int32(i)]
		all = append(all, w)
	}
	all = append(all, fresh...)
	return newDictionary(all, classes.all())
}

func newDictionary(words []dictionaryWord, stems []string) *dictionary {
	numClasses := len(stems)
	d := &dictionary{words: words, stems: stems, byClass: make([]int32, len(words)), classStart: make([]int32, numClasses+1), hash: newWordHash(words)}
	for _, w := range words {
		d.classStart[w.class+1]++
	}
	for c := range numClasses {
		d.classStart[c+1] += d.classStart[c]
	}
	next := slices.Clone(d.classStart)
	for i, w := range words {
		d.byClass[next[w.class]] = int32(i)
		next[w.class]++
	}
	return d
}

// classes numbers the classes of words: words with one Porter2 stem are forms of
// one word. Numbers are never given twice, and words never forgotten: swapForgetting
// begins with new classes now and then. Safe for concurrent use.
type classes struct {
	mu     sync.Mutex
	ofStem map[string]uint32
	ofWord map[string]uint32
	stems  []string // by class; dictionaries have parts of it, which never change
}

func newClasses() *classes {
	return &classes{ofStem: make(map[string]uint32), ofWord: make(map[string]uint32)}
}

func (c *classes) len() int { return len(c.all()) }

// all are the stems of all classes, by class.
func (c *classes) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stems
}

// of is the class of a word.
func (c *classes) of(word string) uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, ok := c.ofWord[word]; ok {
		return n
	}
	n := c.ofStemmed(stem(word))
	c.ofWord[strings.Clone(word)] = n
	return n
}

// setAll sets the class of each word. It does not keep it to be looked up by the word:
// most words of a dictionary are in no question, and nobody asks for their class again.
func (c *classes) setAll(words []dictionaryWord) {
	stems := make([]string, len(words))
	for i := range words {
		stems[i] = stem(words[i].text)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.stems) == 0 {
		c.ofStem, c.stems = make(map[string]uint32, len(words)), make([]string, 0, len(words))
	}
	for i := range words {
		words[i].class = c.ofStemmed(stems[i])
	}
}

// ofForm is the class of the words of a language that have this stem. It is that of the
// English words with it, if there are any: names are alike in all languages.
func (c *classes) ofForm(f form) uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ofStemmed(f.stem)
}

// ofStemmed is the class of a stem. The caller holds mu.
func (c *classes) ofStemmed(stem string) uint32 {
	n, ok := c.ofStem[stem]
	if !ok {
		n = uint32(len(c.stems))
		stem = strings.Clone(stem) // which may be a word of a text
		c.ofStem[stem] = n
		c.stems = append(c.stems, stem)
	}
	return n
}

// stem is the word's Porter2 stem. Words with anything but a to z are their own.
func stem(word string) string {
	for i := 0; i < len(word); i++ {
		if word[i] < 'a' || word[i] > 'z' {
			return word
		}
	}
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	return env.Current()
}
