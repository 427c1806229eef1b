package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// browseView is the view of templates/browse.html.
type browseView struct {
	layout
	Ecosystems, Categories, ByTool []countedValue
	Groups                         []pageGroup
}

// A countedValue is a value of a facet with what there is of it.
type countedValue struct {
	kb.Value
	Pages, Questions int
}

// A pageGroup is the pages of an ecosystem.
type pageGroup struct {
	countedValue // without URL for pages that have no ecosystem
	ID           string
	Shown        []*kb.Page // the first of them
	Left         int        // that are not shown
}

// shownPages is how many pages of an ecosystem are listed where all are; its own
// page has the rest.
const shownPages = 200

// browse answers /browse.
func (s *Server) browse(c *gin.Context) error {
	lib, err := s.current()
	if err != nil {
		return err
	}
	if s.seen(c, lib) {
		return nil
	}
	v := browseView{
		layout:     s.layoutOf(c, lib),
		Ecosystems: countValues(lib, lib.Pages, kb.FacetEcosystem),
		Categories: countValues(lib, lib.Pages, kb.FacetCategory),
		ByTool:     countTools(lib),
	}
	v.Groups = groupPages(lib, v.Ecosystems)
	v.Heading, v.Live = ui.BrowseEverything, liveList
	v.Description = fmt.Sprintf(ui.BrowseDescription, ui.Ecosystems(len(v.Ecosystems)), ui.Categories(len(v.Categories)),
		ui.Tools(len(v.ByTool)), ui.Pages(len(lib.Pages)))
	return s.render(c, http.StatusOK, "browse.html", v)
}

// countValues counts the pages and questions of each value of a facet that the
// pages have, by name.
func countValues(lib *kb.Library, pages []*kb.Page, f kb.Facet) []countedValue {
	counts := make(map[string]*countedValue)
	for _, p := range pages {
		for _, name := range p.Values(f) {
			n := counts[name]
			if n == nil {
				value, _ := lib.Value(f, name)
				n = &countedValue{Value: value}
				counts[name] = n
			}
			n.Pages++
			n.Questions += len(p.Questions)
		}
	}
	var out []countedValue
	for _, v := range lib.Values(f) {
		if n := counts[v.Name]; n != nil {
			out = append(out, *n)
		}
	}
	return out
}

// countTools counts the pages about each tool of the library, and the questions:
// those that are about it, which may be fewer than its pages have.
func countTools(lib *kb.Library) []countedValue {
	pages, questions := make(map[string]int), countQuestions(lib)
	for _, p := range lib.Pages {
		for _, name := range p.Tools {
			pages[name]++
		}
	}
	out := make([]countedValue, 0, len(lib.Tools))
	for _, t := range lib.Tools {
		value, _ := lib.Value(kb.FacetTool, t.Name)
		out = append(out, countedValue{value, pages[t.Name], questions[t.Name]})
	}
	return out
}

// groupPages puts every page under its first ecosystem, by title; those without
// one are last.
func groupPages(lib *kb.Library, ecosystems []countedValue) []pageGroup {
	of := make(map[string][]*kb.Page)
	for _, p := range lib.Pages {
		name := ""
		if len(p.Ecosystem) > 0 {
			name = p.Ecosystem[0]
		}
		of[name] = append(of[name], p)
	}
	var groups []pageGroup
	for _, value := range append(slices.Clone(ecosystems), countedValue{}) {
		pages := of[value.Name]
		if len(pages) == 0 {
			continue
		}
		slices.SortStableFunc(pages, func(a, b *kb.Page) int { return cmp.Compare(fold(a.Title), fold(b.Title)) })
		group := pageGroup{countedValue: value, ID: "Q-e-" + value.Slug, Shown: pages}
		if value.URL == "" {
			group.Name, group.Pages = ui.OtherPages, len(pages)
		} else {
			group.Shown = pages[:min(shownPages, len(pages))]
			group.Left = len(pages) - len(group.Shown)
		}
		groups = append(groups, group)
	}
	return groups
}

// A crossing is a value of the other facet on the page of a category or an
// ecosystem, with the address of what both have in common.
type crossing struct {
	countedValue
	Search string
}

// crossings are the values of the other facet that the pages of a value have.
func (s *Server) crossings(lib *kb.Library, f kb.Facet, value kb.Value, pages []*kb.Page) []crossing {
	other := kb.FacetEcosystem
	if f == kb.FacetEcosystem {
		other = kb.FacetCategory
	}
	var out []crossing
	for _, v := range countValues(lib, pages, other) {
		out = append(out, crossing{v, fmt.Sprintf("%s/?%s=%s&%s=%s", s.base,
			f, url.QueryEscape(value.Slug), other, url.QueryEscape(v.Slug))})
	}
	return out
}
