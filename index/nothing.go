package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"faqbase/kb"
)

// Limits of what is told where nothing is found.
const (
	maxNearest = 3
	// Each quote and exclusion that is tried without is a search of its own.
	maxWithout = 4
	// A word that nothing has is cut to what begins a word, but not to less than
	// minBeginning letters, one of a script without spaces; the cut words are the longest, maxBeginnings at most, for
	// a short beginning stands for many words.
	minBeginning  = 3
	maxBeginnings = 6
)

// nothingFound tells what helps where there are no hits: the selections that leave
// out what is listed, and the nearest questions. m is nil where there are no words.
func (b *Bleve) nothingFound(s *state, res *Results, r *request, m *match, listed []int32) error {
	if res.Total > 0 {
		return nil
	}
	res.Blocked, res.Unfiltered = s.blocked(listed, &res.Query)
	if m == nil || res.Query.Size == 0 {
		return nil
	}
	if len(listed) == 0 {
		if err := b.without(res, r, m); err != nil {
			return err
		}
	}
	return b.nearest(res, r, m)
}

// without searches again without each of the first quotes and exclusions, and tells
// those but for which there are hits.
func (b *Bleve) without(res *Results, r *request, m *match) error {
	if len(r.phrases) == 0 && len(r.excluded) == 0 {
		return nil
	}
	list := typedOperators(r.query.Text, m.state.lib)
	for _, op := range list[:min(len(list), maxWithout)] {
		q := r.query
		q.Text = op.Text
		relaxed := readQuery(q, m.state.catalog, m.state.dictionary)
		relaxed.curated = m.state.curations.of(&relaxed, b.now())
		total, err := b.again(m, &relaxed)
		if err != nil {
			return err
		}
		op.Total = total
		if op.Total > 0 {
			res.Without = append(res.Without, op)
		}
	}
	return nil
}

// again is the number of hits of another query in m's state.
func (b *Bleve) again(m *match, r *request) (int, error) {
	again := b.newMatch(m.ctx, m.state)
	defer b.done(again)
	if err := again.run(r); err != nil {
		return 0, err
	}
	listed, err := again.listed(r)
	if err != nil {
		return 0, err
	}
	return len(m.state.selected(listed, &r.query)), nil
}

// typedOperators are the quotes and exclusions of a text, in its order.
func typedOperators(text string, lib *kb.Library) []Operator {
	var list []Operator
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(c) {
			i += size
			continue
		}
		if inside, end, ok := quoted(text, i); ok {
			typed := strings.TrimSpace(text[inside.start:inside.end])
			list = append(list, Operator{Typed: typed, Text: oneSpaced(text[:i], typed, text[end:])})
			i = end
			continue
		}
		end, excluded := exclusionAt(text, i)
		if s, ok := selectionAt(text, i, end, lib); ok {
			end = s.End
		} else if excluded {
			list = append(list, Operator{Typed: text[i:end], Excluded: true, Text: oneSpaced(text[:i], text[end:])})
		}
		i = end
	}
	return list
}

// oneSpaced joins texts with one space wherever there is space.
func oneSpaced(parts ...string) string {
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// blocked counts, for each facet with a selection, the listed entries that all other
// selections leave, and the listed entries.
func (s *state) blocked(listed []int32, q *Query) ([]Blocked, int) {
	var list []Blocked
	for _, f := range facets {
		values := *q.Selection(f)
		if len(values) == 0 || len(listed) == 0 {
			continue
		}
		others := *q
		*others.Selection(f) = nil
		list = append(list, Blocked{Facet: f, Values: values, Total: len(s.selected(listed, &others))})
	}
	return list, len(listed)
}

// selected are the entries that all selections leave.
func (s *state) selected(entries []int32, q *Query) []int32 {
	if q.On != "" {
		entries = slices.DeleteFunc(slices.Clone(entries), func(e int32) bool { return s.entries[e].page.Path != q.On })
	}
	for _, f := range facets {
		names := *q.Selection(f)
		if len(names) == 0 {
			continue
		}
		col := s.columns[f]
		var left []int32
		for _, e := range entries {
			if slices.ContainsFunc(col.of[e], func(n int32) bool { return slices.Contains(names, col.values[n].Name) }) {
				left = append(left, e)
			}
		}
		entries = left
	}
	return entries
}

// nearest finds the questions that are nearest to a query that has no hits: those
// that have any of its words once quotes are left out; if there are none, those with
// words that begin as its words do. What the query excludes is left out as long as
// anything else is near. Questions within the selected facets are preferred.
func (b *Bleve) nearest(res *Results, r *request, m *match) error {
	relaxed := r.relaxed()
	if len(r.phrases) > 0 {
		again := b.newMatch(m.ctx, m.state)
		defer b.done(again)
		if err := again.run(&relaxed); err != nil {
			return err
		}
		m = again
	}
	if !m.knowsAny() {
		if left, err := m.cutToBeginnings(&relaxed); err != nil || !left {
			return err
		}
		again := b.newMatch(m.ctx, m.state)
		defer b.done(again)
		if err := again.run(&relaxed); err != nil {
			return err
		}
		m = again
	}
	s := m.state
	content := m.content()
	var questions, excluded []int32
	for i, e := range m.matched {
		if i%1024 == 0 {
			if err := m.ctx.Err(); err != nil {
				return err
			}
		}
		if m.mask[e]&content == 0 {
			continue
		}
		en := s.entries[e]
		switch {
		case en.question == nil && len(en.page.Questions) > 0:
		case m.excluded[e]:
			excluded = append(excluded, e)
		default:
			questions = append(questions, e)
		}
	}
	if len(questions) == 0 {
		questions = excluded
	}
	if chosen := s.selected(questions, &res.Query); len(chosen) > 0 {
		questions = chosen
	}
	list := make([]ranked, len(questions))
	for i, e := range questions {
		list[i] = ranked{entry: e, score: notScored}
	}
	n := min(maxNearest, len(list))
	m.best(list, n)
	marks := newMarkers(s, m)
	for _, x := range list[:n] {
		e := s.entries[x.entry]
		h := Hit{Page: e.page, Question: e.question, Score: x.score, QuestionHTML: marks.of(e).question(e)}
		h.SnippetHTML, h.Section = marks.of(e).passage(e)
		res.Nearest = append(res.Nearest, h)
	}
	return nil
}

// content are the words of the query that count as found: those that are no stop
// words, or all if there are no others.
func (m *match) content() uint32 {
	var content, all uint32
	for i, w := range m.words {
		all |= 1 << i
		if !w.stop {
			content |= 1 << i
		}
	}
	if content == 0 {
		return all
	}
	return content
}

// knowsAny tells whether any entry has one of these words.
func (m *match) knowsAny() bool {
	content := m.content()
	return slices.ContainsFunc(m.matched, func(e int32) bool { return m.mask[e]&content != 0 })
}

// relaxed is the request without quotes.
func (r *request) relaxed() request {
	q := *r
	q.phrases = nil
	q.words = slices.Clone(r.words)
	for i := range q.words {
		q.words[i].quoted = false
	}
	return q
}

// begins tells whether an entry has a word that begins so. The dictionary alone cannot
// tell, which may have words that nothing has any more.
func (m *match) begins(text string) (bool, error) {
	from, to := m.state.dictionary.withPrefix(text)
	for i := from; i < to; i++ {
		if all, _, err := m.documents(i); err != nil || all > 0 {
			return all > 0, err
		}
	}
	return false, m.ctx.Err()
}

// cutToBeginnings replaces the words of a request by what begins words of entries, and
// tells whether any is left.
func (m *match) cutToBeginnings(r *request) (left bool, err error) {
	var cut []queryWord
	stopsAlone := !slices.ContainsFunc(r.words, func(w queryWord) bool { return !w.stop })
	for _, w := range r.words {
		if w.stop && !stopsAlone {
			continue
		}
		least := minBeginning
		if isBigram(w.text) {
			least = 1
		}
		for text := w.text; utf8.RuneCountInString(text) >= least; {
			begins, err := m.begins(text)
			if err != nil {
				return false, err
			}
			if begins {
				if !slices.ContainsFunc(cut, func(c queryWord) bool { return c.text == text }) {
					cut = append(cut, queryWord{text: text, typed: w.typed, prefix: true, count: 1})
				}
				break
			}
			_, size := utf8.DecodeLastRuneInString(text)
			text = text[:len(text)-size]
		}
	}
	slices.SortStableFunc(cut, func(a, b queryWord) int { return cmp.Compare(len(b.text), len(a.text)) })
	r.words = cut[:min(len(cut), maxBeginnings)]
	r.sequence = nil
	for i := range r.words {
		r.sequence = append(r.sequence, i)
	}
	return len(r.words) > 0, nil
}
