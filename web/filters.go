package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"faqbase/index"
	"faqbase/kb"
)

const (
	shownValues  = 8  // of a facet, before "Show all"
	listedValues = 60 // of a facet, altogether
)

// facetView is one group of checkboxes.
type facetView struct {
	Name   kb.Facet
	Label  string
	Values []valueView // shown at once
	Rest   []valueView // shown on demand
	Left   int         // values that are not listed, being too many
}

// valueView is one checkbox.
type valueView struct {
	Facet          kb.Facet
	ID, Name, Slug string
	Count          int
	Selected       bool
	Typed          bool // in the field
	Fixed          bool // cannot be chosen, being without hits
}

// A chip is a selected value with the address that has it removed.
type chip struct{ ID, Facet, Name, URL string }

// newFacetView makes the checkboxes of a facet and the chips of those that are
// checked. Those that can be chosen come first, and otherwise their order is that of
// the whole library, so that little moves while somebody selects.
func (s *Server) newFacetView(a *answer, settled index.Query, f kb.Facet, whole []index.FacetValue) (facetView, []chip) {
	found := make(map[string]index.FacetValue)
	for _, v := range a.found.Facets[f] {
		found[v.Name] = v
	}
	var all []valueView
	var chips []chip
	add := func(v index.FacetValue) {
		v.Count, v.Selected = found[v.Name].Count, found[v.Name].Selected
		all = append(all, newValueView(a, f, v))
		if v.Selected {
			chips = append(chips, s.newChip(a.found.Library, settled, f, v))
		}
	}
	known := make(map[string]bool)
	for _, v := range whole {
		known[v.Name] = true
		add(v)
	}
	for _, v := range a.found.Facets[f] { // unknown values that were asked for
		if !known[v.Name] {
			add(v)
		}
	}
	slices.SortStableFunc(all, func(a, b valueView) int { return compareBools(b.Fixed, a.Fixed) })
	view := facetView{Name: f, Label: ui.facet(f)}
	view.list(all)
	return view, chips
}

// list shows at once the values that are selected or have the most hits, and of the
// others as many on demand as a page has room for, in the order in which they come.
func (f *facetView) list(all []valueView) {
	if len(all) <= shownValues+1 { // one more takes no more room than the link
		f.Values = all
		return
	}
	order := make([]int, len(all)) // of their places, the first to be shown first
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(compareBools(all[a].Selected, all[b].Selected), cmp.Compare(all[b].Count, all[a].Count))
	})
	place := make([]int, len(all))
	for n, i := range order {
		place[i] = n
	}
	for i, value := range all {
		switch {
		case place[i] < shownValues:
			f.Values = append(f.Values, value)
		case place[i] < listedValues:
			f.Rest = append(f.Rest, value)
		default:
			f.Left++
		}
	}
}

// compareBools puts true before false.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func newValueView(a *answer, f kb.Facet, v index.FacetValue) valueView {
	slug := slugOf(v)
	return valueView{
		Facet:    f,
		ID:       "Q-f-" + string(f) + "-" + url.QueryEscape(slug),
		Name:     v.Name,
		Slug:     slug,
		Count:    v.Count,
		Selected: v.Selected,
		Typed:    v.Selected && !slices.ContainsFunc(*a.asked.Selection(f), naming(a.found.Library, f, v)),
		Fixed:    v.Count == 0 && !v.Selected,
	}
}

func (s *Server) newChip(lib *kb.Library, settled index.Query, f kb.Facet, v index.FacetValue) chip {
	q := settled
	q.Page = 1
	*q.Selection(f) = slices.DeleteFunc(slices.Clone(*settled.Selection(f)), naming(lib, f, v))
	return chip{
		ID:    "Q-chip-" + string(f) + "-" + url.QueryEscape(slugOf(v)),
		Facet: ui.facet(f),
		Name:  v.Name,
		URL:   s.address("/", q),
	}
}

// slugOf is what stands for a value in addresses: its name where it is unknown.
func slugOf(v index.FacetValue) string { return cmp.Or(v.Slug, v.Name) }

// naming tells which names, aliases and slugs mean a value.
func naming(lib *kb.Library, f kb.Facet, v index.FacetValue) func(string) bool {
	return func(name string) bool {
		if strings.EqualFold(name, v.Name) {
			return true
		}
		known, ok := lib.Value(f, name)
		return ok && known.Slug == v.Slug
	}
}
