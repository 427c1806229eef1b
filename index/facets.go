package index

import (
	"cmp"
	"slices"
	"strings"

	"faqbase/kb"
)

// countFacets counts the values of each facet over the listed entries and returns
// those entries that all selections leave. A facet's own selection is left out of
// its counts, so that the other values can be counted while one is chosen.
func (s *state) countFacets(listed []int32, q *Query) (map[kb.Facet][]FacetValue, []int32) {
	chosen := make([]map[int32]bool, len(facets)) // nil: nothing is chosen
	columns := make([]*column, len(facets))
	counts := make([][]int, len(facets))
	for i, f := range facets {
		columns[i] = s.columns[f]
		counts[i] = make([]int, len(columns[i].values))
		if names := *q.Selection(f); len(names) > 0 {
			chosen[i] = make(map[int32]bool)
			for _, name := range names {
				if n, ok := columns[i].byName[name]; ok {
					chosen[i][n] = true
				}
			}
		}
	}
	selected := listed
	if q.On == "" && !slices.ContainsFunc(chosen, func(values map[int32]bool) bool { return values != nil }) {
		for i, col := range columns {
			col.count(listed, counts[i])
		}
	} else {
		selected = s.countSelected(listed, q, columns, chosen, counts)
	}
	out := make(map[kb.Facet][]FacetValue, len(facets))
	for i, f := range facets {
		out[f] = facetValues(columns[i], counts[i], *q.Selection(f))
	}
	return out, selected
}

// count adds the values of entries to counts. Entries that follow each other mostly have
// the same.
func (c *column) count(entries []int32, counts []int) {
	var values []int32
	n := 0
	add := func() {
		for _, v := range values {
			counts[v] += n
		}
	}
	for _, e := range entries {
		of := c.of[e]
		if len(of) != len(values) || len(of) > 0 && &of[0] != &values[0] {
			add()
			values, n = of, 0
		}
		n++
	}
	add()
}

// countSelected counts the values by column and gives the entries that all selections
// leave.
func (s *state) countSelected(listed []int32, q *Query, columns []*column, chosen []map[int32]bool, counts [][]int) []int32 {
	selected := make([]int32, 0, len(listed))
	for _, e := range listed {
		if q.On != "" && s.entries[e].page.Path != q.On {
			continue
		}
		misses, missed := 0, 0 // facets whose selection the entry is not in
		for i, col := range columns {
			if chosen[i] != nil && !slices.ContainsFunc(col.of[e], func(n int32) bool { return chosen[i][n] }) {
				misses++
				missed = i
			}
		}
		switch misses {
		case 0:
			selected = append(selected, e)
			for i, col := range columns {
				for _, n := range col.of[e] {
					counts[i][n]++
				}
			}
		case 1:
			for _, n := range columns[missed].of[e] {
				counts[missed][n]++
			}
		}
	}
	return selected
}

// facetValues are the values with a count and those that are selected, by count
// and then name.
func facetValues(col *column, counts []int, selection []string) []FacetValue {
	var list []FacetValue
	for n, count := range counts {
		v := col.values[n]
		if selected := slices.Contains(selection, v.Name); count > 0 || selected {
			list = append(list, FacetValue{Value: v, Count: count, Selected: selected})
		}
	}
	for _, name := range selection {
		if _, ok := col.byName[name]; !ok {
			list = append(list, FacetValue{Value: kb.Value{Name: name}, Selected: true})
		}
	}
	slices.SortFunc(list, func(a, b FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return list
}

// FacetValues returns the values of f in r that have, for each word of match, a word
// that begins with it, in r's order; all of them if match has no words.
func FacetValues(r *Results, f kb.Facet, match string) []FacetValue {
	typed := plainWords(match)
	var list []FacetValue
	for _, v := range r.Facets[f] {
		if wordsBegin(searchable(v.Name), typed) {
			list = append(list, v)
		}
	}
	return list
}

// searchable is the form of a text in which wordsBegin looks: each of its words,
// extra forms too, with a space before it.
func searchable(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		for _, w := range words(text) {
			b.WriteByte(' ')
			b.WriteString(w.text)
		}
	}
	return b.String()
}

// wordsBegin tells whether each of the typed words begins a word of the text.
func wordsBegin(searchable string, typed []string) bool {
	for _, w := range typed {
		if !strings.Contains(searchable, " "+w) {
			return false
		}
	}
	return true
}
