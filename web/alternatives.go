package web

import (
	"cmp"
	"fmt"
	"slices"

	"faqbase/kb"
)

// An alternative is a tool that may be taken instead of another one.
type alternative struct {
	*kb.Tool
	URL, Reason string
	Compare     string // the address of the comparison of both
}

// alternatives are the tools that share a page or a category with t, those that
// share most first.
func (s *Server) alternatives(lib *kb.Library, t *kb.Tool) []alternative {
	together := make(map[string][]*kb.Page)
	for _, p := range lib.Pages {
		if !slices.Contains(p.Tools, t.Name) {
			continue
		}
		for _, name := range p.Tools {
			together[name] = append(together[name], p)
		}
	}
	type near struct {
		*kb.Tool
		pages, categories int
	}
	var all []near
	for _, other := range lib.Tools {
		n := near{other, len(together[other.Name]), len(kb.InBoth(t.Category, other.Category))}
		if other != t && n.pages+n.categories > 0 {
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(a, b near) int {
		return cmp.Or(cmp.Compare(b.pages, a.pages), cmp.Compare(b.categories, a.categories),
			cmp.Compare(len(kb.InBoth(t.Ecosystem, b.Ecosystem)), len(kb.InBoth(t.Ecosystem, a.Ecosystem))))
	})
	var out []alternative
	for _, n := range all[:min(shownOthers, len(all))] {
		out = append(out, alternative{
			Tool:    n.Tool,
			URL:     toolURL(lib, n.Tool),
			Reason:  reasonFor(together[n.Name], kb.InBoth(t.Category, n.Category)),
			Compare: s.canonicalURL([]*kb.Tool{t, n.Tool}),
		})
	}
	return out
}

// reasonFor says what two tools share.
func reasonFor(pages []*kb.Page, categories []string) string {
	switch {
	case len(pages) == 1:
		return fmt.Sprintf(ui.OnThePage, shortTitle(pages[0].Title))
	case len(pages) > 1:
		return fmt.Sprintf(ui.OnPagesTogether, ui.Pages(len(pages)))
	default:
		return fmt.Sprintf(ui.AlsoIn, categories[0])
	}
}

// A questionGroup is the questions of one category.
type questionGroup struct {
	kb.Value  // without URL for questions of pages that have no category
	ID        string
	Count     int
	Questions []*kb.Question // the first of them
}

// groupQuestions puts each question under the first category of its page, the
// largest group first, and keeps at most limit questions of all.
func groupQuestions(lib *kb.Library, questions []*kb.Question, limit int) []questionGroup {
	places := make(map[string]int)
	var groups []questionGroup
	for _, q := range questions {
		name := ""
		if len(q.Page.Category) > 0 {
			name = q.Page.Category[0]
		}
		place, known := places[name]
		if !known {
			place = len(groups)
			places[name] = place
			value, ok := lib.Value(kb.FacetCategory, name)
			if !ok {
				value.Name = ui.WithoutCategory
			}
			groups = append(groups, questionGroup{Value: value, ID: "Q-c-" + value.Slug})
		}
		groups[place].Count++
		groups[place].Questions = append(groups[place].Questions, q)
	}
	slices.SortStableFunc(groups, func(a, b questionGroup) int {
		if (a.URL == "") != (b.URL == "") {
			return cmp.Compare(len(b.URL), len(a.URL))
		}
		return cmp.Compare(b.Count, a.Count)
	})
	for i := range groups {
		kept := min(limit, groups[i].Count)
		groups[i].Questions = groups[i].Questions[:kept]
		limit -= kept
	}
	return groups
}
