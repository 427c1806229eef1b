package index

import (
	"context"
	"slices"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

// scratch is the working memory of one search: per-entry numbers, zero between
// searches.
type scratch struct {
	// For the word at hand: what its terms are worth together, and the place of each
	// entry there, from 1.
	sums  []posting
	place []int32
	// For the whole query.
	score    []float32 // sum of the words' saturated weights
	overlap  []float32 // weight of the query's words that the question has
	mask     []uint32  // which words the entry has
	matched  []int32   // entries with a mask, in their order when all words are counted
	final    []float64 // see scoreOf; notScored before it was asked for
	excluded []bool
	out      []int32 // entries that are excluded
	// Which of the words that are required as they stand, and of those that exclude,
	// the entry has in its own texts; and the entries that have any.
	required, unwanted []uint32
	owners             []int32
	candidates         []int32   // see listed
	most               []float64 // see mostByMask
	ranked             []ranked  // see order
	read               []posting // of all words, one list after the other
	// For the list at hand: what is read from the index, and the same packed.
	occurring, sorted []occurrence // see sortOccurrences
	packed            []byte
	doc               bleveindex.TermFieldDoc
	// For closeness: by number of a word, 1 and up for those that stand for a word of
	// the query, which are standing.
	stands   []int32
	standing []uint32
}

func (s *scratch) grow(n int) {
	if len(s.place) >= n {
		return
	}
	s.place = make([]int32, n)
	s.score, s.overlap = make([]float32, n), make([]float32, n)
	s.mask, s.excluded, s.final = make([]uint32, n), make([]bool, n), slices.Repeat([]float64{notScored}, n)
	s.required, s.unwanted = make([]uint32, n), make([]uint32, n)
}

func (s *scratch) reset() {
	for _, e := range s.matched {
		s.score[e], s.overlap[e], s.mask[e], s.final[e] = 0, 0, 0, notScored
	}
	for _, e := range s.out {
		s.excluded[e] = false
	}
	for _, e := range s.owners {
		s.required[e], s.unwanted[e] = 0, 0
	}
	s.matched, s.out, s.read, s.owners = s.matched[:0], s.out[:0], s.read[:0], s.owners[:0]
}

// How an index word stands for a word of the query.
type how uint8

const (
	asItself how = iota
	asForm
	asJoined
	asApart
	asBeginning // of a word that stands for nothing else
	asLonger    // of a word that stands for itself, or another form of it, already
	asPart
	asTypo
	asSynonym
	asGeneral
)

// indirect are the ways that say less about what the library knows of a word than
// about what its author or we think it means, or what it may become.
func (h how) indirect() bool { return h == asSynonym || h == asGeneral || h == asLonger }

// A term is what stands for a word of the query: a word of the index, or several
// that stand next to each other.
type term struct {
	words  []int32 // in the dictionary
	factor float64
	how    how
	in     languageSet // of the entries for which it does
	list   []posting   // of these
}

// A match is what a query found in a state.
type match struct {
	*scratch
	ctx     context.Context
	state   *state
	weights *weights
	words   []matchedWord
	// The weights of all words of the query: in all fields, and in questions.
	total, totalOverlap float64
	corrections         []Correction
	exact               bool    // correct nothing
	tools               []int32 // the tools that the query means, as numbers of the column
	least               float64 // score from which an entry without all words is listed
	lists               int     // lists of postings opened so far
	work                int     // postings read so far
	checked             int     // entries whose texts were read so far to see words next to each other
	// The phrases of the query: of one word, as bits of scratch.required, and of more.
	single  uint32
	phrases [][]string
}

// A matchedWord is a word of the query with what it stands for.
type matchedWord struct {
	queryWord
	terms    []term
	df       int     // entries that have one of the terms
	known    bool    // any entry has one
	weight   float64 // of the word, by the entries that have it but for synonyms
	inAsked  float64 // the same by the questions
	position map[int32]int
}

// run finds the entries of each word.
func (m *match) run(r *request) error {
	m.grow(len(m.state.entries))
	m.exact = r.query.Exact
	means := m.state.synonyms.of(r)
	for i, w := range r.words {
		mw := matchedWord{queryWord: w, position: make(map[int32]int)}
		if err := m.expand(&mw, means[i]); err != nil {
			return err
		}
		m.count(&mw, uint32(1)<<i)
		m.words = append(m.words, mw)
	}
	m.sortMatched()
	m.findTools(r)
	if err := m.require(r.phrases); err != nil {
		return err
	}
	return m.exclude(r.excluded)
}

// sortMatched sorts the matched entries; where they are many, by a look at all entries,
// which then takes less time.
func (m *match) sortMatched() {
	if len(m.matched) < len(m.state.entries)/16 {
		slices.Sort(m.matched)
		return
	}
	m.matched = m.matched[:0]
	for e, mask := range m.mask[:len(m.state.entries)] {
		if mask != 0 {
			m.matched = append(m.matched, int32(e))
		}
	}
}

// count adds a word to the scores of the entries that have it.
func (m *match) count(w *matchedWord, bit uint32) {
	found := m.sum(nil, w.terms, false)
	inQuestions := 0
	for _, p := range found {
		if p.inQuestion > 0 {
			inQuestions++
		}
	}
	n := len(m.state.entries)
	w.df = len(found)
	w.weight = m.weights.wordWeight(w.df, n, w.stop)
	w.inAsked = m.weights.wordWeight(inQuestions, n, w.stop)
	m.total += w.weight * float64(w.count)
	m.totalOverlap += w.inAsked
	found = m.sum(found, w.terms, true)
	w.known = len(found) > 0
	weight, inAsked := w.weight*float64(w.count), float32(w.inAsked)
	for _, p := range found {
		e := p.entry
		m.place[e] = 0
		if m.mask[e] == 0 {
			m.matched = append(m.matched, e)
		}
		m.mask[e] |= bit
		m.score[e] += float32(weight * m.weights.saturate(float64(p.t)))
		m.overlap[e] += inAsked * min(1, p.inQuestion)
	}
}

// sum adds to list, which sum gave, what the terms are worth by entry, each with its
// factor: those that are indirect, or those that are not. The list is good until the next
// word is counted, and place tells of its entries where they are.
func (m *match) sum(list []posting, terms []term, indirect bool) []posting {
	if len(terms) == 1 && terms[0].factor == 1 { // as most words, and all stop words
		if terms[0].how.indirect() == indirect {
			return terms[0].list
		}
		return list
	}
	if list == nil {
		list = m.sums[:0]
	}
	for _, t := range terms {
		if t.how.indirect() != indirect {
			continue
		}
		factor := float32(t.factor)
		for _, p := range t.list {
			at := m.place[p.entry]
			if at == 0 {
				list = append(list, posting{entry: p.entry})
				at = int32(len(list))
				m.place[p.entry] = at
			}
			sum := &list[at-1]
			sum.t += factor * p.t
			sum.inQuestion += factor * p.inQuestion
		}
	}
	m.sums = list
	return list
}
