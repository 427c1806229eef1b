package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

const (
	minCompared  = 2   // tools beside each other
	maxCompared  = 4   // that a table can show
	shownNames   = 400 // tools that a field completes; any other can be typed
	shownInstead = 3   // tools offered in the place of an unknown one
	comparePath  = "/compare"
)

// A toolChoice is what an address of /compare asks for.
type toolChoice struct {
	Tools       []*kb.Tool // in the order of their columns, each once
	Differences bool       // rows that differ, alone
	CSV         bool
}

// compare answers /compare.
func (s *Server) compare(c *gin.Context) error {
	lib, err := s.current()
	if err != nil {
		return err
	}
	params := parseParams(c.Request.URL.RawQuery)
	choice, err := s.readChoice(c.Request.Context(), lib, params)
	if err != nil {
		return err
	}
	if !slices.Equal(params["tool"], slugs(choice.Tools)) {
		return moved(c, s.choiceURL(choice))
	}
	if len(choice.Tools) < minCompared {
		return s.choose(c, lib, choice)
	}
	if choice.CSV {
		return s.compareCSV(c, lib, choice)
	}
	if s.seen(c, lib) {
		return nil
	}
	return s.render(c, http.StatusOK, "compare.html", s.newCompareView(c, lib, choice))
}

// readChoice reads the parameters of /compare. Tools are known by name, alias or
// slug.
func (s *Server) readChoice(ctx context.Context, lib *kb.Library, params url.Values) (toolChoice, error) {
	var choice toolChoice
	var unknown []string
	for _, name := range params["tool"] {
		if len(name) > maxText {
			return choice, badParameter("tool", "tool is at most %d bytes, not %d", maxText, len(name))
		}
		t := lib.Tool(name)
		switch name = strings.TrimSpace(name); {
		case name == "" || t != nil && slices.Contains(choice.Tools, t):
		case t != nil:
			choice.Tools = append(choice.Tools, t)
		case !slices.Contains(unknown, name):
			unknown = append(unknown, name)
		}
	}
	if n := len(choice.Tools) + len(unknown); n > maxCompared {
		p := badParameter("tool", "at most %d tools stand side by side, not %d", maxCompared, n)
		choice.Tools = choice.Tools[:min(maxCompared, len(choice.Tools))]
		p.instead = s.without(choice)
		return choice, p
	}
	var err error
	if choice.Differences, err = readSwitch(params, "differences"); err != nil {
		return choice, err
	}
	if choice.CSV, err = readOption(params, "format", "csv"); err != nil {
		return choice, err
	}
	if len(unknown) > 0 {
		return choice, s.unknownTools(ctx, lib, choice, unknown)
	}
	return choice, nil
}

// unknownTools is the error for tools that the library does not know. It offers
// comparisons with those that they may stand for.
func (s *Server) unknownTools(ctx context.Context, lib *kb.Library, choice toolChoice, names []string) error {
	p := &problem{
		Title:  "not found",
		Status: http.StatusNotFound,
		Detail: "there is no tool " + strings.Join(names, " and no tool "),
		words:  strings.Join(names, " "),
	}
	if len(names) == 1 {
		for _, near := range s.nearTools(ctx, lib, names[0]) {
			if slices.Contains(choice.Tools, near) {
				continue
			}
			with := toolChoice{Tools: append(slices.Clone(choice.Tools), near)}
			p.instead = append(p.instead, kb.Link{Label: compareText(with.Tools), URL: s.choiceURL(with)})
		}
	}
	p.instead = append(p.instead, s.without(choice)...)
	return p
}

// without is the link to what can be compared of a choice, or to the form where the
// other tool is chosen.
func (s *Server) without(choice toolChoice) []kb.Link {
	switch len(choice.Tools) {
	case 0:
		return []kb.Link{{Label: ui.CompareTools, URL: s.canonicalURL(nil)}}
	case 1:
		return []kb.Link{{Label: fmt.Sprintf(ui.CompareWithOther, choice.Tools[0].Name), URL: s.choiceURL(choice)}}
	}
	return []kb.Link{{Label: compareText(choice.Tools), URL: s.choiceURL(choice)}}
}

// nearTools are tools that somebody may mean who writes name.
func (s *Server) nearTools(ctx context.Context, lib *kb.Library, name string) []*kb.Tool {
	found, err := s.completions(ctx, name)
	if err != nil {
		s.log.Warn("tools near an unknown one", "err", s.told(err))
		return nil
	}
	var near []*kb.Tool
	for _, suggestion := range found {
		if suggestion.Kind != string(kb.FacetTool) || len(near) == shownInstead {
			continue
		}
		if t := lib.Tool(suggestion.Text); t != nil {
			near = append(near, t)
		}
	}
	return near
}

func slugs(tools []*kb.Tool) []string {
	var list []string
	for _, t := range tools {
		list = append(list, t.Slug)
	}
	return list
}

// choiceURL is the address of a choice.
func (s *Server) choiceURL(choice toolChoice) string {
	var params []string
	for _, slug := range slugs(choice.Tools) {
		params = append(params, "tool="+url.QueryEscape(slug))
	}
	if choice.Differences {
		params = append(params, "differences=1")
	}
	if choice.CSV {
		params = append(params, "format=csv")
	}
	if len(params) == 0 {
		return s.base + comparePath
	}
	return s.base + comparePath + "?" + strings.Join(params, "&")
}

// canonicalURL is the one address of a comparison of tools, whatever their order.
func (s *Server) canonicalURL(tools []*kb.Tool) string {
	if len(tools) < minCompared {
		return s.base + comparePath
	}
	tools = slices.SortedFunc(slices.Values(tools), func(a, b *kb.Tool) int { return cmp.Compare(a.Slug, b.Slug) })
	return s.choiceURL(toolChoice{Tools: tools})
}

// compareText is what a link to a comparison says: "Compare A, B and C".
func compareText(tools []*kb.Tool) string {
	return fmt.Sprintf(ui.CompareNames, (&comparison{Tools: tools}).Names())
}

// compareView is the view of templates/compare.html.
type compareView struct {
	layout
	*comparison
	Columns     []columnView
	Pages       []*kb.Page // that are about these tools alone
	Chosen      []chosenTool
	Room        bool     // for another tool
	Completions []string // names of tools to add
	Differences bool
	Toggle, CSV string // addresses: all rows or those that differ, and the table as CSV
}

// A chosenTool is a column with what can be done to it.
type chosenTool struct {
	*kb.Tool
	Remove string // the address of the comparison without it
	Swap   string // the address with it and the next one swapped, "" for the last
	Next   string // the name of that one
}

func (s *Server) newCompareView(c *gin.Context, lib *kb.Library, choice toolChoice) compareView {
	v := compareView{
		layout:      s.layoutOf(c, lib),
		comparison:  newComparison(lib, choice.Tools),
		Pages:       pagesOf(lib, choice.Tools),
		Chosen:      s.chosen(choice),
		Room:        len(choice.Tools) < maxCompared,
		Completions: toolNames(lib, choice.Tools),
		Differences: choice.Differences,
	}
	if choice.Differences {
		v.comparison.hideEqual()
	}
	for _, t := range choice.Tools {
		v.Columns = append(v.Columns, columnView{Name: t.Name, URL: toolURL(lib, t)})
	}
	toggled, csv := choice, choice
	toggled.Differences = !choice.Differences
	csv.CSV = true
	v.Toggle, v.CSV = s.choiceURL(toggled), s.choiceURL(csv)
	v.Heading, v.Live = compareText(choice.Tools), liveList
	v.Canonical = v.Origin + s.canonicalURL(choice.Tools)
	v.Trail = append(s.trail(), crumb{Name: ui.Compare, URL: s.base + comparePath})
	v.Description = fmt.Sprintf(ui.CompareDescription, v.Heading, ui.Rows(len(v.Facts)+len(v.Rows)))
	return v
}

// chosen are the columns of a choice with the addresses that change them.
func (s *Server) chosen(choice toolChoice) []chosenTool {
	var out []chosenTool
	for i, t := range choice.Tools {
		without := choice
		without.Tools = slices.Delete(slices.Clone(choice.Tools), i, i+1)
		column := chosenTool{Tool: t, Remove: s.choiceURL(without)}
		if i+1 < len(choice.Tools) {
			swapped := choice
			swapped.Tools = slices.Clone(choice.Tools)
			swapped.Tools[i], swapped.Tools[i+1] = swapped.Tools[i+1], swapped.Tools[i]
			column.Swap, column.Next = s.choiceURL(swapped), choice.Tools[i+1].Name
		}
		out = append(out, column)
	}
	return out
}

// toolNames complete a field for a tool that is not chosen yet.
func toolNames(lib *kb.Library, chosen []*kb.Tool) []string {
	var names []string
	for _, t := range lib.Tools {
		if len(names) < shownNames && !slices.Contains(chosen, t) {
			names = append(names, t.Name)
		}
	}
	return names
}

// pagesOf are the pages about two or more of the tools and no other one, those
// about most of them first.
func pagesOf(lib *kb.Library, tools []*kb.Tool) []*kb.Page {
	chosen := make(map[string]bool)
	for _, t := range tools {
		chosen[t.Name] = true
	}
	var pages []*kb.Page
	for _, p := range lib.Pages {
		other := func(name string) bool { return !chosen[name] }
		if len(p.Tools) >= minCompared && !slices.ContainsFunc(p.Tools, other) {
			pages = append(pages, p)
		}
	}
	slices.SortStableFunc(pages, func(a, b *kb.Page) int { return cmp.Compare(len(b.Tools), len(a.Tools)) })
	return pages
}

// chooseView is the view of templates/choose.html.
type chooseView struct {
	layout
	First        *kb.Tool // that is chosen, nil if none is
	Names        []string
	Alternatives []alternative // to the first
	Comparisons  []*kb.Page    // that there are, where none is chosen
}

// shownComparisons is how many comparisons are listed where tools are chosen.
const shownComparisons = 24

// newestComparisons are the pages with a comparison that were changed last; those of
// which it is not known when are the last of them.
func newestComparisons(lib *kb.Library) []*kb.Page {
	pages := slices.DeleteFunc(slices.Clone(lib.Pages), func(p *kb.Page) bool { return p.Comparison == nil })
	slices.SortStableFunc(pages, func(a, b *kb.Page) int { return b.Modified().Compare(a.Modified()) })
	return pages[:min(shownComparisons, len(pages))]
}

// choose answers with the page where tools are chosen.
func (s *Server) choose(c *gin.Context, lib *kb.Library, choice toolChoice) error {
	if s.seen(c, lib) {
		return nil
	}
	v := chooseView{layout: s.layoutOf(c, lib), Names: toolNames(lib, nil)}
	v.Heading, v.Live = ui.CompareTools, liveList
	v.Canonical = v.Origin + s.canonicalURL(nil)
	v.Trail = s.trail()
	v.Description = fmt.Sprintf(ui.ChooseDescription, ui.Tools(len(lib.Tools)))
	if len(choice.Tools) > 0 {
		v.First = choice.Tools[0]
		v.Alternatives = s.alternatives(lib, v.First)
	} else {
		v.Comparisons = newestComparisons(lib)
	}
	return s.render(c, http.StatusOK, "choose.html", v)
}

// A compareLink leads to a comparison of tools.
type compareLink struct{ Text, URL string }

// compareLinkOf is the link to the comparison of the tools of those names, nil if
// they are too few or too many.
func (s *Server) compareLinkOf(lib *kb.Library, names []string) *compareLink {
	tools := toolsNamed(lib, names)
	if len(tools) < minCompared || len(tools) > maxCompared {
		return nil
	}
	return &compareLink{Text: compareText(tools), URL: s.choiceURL(toolChoice{Tools: tools})}
}

// offeredComparison is the link to the comparison that a search suggests: of the
// selected tools, or of those that its text compares where no page is about all of
// them.
func (s *Server) offeredComparison(lib *kb.Library, selected, compared []string) *compareLink {
	if link := s.compareLinkOf(lib, selected); link != nil {
		return link
	}
	hasAll := func(p *kb.Page) bool {
		missing := func(name string) bool { return !slices.Contains(p.Tools, name) }
		return !slices.ContainsFunc(compared, missing)
	}
	if slices.ContainsFunc(lib.Pages, hasAll) {
		return nil
	}
	return s.compareLinkOf(lib, compared)
}

// htmlOf is the HTML of a cell for a place outside its page.
func htmlOf(cell kb.Cell, page *kb.Page) template.HTML {
	return template.HTML(amongOthers(cell.HTML, page.URL()))
}
