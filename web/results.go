package web

import (
	"context"
	"fmt"
	"net/http"
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
	Pager       []pageLink
	Previous    string
	Next        string
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
		Dropped:     r.Dropped,
		Ignored:     r.Ignored,
		Group:       settled.Group,
		On:          a.asked.On,
		Explained:   r.Explanations,
		Overview:    o,
	}
	respelt := settled
	respelt.On = ""
	respelt.Exact, respelt.Page = !a.asked.Exact, 1
	v.Respell = s.address("/", respelt)
	if a.asked.Size != sizeUnsaid {
		v.Size = a.asked.Size
	}
	filtered := false
	for _, f := range facetNames {
		facet, chips := s.newFacetView(a, settled, f, o.facets[f])
		v.Chips = append(v.Chips, chips...)
		if len(facet.Values) > 0 {
			v.Facets = append(v.Facets, facet)
		}
		filtered = filtered || len(chips) > 0
	}
	if v.On != "" {
		v.Chips = append(v.Chips, s.onlyPage(lib, settled))
		filtered = true
	}
	v.Front = v.Text == "" && !filtered && a.asked.Page == 1
	switch {
	case v.Text != "":
		v.Title = v.Text
	case filtered:
		names := make([]string, len(v.Chips))
		for i, chip := range v.Chips {
			names[i] = chip.Name
		}
		v.Title = strings.Join(names, ", ")
	case !v.Front:
		v.Title = ui.AllQuestions
	}
	v.Compare = s.offeredComparison(lib, r.Query.Tool, r.Compared)
	unfiltered := withoutFacets(settled, facetNames[:]...)
	unfiltered.On = ""
	v.Clear = s.address("/", unfiltered)
	if r.Total == 0 {
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
			_, q.Text = index.Selections(o.Text, lib) // those typed are among the chosen
			v.Without = append(v.Without, operatorView{o, s.address("/", q)})
		}
		if r.Unfiltered > most {
			v.Blocked = append(v.Blocked, blockedView{Total: r.Unfiltered, URL: v.Clear})
		}
	}
	for _, option := range ui.sorts() {
		option.Selected = option.Value == a.asked.Sort
		v.Sorts = append(v.Sorts, option)
	}
	v.First = (a.asked.Page-1)*a.asked.Size + 1
	seen := make(map[*kb.Page]bool)
	room := answersInPlace
	for i, hit := range r.Hits {
		view := newHitView(lib, i+1, hit)
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
		if hit.Page.Comparison != nil && !seen[hit.Page] && len(v.Comparisons) < 6 {
			seen[hit.Page] = true
			v.Comparisons = append(v.Comparisons, hit.Page)
		}
	}
	s.addPager(&v, a, settled)
	return v, nil
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

// addPager links to the pages around the present one, the first and the last.
func (s *Server) addPager(v *resultsView, a *answer, settled index.Query) {
	size, now := a.asked.Size, a.asked.Page
	last := min((a.found.Grouped+size-1)/size, maxReach/size)
	if last <= 1 && now == 1 {
		return
	}
	to := func(n int) string {
		q := settled
		q.Page = n
		return s.address("/", q)
	}
	if now > 1 {
		v.Previous = to(max(1, min(now-1, last)))
	}
	if now < last {
		v.Next = to(now + 1)
	}
	before := 0
	for n := 1; n <= last; n++ {
		if n != 1 && n != last && (n < now-2 || n > now+2) {
			continue
		}
		v.Pager = append(v.Pager, pageLink{Number: n, URL: to(n), Current: n == now, Gap: n > before+1})
		before = n
	}
}
