package index

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	bleveindex "github.com/blevesearch/bleve_index_api"

	"faqbase/kb"
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
	final    []float64 // see scoreOf; notScored before it was asked for
	excluded []bool
	out      []int32 // entries that are excluded
	// Which of the words that are required as they stand, and of those that exclude,
	// the entry has in its own texts; and the entries that have any.
	required, unwanted []uint32
	owners             []int32
	read               []posting // of all words, one list after the other
	doc                bleveindex.TermFieldDoc
	// For closeness: by number of a word, 1 and up for those that stand for a word of
	// the query, which are standing.
	stands   []int32
	standing []int32
}

func (s *scratch) grow(n int) {
	if len(s.t) >= n {
		return
	}
	s.t, s.tq = make([]float32, n), make([]float32, n)
	s.score, s.overlap = make([]float32, n), make([]float32, n)
	s.mask, s.excluded, s.final = make([]uint32, n), make([]bool, n), slices.Repeat([]float64{notScored}, n)
	s.required, s.unwanted = make([]uint32, n), make([]uint32, n)
}

func (s *scratch) reset() {
	for _, e := range s.touched {
		s.t[e], s.tq[e] = 0, 0
	}
	for _, e := range s.matched {
		s.score[e], s.overlap[e], s.mask[e], s.final[e] = 0, 0, 0, notScored
	}
	for _, e := range s.out {
		s.excluded[e] = false
	}
	for _, e := range s.owners {
		s.required[e], s.unwanted[e] = 0, 0
	}
	s.touched, s.matched, s.out, s.read, s.owners = s.touched[:0], s.matched[:0], s.out[:0], s.read[:0], s.owners[:0]
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

// Limits of what one word can stand for.
const (
	maxPrefixTerms = 200
	maxNearTerms   = 50
)

// maxChecked is the number of entries whose texts are read to see whether words stand
// next to each other, the best first. Past it an entry that has the words is listed:
// it passes for one that has the phrases, and for one without the excluded ones.
const maxChecked = 2000

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
	m.findTools(r)
	if err := m.require(r.phrases); err != nil {
		return err
	}
	return m.exclude(r.excluded)
}

// add makes a word of the index stand for w in the entries of some languages, if any of
// them has it. Where it does already, the greater factor counts.
func (m *match) add(w *matchedWord, word int32, factor float64, h how, in languageSet) error {
	if in&m.state.present == 0 {
		return nil
	}
	if m.state.present&^in == 0 {
		in = anyLanguage
	}
	if _, ok := w.position[word]; ok {
		for k := range w.terms {
			t := &w.terms[k]
			if len(t.words) != 1 || t.words[0] != word {
				continue
			}
			if factor > t.factor && t.in&^in == 0 {
				t.factor, t.how = factor, h
			}
			in &^= t.in
		}
		if in == 0 {
			return nil
		}
	}
	if h != asItself && m.lists >= maxLists {
		return nil
	}
	list, err := m.postings(word)
	if err != nil {
		return err
	}
	if list = m.within(list, in); len(list) == 0 {
		return nil
	}
	w.position[word] = len(w.terms)
	w.terms = append(w.terms, term{[]int32{word}, factor, h, in, list})
	return nil
}

// within are the postings of entries in some languages.
func (m *match) within(list []posting, in languageSet) []posting {
	if in == anyLanguage || len(m.state.speaks) == 0 {
		return list
	}
	var some []posting
	for _, p := range list {
		if m.state.speaks[p.entry]&in != 0 {
			some = append(some, p)
		}
	}
	return some
}

// addClass adds a word of the index as h, and the other forms of it a little below, each
// where its language is spoken.
func (m *match) addClass(w *matchedWord, word int32, factor float64, h how) error {
	if err := m.add(w, word, factor, h, anyLanguage); err != nil {
		return err
	}
	if h == asItself {
		h = asForm
	}
	d := m.state.dictionary
	for _, other := range d.class(d.words[word].class) {
		if other != word {
			if err := m.add(w, other, factor*m.weights.inflection, h, withEnglishForms); err != nil {
				return err
			}
		}
	}
	for i := range d.byLanguage {
		known := &d.byLanguage[i]
		if err := m.addForms(w, known, known.ofText(d.words[word].text), factor*m.weights.inflection, h); err != nil {
			return err
		}
	}
	return nil
}

// addForms adds the words of a language that have a stem in common with one of the forms.
func (m *match) addForms(w *matchedWord, known *wordForms, of []form, factor float64, h how) error {
	for _, f := range of {
		for _, other := range known.ofStem(f.stem) {
			if i, ok := m.state.dictionary.find(other.text); ok {
				if err := m.add(w, i, factor, h, known.language.set()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// expand finds what a word of the query stands for; means are its synonyms.
func (m *match) expand(w *matchedWord, means []synonym) error {
	if err := m.direct(w); err != nil {
		return err
	}
	if w.quoted {
		return nil
	}
	if w.prefix {
		if err := m.addBeginnings(w); err != nil {
			return err
		}
	}
	if err := m.addCompounds(w); err != nil {
		return err
	}
	if isBigram(w.text) {
		if err := m.addPairs(w); err != nil {
			return err
		}
	}
	if len(w.terms) == 0 {
		for _, part := range w.parts {
			if i, ok := m.state.dictionary.find(part); ok {
				if err := m.add(w, i, m.weights.part, asPart, anyLanguage); err != nil {
					return err
				}
			}
		}
	}
	for _, s := range means {
		if err := m.addSynonym(w, s); err != nil {
			return err
		}
	}
	if len(w.terms) > 0 && !w.stop && !m.exact {
		return m.addMisspeltForm(w)
	}
	if len(w.terms) > 0 || w.stop || m.exact {
		return nil // a stop word is no misspelling, though no entry has it
	}
	return m.correct(w)
}

// direct adds the word itself, its other forms, and what it is together with its
// neighbours.
func (m *match) direct(w *matchedWord) error {
	d := m.state.dictionary
	i, known := d.find(w.text)
	var err error
	switch {
	case known && w.quoted:
		err = m.add(w, i, 1, asItself, anyLanguage)
	case known:
		err = m.addClass(w, i, 1, asItself)
	case !w.quoted:
		err = m.sameClass(w)
	}
	if err != nil {
		return err
	}
	for _, whole := range w.wholes {
		if i, ok := d.find(whole); ok {
			if err := m.add(w, i, 1, asItself, anyLanguage); err != nil {
				return err
			}
		}
	}
	if w.quoted {
		return nil
	}
	// A query has no language: each of the library may be that of the word.
	d.eachLanguage(w.typed, w.text, func(known *wordForms, forms []form) {
		if err == nil {
			err = m.addForms(w, known, forms, m.weights.inflection, asForm)
		}
	})
	if err != nil {
		return err
	}
	for _, whole := range w.joined {
		if i, ok := d.find(whole); ok {
			if err := m.addClass(w, i, m.weights.joined, asJoined); err != nil {
				return err
			}
		}
	}
	return nil
}

// sameClass adds the forms of a word that is not itself in the dictionary.
func (m *match) sameClass(w *matchedWord) error {
	d := m.state.dictionary
	s := stem(w.text)
	// The words of a class begin alike but for its last letters.
	prefix := s
	if n := len(s); n > 3 {
		prefix = s[:n-1]
	}
	from, to := d.withPrefix(prefix)
	for i := from; i < to; i++ {
		if len(d.words[i].text) <= len(w.text)+6 && d.stems[d.words[i].class] == s {
			if err := m.add(w, i, m.weights.inflection, asForm, withEnglishForms); err != nil {
				return err
			}
		}
	}
	return nil
}

// addBeginnings adds the words that begin with w, the shortest first.
func (m *match) addBeginnings(w *matchedWord) error {
	if utf8.RuneCountInString(w.text) < 2 && len(w.terms) > 0 {
		return nil
	}
	how, factor := asBeginning, m.weights.prefix
	if len(w.terms) > 0 {
		how, factor = asLonger, m.weights.longer
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
		if err := m.add(w, longer[0], factor, how, anyLanguage); err != nil {
			return err
		}
	}
	return nil
}

// correct adds the words within a typo or two of a word that the index does not
// have; if there are none, the two words that it is when written apart.
func (m *match) correct(w *matchedWord) error {
	found, err := m.addNear(w)
	if found || err != nil {
		return err
	}
	return m.addApart(w)
}

// farForm is the number of letters that a form is shorter by from which a word that the
// index does not have may be meant for another one.
const farForm = 3

// addMisspeltForm adds a word one edit away that begins with the stem of w, where w
// itself is unknown and stands for much shorter forms alone: "beginers" has the stem of
// "begin", and is meant for "beginners".
func (m *match) addMisspeltForm(w *matchedWord) error {
	length := utf8.RuneCountInString(w.text)
	d := m.state.dictionary
	if typosAllowed(w.text) == 0 || w.identifier || slices.ContainsFunc(w.terms, func(t term) bool {
		return t.how != asForm || int(d.words[t.words[0]].runes) > length-farForm
	}) {
		return nil
	}
	best, most := int32(-1), 0
	for _, n := range d.near(w.text, 1) {
		if !strings.HasPrefix(d.words[n.word].text, stem(w.text)) {
			continue
		}
		all, _, err := m.documents(n.word)
		if err != nil {
			return err
		}
		if all > most {
			best, most = n.word, all
		}
	}
	if best < 0 {
		return nil
	}
	m.corrections = append(m.corrections, Correction{From: w.typed, To: d.spelled(d.words[best].text)})
	return m.addClass(w, best, m.weights.typo[1], asTypo)
}

// A candidate is a word that may have been meant.
type candidate struct {
	near
	shorter        bool // a letter of what was typed is left out
	all, questions int  // entries that have it
}

// addNear adds the words within a typo or two. The one named in corrections is the
// nearest; for the last word, which may go on, one with all its letters before one
// with less of them; then the one that most questions have, then most entries. The
// others count less.
func (m *match) addNear(w *matchedWord) (found bool, err error) {
	edits := typosAllowed(w.text)
	if edits == 0 || w.identifier || m.state.toolWords[w.text] {
		return false, nil
	}
	if err := m.ctx.Err(); err != nil {
		return false, err // before all words of the dictionary are compared
	}
	d := m.state.dictionary
	length := utf8.RuneCountInString(w.text)
	var list []candidate
	for _, n := range d.near(w.text, edits) {
		c := candidate{near: n, shorter: w.prefix && int(d.words[n.word].runes) < length}
		if c.all, c.questions, err = m.documents(n.word); err != nil {
			return false, err
		}
		if c.all > 0 {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		if c := cmp.Compare(a.distance, b.distance); c != 0 {
			return c
		}
		if a.shorter != b.shorter {
			if a.shorter {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(b.questions, a.questions), cmp.Compare(b.all, a.all), cmp.Compare(a.word, b.word))
	})
	for i, c := range list[:min(len(list), maxNearTerms)] {
		factor := m.weights.typo[c.distance]
		if i > 0 {
			factor *= m.weights.notNamed
		}
		if err := m.addClass(w, c.word, factor, asTypo); err != nil {
			return false, err
		}
	}
	if len(list) > 0 {
		m.corrections = append(m.corrections, Correction{From: w.typed, To: d.spelled(d.words[list[0].word].text)})
	}
	return len(w.terms) > 0, nil
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

// addApart adds the two words that w is when written apart, where they stand next to
// each other ("djangoorm"): of all ways, that whose rarer word is the most frequent.
func (m *match) addApart(w *matchedWord) error {
	d := m.state.dictionary
	var best []int32
	bestCount := 0
	for i := range w.text {
		left, right := w.text[:i], w.text[i:]
		if !standsAlone(left) || !standsAlone(right) || len(w.text) < 5 {
			continue
		}
		a, ok := d.find(left)
		if !ok {
			continue
		}
		b, ok := d.find(right)
		if !ok {
			continue
		}
		nLeft, _, err := m.documents(a)
		if err != nil {
			return err
		}
		nRight, _, err := m.documents(b)
		if err != nil {
			return err
		}
		if n := min(nLeft, nRight); n > bestCount {
			best, bestCount = []int32{a, b}, n
		}
	}
	if best == nil {
		return nil
	}
	found, err := m.addPhrase(w, [][]int32{{best[0]}, {best[1]}}, m.weights.joined, asApart)
	if found {
		m.corrections = append(m.corrections, Correction{From: w.typed, To: d.words[best[0]].text + " " + d.words[best[1]].text})
	}
	return err
}

// standsAlone tells whether text may be a word that was written together with
// another: two letters at least, or a number.
func standsAlone(text string) bool {
	if utf8.RuneCountInString(text) >= 2 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsDigit(r)
}

// addSynonym adds what the word may be called instead.
func (m *match) addSynonym(w *matchedWord, s synonym) error {
	factor, h, in := m.weights.synonym, asSynonym, anyLanguage
	if s.general {
		factor, h, in = m.weights.general, asGeneral, inEnglish
	}
	d := m.state.dictionary
	positions := make([][]int32, 0, len(s.words))
	for _, text := range s.words {
		forms := d.forms(text, s.general)
		if len(forms) == 0 {
			return nil
		}
		positions = append(positions, forms)
	}
	if len(positions) > 1 {
		_, err := m.addPhrase(w, positions, factor, h)
		return err
	}
	for _, i := range positions[0] {
		if err := m.add(w, i, factor, h, in); err != nil {
			return err
		}
	}
	return nil
}

// forms returns the words of the index that are forms of text: itself first, then
// the others of its class; those of a word that is itself unknown only if any is set.
func (d *dictionary) forms(text string, any bool) []int32 {
	i, ok := d.find(text)
	if !ok {
		if !any {
			return nil
		}
		s := stem(text)
		from, to := d.withPrefix(s[:max(0, len(s)-1)])
		var list []int32
		for k := from; k < to; k++ {
			if len(d.words[k].text) <= len(text)+6 && d.stems[d.words[k].class] == s {
				list = append(list, k)
			}
		}
		return list
	}
	list := []int32{i}
	add := func(other int32) {
		if !slices.Contains(list, other) {
			list = append(list, other)
		}
	}
	for _, other := range d.class(d.words[i].class) {
		add(other)
	}
	if any {
		return list // which are English
	}
	for k := range d.byLanguage {
		known := &d.byLanguage[k]
		for _, f := range known.ofText(text) {
			for _, other := range known.ofStem(f.stem) {
				if n, ok := d.find(other.text); ok {
					add(n)
				}
			}
		}
	}
	return list
}

// addPhrase makes words that stand next to each other stand for w; each position has
// the forms that a word may have there.
func (m *match) addPhrase(w *matchedWord, positions [][]int32, factor float64, h how) (found bool, err error) {
	lists := make([][]posting, len(positions))
	accept := make([]map[string]bool, len(positions))
	t := term{factor: factor, how: h, in: anyLanguage}
	for i, forms := range positions {
		accept[i] = make(map[string]bool, len(forms))
		var of [][]posting
		for _, word := range forms {
			if m.lists >= maxLists {
				return false, nil
			}
			list, err := m.postings(word)
			if err != nil {
				return false, err
			}
			of = append(of, list)
			accept[i][m.state.dictionary.words[word].text] = true
			t.words = append(t.words, word)
		}
		lists[i] = unite(of)
	}
	slices.SortStableFunc(lists, func(a, b []posting) int { return cmp.Compare(len(a), len(b)) })
	t.list = slices.DeleteFunc(intersect(lists), func(p posting) bool {
		if m.checked >= maxChecked {
			return false
		}
		if m.ctx.Err() != nil {
			return true
		}
		m.checked++
		return !m.state.hasNeighbours(p.entry, accept)
	})
	if len(t.list) == 0 {
		return false, m.ctx.Err()
	}
	w.terms = append(w.terms, t)
	return true, m.ctx.Err()
}

// count adds a word to the scores of the entries that have it.
func (m *match) count(w *matchedWord, bit uint32) {
	sum := func(t term) {
		factor := float32(t.factor)
		for _, p := range t.list {
			if m.t[p.entry] == 0 {
				m.touched = append(m.touched, p.entry)
			}
			m.t[p.entry] += factor * p.t
			m.tq[p.entry] += factor * p.inQuestion
		}
	}
	for _, t := range w.terms {
		if !t.how.indirect() {
			sum(t)
		}
	}
	inQuestions := 0
	for _, e := range m.touched {
		if m.tq[e] > 0 {
			inQuestions++
		}
	}
	n := len(m.state.entries)
	w.df = len(m.touched)
	w.weight = m.weights.wordWeight(w.df, n, w.stop)
	w.inAsked = m.weights.wordWeight(inQuestions, n, w.stop)
	m.total += w.weight * float64(w.count)
	m.totalOverlap += w.inAsked
	for _, t := range w.terms {
		if t.how.indirect() {
			sum(t)
		}
	}
	w.known = len(m.touched) > 0
	for _, e := range m.touched {
		if m.mask[e] == 0 {
			m.matched = append(m.matched, e)
		}
		m.mask[e] |= bit
		m.score[e] += float32(w.weight * float64(w.count) * m.weights.saturate(float64(m.t[e])))
		m.overlap[e] += float32(w.inAsked) * min(1, m.tq[e])
		m.t[e], m.tq[e] = 0, 0
	}
	m.touched = m.touched[:0]
}

// require notes the entries that have each phrase of one word in their own texts,
// which postings tell, and keeps those of more for listed.
func (m *match) require(phrases [][]string) error {
	var words []string
	for _, p := range phrases {
		if len(p) > 1 {
			m.phrases = append(m.phrases, p)
			continue
		}
		m.single |= 1 << len(words)
		words = append(words, p[0])
	}
	return m.owned(words, m.required)
}

// owned sets bit i of what has says of an entry if its own texts have words[i]; there
// are at most maxWords.
func (m *match) owned(words []string, has []uint32) error {
	for i, text := range words {
		for f := range numFields {
			if f == fieldContext {
				continue
			}
			err := m.each(text, f, func(e int32, _ uint64) {
				if m.required[e]|m.unwanted[e] == 0 {
					m.owners = append(m.owners, e)
				}
				has[e] |= 1 << i
			})
			if err != nil {
				return err
			}
		}
	}
	return m.ctx.Err()
}

// exclude marks the entries that have excluded words, and of those that the query
// found the ones that have words of an exclusion next to each other.
func (m *match) exclude(exclusions [][]string) error {
	var words []string
	masks := make([]uint32, len(exclusions))
	for i, x := range exclusions {
		for _, text := range x {
			k := slices.Index(words, text)
			if k < 0 {
				k = len(words)
				words = append(words, text)
			}
			masks[i] |= 1 << k
		}
	}
	if err := m.owned(words, m.unwanted); err != nil {
		return err
	}
	var single uint32
	several := false
	for i, x := range exclusions {
		if len(x) == 1 {
			single |= masks[i]
		} else {
			several = true
		}
	}
	for _, e := range m.owners {
		if m.unwanted[e]&single != 0 {
			m.excluded[e] = true
			m.out = append(m.out, e)
		}
	}
	if !several {
		return nil
	}
	var having []int32
	for _, e := range m.matched {
		if !m.excluded[e] && slices.ContainsFunc(masks, func(mask uint32) bool { return m.unwanted[e]&mask == mask }) {
			having = append(having, e)
		}
	}
	m.bestFirst(having)
	var of ownWords
	for _, e := range having[:min(len(having), max(0, maxChecked-m.checked))] {
		if err := m.ctx.Err(); err != nil {
			return err
		}
		m.checked++
		of.read(m.state, e)
		for i, x := range exclusions {
			if len(x) > 1 && m.unwanted[e]&masks[i] == masks[i] && of.has(x) {
				m.excluded[e] = true
				m.out = append(m.out, e)
				break
			}
		}
	}
	return nil
}

// bestFirst sorts entries by their scores without closeness, the best first.
func (m *match) bestFirst(list []int32) {
	slices.SortFunc(list, func(a, b int32) int {
		return cmp.Or(cmp.Compare(m.scoreOf(b), m.scoreOf(a)), cmp.Compare(a, b))
	})
}

// ownWords are the words of an entry's own texts, text by text. Its memory is used
// again for the next entry.
type ownWords struct {
	words []word
	texts []int // where each text ends in words
}

func (o *ownWords) read(s *state, e int32) {
	o.words, o.texts = o.words[:0], o.texts[:0]
	for f, texts := range textsOf(s.lib, s.entries[e].page, s.entries[e].question) {
		if field(f) == fieldContext {
			continue
		}
		for _, text := range texts {
			o.words = appendWords(o.words, text)
			o.texts = append(o.texts, len(o.words))
		}
	}
}

// has tells whether the words of a phrase stand next to each other in one of the texts.
func (o *ownWords) has(phrase []string) bool {
	start := 0
	for _, end := range o.texts {
		if containsPhrase(o.words[start:end], phrase) {
			return true
		}
		start = end
	}
	return false
}

// hasNeighbours tells whether words of these sets follow each other in one of the
// entry's own texts; a compound may be written together there.
func (s *state) hasNeighbours(e int32, accept []map[string]bool) bool {
	var buf []word
	for f, texts := range textsOf(s.lib, s.entries[e].page, s.entries[e].question) {
		if field(f) == fieldContext {
			continue
		}
		for _, text := range texts {
			buf = appendWords(buf[:0], text)
			for i := range buf {
				n := 0
				for n < len(accept) {
					k := nth(buf, i, n)
					if buf[i].extra || k < 0 || !accept[n][buf[k].text] {
						break
					}
					n++
				}
				if n == len(accept) {
					return true
				}
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
//   - all that have every word that the library knows, stop words aside,
//   - and all others whose score is at least the share weights.listed of the best,
//     if there is any that has one of these words.
//
// Stop words count where the query has no others that the library knows. So it depends on the words alone, more
// words give fewer entries, and a long question that no entry covers still finds the
// nearest ones. Scores are those without closeness (see closeness.go). An editor's
// decision about the query adds and takes away entries last. An error is that of a
// context that ended.
func (m *match) listed(r *request) ([]int32, error) {
	content := m.decisive()
	quoted := m.inPhrases(r)
	var list []int32
	for i, e := range m.matched {
		if i%1024 == 0 && m.ctx.Err() != nil {
			return nil, m.ctx.Err()
		}
		if m.hasWords(e, quoted) {
			list = append(list, e)
		}
	}
	list, err := m.havingPhrases(list)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(e int32) bool { return m.mask[e]&content != 0 }) {
		list = nil // stop words do not stand in for the others
	}
	best := 0.0
	for _, e := range list {
		best = max(best, m.scoreOf(e))
	}
	m.least = best * m.weights.listed
	list = slices.DeleteFunc(list, func(e int32) bool {
		return m.mask[e]&content != content && m.scoreOf(e) < m.least
	})
	slices.Sort(list)
	return r.curated.apply(list), m.ctx.Err()
}

// havingPhrases keeps the entries that have the phrases of several words.
func (m *match) havingPhrases(list []int32) ([]int32, error) {
	if len(m.phrases) == 0 {
		return list, nil
	}
	m.bestFirst(list)
	n := min(len(list), max(0, maxChecked-m.checked))
	kept := list[:0]
	var of ownWords
	for _, e := range list[:n] {
		if err := m.ctx.Err(); err != nil {
			return nil, err
		}
		m.checked++
		of.read(m.state, e)
		if !slices.ContainsFunc(m.phrases, func(p []string) bool { return !of.has(p) }) {
			kept = append(kept, e)
		}
	}
	return append(kept, list[n:]...), nil
}

// decisive are the words that an entry must have all of to be listed whatever its score.
func (m *match) decisive() uint32 {
	var content, stops uint32
	for i, w := range m.words {
		switch {
		case !w.known:
		case w.stop:
			stops |= 1 << i
		default:
			content |= 1 << i
		}
	}
	if content == 0 {
		return stops
	}
	return content
}

// inPhrases are the words that stand in quotes.
func (m *match) inPhrases(r *request) uint32 {
	var quoted uint32
	for i, w := range m.words {
		if slices.ContainsFunc(r.phrases, func(p []string) bool { return slices.Contains(p, w.text) }) {
			quoted |= 1 << i
		}
	}
	return quoted
}

// allowed tells whether the entry has every phrase and no excluded word.
func (m *match) allowed(_ *request, e int32, quoted uint32) bool {
	if !m.hasWords(e, quoted) {
		return false
	}
	var of ownWords
	if len(m.phrases) > 0 {
		of.read(m.state, e)
	}
	return !slices.ContainsFunc(m.phrases, func(p []string) bool { return !of.has(p) })
}

// hasWords tells whether the entry has every word of the phrases and is not excluded.
func (m *match) hasWords(e int32, quoted uint32) bool {
	return !m.excluded[e] && m.mask[e]&quoted == quoted && m.required[e]&m.single == m.single
}

// notScored is less than any score.
const notScored = -1

// scoreOf is the entry's score without closeness. It is not to be asked for before all
// words are counted and the tools of the query are known.
func (m *match) scoreOf(e int32) float64 {
	if m.total == 0 {
		return 0
	}
	if m.mask[e] == 0 { // its score is not forgotten after the search
		return m.newScore(e)
	}
	if m.final[e] == notScored {
		m.final[e] = m.newScore(e)
	}
	return m.final[e]
}

func (m *match) newScore(e int32) float64 {
	words, overlap := m.shares(e)
	return (words + m.weights.overlap*overlap) * m.factorOf(e)
}

// factorOf is the factor of an entry's score for what it is and what it is about.
func (m *match) factorOf(e int32) float64 {
	factor := m.state.kind[e]
	if m.elsewhere(e) {
		factor *= m.weights.elsewhere
	}
	return factor
}

// elsewhere tells whether the query means tools and the entry is about none of them.
func (m *match) elsewhere(e int32) bool {
	if len(m.tools) == 0 {
		return false
	}
	of := m.state.columns[kb.FacetTool].of[e]
	return !slices.ContainsFunc(m.tools, func(t int32) bool { return slices.Contains(of, t) })
}

// maxToolWords is the longest name of a tool that is looked for, in words.
const maxToolWords = 4

// findTools finds the tools that the query means.
func (m *match) findTools(r *request) {
	col := m.state.columns[kb.FacetTool]
	for i := range r.sequence {
		name := ""
		var words uint32 // those of the name
		for k, n := range r.sequence[i:min(i+maxToolWords, len(r.sequence))] {
			if k > 0 {
				name += " "
			}
			name += r.words[n].text
			words |= 1 << n
			tool, used := col.byName[m.state.toolNamed[name]]
			if used && !slices.Contains(m.tools, tool) && m.meansTool(col, tool, r.sequence[i], words) {
				m.tools = append(m.tools, tool)
			}
		}
	}
}

// meansTool tells whether a name, of which first is one word, means the tool. One that
// is also a common word ("requests", "express", "next") does only if at least half of
// the entries that have it as it stands are about the tool.
func (m *match) meansTool(col *column, tool int32, first int, words uint32) bool {
	having, about := 0, 0
	for _, term := range m.words[first].terms {
		if term.how != asItself {
			continue
		}
		for _, p := range term.list {
			if m.mask[p.entry]&words != words {
				continue
			}
			having++
			if slices.Contains(col.of[p.entry], tool) {
				about++
			}
		}
	}
	return about > 0 && 2*about >= having
}

// shares gives the share of the words and the overlap of an entry's score.
func (m *match) shares(e int32) (words, overlap float64) {
	return float64(m.score[e]) / m.total,
		m.weights.overlapOf(float64(m.overlap[e]), m.totalOverlap, float64(m.state.mass[e].question))
}
