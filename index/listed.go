package index

import (
	"cmp"
	"slices"

	"faqbase/kb"
)

// bestFirst sorts entries by their scores without closeness, the best first.
func (m *match) bestFirst(list []int32) {
	slices.SortFunc(list, func(a, b int32) int {
		return cmp.Or(cmp.Compare(m.scoreOf(b), m.scoreOf(a)), cmp.Compare(a, b))
	})
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
	list := m.candidates[:0]
	if quoted|m.single == 0 && len(m.out) == 0 {
		list = append(list, m.matched...)
	} else {
		for i, e := range m.matched {
			if i%1024 == 0 && m.ctx.Err() != nil {
				return nil, m.ctx.Err()
			}
			if m.hasWords(e, quoted) {
				list = append(list, e)
			}
		}
	}
	m.candidates = list
	list, err := m.havingPhrases(list)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(e int32) bool { return m.mask[e]&content != 0 }) {
		list = nil // stop words do not stand in for the others
	}
	most := m.mostByMask()
	isBelow := func(e int32, least float64) bool {
		return most != nil && most[m.mask[e]] < least || m.mostOf(e) < least
	}
	best := 0.0
	for _, e := range list {
		if !isBelow(e, best) {
			best = max(best, m.scoreOf(e))
		}
	}
	m.least = best * m.weights.listed
	list = slices.DeleteFunc(list, func(e int32) bool {
		return m.mask[e]&content != content && (isBelow(e, m.least) || m.scoreOf(e) < m.least)
	})
	return r.curated.apply(list), m.ctx.Err()
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

// mostOf is at least the entry's score, and known from what was counted for the query
// alone: most entries that lack words, or are not among the best, need no more.
func (m *match) mostOf(e int32) float64 {
	return m.mostWith(float64(m.score[e]), float64(m.overlap[e]))
}

// mostWith is at least the score of entries with so much weight of words, in all fields
// and in questions.
func (m *match) mostWith(score, overlap float64) float64 {
	words := score / m.total
	overlap = m.weights.overlapOf(overlap, m.totalOverlap, 0)
	return (words + m.weights.overlap*overlap) * max(1, m.weights.page) * max(1, m.weights.elsewhere)
}

// mostMasks is the number of words up to which mostByMask gives something: a query has
// seldom more, and the masks of more are many.
const mostMasks = 10

// mostByMask gives by mask at least the score of all entries that have these words: of
// those that have stop words alone, it mostly tells that they are not listed. It is nil
// where the query has many words, or none.
func (m *match) mostByMask() []float64 {
	if len(m.words) > mostMasks || m.total == 0 {
		return nil
	}
	const rounding = 1 + 1e-6 // of the single precision that scores are added up in
	most := m.most[:0]
	for mask := range 1 << len(m.words) {
		score, overlap := 0.0, 0.0
		for i, w := range m.words {
			if mask&(1<<i) != 0 {
				score += w.weight * float64(w.count) * rounding
				overlap += w.inAsked * rounding
			}
		}
		most = append(most, m.mostWith(score, overlap))
	}
	m.most = most
	return most
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
		m.weights.overlapOf(float64(m.overlap[e]), m.totalOverlap, float64(m.state.mass[e]))
}
