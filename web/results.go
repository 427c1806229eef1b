package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"faqbase/index"
	"faqbase/kb"
)

// searchView is the view of templates/search.html and of the fragment in it.
type searchView struct {
	layout
	Results resultsView
}

// resultsView is the view of templates/results.html.
type resultsView struct {
	Title       string // of the document
	Text        string // what was typed, without the values in it
	Typed       bool   // there are such values
	Front       bool   // nothing was asked
	Total       int
	Corrections []index.Correction
	Exact       bool   // nothing was corrected, as asked
	Respell     string // the address of the same search with corrections, or without them
	Dropped     []string
	Ignored     []string
	Unknown     []unknownView
	Hits        []hitView
	Facets      []facetView
	Chips       []chip
	Clear       string // the address without any filter
	Blocked     []blockedView
	Without     []operatorView
	Nearest     []index.Hit // where there are no hits
	Sorts       []sortOption
	Size        int    // where it is not the usual
	Group       bool   // where it is asked for
	On          string // the path of the one page whose hits these are, "" for all
	pager
	First       int // the number of the first hit
	Comparisons []*kb.Page
	Compare     *compareLink        // to the tools that were chosen or asked about together
	Explained   []index.Explanation // of the ids that were asked about
	Overview    *overview
}

// Uncorrected are the words that were corrected, as they were typed.
func (v resultsView) Uncorrected() string {
	words := make([]string, len(v.Corrections))
	for i, c := range v.Corrections {
		words[i] = fmt.Sprintf(ui.Quoted, c.From)
	}
	return strings.Join(words, ", ")
}

// A blockedView is a selection that leaves out every hit.
type blockedView struct {
	Facet string   // its label, "" for all selections together
	Names []string // that are selected in it
	Total int      // hits without the selection, at the address URL
	URL   string
}

// Values are the selected names, one of which is asked for.
func (b blockedView) Values() string { return strings.Join(b.Names, ui.OrBetween) }

// An unknownView is a value that was typed as a filter and that there is not.
type unknownView struct {
	index.UnknownValue
	Name string // "Tool: Gin" of the value that may be meant, "" if none is near
	URL  string // of the search with it
}

// An operatorView is an exclusion or a quote that leaves out every hit.
type operatorView struct {
	index.Operator
	URL string // of the search without it
}

type sortOption struct {
	Value    index.Sort
	Label    string
	Selected bool
}

type pageLink struct {
	Number  int
	URL     string
	Current bool
	Gap     bool // pages are left out before it
}

// searchPage answers /.
func (s *Server) searchPage(c *gin.Context) error {
	return s.searchHTML(c, "layout")
}

// searchFragment answers /results.
func (s *Server) searchFragment(c *gin.Context) error {
	return s.searchHTML(c, "results")
}

func (s *Server) searchHTML(c *gin.Context, name string) error {
	pageHeaders(c)
	if name == "results" {
		c.Header("X-Robots-Tag", "noindex") // a part of a page
	}
	grouped := false
	a, err := s.ask(c, s.htmlVariant(c), func(q *index.Query) {
		grouped = !q.Group && groupsByItself(*q)
		q.Group = q.Group || grouped
	})
	if a == nil || err != nil {
		return err
	}
	a.grouped = grouped
	results, err := s.newResultsView(c.Request.Context(), a)
	if err != nil {
		return err
	}
	if results.Overview.lib.Digest != a.found.Library.Digest {
		untag(c)
	}
	if name == "results" {
		body, err := s.execute("search.html", "results", results)
		if err != nil {
			return err
		}
		s.send(c, htmlType, body)
		return nil
	}
	view := searchView{layout: s.layoutOf(c, a.found.Library), Results: results}
	view.Heading = results.Title
	_, settled := a.settled()
	view.Text = settled.Text
	view.Live = liveList
	view.NoIndex = !results.Front
	view.Description = describeLibrary(a.found.Library)
	if results.Text != "" {
		view.Description = ui.AnswersFor.With(map[string]string{"answers": ui.Answers(results.Total), "text": results.Text})
	}
	return s.render(c, http.StatusOK, "search.html", view)
}

// newResultsView makes of a search what the page and the fragment show.
func (s *Server) newResultsView(ctx context.Context, a *answer) (resultsView, error) {
	r, lib := a.found, a.found.Library
	o, err := s.overview(ctx, lib)
	if err != nil {
		return resultsView{}, err
	}
	typed, settled := a.settled()
	v := resultsView{
		Text:        strings.TrimSpace(settled.Text),
		Typed:       typed,
		Total:       r.Total,
		Corrections: r.Corrections,
		Exact:       a.asked.Exact,
		Respell:     s.address("/", respelt(settled)),
		Dropped:     r.Dropped,
		Ignored:     r.Ignored,
		Sorts:       sortOptions(a.asked.Sort),
		Group:       settled.Group,
		On:          a.asked.On,
		First:       (a.asked.Page-1)*a.asked.Size + 1,
		Compare:     s.offeredComparison(lib, r.Query.Tool, r.Compared),
		Explained:   r.Explanations,
		Overview:    o,
	}
	if a.asked.Size != sizeUnsaid {
		v.Size = a.asked.Size
	}
	s.addUnknown(&v, a)
	s.addFilters(&v, a, settled)
	v.Front = v.Text == "" && len(v.Chips) == 0 && a.asked.Page == 1
	v.Title = v.title()
	if r.Total == 0 {
		s.addWaysOut(&v, a, settled)
	}
	s.addHits(&v, a, settled)
	v.pager = s.resultPager(a, settled)
	return v, nil
}

// title is that of the document: what was typed, else what was chosen, and "" for the
// front page.
func (v resultsView) title() string {
	switch {
	case v.Text != "":
		return v.Text
	case len(v.Chips) > 0:
		names := make([]string, len(v.Chips))
		for i, chip := range v.Chips {
			names[i] = chip.Name
		}
		return strings.Join(names, ", ")
	case v.Front:
		return ""
	}
	return ui.AllQuestions
}

// respelt is the first page of what was asked with corrections where it was without
// them, and without them where it was with them.
func respelt(settled index.Query) index.Query {
	settled.On = ""
	settled.Exact, settled.Page = !settled.Exact, 1
	return settled
}

func sortOptions(selected index.Sort) []sortOption {
	options := ui.sorts()
	for i := range options {
		options[i].Selected = options[i].Value == selected
	}
	return options
}

// addUnknown adds the filters that are none, each with the search that may be meant.
func (s *Server) addUnknown(v *resultsView, a *answer) {
	for _, u := range a.found.Unknown {
		view := unknownView{UnknownValue: u}
		if u.Text != "" {
			meant := *a
			meant.asked.Text, meant.asked.Page = u.Text, 1
			_, q := meant.settled()
			view.Name, view.URL = fmt.Sprintf(ui.FacetValue, ui.facet(u.Facet), u.Near.Name), s.address("/", q)
		}
		v.Unknown = append(v.Unknown, view)
	}
}

// addFilters adds the checkboxes, and a chip for each that is checked and for the page
// that alone is searched.
func (s *Server) addFilters(v *resultsView, a *answer, settled index.Query) {
	for _, f := range facetNames {
		facet, chips := s.newFacetView(a, settled, f, v.Overview.facets[f])
		v.Chips = append(v.Chips, chips...)
		if len(facet.Values) > 0 {
			v.Facets = append(v.Facets, facet)
		}
	}
	if v.On != "" {
		v.Chips = append(v.Chips, s.onlyPage(a.found.Library, settled))
	}
	unfiltered := withoutFacets(settled, facetNames[:]...)
	unfiltered.On = ""
	v.Clear = s.address("/", unfiltered)
}

// addWaysOut adds the searches that find something where this one finds nothing.
func (s *Server) addWaysOut(v *resultsView, a *answer, settled index.Query) {
	r := a.found
	v.Nearest = r.Nearest
	most := 0
	for _, b := range r.Blocked {
		if b.Total > 0 {
			most = max(most, b.Total)
			v.Blocked = append(v.Blocked, blockedView{
				Facet: ui.facet(b.Facet),
				Names: b.Values,
				Total: b.Total,
				URL:   s.address("/", withoutFacets(settled, b.Facet)),
			})
		}
	}
	for _, o := range r.Without {
		q := withoutFacets(settled)
		_, q.Text = index.Selections(o.Text, r.Library) // those typed are among the chosen
		v.Without = append(v.Without, operatorView{o, s.address("/", q)})
	}
	if r.Unfiltered > most {
		v.Blocked = append(v.Blocked, blockedView{Total: r.Unfiltered, URL: v.Clear})
	}
}

// addHits adds the hits, with as many of their answers as a page has room for, and the
// comparisons among them.
func (s *Server) addHits(v *resultsView, a *answer, settled index.Query) {
	room := answersInPlace
	for i, hit := range a.found.Hits {
		view := newHitView(a.found.Library, i+1, hit)
		view.Best = i == 0 && isBest(a) && len(view.AnswerHTML) <= bestInPlace
		if !view.Best && len(view.AnswerHTML) > min(room, longAnswer) {
			view.AnswerHTML = ""
		}
		room -= len(view.AnswerHTML)
		if hit.More > 0 {
			view.MoreURL = s.address("/", onPage(settled, hit.Page))
		}
		if v.Text != "" && hit.Explanation == nil {
			explained := settled
			explained.Explain = true
			view.Why = s.address("/", explained) + "#" + view.ID
		}
		v.Hits = append(v.Hits, view)
		if hit.Page.Comparison != nil && len(v.Comparisons) < comparisonsBeside && !slices.Contains(v.Comparisons, hit.Page) {
			v.Comparisons = append(v.Comparisons, hit.Page)
		}
	}
}

// withoutFacets is the first page of what was asked without any selection of the
// facets.
func withoutFacets(settled index.Query, without ...kb.Facet) index.Query {
	settled.Page = 1
	for _, f := range without {
		*settled.Selection(f) = nil
	}
	return settled
}

// resultPager links to the other pages of what was found, as far as they can be reached.
func (s *Server) resultPager(a *answer, settled index.Query) pager {
	size := a.asked.Size
	last := min((a.found.Grouped+size-1)/size, maxReach/size)
	return newPager(a.asked.Page, last, func(n int) string {
		q := settled
		q.Page = n
		return s.address("/", q)
	})
}
