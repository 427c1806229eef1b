package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

const (
	shownQuestions = 100 // on the page of a tool
	shownOthers    = 20  // tools that may be taken instead
)

// toolView is the view of templates/tool.html.
type toolView struct {
	layout
	Tool         *kb.Tool
	Facts        []factRow
	Comparisons  beginning[*kb.Page]
	OtherPages   beginning[*kb.Page]
	Pages        int             // in all
	List         string          // the address of all of them
	Groups       []questionGroup // its questions, at most shownQuestions
	Total        int             // of the questions
	Alternatives []alternative
	Names        []string // of tools to compare it with
	Search       string   // address of all its questions
}

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
	all := ofValue(kb.FacetTool, t.Slug)
	v := toolView{
		layout: s.layoutOf(c, lib),
		Tool:   t,
		Facts:  newFacts(lib, []*kb.Tool{t}),
		Search: s.address("/", all),
		List:   s.listURL(browsePath, all),
	}
	s.addPages(&v, lib)
	questions := questionsAbout(lib, t)
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
	v.Trail = s.trailFrom(ui.ToolsNav, toolsPath, way...)
	v.Canonical = v.Origin + value.URL
	v.Heading, v.Live = t.Name, liveList
	v.Description = fmt.Sprintf(ui.ToolDescription, t.Name, ui.Comparisons(v.Comparisons.Total), ui.Questions(v.Total))
	return s.render(c, http.StatusOK, "tool.html", v)
}

// addPages adds the pages about the tool, comparisons apart.
func (s *Server) addPages(v *toolView, lib *kb.Library) {
	var comparisons, others []*kb.Page
	for _, p := range lib.Pages {
		switch {
		case !slices.Contains(p.Tools, v.Tool.Name):
		case p.Comparison != nil:
			comparisons = append(comparisons, p)
		default:
			others = append(others, p)
		}
	}
	v.Pages = len(comparisons) + len(others)
	v.Comparisons = cutTo(comparisons, pagesOfOneTool, v.List)
	v.OtherPages = cutTo(others, pagesOfOneTool, v.List)
}

// questionsAbout are the questions about a tool.
func questionsAbout(lib *kb.Library, t *kb.Tool) []*kb.Question {
	var questions []*kb.Question
	for _, p := range lib.Pages {
		for _, q := range p.Questions {
			if slices.Contains(q.Tools, t.Name) {
				questions = append(questions, q)
			}
		}
	}
	return questions
}
