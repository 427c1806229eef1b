package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what one word can stand for.
const (
	maxPrefixTerms = 200
	maxNearTerms   = 50
)

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
