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

// listedQuestions is how many questions are listed on the page of a category or an
// ecosystem; where there are more its pages have them.
const listedQuestions = 300

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
