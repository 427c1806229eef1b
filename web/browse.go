package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// toolsView is the view of templates/tools.html.
type toolsView struct {
	layout
	Groups []toolGroup
}

// A toolGroup is a category with its tools.
type toolGroup struct {
	kb.Value // without URL for tools that have no category
	Tools    []toolLine
}

type toolLine struct {
	*kb.Tool
	URL       string
	Questions int
}

// tools answers /tools.
func (s *Server) tools(c *gin.Context) error {
	lib, err := s.current()
	if err != nil {
		return err
	}
	if s.seen(c, lib) {
		return nil
	}
	v := toolsView{layout: s.layoutOf(c, lib), Groups: groupTools(lib)}
	v.Heading, v.Live = ui.AllTools, liveList
	v.Trail = s.trail()
	v.Description = fmt.Sprintf(ui.ToolsDescription, ui.Tools(len(lib.Tools)))
	return s.render(c, http.StatusOK, "tools.html", v)
}

// groupTools puts every tool under each of its categories, those of tools
// without one last.
func groupTools(lib *kb.Library) []toolGroup {
	questions := countQuestions(lib)
	groups := make(map[string]*toolGroup)
	for _, t := range lib.Tools {
		line := toolLine{Tool: t, URL: toolURL(lib, t), Questions: questions[t.Name]}
		names := t.Category
		if len(names) == 0 {
			names = []string{""}
		}
		for _, name := range names {
			g := groups[name]
			if g == nil {
				value, _ := lib.Value(kb.FacetCategory, name)
				value.Name = name
				g = &toolGroup{Value: value}
				groups[name] = g
			}
			g.Tools = append(g.Tools, line)
		}
	}
	out := make([]toolGroup, 0, len(groups))
	for _, g := range groups {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b toolGroup) int {
		if (a.Name == "") != (b.Name == "") {
			return len(b.Name) - len(a.Name)
		}
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	if last := len(out) - 1; last >= 0 && out[last].Name == "" {
		out[last].Name = ui.OtherTools
	}
	return out
}

// countQuestions counts the questions about each tool.
func countQuestions(lib *kb.Library) map[string]int {
	questions := make(map[string]int)
	for _, p := range lib.Pages {
		for _, q := range p.Questions {
			for _, t := range q.Tools {
				questions[t]++
			}
		}
	}
	return questions
}

// toolView is the view of templates/tool.html.
type toolView struct {
	layout
	Tool         *kb.Tool
	Facts        []factRow
	Comparisons  []*kb.Page
	OtherPages   []*kb.Page
	Groups       []questionGroup // its questions, at most shownQuestions
	Total        int             // of the questions
	Alternatives []alternative
	Names        []string // of tools to compare it with
	Search       string   // address of all its questions
}

const (
	shownQuestions  = 100 // on the page of a tool
	listedQuestions = 300 // on the page of a category or ecosystem
	shownOthers     = 20  // tools that may be taken instead
)

// tool answers /tools/{slug}.
func (s *Server) tool(c *gin.Context) error {
	lib, err := s.current()
	if err != nil {
		return err
	}
	name := strings.Trim(c.Param("slug"), "/")
	if name == "" {
		return s.redirect(c, "/tools")
	}
	t := lib.Tool(name)
	if t == nil {
		return notFound("there is no tool %s", name)
	}
	value, _ := lib.Value(kb.FacetTool, t.Name)
	if c.Param("slug") != "/"+t.Slug {
		return redirectTo(c, value.URL)
	}
	if s.seen(c, lib) {
		return nil
	}
	v := toolView{
		layout: s.layoutOf(c, lib),
		Tool:   t,
		Facts:  newFacts(lib, []*kb.Tool{t}),
		Search: s.base + "/?tool=" + url.QueryEscape(t.Slug),
	}
	var questions []*kb.Question
	for _, p := range lib.Pages {
		if slices.Contains(p.Tools, t.Name) {
			if p.Comparison != nil {
				v.Comparisons = append(v.Comparisons, p)
			} else {
				v.OtherPages = append(v.OtherPages, p)
			}
		}
		for _, q := range p.Questions {
			if !slices.Contains(q.Tools, t.Name) {
				continue
			}
			questions = append(questions, q)
		}
	}
	v.Groups = groupQuestions(lib, questions, shownQuestions)
	v.Total = len(questions)
	v.Alternatives = s.alternatives(lib, t)
	v.Names = toolNames(lib, []*kb.Tool{t})
	var way []kb.Value
	for _, category := range t.Category {
		if known, ok := lib.Value(kb.FacetCategory, category); ok {
			way = append(way, known)
			break
		}
	}
	v.Trail = s.trailFrom(ui.ToolsNav, "/tools", way...)
	v.Canonical = v.Origin + value.URL
	v.Heading, v.Live = t.Name, liveList
	v.Description = fmt.Sprintf(ui.ToolDescription, t.Name, ui.Comparisons(len(v.Comparisons)), ui.Questions(v.Total))
	return s.render(c, http.StatusOK, "tool.html", v)
}

// facetPage is the view of templates/value.html.
type facetPage struct {
	layout
	Label     string // of the facet
	Value     kb.Value
	Pages     []*kb.Page
	Tools     []toolLine
	Crossings []crossing // values of the other facet
	Crossed   string     // its label, for several
	Questions int
	Listed    bool // the questions are few enough to be listed below their pages
	Search    string
}

// value answers /categories/{slug} and /ecosystems/{slug}.
func (s *Server) value(f kb.Facet) handler {
	return func(c *gin.Context) error {
		lib, err := s.current()
		if err != nil {
			return err
		}
		name := strings.Trim(c.Param("slug"), "/")
		value, ok := lib.Value(f, name)
		if !ok {
			return notFound("there is no %s %s", f, name)
		}
		if c.Param("slug") != "/"+value.Slug {
			return redirectTo(c, value.URL)
		}
		if s.seen(c, lib) {
			return nil
		}
		v := facetPage{
			layout: s.layoutOf(c, lib),
			Label:  ui.facet(f),
			Value:  value,
			Search: s.base + "/?" + string(f) + "=" + url.QueryEscape(value.Slug),
		}
		has := func(category, ecosystem []string) bool {
			if f == kb.FacetCategory {
				return slices.Contains(category, value.Name)
			}
			return slices.Contains(ecosystem, value.Name)
		}
		for _, p := range lib.Pages {
			if has(p.Category, p.Ecosystem) {
				v.Pages = append(v.Pages, p)
				v.Questions += len(p.Questions)
			}
		}
		v.Crossings, v.Crossed = s.crossings(lib, f, value, v.Pages), ui.EcosystemsH
		if f == kb.FacetEcosystem {
			v.Crossed = ui.CategoriesH
		}
		questions := countQuestions(lib)
		for _, t := range lib.Tools {
			if has(t.Category, t.Ecosystem) {
				v.Tools = append(v.Tools, toolLine{Tool: t, URL: toolURL(lib, t), Questions: questions[t.Name]})
			}
		}
		v.Listed = v.Questions <= listedQuestions
		v.Heading, v.Live = value.Name, liveList
		v.Trail = append(s.trail(), crumb{Name: v.Label})
		v.Canonical = v.Origin + value.URL
		v.Description = fmt.Sprintf(ui.ValueDescription, value.Name, ui.Questions(v.Questions), ui.Pages(len(v.Pages)))
		return s.render(c, http.StatusOK, "value.html", v)
	}
}
