package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"faqbase/index"
	"faqbase/kb"
)

// How much the pages that give an overview list of a large library: as much as keeps
// them within their budgets. Each cut list ends in a link to all of it, in parts.
const (
	shownPages     = 100 // on one such page, over all of its groups
	shownCounted   = 150 // values of a facet
	shownLists     = 24  // groups of pages or tools
	leastInGroup   = 5   // of each group that is shown
	shownTools     = 200 // by category
	toolsBeside    = 40  // at the side of a category or an ecosystem
	pagesOfOneTool = 50  // comparisons, and as many other pages
)

// partSize is how many entries one part of a long list has.
const partSize = 100

// A beginning is that of a list, with a link to all of it where that is longer.
type beginning[T any] struct {
	Shown []T
	Total int
	All   string // its address, "" where it has none
}

// Left is how many are not shown.
func (b beginning[T]) Left() int { return b.Total - len(b.Shown) }

// Shortened tells whether some are not shown.
func (b beginning[T]) Shortened() bool { return b.Left() > 0 }

// cutTo is at most limit entries of a list that is whole at an address.
func cutTo[T any](list []T, limit int, all string) beginning[T] {
	return beginning[T]{Shown: list[:min(limit, len(list))], Total: len(list), All: all}
}

// cutValues is at most limit of the values, those with the most questions, in the
// order in which they come.
func cutValues(values []countedValue, limit int, all string) beginning[countedValue] {
	shown := largest(values, limit, func(v countedValue) int { return v.Questions })
	return beginning[countedValue]{Shown: shown, Total: len(values), All: all}
}

// largest is at most limit of a list, those of the largest size, in the order in which
// they come.
func largest[T any](list []T, limit int, size func(T) int) []T {
	if len(list) <= limit {
		return list
	}
	sizes := make([]int, len(list))
	for i, entry := range list {
		sizes[i] = size(entry)
	}
	slices.SortFunc(sizes, func(a, b int) int { return cmp.Compare(b, a) })
	least := sizes[limit-1] // of those that are so large the first are taken
	ties := limit - slices.Index(sizes, least)
	var out []T
	for _, entry := range list {
		n := size(entry)
		if n == least {
			ties--
		}
		if n > least || n == least && ties >= 0 {
			out = append(out, entry)
		}
	}
	return out
}

// shareOf is how many entries each of several groups may show of limit in all.
func shareOf(limit, groups int) int { return max(leastInGroup, limit/max(1, groups)) }

// A selection is what a list is about: values of facets, as in a search.
type selection struct {
	lib   *kb.Library
	query index.Query // the values by slug
	names []kb.Value  // in the order of the facets
}

// newSelection reads the values that an address names. One that no page has is as its
// tools call it.
func newSelection(lib *kb.Library, q index.Query) selection {
	sel := selection{lib: lib, query: index.Query{Sort: index.ByRelevance}}
	for _, f := range facetNames {
		chosen := sel.query.Selection(f)
		for _, name := range *q.Selection(f) {
			v := valueOf(lib, f, name)
			if v.URL == "" {
				v.Name = nameByTools(lib, f, v)
			}
			if !slices.Contains(*chosen, v.Slug) {
				*chosen = append(*chosen, v.Slug)
				sel.names = append(sel.names, v)
			}
		}
	}
	return sel
}

// valueOf is the value of a facet with that name, alias or slug, without URL where no
// page has it.
func valueOf(lib *kb.Library, f kb.Facet, name string) kb.Value {
	if v, ok := lib.Value(f, name); ok {
		return v
	}
	return kb.Value{Name: name, Slug: kb.Slug(name)}
}

// nameByTools is what the tools call a value that no page has, its own name if they have
// none.
func nameByTools(lib *kb.Library, f kb.Facet, v kb.Value) string {
	for _, t := range lib.Tools {
		names := t.Category
		if f == kb.FacetEcosystem {
			names = t.Ecosystem
		}
		for _, name := range names {
			if kb.Slug(name) == v.Slug {
				return name
			}
		}
	}
	return v.Name
}

// has tells whether something with those values of a facet is among what is selected.
func (sel selection) has(f kb.Facet, names []string) bool {
	chosen := *sel.query.Selection(f)
	return len(chosen) == 0 || slices.ContainsFunc(names, func(name string) bool {
		return slices.Contains(chosen, valueOf(sel.lib, f, name).Slug)
	})
}

// pages are the pages that have what is selected.
func (sel selection) pages() []*kb.Page {
	var pages []*kb.Page
	for _, p := range sel.lib.Pages {
		if sel.has(kb.FacetCategory, p.Category) && sel.has(kb.FacetEcosystem, p.Ecosystem) && sel.has(kb.FacetTool, p.Tools) {
			pages = append(pages, p)
		}
	}
	return pages
}

// tools are the tools that have what is selected.
func (sel selection) tools() []toolLine {
	var lines []toolLine
	for _, t := range newToolLines(sel.lib) {
		if sel.has(kb.FacetCategory, t.Category) && sel.has(kb.FacetEcosystem, t.Ecosystem) && sel.has(kb.FacetTool, []string{t.Name}) {
			lines = append(lines, t)
		}
	}
	return lines
}

// sortByTitle sorts pages as a reader looks for them.
func sortByTitle(pages []*kb.Page) {
	titles := make(map[*kb.Page]string, len(pages))
	for _, p := range pages {
		titles[p] = fold(p.Title)
	}
	slices.SortStableFunc(pages, func(a, b *kb.Page) int { return cmp.Compare(titles[a], titles[b]) })
}

// listView is the view of templates/list.html: a part of a list.
type listView struct {
	layout
	Total  string     // how many entries the list has, with their noun
	Chosen []kb.Value // what it is about
	pager
	// One of these, by what is listed.
	Pages  []*kb.Page
	Values []countedValue
	Tools  []toolLine

	from, to int // the place of the part in the list
}

// readList reads the part of a list that an address asks for. The second result is
// false where it names none.
func readList(raw string) (index.Query, bool, error) {
	params := parseParams(raw)
	var q index.Query
	if err := readSelections(params, &q); err != nil {
		return q, false, err
	}
	var err error
	q.Page, err = readNumber(params, "page", 1, maxReach)
	chosen := len(q.Category)+len(q.Ecosystem)+len(q.Tool) > 0
	return q, chosen || params.Has("page"), err
}

// newListView makes the view of the part that q asks for of a list that has that
// heading and so many entries, which count names.
func (s *Server) newListView(c *gin.Context, sel selection, q index.Query, heading string, entries int, count func(n int) string) (listView, error) {
	if entries == 0 && len(sel.names) > 0 {
		return listView{}, notFound("nothing has %s", sel.chosen())
	}
	parts := max(1, (entries+partSize-1)/partSize)
	if q.Page > parts {
		return listView{}, notFound("there is no part %d of this list; the last is %d", q.Page, parts)
	}
	address := func(n int) string {
		at := sel.query
		at.Page = n
		return s.listURL(c.Request.URL.Path, at)
	}
	v := listView{
		layout: s.layoutOf(c, sel.lib),
		Total:  count(entries),
		Chosen: sel.names,
		pager:  newPager(q.Page, parts, address),
		from:   (q.Page - 1) * partSize,
		to:     min(q.Page*partSize, entries),
	}
	v.Heading, v.Live = sel.heading(heading, q.Page), liveList
	v.Canonical = v.Origin + address(q.Page)
	v.Trail = s.trail()
	v.Description = fmt.Sprintf(ui.ListDescription, v.Heading, v.Total)
	return v, nil
}

// chosen are the names of what is selected.
func (sel selection) chosen() string {
	names := make([]string, len(sel.names))
	for i, v := range sel.names {
		names[i] = v.Name
	}
	return strings.Join(names, ", ")
}

// heading is that of a part of a list, with what is selected and, after the first, the
// number of the part.
func (sel selection) heading(all string, part int) string {
	heading := all
	if len(sel.names) > 0 {
		heading = fmt.Sprintf(ui.ListIn, all, sel.chosen())
	}
	if part > 1 {
		heading = fmt.Sprintf(ui.ListPart, heading, part)
	}
	return heading
}

// listPages answers /browse where it asks for a list of pages.
func (s *Server) listPages(c *gin.Context, lib *kb.Library, q index.Query) error {
	sel := newSelection(lib, q)
	pages := sel.pages()
	sortByTitle(pages)
	v, err := s.newListView(c, sel, q, ui.AllPages, len(pages), ui.Pages)
	if err != nil {
		return err
	}
	v.Pages = pages[v.from:v.to]
	return s.render(c, http.StatusOK, "list.html", v)
}

// listTools answers /tools where it asks for a list of them.
func (s *Server) listTools(c *gin.Context, lib *kb.Library, q index.Query) error {
	sel := newSelection(lib, q)
	tools := sel.tools()
	v, err := s.newListView(c, sel, q, ui.AllTools, len(tools), ui.Tools)
	if err != nil {
		return err
	}
	v.Tools = tools[v.from:v.to]
	return s.render(c, http.StatusOK, "list.html", v)
}

// values answers /categories and /ecosystems: the values of a facet, in parts.
func (s *Server) values(f kb.Facet) handler {
	heading, count := ui.AllCategories, ui.Categories
	if f == kb.FacetEcosystem {
		heading, count = ui.AllEcosystems, ui.Ecosystems
	}
	return func(c *gin.Context) error {
		q, _, err := readList(c.Request.URL.RawQuery)
		if err != nil {
			return err
		}
		lib, err := s.current()
		if err != nil || s.seen(c, lib) {
			return err
		}
		sel := newSelection(lib, q)
		values := s.crossings(sel, f)
		v, err := s.newListView(c, sel, q, heading, len(values), count)
		if err != nil {
			return err
		}
		v.Values = values[v.from:v.to]
		return s.render(c, http.StatusOK, "list.html", v)
	}
}

// crossings are the values of a facet that have something in common with what is
// selected, with counts and the addresses of that; they are the selected ones where
// some of the same facet are.
func (s *Server) crossings(sel selection, f kb.Facet) []countedValue {
	values := countValues(sel.lib, sel.pages(), f)
	if len(sel.names) == 0 {
		return values
	}
	values = slices.DeleteFunc(values, func(v countedValue) bool { return !sel.has(f, []string{v.Name}) })
	both := sel.query
	for i := range values {
		*both.Selection(f) = []string{values[i].Slug}
		values[i].URL = s.address("/", both)
	}
	return values
}

// The paths of the lists.
const (
	browsePath     = "/browse"
	toolsPath      = "/tools"
	categoriesPath = "/categories"
	ecosystemsPath = "/ecosystems"
)

// listURL is the address of a part of a list. The whole of those that have a page of
// everything, too, says which part it is.
func (s *Server) listURL(path string, q index.Query) string {
	address := s.address(path, q)
	if (path == browsePath || path == toolsPath) && !strings.Contains(address, "?") {
		address += "?page=1"
	}
	return address
}

// ofValue asks for what has one value of a facet.
func ofValue(f kb.Facet, slug string) (q index.Query) {
	*q.Selection(f) = []string{slug}
	return q
}

// pathOf is the path of the list of a facet's values.
func pathOf(f kb.Facet) string {
	switch f {
	case kb.FacetCategory:
		return categoriesPath
	case kb.FacetEcosystem:
		return ecosystemsPath
	default:
		return toolsPath
	}
}

// A pager leads to the other parts of something long.
type pager struct {
	Pager    []pageLink
	Previous string
	Next     string
}

// newPager links to the parts around the present one, the first and the last; there
// are no links where there is one part alone.
func newPager(now, last int, address func(n int) string) pager {
	var p pager
	if last <= 1 && now == 1 {
		return p
	}
	if now > 1 {
		p.Previous = address(max(1, min(now-1, last)))
	}
	if now < last {
		p.Next = address(now + 1)
	}
	before := 0
	for n := 1; n <= last; n++ {
		if n != 1 && n != last && (n < now-2 || n > now+2) {
			continue
		}
		p.Pager = append(p.Pager, pageLink{Number: n, URL: address(n), Current: n == now, Gap: n > before+1})
		before = n
	}
	return p
}
