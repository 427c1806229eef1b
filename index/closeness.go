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
	numberer numberer
	stand    [][]standing // by place in scratch.stands, less 1
	pairs    []wordPair
	pairsU   float64  // weight of all pairs
	u        float64  // of all words
	typed    []string // by word of the query, as it was typed, if accents are to be seen
	// For the entry at hand.
	speaks  languageSet
	counts  []float64 // by pair: occurrences in its sentences, those in the answer by weight
	around  []float64 // by word of the query: what the page says around the entry
	found   []float64 // greatest factor in the sentence at hand
	spelled uint32    // words that occur as they were typed
	folded  uint32    // words that occur with other accents
	best    sentence
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
	text  int // which of the entry's texts, in the order of eachText
	share float64
}

// A passagePart is where a sentence stands.
type passagePart uint8

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
		match:  m,
		around: make([]float64, len(m.words)), found: make([]float64, len(m.words)),
	}
	m.scratch.clearStands(len(m.state.dictionary.words))
	for i, w := range m.words {
		c.u += w.weight
		for _, t := range w.terms {
			if len(t.words) > 1 {
				continue
			}
			c.note(t.words[0], standing{i, t.factor, t.how, t.in})
		}
		c.typed = append(c.typed, composedLower(w.typed))
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

// note makes a word of the dictionary stand for one of the query.
func (c *closeness) note(word int32, s standing) {
	number := c.state.dictionary.words[word].number
	if c.stands[number] == 0 {
		c.stand = append(c.stand, nil)
		c.stands[number] = int32(len(c.stand))
		c.standing = append(c.standing, number)
	}
	at := c.stands[number] - 1
	c.stand[at] = append(c.stand[at], s)
}

// of are the words of the query that the word with this number stands for.
func (c *closeness) of(number uint32) []standing {
	if number == noWord || c.stands[number] == 0 {
		return nil
	}
	return c.stand[c.stands[number]-1]
}

// clearStands makes room for so many words of the dictionary that stand for none of a
// query.
func (s *scratch) clearStands(words int) {
	for _, number := range s.standing {
		s.stands[number] = 0
	}
	s.standing = s.standing[:0]
	if len(s.stands) < words {
		s.stands = make([]int32, words+words/8)
	}
}

// read reads the text of an entry.
func (c *closeness) read(e *entry) {
	c.begin(e)
	n := e.numbers(c.state, &c.numberer)
	c.readAround(n.around)
	odd := n.odd
	i := 0
	for k := range n.sentences {
		s := &n.sentences[k]
		var before, at uint32 // the words of the query that the word before and this one stand for
		for ; i < int(s.words); i++ {
			number := n.words[i]
			if number&isExtra == 0 {
				c.pair(before, at, s.part)
				before, at = at, 0
			}
			written := ""
			if len(odd) > 0 && odd[0].at == i {
				written, odd = odd[0].written, odd[1:]
			}
			for _, st := range c.of(number &^ isExtra) {
				at |= c.meet(st, written)
			}
		}
		c.pair(before, at, s.part)
		if s.ends {
			c.finish(s)
		}
	}
}

func (c *closeness) begin(e *entry) {
	clear(c.counts)
	c.spelled, c.folded = 0, 0
	c.best = sentence{}
	c.speaks = e.language.set()
}

// eachText calls do with each text of an entry that is compared with a query: the
// question, its aliases and the answer.
func (e *entry) eachText(do func(text string, part passagePart)) {
	do(e.text(), inQuestion)
	aliases := e.page.Aliases
	if e.question != nil {
		aliases = e.question.Aliases
	}
	for _, alias := range aliases {
		do(alias, inAlias)
	}
	do(e.answer(), inAnswer)
}

// eachAround calls do with what holds for every sentence of a question, as it is what
// its page is about: the page's title, the section and the tools.
func (e *entry) eachAround(cat *catalog, do func(text string)) {
	if e.question != nil {
		do(e.page.Title)
		do(e.question.Section)
	}
	for _, name := range e.tools() {
		for _, n := range toolNames(cat.lib, name) {
			do(n)
		}
	}
}

// readAround reads the words around an entry.
func (c *closeness) readAround(around []uint32) {
	clear(c.around)
	for _, number := range around {
		for _, s := range c.of(number) {
			if s.in&c.speaks != 0 {
				c.around[s.word] = max(c.around[s.word], s.factor*c.weights.around)
			}
		}
	}
	copy(c.found, c.around)
}

// meet notes that a word of the entry, which is written so if it is odd, stands for one
// of the query, and returns that one if it does well enough to be one of a pair.
func (c *closeness) meet(s standing, written string) uint32 {
	if s.in&c.speaks == 0 {
		return 0
	}
	c.found[s.word] = max(c.found[s.word], s.factor)
	if s.how == asItself {
		c.spell(s.word, written)
	}
	if s.factor >= c.weights.pairFactor {
		return 1 << s.word
	}
	return 0
}

// spell notes whether a word of the query stands there as it was typed.
func (c *closeness) spell(word int, written string) {
	typed := c.typed[word]
	if written == "" && isASCII(typed) || written != "" && typed == composedLower(written) {
		c.spelled |= 1 << word
	} else {
		c.folded |= 1 << word
	}
}

// composedLower is a word in lower case, its accents composed.
func composedLower(word string) string { return strings.ToLower(norm.NFC.String(word)) }

// pair counts the neighbours of the query that stand for neighbouring words.
func (c *closeness) pair(before, at uint32, part passagePart) {
	if before == 0 || at == 0 {
		return
	}
	for k, p := range c.pairs {
		if before&(1<<p.first) != 0 && at&(1<<p.second) != 0 {
			c.counts[k] += c.weights.pairIn[part]
		}
	}
}

// finish compares the sentence at hand with the best so far.
func (c *closeness) finish(s *numberedSentence) {
	sum := 0.0
	for i, f := range c.found {
		sum += c.words[i].weight * f
	}
	share := sum / c.u
	if s.part == inAlias {
		share *= c.weights.alias
	}
	if share > c.best.share {
		c.best = sentence{span{int(s.start), int(s.end)}, s.part, int(s.text), share}
	}
	copy(c.found, c.around)
}

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
	for _, a := range c.state.entries[e].askedToo {
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
		best = max(best, c.weights.alias*c.weights.overlapOf(both, c.totalOverlap, float64(a.mass(c.state.classWeights))))
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
