package web

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// browseView is the view of templates/browse.html.
type browseView struct {
	layout
	Ecosystems, Categories, ByTool beginning[countedValue]
	Groups                         []pageGroup
	Pages                          int    // in all
	All                            string // the address of the list of them
	Cut                            bool   // the groups have not all of them
}

// A pageGroup is the pages of an ecosystem.
type pageGroup struct {
	countedValue // without URL for pages that have no ecosystem
	ID           string
	Count        int // of the pages that have it as their first
	beginning[*kb.Page]
}

// browse answers /browse.
func (s *Server) browse(c *gin.Context) error {
	q, listed, err := readList(c.Request.URL.RawQuery)
	if err != nil {
		return err
	}
	lib, err := s.current()
	if err != nil || s.seen(c, lib) {
		return err
	}
	if listed {
		return s.listPages(c, lib, q)
	}
	ecosystems := countValues(lib, lib.Pages, kb.FacetEcosystem)
	v := browseView{
		layout:     s.layoutOf(c, lib),
		Ecosystems: cutValues(ecosystems, shownCounted, s.listURL(ecosystemsPath, q)),
		Categories: cutValues(countValues(lib, lib.Pages, kb.FacetCategory), shownCounted, s.listURL(categoriesPath, q)),
		ByTool:     cutValues(countTools(lib), shownCounted, s.listURL(toolsPath, q)),
		Pages:      len(lib.Pages),
		All:        s.listURL(browsePath, q),
	}
	v.Groups = s.groupPages(lib, ecosystems)
	shown := 0
	for _, group := range v.Groups {
		shown += len(group.Shown)
	}
	v.Cut = shown < v.Pages
	v.Heading, v.Live = ui.BrowseEverything, liveList
	v.Description = fmt.Sprintf(ui.BrowseDescription, ui.Ecosystems(v.Ecosystems.Total), ui.Categories(v.Categories.Total),
		ui.Tools(v.ByTool.Total), ui.Pages(v.Pages))
	return s.render(c, http.StatusOK, "browse.html", v)
}

// groupPages puts the pages under their first ecosystem, by title; those without one
// are last. Of more than shownPages each group has a share, and of more than
// shownLists groups the largest are left.
func (s *Server) groupPages(lib *kb.Library, ecosystems []countedValue) []pageGroup {
	of := make(map[string][]*kb.Page)
	for _, p := range lib.Pages {
		name := ""
		if len(p.Ecosystem) > 0 {
			name = p.Ecosystem[0]
		}
		of[name] = append(of[name], p)
	}
	share := shownPages
	if len(lib.Pages) > shownPages {
		share = shareOf(shownPages, min(len(of), shownLists))
	}
	var groups []pageGroup
	for _, value := range append(cutValues(ecosystems, shownLists-1, "").Shown, countedValue{}) {
		pages := of[value.Name]
		if len(pages) == 0 {
			continue
		}
		sortByTitle(pages)
		if value.URL == "" {
			value.Name = ui.OtherPages
		}
		groups = append(groups, pageGroup{
			countedValue: value,
			ID:           "Q-e-" + value.Slug,
			Count:        len(pages),
			beginning:    cutTo(pages, share, s.listURL(browsePath, ofValue(kb.FacetEcosystem, value.Slug))),
		})
	}
	return groups
}
