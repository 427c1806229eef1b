package web

import (
	"cmp"
	"fmt"
	"net/http"
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
