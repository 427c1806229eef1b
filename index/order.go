package index

import (
	"cmp"
	"slices"
	"strings"

	"faqbase/kb"
)

// The tiers of the order by relevance, before the score.
const (
	tierPinned  = iota // what an editor put first, in the editor's order
	tierExact          // the question is the query; of several the smaller id is first
	tierAlias          // an alias, or a page's title, is the query
	tierCompare        // the page of the tools that are to be compared or replaced
	tierScore
)

// A ranked entry has what its place in the order depends on.
type ranked struct {
	entry int32
	tier  int
	place int // in the tier, before the score
	score float64
}

// order gives the entries with their tiers and scores.
func (s *state) order(entries []int32, r *request, m *match) []ranked {
	out := make([]ranked, len(entries))
	tools := comparedIn(r, s.lib)
	for i, n := range entries {
		out[i].entry, out[i].tier = n, tierScore
		if m == nil {
			continue
		}
		e := s.entries[n]
		out[i].score = m.scoreOf(n)
		switch place := r.curated.place(n); {
		case place >= 0:
			out[i].tier, out[i].place = tierPinned, place
		case r.norm != "" && e.question != nil && e.norm == r.norm:
			out[i].tier, out[i].place = tierExact, i
		case r.norm != "" && (e.norm == r.norm || slices.Contains(e.aliases, r.norm)):
			out[i].tier = tierAlias
		case tools.page(e):
			out[i].tier = tierCompare
		}
	}
	return out
}

// compared are tools that a query wants side by side, or the one that it wants
// something else for.
type compared struct {
	tools []string
	only  bool // a page of other tools too is not meant
}

// pairWords are what stands between two tools that are to be compared.
var pairWords = []string{" vs ", " versus ", " or ", " against ", " compared to ", " compared with "}

// comparedIn reads "A vs B", "alternative to A" and their like. That the words of a
// question come before it is a matter of tiers; "difference between A and B" is a
// question and not read.
func comparedIn(r *request, lib *kb.Library) compared {
	text := " " + strings.Join(strings.Fields(strings.ToLower(strings.TrimRight(r.query.Text, " ?!."))), " ") + " "
	text = strings.ReplaceAll(text, " vs. ", " vs ")
	for _, sep := range pairWords {
		left, right, found := strings.Cut(text, sep)
		if !found {
			continue
		}
		a, b := lib.Tool(strings.TrimSpace(left)), lib.Tool(strings.TrimSpace(right))
		if a != nil && b != nil && a != b {
			return compared{[]string{a.Name, b.Name}, true}
		}
	}
	text = strings.TrimSpace(text)
	for _, word := range []string{"alternatives", "alternative"} {
		name, before := strings.CutPrefix(text, word+" to ")
		if !before {
			name, before = strings.CutPrefix(text, word+" for ")
		}
		if !before {
			name, before = strings.CutSuffix(text, " "+word)
		}
		if t := lib.Tool(name); before && t != nil {
			return compared{tools: []string{t.Name}}
		}
	}
	return compared{}
}

// page tells whether the entry is a page that was asked for.
func (c compared) page(e *entry) bool {
	return len(c.tools) > 0 && e.question == nil && (!c.only || len(e.page.Tools) == len(c.tools)) &&
		!slices.ContainsFunc(c.tools, func(name string) bool { return !slices.Contains(e.page.Tools, name) })
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
			return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.place, b.place), cmp.Compare(b.score, a.score), byID(a, b))
		}
	}
}

// arrange sorts the list so that its places before to are right, and counts
// closeness: for the best in the order by relevance, else for those that are shown,
// from from. m is nil where there are no words.
func (m *match) arrange(r *request, list []ranked, s *state, from, to int) {
	less := lessFor(s, r.query.Sort)
	c := newCloseness(r, m)
	switch {
	case c == nil:
		top(list, to, less)
	case r.query.Sort == ByRelevance:
		n := min(len(list), m.weights.reranked)
		top(list, n, less)
		c.add(list[:n])
		slices.SortFunc(list[:n], less)
		if to > n { // what comes after stays behind
			slices.SortFunc(list[n:], less)
		}
	default:
		top(list, to, less)
		c.add(list[from:to])
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
