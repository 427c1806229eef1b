package index

import (
	"cmp"
	"context"
	"slices"
	"unicode/utf8"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

// scratch is the working memory of one search: per-entry numbers, zero between
// searches.
type scratch struct {
	// For the word at hand: its weighted occurrences in all fields, and its
	// occurrences in the question.
	t, tq   []float32
	touched []int32
	// For the whole query.
	score    []float32 // sum of the words' saturated weights
	overlap  []float32 // weight of the query's words that the question has
	mask     []uint32  // which words the entry has
	matched  []int32   // entries with a mask
	excluded []bool
	out      []int32 // entries that are excluded
	doc      bleveindex.TermFieldDoc
}

func (s *scratch) grow(n int) {
	if len(s.t) >= n {
		return
	}
	s.t, s.tq = make([]float32, n), make([]float32, n)
	s.score, s.overlap = make([]float32, n), make([]float32, n)
	s.mask, s.excluded = make([]uint32, n), make([]bool, n)
}

func (s *scratch) reset() {
	for _, e := range s.touched {
		s.t[e], s.tq[e] = 0, 0
	}
	for _, e := range s.matched {
		s.score[e], s.overlap[e], s.mask[e] = 0, 0, 0
	}
	for _, e := range s.out {
		s.excluded[e] = false
	}
	s.touched, s.matched, s.out = s.touched[:0], s.matched[:0], s.out[:0]
}

// A term is a word of the index that stands for a word of the query, and how well.
type term struct {
	word   int32 // in the dictionary
	factor float64
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
	postings            int // read so far
}

// A matchedWord is a word of the query with what it stands for.
type matchedWord struct {
	queryWord
	terms  []term
	df     int     // entries that have one of the terms
	weight float64 // of the word, by df
}

// Limits of what one word can stand for.
const (
	maxPrefixTerms = 200
	maxNearTerms   = 50
)

// run finds the entries of each word.
func (m *match) run(r *request) error {
	m.grow(len(m.state.entries))
	for i, w := range r.words {
		mw := matchedWord{queryWord: w}
		if err := m.expand(&mw); err != nil {
			return err
		}
		if err := m.count(&mw, uint32(1)<<i); err != nil {
			return err
		}
		m.words = append(m.words, mw)
	}
	for _, words := range r.excluded {
		if err := m.exclude(words); err != nil {
			return err
		}
	}
	return nil
}

// expand finds the index words that a word of the query stands for.
func (m *match) expand(w *matchedWord) error {
	d := m.state.dictionary
	add := func(word int32, factor float64) error {
		for i := range w.terms {
			if w.terms[i].word == word {
				w.terms[i].factor = max(w.terms[i].factor, factor)
				return nil
			}
		}
		known, err := m.known(word)
		if known {
			w.terms = append(w.terms, term{word, factor})
		}
		return err
	}
	addClass := func(word int32, factor float64) error {
		for _, other := range d.class(d.words[word].class) {
			f := factor * m.weights.inflection
			if other == word {
				f = factor
			}
			if err := add(other, f); err != nil {
				return err
			}
		}
		return nil
	}
	addForms := func(forms []string, factor float64) error {
		for _, form := range forms {
			if i, ok := d.find(form); ok {
				if err := add(i, factor); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if i, ok := d.find(w.text); ok {
		if err := add(i, 1); err != nil {
			return err
		}
		if !w.quoted {
			if err := addClass(i, 1); err != nil {
				return err
			}
		}
	} else if !w.quoted {
		if err := m.sameClass(w, add); err != nil {
			return err
		}
	}
	if err := addForms(w.wholes, 1); err != nil {
		return err
	}
	if w.quoted {
		return nil
	}
	direct := len(w.terms) > 0
	if w.prefix {
		if err := m.addPrefix(w, direct, add); err != nil {
			return err
		}
	}
	if len(w.terms) > 0 {
		return nil
	}
	if err := addForms(w.parts, m.weights.part); err != nil {
		return err
	}
	if len(w.terms) > 0 {
		return nil
	}
	return m.correct(w, addClass)
}

// sameClass adds the forms of a word that is not itself in the dictionary.
func (m *match) sameClass(w *matchedWord, add func(int32, float64) error) error {
	d := m.state.dictionary
	s := stem(w.text)
	// The words of a class begin alike but for its last letters.
	prefix := s
	if n := len(s); n > 3 {
		prefix = s[:n-1]
	}
	from, to := d.withPrefix(prefix)
	for i := from; i < to; i++ {
		if len(d.words[i].text) <= len(w.text)+6 && stem(d.words[i].text) == s {
			if err := add(i, m.weights.inflection); err != nil {
				return err
			}
		}
	}
	return nil
}

// addPrefix adds the words that begin with w, the shortest first.
func (m *match) addPrefix(w *matchedWord, direct bool, add func(int32, float64) error) error {
	if utf8.RuneCountInString(w.text) < 2 && direct {
		return nil
	}
	d := m.state.dictionary
	from, to := d.withPrefix(w.text)
	longer := make([]int32, 0, to-from)
	for i := from; i < to; i++ {
		if len(d.words[i].text) > len(w.text) {
			longer = append(longer, i)
		}
	}
	slices.SortStableFunc(longer, func(a, b int32) int { return cmp.Compare(d.words[a].runes, d.words[b].runes) })
	for limit := len(w.terms) + maxPrefixTerms; len(longer) > 0 && len(w.terms) < limit; longer = longer[1:] {
		if err := add(longer[0], m.weights.prefix); err != nil {
			return err
		}
	}
	return nil
}

// correct adds the words within a typo or two of a word that the index does not have.
func (m *match) correct(w *matchedWord, addClass func(int32, float64) error) error {
	edits := typosAllowed(w.text)
	if edits == 0 {
		return nil
	}
	d := m.state.dictionary
	type candidate struct {
		near
		df int
	}
	var list []candidate
	for _, n := range d.near(w.text, edits) {
		df, err := m.documents(n.word)
		if err != nil {
			return err
		}
		if df > 0 {
			list = append(list, candidate{n, df})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(b.df, a.df), cmp.Compare(a.word, b.word))
	})
	for _, c := range list[:min(len(list), maxNearTerms)] {
		if err := addClass(c.word, m.weights.typo[c.distance]); err != nil {
			return err
		}
	}
	if len(list) > 0 {
		m.corrections = append(m.corrections, Correction{From: w.typed, To: d.words[list[0].word].text})
	}
	return nil
}

// typosAllowed is the number of edits that are forgiven in a word that the index
// does not know: none in up to three letters nor in anything but letters.
func typosAllowed(text string) int {
	if letterSet(text)&letterDigit != 0 {
		return 0
	}
	switch n := utf8.RuneCountInString(text); {
	case n < 4:
		return 0
	case n < 8:
		return 1
	default:
		return 2
	}
}

// known tells whether any entry has the word.
func (m *match) known(word int32) (bool, error) {
	n, err := m.documents(word)
	return n > 0, err
}

// documents is the number of entries that have the word, those counted twice that
// have it in two fields.
func (m *match) documents(word int32) (int, error) {
	w := &m.state.dictionary.words[word]
	n := 0
	for f := range numFields {
		if !w.fields.has(f) {
			continue
		}
		r, err := m.state.reader.TermFieldReader(m.ctx, []byte(w.text), indexFields[f], false, false, false)
		if err != nil {
			return 0, err
		}
		n += int(r.Count())
		if err := r.Close(); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// count reads the postings of a word's terms into the scratch.
func (m *match) count(w *matchedWord, bit uint32) error {
	for _, t := range w.terms {
		dw := &m.state.dictionary.words[t.word]
		for f := range numFields {
			if !dw.fields.has(f) {
				continue
			}
			if err := m.each(dw.text, f, func(e int32, freq uint64) { m.add(e, f, float32(t.factor)*float32(freq)) }); err != nil {
				return err
			}
		}
	}
	inQuestions := 0
	for _, e := range m.touched {
		if m.tq[e] > 0 {
			inQuestions++
		}
	}
	w.df = len(m.touched)
	n := len(m.state.entries)
	w.weight = m.weights.wordWeight(w.df, n, w.stop)
	overlap := m.weights.wordWeight(inQuestions, n, w.stop)
	m.total += w.weight * float64(w.count)
	m.totalOverlap += overlap
	for _, e := range m.touched {
		if m.mask[e] == 0 {
			m.matched = append(m.matched, e)
		}
		m.mask[e] |= bit
		t := float64(m.t[e])
		m.score[e] += float32(w.weight * float64(w.count) * t / (t + m.weights.k1))
		m.overlap[e] += float32(overlap) * min(1, m.tq[e])
		m.t[e], m.tq[e] = 0, 0
	}
	m.touched = m.touched[:0]
	return nil
}

// add counts occurrences of the word at hand in a field of an entry.
func (m *match) add(e int32, f field, occurrences float32) {
	if m.t[e] == 0 {
		m.touched = append(m.touched, e)
	}
	m.t[e] += occurrences * m.state.boost[f][e]
	if f == fieldQuestion {
		m.tq[e] += occurrences
	}
}

// each calls do for every entry that has the word in the field.
func (m *match) each(text string, f field, do func(e int32, freq uint64)) error {
	r, err := m.state.reader.TermFieldReader(m.ctx, []byte(text), indexFields[f], true, false, false)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		m.postings++
		if m.postings%1024 == 0 {
			if err := m.ctx.Err(); err != nil {
				return err
			}
		}
		doc, err := r.Next(m.doc.Reset())
		if err != nil || doc == nil {
			return err
		}
		do(m.state.entryOf[doc.ID.Value()], doc.Freq)
	}
}

// exclude marks the entries that have these words next to each other.
func (m *match) exclude(words []string) error {
	if len(words) == 0 {
		return nil
	}
	var having []int32
	for f := range numFields {
		if f == fieldContext {
			continue
		}
		err := m.each(words[0], f, func(e int32, _ uint64) {
			if !m.excluded[e] {
				having = append(having, e)
			}
		})
		if err != nil {
			return err
		}
	}
	for _, e := range having {
		if !m.excluded[e] && (len(words) == 1 || m.state.hasPhrase(e, words)) {
			m.excluded[e] = true
			m.out = append(m.out, e)
		}
	}
	return nil
}

// hasPhrase tells whether the words stand next to each other in one of the entry's
// own texts.
func (s *state) hasPhrase(e int32, phrase []string) bool {
	var buf []word
	for f, texts := range textsOf(s.lib, s.entries[e].page, s.entries[e].question) {
		if field(f) == fieldContext {
			continue
		}
		for _, text := range texts {
			buf = appendWords(buf[:0], text)
			if containsPhrase(buf, phrase) {
				return true
			}
		}
	}
	return false
}

func containsPhrase(ws []word, phrase []string) bool {
	n := 0 // words of the phrase seen
	for i := 0; i < len(ws); i++ {
		if ws[i].extra {
			continue
		}
		for n = 0; n < len(phrase); n++ {
			k := nth(ws, i, n)
			if k < 0 || ws[k].text != phrase[n] {
				break
			}
		}
		if n == len(phrase) {
			return true
		}
	}
	return false
}

// nth returns the index of the n-th word after ws[i], -1 past the end.
func nth(ws []word, i, n int) int {
	for ; i < len(ws); i++ {
		if ws[i].extra {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return -1
}

// listed are the entries that answer the request, facets apart: of those that have
// every phrase and no excluded word
//
//   - all that have every content word that the library knows,
//   - and all others whose score is at least the share weights.listed of the best.
//
// Stop words are content words where there are no others. So it depends on the words
// alone, more words give fewer entries, and a long question that no entry covers
// still finds the nearest ones. The first in the order is always among them.
func (m *match) listed(r *request) []int32 {
	var content, stops, inPhrases uint32
	for i, w := range m.words {
		if slices.ContainsFunc(r.phrases, func(p []string) bool { return slices.Contains(p, w.text) }) {
			inPhrases |= 1 << i
		}
		switch {
		case w.df == 0:
		case w.stop:
			stops |= 1 << i
		default:
			content |= 1 << i
		}
	}
	if content == 0 {
		content = stops
	}
	var list []int32
	best := 0.0
	for _, e := range m.matched {
		if m.excluded[e] || m.mask[e]&inPhrases != inPhrases {
			continue
		}
		if slices.ContainsFunc(r.phrases, func(p []string) bool { return !m.state.hasPhrase(e, p) }) {
			continue
		}
		list = append(list, e)
		best = max(best, m.scoreOf(e))
	}
	list = slices.DeleteFunc(list, func(e int32) bool {
		return m.mask[e]&content != content && m.scoreOf(e) < best*m.weights.listed
	})
	slices.Sort(list)
	return list
}

// scoreOf is the entry's score without pairs, from 0 to 1 + weights.overlap.
func (m *match) scoreOf(e int32) float64 {
	if m.total == 0 {
		return 0
	}
	overlap := 2 * float64(m.overlap[e]) / max(m.totalOverlap+float64(m.state.mass[e]), .5)
	score := float64(m.score[e])/m.total + m.weights.overlap*min(1, overlap)
	return score * m.weights.ofKind(m.state.entries[e])
}
