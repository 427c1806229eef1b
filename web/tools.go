package web

import (
	"fmt"
	"net/http"
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
			value, ok := lib.Value(kb.FacetCategory, name)
			if !ok { // no page has it
				value = kb.Value{Name: name, Slug: kb.Slug(name)}
			}
			g := groups[value.Slug]
			if g == nil {
				g = &toolGroup{Value: value}
				groups[value.Slug] = g
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
