package web

import (
	"html"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"faqbase/index"
	"faqbase/kb"
)

// An answer is one search as it was asked and what was found: the value that
// the search page, the fragment and the JSON are written from.
type answer struct {
	asked index.Query
	// grouped says that the page groups by itself, which its links need not say.
	grouped bool
	found   *index.Results
	took    time.Duration
}

// settled is what was asked with the values that are typed as tool:gin among the
// chosen ones, and the text without them. The first result says whether there
// are any. More values than a request may have stay where they are.
func (a *answer) settled() (typed bool, q index.Query) {
	lib := a.found.Library
	q = a.asked
	q.Group = q.Group && !a.grouped
	unsettled := q
	list, rest := index.Selections(q.Text, lib)
	for _, sel := range list {
		chosen := q.Selection(sel.Facet)
		if slices.ContainsFunc(*chosen, func(value string) bool {
			known, ok := lib.Value(sel.Facet, value)
			return ok && known.Slug == sel.Value.Slug
		}) {
			continue
		}
		if len(*chosen) == maxValues {
			return false, unsettled
		}
		*chosen = append(slices.Clone(*chosen), sel.Value.Slug)
	}
	q.Text = rest
	return len(list) > 0, q
}

// read reads the search that an address asks for, now. The library is nil without an
// error where the visitor has been answered.
func (s *Server) read(c *gin.Context, variant string, now time.Time) (index.Query, *kb.Library, error) {
	q, err := readQuery(c.Request.URL.RawQuery)
	if err != nil {
		return q, nil, err
	}
	lib, err := s.current()
	if err != nil || s.notModified(c, lib, variant, now) {
		return q, nil, err
	}
	return q, lib, nil
}

// ask reads a search from the address and runs it as change makes it, which may be
// nil. A nil answer without an error means that the visitor has been answered.
func (s *Server) ask(c *gin.Context, variant string, change func(q *index.Query)) (*answer, error) {
	now := time.Now()
	q, lib, err := s.read(c, variant, now)
	if lib == nil || err != nil {
		return nil, err
	}
	if moved, ok := lib.MovedID(q.On); ok {
		q.On, _, _ = strings.Cut(moved, "#")
	}
	if change != nil {
		change(&q)
	}
	start := time.Now()
	found, err := s.search(c.Request.Context(), q)
	took := time.Since(start)
	s.metrics.searched(took, found, err)
	if err != nil {
		return nil, err
	}
	if c.Writer.Header().Get("ETag") != "" {
		s.setTag(c, found.Library, variant, now)
	}
	if s.dev != nil {
		s.dev.remember(q, found)
	}
	return &answer{asked: q, found: found, took: took}, nil
}

// The JSON of /search. The order of the fields is the order of the output.
type (
	searchJSON struct {
		Query       queryJSON        `json:"query"`
		Total       int              `json:"total"`
		Grouped     *int             `json:"grouped,omitempty"` // only with group=page
		TookMS      float64          `json:"took_ms"`
		Generation  uint64           `json:"generation"`
		Corrections []correctionJSON `json:"corrections"`
		Dropped     []string         `json:"dropped"`
		Ignored     []string         `json:"ignored"`
		Unknown     []unknownJSON    `json:"unknown,omitzero"` // only where there are any
		Hits        []hitJSON        `json:"hits"`
		Facets      facetsJSON       `json:"facets"`
		// Only where there are no hits.
		Blocked    []blockedJSON   `json:"blocked,omitzero"`
		Unfiltered *int            `json:"unfiltered,omitzero"`
		Without    []operatorJSON  `json:"without,omitzero"`
		Nearest    []neighbourJSON `json:"nearest,omitzero"`
		// Only with explain=1: those that were asked for by id.
		Explanations []explanationJSON `json:"explanations,omitzero"`
	}
	unknownJSON struct {
		Facet   kb.Facet `json:"facet"`
		Typed   string   `json:"typed"`
		Nearest *string  `json:"nearest"`
		Q       string   `json:"q,omitempty"` // with the nearest, if there is one
	}
	blockedJSON struct {
		Facet  kb.Facet `json:"facet"`
		Values []string `json:"values"`
		Total  int      `json:"total"`
	}
	operatorJSON struct {
		Typed    string `json:"typed"`
		Excluded bool   `json:"excluded"`
		Q        string `json:"q"`
		Total    int    `json:"total"`
	}
	queryJSON struct {
		Q         string     `json:"q"`
		Category  []string   `json:"category"`
		Ecosystem []string   `json:"ecosystem"`
		Tool      []string   `json:"tool"`
		Page      int        `json:"page"`
		Size      int        `json:"size"`
		Sort      index.Sort `json:"sort"`
		Group     string     `json:"group,omitempty"`
		On        string     `json:"on,omitempty"`
		Exact     bool       `json:"exact,omitempty"`
	}
	correctionJSON struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	hitJSON struct {
		entryJSON
		Score float64 `json:"score"`
		More  int     `json:"more,omitempty"`
		// Only of a page, where the snippet's match is under one of its headings.
		Section *sectionJSON `json:"section,omitempty"`
		// Only with explain=1.
		Pinned      *pinnedJSON      `json:"pinned,omitempty"`
		Explanation *explanationJSON `json:"explanation,omitempty"`
	}
	sectionJSON struct {
		Heading string `json:"heading"`
		URL     string `json:"url"`
	}
	pinnedJSON struct {
		Reason string `json:"reason"`
	}
	explanationJSON struct {
		ID      string       `json:"id,omitempty"` // not in a hit, which has its own
		Rank    int          `json:"rank"`         // 0 if it is not listed
		Score   float64      `json:"score"`
		Reasons []reasonJSON `json:"reasons"`
	}
	reasonJSON struct {
		Text  string  `json:"text"`
		Value float64 `json:"value"`
	}
	// An entryJSON is what hits and questions have in common.
	entryJSON struct {
		ID           string   `json:"id"`
		Kind         string   `json:"kind"`
		URL          string   `json:"url"`
		Question     string   `json:"question"`
		QuestionHTML string   `json:"question_html"`
		SnippetHTML  string   `json:"snippet_html"`
		AnswerHTML   string   `json:"answer_html"`
		Page         pageJSON `json:"page"`
		Category     []string `json:"category"`
		Ecosystem    []string `json:"ecosystem"`
		Tools        []string `json:"tools"`
		Updated      *string  `json:"updated"`
	}
	pageJSON struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		URL   string `json:"url"`
	}
	facetsJSON struct {
		Category  []valueJSON `json:"category"`
		Ecosystem []valueJSON `json:"ecosystem"`
		Tool      []valueJSON `json:"tool"`
	}
	valueJSON struct {
		Value    string `json:"value"`
		Count    int    `json:"count"`
		Selected bool   `json:"selected"`
		URL      string `json:"url"`
	}
)

// searchJSON answers /search.
func (s *Server) searchJSON(c *gin.Context) error {
	s.allowOrigin(c)
	c.Header("Cache-Control", "no-cache")
	a, err := s.ask(c, "", nil)
	if a == nil || err != nil {
		return err
	}
	return s.json(c, newSearchJSON(a))
}

func newSearchJSON(a *answer) searchJSON {
	r := a.found
	out := searchJSON{
		Query: queryJSON{
			Q:         a.asked.Text,
			Category:  listed(r.Query.Category),
			Ecosystem: listed(r.Query.Ecosystem),
			Tool:      listed(r.Query.Tool),
			Page:      a.asked.Page,
			Size:      a.asked.Size,
			Sort:      a.asked.Sort,
			On:        a.asked.On,
			Exact:     a.asked.Exact,
		},
		Total:       r.Total,
		TookMS:      milliseconds(a.took),
		Generation:  r.Library.Generation,
		Corrections: make([]correctionJSON, len(r.Corrections)),
		Dropped:     listed(r.Dropped),
		Ignored:     listed(r.Ignored),
		Hits:        make([]hitJSON, len(r.Hits)),
		Facets: facetsJSON{
			Category:  newValuesJSON(r.Facets[kb.FacetCategory]),
			Ecosystem: newValuesJSON(r.Facets[kb.FacetEcosystem]),
			Tool:      newValuesJSON(r.Facets[kb.FacetTool]),
		},
	}
	if a.asked.Group {
		out.Query.Group, out.Grouped = "page", &r.Grouped
	}
	for i, correction := range r.Corrections {
		out.Corrections[i] = correctionJSON(correction)
	}
	for _, u := range r.Unknown {
		unknown := unknownJSON{Facet: u.Facet, Typed: u.Typed, Q: u.Text}
		if u.Text != "" {
			unknown.Nearest = &u.Near.Name
		}
		out.Unknown = append(out.Unknown, unknown)
	}
	for i, hit := range r.Hits {
		entry := newEntryJSON(hit.Page, hit.Question)
		entry.QuestionHTML, entry.SnippetHTML = hit.QuestionHTML, hit.SnippetHTML
		out.Hits[i] = hitJSON{entryJSON: entry, Score: rounded(hit.Score), More: hit.More}
		if s := hit.Section; s != nil && s.Anchor != "" {
			out.Hits[i].Section = &sectionJSON{Heading: s.Heading, URL: hit.Page.SectionURL(s)}
		}
		if hit.Explanation != nil {
			explanation := newExplanationJSON(*hit.Explanation)
			explanation.ID = ""
			out.Hits[i].Explanation = &explanation
		}
		if hit.Pinned != nil && a.asked.Explain {
			out.Hits[i].Pinned = &pinnedJSON{Reason: hit.Pinned.Reason}
		}
	}
	if a.asked.Explain {
		out.Explanations = make([]explanationJSON, len(r.Explanations))
		for i, e := range r.Explanations {
			out.Explanations[i] = newExplanationJSON(e)
		}
	}
	if r.Total == 0 {
		out.Blocked, out.Nearest = []blockedJSON{}, []neighbourJSON{}
		for _, b := range r.Blocked {
			out.Blocked = append(out.Blocked, blockedJSON(b))
		}
		out.Unfiltered, out.Without = &r.Unfiltered, []operatorJSON{}
		for _, o := range r.Without {
			out.Without = append(out.Without, operatorJSON{Typed: o.Typed, Excluded: o.Excluded, Q: o.Text, Total: o.Total})
		}
		for _, hit := range r.Nearest {
			entry := newEntryJSON(hit.Page, hit.Question)
			out.Nearest = append(out.Nearest, neighbourJSON{ID: entry.ID, URL: entry.URL, Question: entry.Question})
		}
	}
	return out
}

func newExplanationJSON(e index.Explanation) explanationJSON {
	out := explanationJSON{ID: e.ID, Rank: e.Rank, Score: rounded(e.Score), Reasons: make([]reasonJSON, len(e.Reasons))}
	for i, r := range e.Reasons {
		out.Reasons[i] = reasonJSON{Text: r.Text, Value: rounded(r.Value)}
	}
	return out
}

// rounded is a score as it is written.
func rounded(score float64) float64 { return math.Round(score*1e4) / 1e4 }

// newEntryJSON describes a question, or a page if question is nil, without
// marks and snippet.
func newEntryJSON(page *kb.Page, question *kb.Question) entryJSON {
	e := entryJSON{
		ID:         page.Path,
		Kind:       "page",
		URL:        page.URL(),
		Question:   page.Title,
		AnswerHTML: "",
		Page:       pageJSON{ID: page.Path, Title: page.Title, URL: page.URL()},
		Category:   listed(page.Category),
		Ecosystem:  listed(page.Ecosystem),
		Tools:      listed(page.Tools),
	}
	if question != nil {
		e.ID, e.Kind, e.URL = question.ID, "question", question.URL()
		e.Question, e.AnswerHTML = question.Text, question.HTML()
		e.Tools = listed(question.Tools)
	} else {
		e.AnswerHTML = page.IntroHTML()
	}
	if day := page.Modified(); !day.IsZero() {
		text := day.Format(time.DateOnly)
		e.Updated = &text
	}
	return e
}

func newValuesJSON(values []index.FacetValue) []valueJSON {
	out := make([]valueJSON, len(values))
	for i, v := range values {
		out[i] = valueJSON{Value: v.Name, Count: v.Count, Selected: v.Selected, URL: v.URL}
	}
	return out
}

// listed makes an empty list of none, so that JSON has [] and not null.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// maxSuggestions is how many completions there are at most.
const maxSuggestions = 8

type (
	suggestionsJSON struct {
		Suggestions []suggestionJSON `json:"suggestions"`
	}
	suggestionJSON struct {
		Text string `json:"text"`
		Kind string `json:"kind"`
		URL  string `json:"url"`
	}
)

// suggestions answers /suggest, with format=opensearch in the form of address bars.
func (s *Server) suggestions(c *gin.Context) error {
	s.allowOrigin(c)
	c.Header("Cache-Control", "no-cache")
	forAddressBar, err := readOption(parseParams(c.Request.URL.RawQuery), "format", "opensearch")
	if err != nil {
		return err
	}
	variant := ""
	if forAddressBar {
		variant = "opensearch " + s.siteOrigin(c.Request)
	}
	q, lib, err := s.read(c, variant, time.Now())
	if lib == nil || err != nil {
		return err
	}
	var found []index.Suggestion
	if strings.TrimSpace(q.Text) != "" {
		if found, err = s.completions(c.Request.Context(), q.Text); err != nil {
			return err
		}
	}
	if forAddressBar {
		return s.openSearchSuggestions(c, q.Text, found)
	}
	out := suggestionsJSON{Suggestions: []suggestionJSON{}}
	for _, suggestion := range found {
		out.Suggestions = append(out.Suggestions, suggestionJSON(suggestion))
	}
	return s.json(c, out)
}

type facetJSON struct {
	Facet  kb.Facet    `json:"facet"`
	Values []valueJSON `json:"values"`
}

// facetValues answers /facets/{facet}.
func (s *Server) facetValues(c *gin.Context) error {
	s.allowOrigin(c)
	c.Header("Cache-Control", "no-cache")
	f := kb.Facet(c.Param("facet"))
	switch f {
	case kb.FacetCategory, kb.FacetEcosystem, kb.FacetTool:
	default:
		return notFound("no facet %s, want category, ecosystem or tool", abridged(string(f)))
	}
	params := parseParams(c.Request.URL.RawQuery)
	match := params.Get("match")
	if len(match) > maxText {
		return badParameter("match", "match is at most %d bytes, not %d", maxText, len(match))
	}
	a, err := s.ask(c, "", func(q *index.Query) { q.Page, q.Size = 1, 0 }) // counts alone
	if a == nil || err != nil {
		return err
	}
	return s.json(c, facetJSON{Facet: f, Values: newValuesJSON(index.FacetValues(a.found, f, match))})
}

// How many related questions there are at most.
const (
	relatedToQuestion = 3
	relatedToPage     = 5
)

type (
	questionJSON struct {
		entryJSON
		Next     *neighbourJSON `json:"next"`
		Previous *neighbourJSON `json:"previous"`
		Related  []relatedJSON  `json:"related"`
	}
	relatedJSON struct {
		neighbourJSON
		Reason string `json:"reason"`
	}
	neighbourJSON struct {
		ID       string `json:"id"`
		URL      string `json:"url"`
		Question string `json:"question"`
	}
)

// question answers /question.
func (s *Server) question(c *gin.Context) error {
	s.allowOrigin(c)
	c.Header("Cache-Control", "no-cache")
	params := parseParams(c.Request.URL.RawQuery)
	id, as := params.Get("id"), params.Get("as")
	if id == "" {
		return badParameter("id", "id is that of a question, as in hits")
	}
	if len(id) > maxID {
		return badParameter("id", "id is at most %d bytes, not %d", maxID, len(id))
	}
	switch as {
	case "", asHTML, asMarkdown:
	default:
		return badParameter("as", "as is html or markdown or left out, not %s", abridged(as))
	}
	lib, err := s.current()
	if err != nil {
		return err
	}
	q := lib.Question(id)
	if q == nil {
		if now, ok := lib.MovedID(id); ok && lib.Question(now) != nil {
			params.Set("id", now)
			return moved(c, s.base+"/question?"+params.Encode())
		}
		return notFound("no question %q", id)
	}
	if s.notModified(c, lib, "", time.Now()) {
		return nil
	}
	if as != "" {
		return answerAs(c, q, as)
	}
	out := questionJSON{entryJSON: newEntryJSON(q.Page, q)}
	out.QuestionHTML = html.EscapeString(q.Text)
	out.SnippetHTML = html.EscapeString(opening(q.Answer, 240))
	for i, other := range q.Page.Questions {
		if other.ID != q.ID {
			continue
		}
		if i > 0 {
			out.Previous = newNeighbourJSON(q.Page.Questions[i-1])
		}
		if i+1 < len(q.Page.Questions) {
			out.Next = newNeighbourJSON(q.Page.Questions[i+1])
		}
	}
	related, err := s.related(c.Request.Context(), lib, q.ID, relatedToQuestion)
	if err != nil {
		return err
	}
	out.Related = make([]relatedJSON, len(related))
	for i, r := range related {
		out.Related[i] = relatedJSON{neighbourJSON: *newNeighbourJSON(r.Question), Reason: ui.related(r)}
	}
	return s.json(c, out)
}

func newNeighbourJSON(q *kb.Question) *neighbourJSON {
	return &neighbourJSON{ID: q.ID, URL: q.URL(), Question: q.Text}
}

// opening is the beginning of a text on one line, at most n runes of it, cut
// between words.
func opening(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	cut := string(runes[:n])
	if i := strings.LastIndexByte(cut, ' '); i > n/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + " …"
}
