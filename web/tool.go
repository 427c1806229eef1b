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

const (
	shownQuestions = 100 // on the page of a tool
	shownOthers    = 20  // tools that may be taken instead
)

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
