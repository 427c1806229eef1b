package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// listedQuestions is how many questions are listed on the page of a category or an
// ecosystem; where there are more its pages have them.
const listedQuestions = 200

// facetPage is the view of templates/value.html.
type facetPage struct {
	layout
	Label        string // of the facet
	Value        kb.Value
	Pages        beginning[*kb.Page]
	Tools        beginning[toolLine]
	Crossings    beginning[countedValue] // values of the other facet, each with the address of what both have in common
	Crossed      string                  // its label, for several
	CrossedCount func(n int) string
	Questions    int
	Listed       bool // the questions are few enough to be listed below their pages
	Search       string
}

// value answers /categories/{slug} and /ecosystems/{slug}.
func (s *Server) value(f kb.Facet) handler {
	return func(c *gin.Context) error {
		lib, err := s.current()
		if err != nil {
			return err
		}
		name := strings.Trim(c.Param("slug"), "/")
		if name == "" {
			return s.redirect(c, pathOf(f))
		}
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
		return s.render(c, http.StatusOK, "value.html", s.newFacetPage(c, lib, f, value))
	}
}

func (s *Server) newFacetPage(c *gin.Context, lib *kb.Library, f kb.Facet, value kb.Value) facetPage {
	v := facetPage{
		layout: s.layoutOf(c, lib),
		Label:  ui.facet(f),
		Value:  value,
		Search: s.address("/", ofValue(f, value.Slug)),
	}
	all := ofValue(f, value.Slug)
	sel := newSelection(lib, all)
	pages := sel.pages()
	sortByTitle(pages)
	for _, p := range pages {
		v.Questions += len(p.Questions)
	}
	v.Listed = v.Questions <= listedQuestions
	v.Pages = cutTo(pages, shownPages, s.listURL(browsePath, all))
	v.Tools = cutTo(sel.tools(), toolsBeside, s.listURL(toolsPath, all))
	s.addCrossings(&v, sel, f)
	v.Heading, v.Live = value.Name, liveList
	v.Trail = s.trail(kb.Value{Name: v.Label, URL: s.base + pathOf(f)})
	v.Canonical = v.Origin + value.URL
	v.Description = fmt.Sprintf(ui.ValueDescription, value.Name, ui.Questions(v.Questions), ui.Pages(len(pages)))
	return v
}

// addCrossings adds the values of the other facet that the pages have.
func (s *Server) addCrossings(v *facetPage, sel selection, f kb.Facet) {
	other := kb.FacetEcosystem
	v.Crossed, v.CrossedCount = ui.EcosystemsH, ui.Ecosystems
	if f == kb.FacetEcosystem {
		other = kb.FacetCategory
		v.Crossed, v.CrossedCount = ui.CategoriesH, ui.Categories
	}
	v.Crossings = cutValues(s.crossings(sel, other), shownCounted, s.listURL(pathOf(other), sel.query))
}
