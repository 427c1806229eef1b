package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/net/html"

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

// hitView is one hit.
type hitView struct {
	ID          string // of the element
	URL         string
	TitleHTML   string
	SnippetHTML string
	AnswerHTML  string // "" where it is fetched when it is opened
	Best        bool   // its answer is open from the start
	Page        *kb.Page
	Question    *kb.Question
	Tools       []*kb.Tool
	More        int // further hits of its page, at MoreURL
	MoreURL     string
	Explanation *index.Explanation // nil unless asked for
	Why         string             // the address where it is, "" where it is here or there is no query
}

// IsComparison tells whether the hit is a page with a quick comparison.
func (h hitView) IsComparison() bool { return h.Question == nil && h.Page.Comparison != nil }

// Way leads to the hit: ecosystems and categories, a name that is both once.
func (h hitView) Way() []string {
	way := slices.Clone(h.Page.Ecosystem)
	for _, name := range h.Page.Category {
		if !slices.Contains(way, name) {
			way = append(way, name)
		}
	}
	return way
}

// facetView is one group of checkboxes.
type facetView struct {
	Name   kb.Facet
	Label  string
	Values []valueView // shown at once
	Rest   []valueView // shown on demand
	Left   int         // values that are not listed, being too many
}

// valueView is one checkbox.
type valueView struct {
	Facet          kb.Facet
	ID, Name, Slug string
	Count          int
	Selected       bool
	Typed          bool // in the field
	Fixed          bool // cannot be chosen, being without hits
}

// A chip is a selected value with the address that has it removed.
type chip struct{ ID, Facet, Name, URL string }

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

const (
	shownValues  = 8    // of a facet, before "Show all"
	listedValues = 60   // of a facet, altogether
	shownGroups  = 24   // categories on the front page
	longAnswer   = 6000 // bytes of HTML past which an answer that is not the best is fetched when it is opened
	shownPopular = 12   // tools on the front page
	shownNewest  = 6    // pages on the front page
)

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

func describeLibrary(lib *kb.Library) string {
	answers, pages := ui.Answers(lib.NumQuestions()), ui.Pages(len(lib.Pages))
	if len(lib.Tools) == 0 {
		return fmt.Sprintf(ui.SearchLibrary, answers, pages)
	}
	return fmt.Sprintf(ui.SearchLibraryTools, answers, pages, ui.Tools(len(lib.Tools)))
}

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

// amongOthers is the HTML of an answer for a place where answers of several pages
// stand together: without ids, which are unique on their page alone, and with links
// to them that lead there.
func amongOthers(answer, page string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(answer)); ; {
		kind := z.Next()
		if kind == html.ErrorToken { // the end
			return b.String()
		}
		raw := string(z.Raw()) // Token changes what Raw is of
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			token, changed := z.Token(), false
			token.Attr = slices.DeleteFunc(token.Attr, func(a html.Attribute) bool {
				changed = changed || a.Key == "id"
				return a.Key == "id"
			})
			for i, a := range token.Attr {
				if a.Key == "href" && strings.HasPrefix(a.Val, "#") {
					token.Attr[i].Val = page + a.Val
					changed = true
				}
			}
			if changed {
				raw = token.String()
			}
		}
		b.WriteString(raw)
	}
}

func newHitView(lib *kb.Library, n int, hit index.Hit) hitView {
	v := hitView{
		ID:          fmt.Sprintf("Q-hit-%d", n),
		URL:         hit.Page.URL(),
		TitleHTML:   hit.QuestionHTML,
		SnippetHTML: hit.SnippetHTML,
		AnswerHTML:  hit.Page.IntroHTML(),
		Page:        hit.Page,
		Question:    hit.Question,
		More:        hit.More,
		Explanation: hit.Explanation,
	}
	tools := hit.Page.Tools
	if hit.Question != nil {
		v.URL, v.AnswerHTML = hit.Question.URL(), hit.Question.HTML()
		tools = hit.Question.Tools
	}
	if s := hit.Section; s != nil {
		v.URL = hit.Page.SectionURL(s)
	}
	v.AnswerHTML = amongOthers(v.AnswerHTML, hit.Page.URL())
	v.Tools = toolsNamed(lib, tools)
	return v
}

func toolsNamed(lib *kb.Library, names []string) []*kb.Tool {
	var tools []*kb.Tool
	for _, name := range names {
		if t := lib.Tool(name); t != nil {
			tools = append(tools, t)
		}
	}
	return tools
}

// newFacetView makes the checkboxes of a facet. Those that can be chosen come first,
// and otherwise their order is that of the whole library, so that little moves while
// somebody selects; which of them are shown at once depends on what was found.
func (s *Server) newFacetView(a *answer, settled index.Query, f kb.Facet, whole []index.FacetValue) (facetView, []chip) {
	lib := a.found.Library
	view := facetView{Name: f, Label: ui.facet(f)}
	found := make(map[string]index.FacetValue)
	for _, v := range a.found.Facets[f] {
		found[v.Name] = v
	}
	var all []valueView
	add := func(name, slug string, now index.FacetValue, typed bool) {
		all = append(all, valueView{
			Facet:    f,
			ID:       "Q-f-" + string(f) + "-" + url.QueryEscape(slug),
			Name:     name,
			Slug:     slug,
			Count:    now.Count,
			Selected: now.Selected,
			Typed:    typed,
			Fixed:    now.Count == 0 && !now.Selected,
		})
	}
	asked, chosen := *a.asked.Selection(f), *settled.Selection(f)
	var chips []chip
	listed := func(v index.FacetValue) {
		slug := v.Slug
		if slug == "" {
			slug = v.Name
		}
		names := func(value string) bool {
			if strings.EqualFold(value, v.Name) {
				return true
			}
			known, ok := lib.Value(f, value)
			return ok && known.Slug == v.Slug
		}
		now := found[v.Name]
		add(v.Name, slug, now, now.Selected && !slices.ContainsFunc(asked, names))
		if !now.Selected {
			return
		}
		q := settled
		q.Page = 1
		*q.Selection(f) = slices.DeleteFunc(slices.Clone(chosen), names)
		chips = append(chips, chip{
			ID:    "Q-chip-" + string(f) + "-" + url.QueryEscape(slug),
			Facet: ui.facet(f),
			Name:  v.Name,
			URL:   s.address("/", q),
		})
	}
	for _, v := range whole {
		listed(v)
		delete(found, v.Name)
	}
	for _, v := range a.found.Facets[f] { // unknown values that were asked for
		if _, ok := found[v.Name]; ok {
			listed(v)
		}
	}
	slices.SortStableFunc(all, func(a, b valueView) int {
		switch {
		case a.Fixed == b.Fixed:
			return 0
		case b.Fixed:
			return -1
		}
		return 1
	})
	if len(all) <= shownValues+1 { // one more takes no more room than the link
		view.Values = all
		return view, chips
	}
	rank := make([]int, len(all))
	for i := range rank {
		rank[i] = i
	}
	slices.SortStableFunc(rank, func(a, b int) int {
		if all[a].Selected != all[b].Selected {
			if all[a].Selected {
				return -1
			}
			return 1
		}
		return cmp.Compare(all[b].Count, all[a].Count)
	})
	place := make([]int, len(all))
	for n, i := range rank {
		place[i] = n
	}
	for i, value := range all {
		switch {
		case place[i] < shownValues:
			view.Values = append(view.Values, value)
		case place[i] < listedValues:
			view.Rest = append(view.Rest, value)
		default:
			view.Left++
		}
	}
	return view, chips
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
