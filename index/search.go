package index

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"faqbase/kb"
)

// Search implements [Searcher]. Before the first Apply it finds nothing in an
// empty library.
func (b *Bleve) Search(ctx context.Context, q Query) (*Results, error) {
	b.life.RLock()
	defer b.life.RUnlock()
	if b.closed {
		return nil, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := b.acquire()
	if s == nil {
		lib := &kb.Library{}
		return &Results{Library: lib, Query: understood(q, lib), Facets: make(map[kb.Facet][]FacetValue)}, nil
	}
	defer s.release()
	r := readQuery(q, s.catalog)
	res := &Results{Library: s.lib, Query: r.query, Ignored: r.ignored}
	if r.blank {
		listed := s.everything()
		b.finish(s, res, &r, nil, listed)
		return res, b.nothingFound(s, res, &r, nil, listed)
	}
	sc, _ := b.scratch.Get().(*scratch)
	if sc == nil {
		sc = &scratch{}
	}
	m := &match{scratch: sc, ctx: ctx, state: s, weights: b.weights}
	defer func() {
		sc.reset()
		b.scratch.Put(sc)
	}()
	if err := m.run(&r); err != nil {
		return nil, err
	}
	res.Corrections = m.corrections
	listed := m.listed(&r)
	b.finish(s, res, &r, m, listed)
	return res, b.nothingFound(s, res, &r, m, listed)
}

// everything are the entries listed without a query: all questions, and the pages
// that have none.
func (s *state) everything() []int32 {
	list := make([]int32, 0, len(s.entries))
	for i, e := range s.entries {
		if e.question != nil || len(e.page.Questions) == 0 {
			list = append(list, int32(i))
		}
	}
	return list
}

// maxPerPage is the number of questions that a grouped page gives.
const maxPerPage = 3

// finish counts facets over the listed entries, orders those that are selected and
// makes the hits asked for. m is nil where there are no words.
func (b *Bleve) finish(s *state, res *Results, r *request, m *match, listed []int32) {
	var selected []int32
	res.Facets, selected = s.countFacets(listed, &res.Query)
	res.Total = len(selected)
	if m != nil {
		res.Dropped = m.dropped(selected)
	}
	if res.Query.Size == 0 {
		return
	}
	from := (res.Query.Page - 1) * res.Query.Size
	if from >= len(selected) {
		return
	}
	to := min(from+res.Query.Size, len(selected))
	ranked := s.order(selected, r, m)
	hide := to
	if res.Query.Group {
		hide = len(ranked)
	}
	less := lessFor(s, res.Query.Sort)
	if pairs := newWordPairs(r, m); pairs != nil {
		if res.Query.Sort == ByRelevance {
			n := min(len(ranked), b.weights.reranked)
			top(ranked, n, less)
			pairs.add(s, ranked[:n])
			slices.SortFunc(ranked[:n], less)
			if hide > n { // what comes after has no pairs and stays behind
				slices.SortFunc(ranked[n:], less)
			}
		} else {
			top(ranked, hide, less)
			pairs.add(s, ranked[from:to])
		}
	} else {
		top(ranked, hide, less)
	}
	var more map[int32]int
	if res.Query.Group {
		ranked, more = s.group(ranked)
		from, to = min(from, len(ranked)), min(to, len(ranked))
	}
	marks := newMarker(s, m)
	for _, x := range ranked[from:to] {
		e := s.entries[x.entry]
		h := Hit{Page: e.page, Question: e.question, Score: x.score, More: more[x.entry]}
		h.QuestionHTML = marks.question(e)
		h.SnippetHTML = marks.snippet(e)
		res.Hits = append(res.Hits, h)
	}
}

// A ranked entry has what its place in the order depends on.
type ranked struct {
	entry int32
	tier  int // see tierOf
	score float64
}

func (s *state) order(entries []int32, r *request, m *match) []ranked {
	out := make([]ranked, len(entries))
	pair := pairOf(r, s.lib)
	for i, e := range entries {
		out[i].entry = e
		if m != nil {
			out[i].score = m.scoreOf(e)
			out[i].tier = tierOf(s.entries[e], r, pair)
		}
	}
	return out
}

// lessFor is the order of hits: of equal ones the smaller id is first, which is the
// smaller number.
func lessFor(s *state, sort Sort) func(a, b ranked) int {
	byID := func(a, b ranked) int { return cmp.Compare(a.entry, b.entry) }
	switch sort {
	case ByUpdated:
		return func(a, b ranked) int {
			ta, tb := s.entries[a.entry].page.Modified(), s.entries[b.entry].page.Modified()
			return cmp.Or(tb.Compare(ta), byID(a, b))
		}
	case ByTitle:
		return func(a, b ranked) int {
			ea, eb := s.entries[a.entry], s.entries[b.entry]
			return cmp.Or(strings.Compare(ea.norm, eb.norm), strings.Compare(ea.text(), eb.text()), byID(a, b))
		}
	default:
		return func(a, b ranked) int {
			return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(b.score, a.score), byID(a, b))
		}
	}
}

// top sorts the first n of list, leaving the others in any order.
func top[T any](list []T, n int, compare func(a, b T) int) {
	if n <= 0 {
		return
	}
	if n*4 >= len(list) {
		slices.SortFunc(list, compare)
		return
	}
	// A heap of the best n so far, the worst of them at its root.
	heap := list[:n]
	down := func(i int) {
		for {
			c := 2*i + 1
			if c >= n {
				return
			}
			if c+1 < n && compare(heap[c+1], heap[c]) > 0 {
				c++
			}
			if compare(heap[c], heap[i]) <= 0 {
				return
			}
			heap[i], heap[c] = heap[c], heap[i]
			i = c
		}
	}
	for i := n/2 - 1; i >= 0; i-- {
		down(i)
	}
	for k := n; k < len(list); k++ {
		if compare(list[k], heap[0]) < 0 {
			list[k], heap[0] = heap[0], list[k]
			down(0)
		}
	}
	slices.SortFunc(heap, compare)
}

// group leaves at most maxPerPage questions of each page and says how many more
// there were by the last of them.
func (s *state) group(list []ranked) ([]ranked, map[int32]int) {
	count := make(map[*kb.Page]int)
	last := make(map[*kb.Page]int32)
	more := make(map[int32]int)
	kept := list[:0]
	for _, x := range list {
		e := s.entries[x.entry]
		if e.question != nil {
			count[e.page]++
			if count[e.page] > maxPerPage {
				more[last[e.page]]++
				continue
			}
			last[e.page] = x.entry
		}
		kept = append(kept, x)
	}
	return kept, more
}

// dropped are the words that none of the entries has, as they were typed.
func (m *match) dropped(entries []int32) []string {
	if len(entries) == 0 {
		return nil
	}
	var all uint32
	for _, e := range entries {
		all |= m.mask[e]
	}
	var words []string
	for i, w := range m.words {
		if all&(1<<i) == 0 {
			words = append(words, w.typed)
		}
	}
	return words
}
