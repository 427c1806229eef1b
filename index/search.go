package index

import (
	"context"
	"errors"

	"faqbase/kb"
)

// Search implements [Searcher]. Before the first Apply it finds nothing in an
// empty library.
func (b *Bleve) Search(ctx context.Context, q Query) (*Results, error) {
	lib := &kb.Library{}
	res := &Results{Library: lib, Query: understood(q, lib), Facets: make(map[kb.Facet][]FacetValue)}
	err := b.read(ctx, func(ctx context.Context, s *state) (err error) {
		res, err = b.search(ctx, s, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

// read calls f with the state as it is now, which stays as it is until f returns; not
// at all before the first Apply. The context that f gets also ends when the engine is
// closed, and an index whose files vanish under f is an error.
func (b *Bleve) read(ctx context.Context, f func(context.Context, *state) error) error {
	b.life.RLock()
	defer b.life.RUnlock()
	if b.closed {
		return ErrClosed
	}
	ctx = b.untilClosed(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	s := b.acquire()
	if s == nil {
		return nil
	}
	defer s.release()
	err := guard(func() error { return f(ctx, s) })
	if errors.Is(err, errFault) {
		s.failure.set(err)
	}
	return err
}

// newMatch gives a match with working memory of its own, until done.
func (b *Bleve) newMatch(ctx context.Context, s *state) *match {
	sc, _ := b.scratch.Get().(*scratch)
	if sc == nil {
		sc = &scratch{}
	}
	return &match{scratch: sc, ctx: ctx, state: s, weights: b.weights}
}

// done gives the working memory of a match back.
func (b *Bleve) done(m *match) {
	m.scratch.reset()
	b.scratch.Put(m.scratch)
}

func (b *Bleve) search(ctx context.Context, s *state, q Query) (*Results, error) {
	r := readQuery(q, s.catalog, s.dictionary)
	res := &Results{Library: s.lib, Query: r.query, Ignored: r.ignored, Unknown: r.unknown}
	if r.blank {
		listed := s.everything()
		b.finish(s, res, &r, nil, listed)
		b.explainIDs(s, res, &r, nil, listed)
		return res, b.nothingFound(s, res, &r, nil, listed)
	}
	m := b.newMatch(ctx, s)
	r.curated = s.curations.of(&r, b.now())
	if err := m.run(&r); err != nil {
		return nil, err
	}
	res.Corrections = m.corrections
	r.tools = comparedIn(&r, m)
	if r.tools.only {
		res.Compared = r.tools.tools
	}
	listed, err := m.listed(&r)
	if err != nil {
		return nil, err
	}
	listed = r.tools.add(listed, &r, m)
	b.finish(s, res, &r, m, listed)
	b.explainIDs(s, res, &r, m, listed)
	if err := b.nothingFound(s, res, &r, m, listed); err != nil {
		return nil, err
	}
	b.done(m) // the memory of a search that failed is left behind: its state is not known
	return res, nil
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
	res.Grouped = res.Total
	var onPage map[*kb.Page]int
	if res.Query.Group {
		onPage, res.Grouped = s.grouped(selected)
	}
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
	var more map[int32]int
	if res.Query.Group {
		ranked, more = m.arrangeGrouped(r, ranked, s, to, onPage)
		from, to = min(from, len(ranked)), min(to, len(ranked))
	} else {
		m.arrange(r, ranked, s, to)
	}
	marks := newMarkers(s, m)
	for i, x := range ranked[from:to] {
		e := s.entries[x.entry]
		h := Hit{Page: e.page, Question: e.question, Score: x.score, More: more[x.entry]}
		h.Asked = x.tier == tierExact || x.tier == tierAlias
		if x.tier == tierPinned {
			h.Pinned = r.curated.Curation
		}
		if res.Query.Explain && m != nil {
			h.Explanation = m.explain(r, x, from+i+1)
		}
		h.QuestionHTML = marks.of(e).question(e)
		h.SnippetHTML, h.Section = marks.of(e).passage(e)
		res.Hits = append(res.Hits, h)
	}
}

// grouped counts the questions by page, and the hits that group leaves.
func (s *state) grouped(entries []int32) (onPage map[*kb.Page]int, left int) {
	onPage = make(map[*kb.Page]int)
	for i := 0; i < len(entries); {
		// Entries of a page follow each other, but where ids of others come between.
		page := s.entries[entries[i]].page
		n := 0
		for ; i < len(entries) && s.entries[entries[i]].page == page; i++ {
			if s.entries[entries[i]].question != nil {
				n++
			} else {
				left++
			}
		}
		onPage[page] += n
	}
	for _, n := range onPage {
		left += min(n, maxPerPage)
	}
	return onPage, left
}

// arrangeGrouped arranges the list so far that its first places before to are right when
// grouped, and gives these and maybe more.
func (m *match) arrangeGrouped(r *request, list []ranked, s *state, to int, onPage map[*kb.Page]int) ([]ranked, map[int32]int) {
	first := maxPerPage * to // of pages that have many questions, most are left out
	m.arrange(r, list, s, first)
	for {
		first = min(first, len(list))
		kept, more := s.group(list[:first], onPage)
		if len(kept) >= to || first == len(list) {
			return kept, more
		}
		m.arrangeMore(r, list, s, first, 4*first)
		first *= 4
	}
}

// group leaves at most maxPerPage questions of each page and says how many more
// there are by the last of them.
func (s *state) group(list []ranked, onPage map[*kb.Page]int) ([]ranked, map[int32]int) {
	count := make(map[*kb.Page]int)
	more := make(map[int32]int)
	var kept []ranked
	for _, x := range list {
		e := s.entries[x.entry]
		if e.question != nil {
			count[e.page]++
			if count[e.page] > maxPerPage {
				continue
			}
			if left := onPage[e.page] - maxPerPage; count[e.page] == maxPerPage && left > 0 {
				more[x.entry] = left
			}
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
