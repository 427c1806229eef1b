package web

import (
	"context"
	"fmt"

	"faqbase/index"
	"faqbase/kb"
)

const (
	shownGroups  = 24 // categories on the front page
	shownPopular = 12 // tools on the front page
	shownNewest  = 6  // pages on the front page
)

// An overview is what the front page and the filters show of a whole library.
type overview struct {
	lib        *kb.Library
	facets     map[kb.Facet][]index.FacetValue // without any query
	Total      int
	Tools      int
	Popular    []index.FacetValue // tools
	Categories []index.FacetValue
	Newest     []*kb.Page
}

// overview is that of lib, or of the library that the searcher has meanwhile.
// It is made once for each library.
func (s *Server) overview(ctx context.Context, lib *kb.Library) (*overview, error) {
	if o := s.overviews.Load(); o != nil && o.lib == lib {
		return o, nil
	}
	found, err := s.search(ctx, index.Query{Page: 1, Sort: index.ByRelevance})
	if err != nil {
		return nil, err
	}
	o := &overview{lib: found.Library, facets: found.Facets, Total: found.Total, Tools: len(found.Library.Tools)}
	o.Categories = found.Facets[kb.FacetCategory]
	o.Categories = o.Categories[:min(shownGroups, len(o.Categories))]
	o.Popular = found.Facets[kb.FacetTool]
	o.Popular = o.Popular[:min(shownPopular, len(o.Popular))]
	newest := newestPages(found.Library)
	o.Newest = newest[:min(shownNewest, len(newest))]
	s.overviews.Store(o)
	return o, nil
}

func describeLibrary(lib *kb.Library) string {
	answers, pages := ui.Answers(lib.NumQuestions()), ui.Pages(len(lib.Pages))
	if len(lib.Tools) == 0 {
		return fmt.Sprintf(ui.SearchLibrary, answers, pages)
	}
	return fmt.Sprintf(ui.SearchLibraryTools, answers, pages, ui.Tools(len(lib.Tools)))
}
