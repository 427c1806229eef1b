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
	stand  [][]standing          // by place in scratch.stands, less 1
	terms  map[string][]standing // the same by index word; made when a text is read anew
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

// note makes a word of the dictionary stand for one of the query.
func (c *closeness) note(word int32, s standing) {
	number := c.state.dictionary.words[word].number
	if c.stands[number] == 0 {
		c.stand = append(c.stand, nil)
		c.stands[number] = int32(len(c.stand))
		c.standing = append(c.standing, word)
	}
	at := c.stands[number] - 1
	c.stand[at] = append(c.stand[at], s)
}

// of are the words of the query that the word with this number stands for.
func (c *closeness) of(number uint32) []standing {
	if at := c.stands[number]; at > 0 {
		return c.stand[at-1]
	}
	return nil
}

// ofText are the words of the query that a word stands for.
func (c *closeness) ofText(text string) []standing {
	if c.terms == nil {
		c.terms = make(map[string][]standing, len(c.standing))
		for i, word := range c.standing {
			c.terms[c.state.dictionary.words[word].text] = c.stand[i]
		}
	}
	return c.terms[text]
}

// clearStands makes room for so many words of the dictionary that stand for none of a
// query.
func (s *scratch) clearStands(words int) {
	clear(s.stands)
	if len(s.stands) < words {
		s.stands = make([]int32, words+words/8)
	}
	s.standing = s.standing[:0]
}

// read reads the text of an entry.
func (c *closeness) read(e *entry) {
	if n := e.numbers(c.state); n != nil {
		c.readNumbered(e, n)
		return
	}
	c.begin(e)
	c.readAround(e)
	e.eachText(c.sentences)
}

func (c *closeness) begin(e *entry) {
	clear(c.counts)
	c.spelled, c.folded = 0, 0
	c.best = sentence{}
	c.speaks = e.language.set()
}

// eachText calls do with each text of an entry that is compared with a query.
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

// readAround reads what is around an entry.
func (c *closeness) readAround(e *entry) {
	clear(c.around)
	e.eachAround(c.state.catalog, func(text string) {
		c.buf = appendWords(c.buf[:0], text)
		for _, w := range c.buf {
			c.noteAround(c.ofText(w.text))
		}
	})
	copy(c.found, c.around)
}

func (c *closeness) noteAround(list []standing) {
	for _, s := range list {
		if s.in&c.speaks == 0 {
			continue
		}
		c.around[s.word] = max(c.around[s.word], s.factor*c.weights.around)
	}
}

// readNumbered does with the numbers of words what read does with texts.
func (c *closeness) readNumbered(e *entry, n *wordNumbers) {
	c.begin(e)
	clear(c.around)
	for _, number := range n.around {
		c.noteAround(c.of(number))
	}
	copy(c.found, c.around)
	odd := n.odd
	i := 0
	for _, s := range n.sentences {
		var before, at uint32
		for ; i < s.words; i++ {
			number := n.words[i]
			if number&isExtra == 0 {
				c.pair(before, at, s.part)
				before, at = at, 0
			}
			for len(odd) > 0 && odd[0].at < i {
				odd = odd[1:]
			}
			for _, st := range c.of(number &^ isExtra) {
				if st.in&c.speaks == 0 {
					continue
				}
				at |= c.meet(st)
				if st.how != asItself {
					continue
				}
				typed := c.typed[st.word]
				if isOdd := len(odd) > 0 && odd[0].at == i; !isOdd && isASCII(typed) || isOdd && typed == odd[0].written {
					c.spelled |= 1 << st.word
				} else {
					c.folded |= 1 << st.word
				}
			}
		}
		c.pair(before, at, s.part)
		if s.ends {
			c.finish(s.span, s.part)
		}
	}
}

// meet notes that a word stands for one of the query, and returns that one if it does
// well enough to be one of a pair.
func (c *closeness) meet(s standing) uint32 {
	c.found[s.word] = max(c.found[s.word], s.factor)
	if s.factor >= c.weights.pairFactor {
		return 1 << s.word
	}
	return 0
}

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
		c.pair(before, at, part)
		before = at
	}
}

// word reads a word, and returns the words of the query that it stands for well
// enough to be one of a pair.
func (c *closeness) word(text string, w word) (at uint32) {
	for _, s := range c.ofText(w.text) {
		if s.in&c.speaks == 0 {
			continue
		}
		at |= c.meet(s)
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
