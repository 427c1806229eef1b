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

// newFacetView makes the checkboxes of a facet. Those that can be chosen come first,
// and otherwise their order is that of the whole library, so that little moves while
// somebody selects; which of them are shown at once depends on what was found.
func (s *Server) newFacetView(a *answer, settled index.Query, f kb.Facet, whole []index.FacetValue) (facetView, []chip) {
	lib := a.found.Library
	view := facetView{Name: f, Label: ui.facet(f)}
	found := make(map[string]index.FacetValue)
	for _, v := range a.found.Facets[f] {
		found[v.Name] = v
	}
	var all []valueView
	add := func(name, slug string, now index.FacetValue, typed bool) {
		all = append(all, valueView{
			Facet:    f,
			ID:       "Q-f-" + string(f) + "-" + url.QueryEscape(slug),
			Name:     name,
			Slug:     slug,
			Count:    now.Count,
			Selected: now.Selected,
			Typed:    typed,
			Fixed:    now.Count == 0 && !now.Selected,
		})
	}
	asked, chosen := *a.asked.Selection(f), *settled.Selection(f)
	var chips []chip
	listed := func(v index.FacetValue) {
		slug := v.Slug
		if slug == "" {
			slug = v.Name
		}
		names := func(value string) bool {
			if strings.EqualFold(value, v.Name) {
				return true
			}
			known, ok := lib.Value(f, value)
			return ok && known.Slug == v.Slug
		}
		now := found[v.Name]
		add(v.Name, slug, now, now.Selected && !slices.ContainsFunc(asked, names))
		if !now.Selected {
			return
		}
		q := settled
		q.Page = 1
		*q.Selection(f) = slices.DeleteFunc(slices.Clone(chosen), names)
		chips = append(chips, chip{
			ID:    "Q-chip-" + string(f) + "-" + url.QueryEscape(slug),
			Facet: ui.facet(f),
			Name:  v.Name,
			URL:   s.address("/", q),
		})
	}
	for _, v := range whole {
		listed(v)
		delete(found, v.Name)
	}
	for _, v := range a.found.Facets[f] { // unknown values that were asked for
		if _, ok := found[v.Name]; ok {
			listed(v)
		}
	}
	slices.SortStableFunc(all, func(a, b valueView) int {
		switch {
		case a.Fixed == b.Fixed:
			return 0
		case b.Fixed:
			return -1
		}
		return 1
	})
	if len(all) <= shownValues+1 { // one more takes no more room than the link
		view.Values = all
		return view, chips
	}
	rank := make([]int, len(all))
	for i := range rank {
		rank[i] = i
	}
	slices.SortStableFunc(rank, func(a, b int) int {
		if all[a].Selected != all[b].Selected {
			if all[a].Selected {
				return -1
			}
			return 1
		}
		return cmp.Compare(all[b].Count, all[a].Count)
	})
	place := make([]int, len(all))
	for n, i := range rank {
		place[i] = n
	}
	for i, value := range all {
		switch {
		case place[i] < shownValues:
			view.Values = append(view.Values, value)
		case place[i] < listedValues:
			view.Rest = append(view.Rest, value)
		default:
			view.Left++
		}
	}
	return view, chips
}
