package index

import (
	"math/bits"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A closeness measures what cannot be told from postings: whether neighbouring words
// of a query are neighbours in an entry, how much of the query its best sentence has,
// and whether words have the accents that were typed. It reads the text of an entry.
type closeness struct {
	*match
	terms  map[string][]standing // by index word
	pairs  []wordPair
	pairsU float64  // weight of all pairs
	u      float64  // of all words
	typed  []string // by word of the query, as it was typed, if accents are to be seen
	// For the entry at hand.
	speaks  languageSet
	counts  []float64 // by pair: occurrences in its sentences, those in the answer by weight
	around  []float64 // by word of the query: what the page says around the entry
	found   []float64 // greatest factor in the sentence at hand
	spelled uint32    // words that occur as they were typed
	folded  uint32    // words that occur with other accents
	best    sentence
	buf     []word
}

// A standing is a word of the query that an index word stands for.
type standing struct {
	word   int
	factor float64
	how    how
	in     languageSet // of the entries in which it does
}

// A wordPair are two neighbouring words of a query.
type wordPair struct {
	first, second int
	weight        float64
}

// A sentence is a place in a text with what it has of a query.
type sentence struct {
	span
	part  passagePart
	share float64
}

// A passagePart is where a sentence stands.
type passagePart int

const (
	inQuestion passagePart = iota
	inAlias
	inAnswer
)

// newCloseness returns nil if no word of the query was found.
func newCloseness(r *request, m *match) *closeness {
	if m == nil || m.total == 0 || len(m.matched) == 0 {
		return nil
	}
	c := &closeness{
		match: m, terms: make(map[string][]standing),
		around: make([]float64, len(m.words)), found: make([]float64, len(m.words)),
	}
	for i, w := range m.words {
		c.u += w.weight
		for _, t := range w.terms {
			if len(t.words) > 1 {
				continue
			}
			text := m.state.dictionary.words[t.words[0]].text
			c.terms[text] = append(c.terms[text], standing{i, t.factor, t.how, t.in})
		}
		c.typed = append(c.typed, strings.ToLower(norm.NFC.String(w.typed)))
	}
	for i := 1; i < len(r.sequence); i++ {
		a, b := r.sequence[i-1], r.sequence[i]
		if a == b {
			continue
		}
		p := wordPair{a, b, (m.words[a].weight + m.words[b].weight) / 2}
		c.pairsU += p.weight
		c.pairs = append(c.pairs, p)
	}
	c.counts = make([]float64, len(c.pairs))
	return c
}

// read reads the text of an entry.
func (c *closeness) read(e *entry) {
	clear(c.counts)
	c.spelled, c.folded = 0, 0
	c.best = sentence{}
	c.speaks = e.language.set()
	c.readAround(e)
	c.sentences(e.text(), inQuestion)
	aliases := e.page.Aliases
	if e.question != nil {
		aliases = e.question.Aliases
	}
	for _, alias := range aliases {
		c.sentences(alias, inAlias)
	}
	c.sentences(e.answer(), inAnswer)
}

// readAround reads what holds for every sentence of a question, as it is what its
// page is about: the page's title, the section and the tools.
func (c *closeness) readAround(e *entry) {
	clear(c.around)
	if e.question != nil {
		c.noteAround(e.page.Title)
		c.noteAround(e.question.Section)
	}
	for _, name := range e.tools() {
		for _, n := range toolNames(c.state.lib, name) {
			c.noteAround(n)
		}
	}
	copy(c.found, c.around)
}

func (c *closeness) noteAround(text string) {
	c.buf = appendWords(c.buf[:0], text)
	for _, w := range c.buf {
		for _, s := range c.terms[w.text] {
			if s.in&c.speaks == 0 {
				continue
			}
			c.around[s.word] = max(c.around[s.word], s.factor*c.weights.around)
		}
	}
}

// sentences reads the sentences of a text. A question is one as a whole.
func (c *closeness) sentences(text string, part passagePart) {
	c.buf = appendWords(c.buf[:0], text)
	list := c.buf
	all := splitSentences(text)
	for _, s := range all {
		n := 0
		for n < len(list) && list[n].start < s.end {
			n++
		}
		c.sentence(text, list[:n], part)
		list = list[n:]
		if part == inAnswer {
			c.finish(s, part)
		}
	}
	if part != inAnswer && len(all) > 0 {
		c.finish(span{all[0].start, all[len(all)-1].end}, part)
	}
}

// finish compares the sentence at hand with the best so far.
func (c *closeness) finish(s span, part passagePart) {
	sum := 0.0
	for i, f := range c.found {
		sum += c.words[i].weight * f
	}
	share := sum / c.u
	if part == inAlias {
		share *= c.weights.alias
	}
	if share > c.best.share {
		c.best = sentence{s, part, share}
	}
	copy(c.found, c.around)
}

// sentence reads the words of a sentence.
func (c *closeness) sentence(text string, list []word, part passagePart) {
	var before uint32 // the words of the query that the word before stands for
	for i := 0; i < len(list); {
		first := list[i]
		at := c.word(text, first)
		for i++; i < len(list) && list[i].extra; i++ {
			at |= c.word(text, list[i])
		}
		if before != 0 && at != 0 {
			for k, p := range c.pairs {
				if before&(1<<p.first) != 0 && at&(1<<p.second) != 0 {
					c.counts[k] += c.weights.pairIn[part]
				}
			}
		}
		before = at
	}
}

// word reads a word, and returns the words of the query that it stands for well
// enough to be one of a pair.
func (c *closeness) word(text string, w word) (at uint32) {
	for _, s := range c.terms[w.text] {
		if s.in&c.speaks == 0 {
			continue
		}
		c.found[s.word] = max(c.found[s.word], s.factor)
		if s.factor >= c.weights.pairFactor {
			at |= 1 << s.word
		}
		if s.how == asItself {
			if plain(text[w.start:w.end], c.typed[s.word]) || c.typed[s.word] == strings.ToLower(norm.NFC.String(text[w.start:w.end])) {
				c.spelled |= 1 << s.word
			} else {
				c.folded |= 1 << s.word
			}
		}
	}
	return at
}

// plain tells whether both have no accents, so that they can only be spelled alike.
func plain(a, b string) bool { return isASCII(a) && isASCII(b) }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// shares are B, S and A of the entry that was read.
func (c *closeness) shares() (b, s, a float64) {
	if c.pairsU > 0 {
		for k, n := range c.counts {
			b += c.pairs[k].weight * c.weights.pairShare(n)
		}
		b /= c.pairsU
	}
	for other := c.folded &^ c.spelled; other != 0; other &= other - 1 {
		a += c.words[bits.TrailingZeros32(other)].weight
	}
	return b, c.weights.sentenceShare(c.best.share), a / c.u
}

// aliasOverlap is what D gains where the query is nearer to an alias of the entry
// than to its question.
func (c *closeness) aliasOverlap(e int32) float64 {
	_, overlap := c.match.shares(e)
	best := overlap
	for i, a := range c.state.entries[e].askedToo {
		both := 0.0
		for k, w := range c.words {
			f := 0.0
			for _, t := range w.terms {
				if len(t.words) == 1 && slices.Contains(a.classes, c.state.dictionary.words[t.words[0]].class) {
					f = max(f, t.factor)
				}
			}
			both += c.words[k].inAsked * f
		}
		best = max(best, c.weights.alias*c.weights.overlapOf(both, c.totalOverlap, float64(c.state.mass[e].aliases[i])))
	}
	return best - overlap
}

// add adds closeness to the scores.
func (c *closeness) add(list []ranked) {
	for i := range list {
		n := list[i].entry
		e := c.state.entries[n]
		c.read(e)
		b, s, a := c.shares()
		list[i].score += c.factorOf(n) * (c.weights.close(b, s, a) + c.weights.overlap*c.aliasOverlap(n))
	}
}
