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
	More   []kb.Link // to what is not shown
}

// A toolGroup is a category with its tools, or some of them.
type toolGroup struct {
	kb.Value // without URL for tools that have no category
	Tools    beginning[toolLine]
}

type toolLine struct {
	*kb.Tool
	URL       string
	Questions int
}

// newToolLines are all tools of the library.
func newToolLines(lib *kb.Library) []toolLine {
	questions := countQuestions(lib)
	lines := make([]toolLine, len(lib.Tools))
	for i, t := range lib.Tools {
		lines[i] = toolLine{Tool: t, URL: toolURL(lib, t), Questions: questions[t.Name]}
	}
	return lines
}

// tools answers /tools.
func (s *Server) tools(c *gin.Context) error {
	q, listed, err := readList(c.Request.URL.RawQuery)
	if err != nil {
		return err
	}
	lib, err := s.current()
	if err != nil || s.seen(c, lib) {
		return err
	}
	if listed {
		return s.listTools(c, lib, q)
	}
	groups := s.groupTools(lib)
	v := toolsView{layout: s.layoutOf(c, lib), Groups: largestGroups(groups)}
	shortened := func(g toolGroup) bool { return g.Tools.Shortened() }
	if len(v.Groups) < len(groups) || slices.ContainsFunc(v.Groups, shortened) {
		v.More = []kb.Link{
			{Label: ui.Tools(len(lib.Tools)), URL: s.listURL(toolsPath, q)},
			{Label: ui.Categories(len(lib.Categories)), URL: s.listURL(categoriesPath, q)},
		}
	}
	v.Heading, v.Live = ui.AllTools, liveList
	v.Trail = s.trail()
	v.Description = fmt.Sprintf(ui.ToolsDescription, ui.Tools(len(lib.Tools)))
	return s.render(c, http.StatusOK, "tools.html", v)
}

// groupTools puts every tool under each of its categories, by name, those of tools
// without one last.
func (s *Server) groupTools(lib *kb.Library) []toolGroup {
	values, lines := make(map[string]kb.Value), make(map[string][]toolLine) // by slug
	for _, line := range newToolLines(lib) {
		names := line.Category
		if len(names) == 0 {
			names = []string{""}
		}
		for _, name := range names {
			value := valueOf(lib, kb.FacetCategory, name)
			if _, known := values[value.Slug]; !known {
				values[value.Slug] = value
			}
			lines[value.Slug] = append(lines[value.Slug], line)
		}
	}
	share := shownTools
	if len(lib.Tools) > shownTools {
		share = shareOf(shownTools, min(len(values), shownLists))
	}
	out := make([]toolGroup, 0, len(values))
	for slug, value := range values {
		out = append(out, toolGroup{value, cutTo(lines[slug], share, s.listURL(toolsPath, ofValue(kb.FacetCategory, slug)))})
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

// largestGroups are at most shownLists of the groups, as /browse shows them: those with
// the most tools, and always that of the tools without a category, which is the last.
func largestGroups(groups []toolGroup) []toolGroup {
	named := len(groups)
	if named > 0 && groups[named-1].Slug == "" {
		named--
	}
	others := groups[named:]
	size := func(g toolGroup) int { return g.Tools.Total }
	return slices.Concat(largest(groups[:named], shownLists-len(others), size), others)
}
