package index

import (
	"cmp"
	"slices"
	"strings"

	"faqbase/kb"
)

// The tiers of the order by relevance, before the score.
const (
	tierPinned  = iota // what an editor put first, in the editor's order
	tierExact          // the question is the query; of several the smaller id is first
	tierAlias          // an alias, or a page's title, is the query
	tierCompare        // the page of the tools that are to be compared or replaced
	tierScore
)

// A ranked entry has what its place in the order depends on.
type ranked struct {
	entry int32
	tier  int
	place int // in the tier, before the score
	score float64
}

// order gives the entries with their tiers, not scored but for a query without words,
// where all scores are 0.
func (s *state) order(entries []int32, r *request, m *match) []ranked {
	if m == nil {
		out := make([]ranked, len(entries))
		for i, n := range entries {
			out[i] = ranked{entry: n, tier: tierScore}
		}
		return out
	}
	out := m.ranked[:0]
	isAsked := r.norm != "" && s.asks(r.norm)
	for i, n := range entries {
		x := ranked{entry: n, tier: tierScore, score: notScored}
		e := s.entries[n]
		switch place := r.curated.place(n); {
		case place >= 0:
			x.tier, x.place = tierPinned, place
		case isAsked && e.question != nil && e.norm == r.norm:
			x.tier, x.place = tierExact, i
		case isAsked && (e.norm == r.norm || slices.Contains(e.aliases, r.norm)):
			x.tier = tierAlias
		default:
			if place, ok := r.tools.page(e); ok {
				x.tier, x.place = tierCompare, place
			}
		}
		out = append(out, x)
	}
	m.ranked = out
	return out
}

// scoreAll scores those of the list that are not scored.
func (m *match) scoreAll(list []ranked) {
	for i := range list {
		if list[i].score == notScored {
			list[i].score = m.scoreOf(list[i].entry)
		}
	}
}

// best sorts the first n of the list by relevance, and leaves unscored what the bounds of
// its scores tell to be behind them.
func (m *match) best(list []ranked, n int) {
	if n = min(n, len(list)); n <= 0 {
		return
	}
	m.scoreAll(list[:n])
	topOf(list, n, lessFor(m.state, ByRelevance), func(x, worst *ranked) bool {
		if x.tier == worst.tier && x.place == worst.place && m.mostOf(x.entry) < worst.score {
			return false
		}
		x.score = m.scoreOf(x.entry)
		return true
	})
}

// compared are tools that a query wants side by side, or the one that it wants
// something else for.
type compared struct {
	tools []string
	only  bool // a page of other tools too is not meant
}

// The words by which a query compares tools or asks for others, in normal form.
var (
	// pairWords are what stands between two tools that are to be compared.
	pairWords = [][]string{{"vs"}, {"versus"}, {"or"}, {"against"}, {"compared", "to"}, {"compared", "with"}}
	// otherWords stand after the tool that something else is wanted for, or before it
	// with one of otherLinks.
	otherWords = [][]string{{"alternative"}, {"alternatives"}, {"replacement"}, {"replacements"}, {"substitute"}, {"substitutes"}, {"equivalent"}, {"equivalents"}}
	otherLinks = [][]string{{"to"}, {"for"}, {"of"}}
	instead    = []string{"instead", "of"}
	// aroundTools say no more than that a tool is to be chosen; stop words and years
	// do not either.
	aroundTools = []string{"any", "best", "better", "choose", "good", "great", "one", "pick", "top", "use"}
)

// A toolReader reads the names of tools in a query: its words without operators, as
// they were corrected, with "vs" for a slash between words if slashes is set.
type toolReader struct {
	catalog *catalog
	words   []string
	means   [][]synonym // by word
}

func newToolReader(r *request, m *match, slashes bool) *toolReader {
	t := &toolReader{catalog: m.state.catalog}
	text := r.query.Text
	if slashes {
		text = strings.ReplaceAll(strings.ReplaceAll(text, " /", "/"), "/ ", "/")
	}
	means := m.state.synonyms.of(r)
	before := ""
	for _, n := range r.sequence {
		w := r.words[n]
		if slashes && before != "" && strings.Contains(text, before+"/"+w.typed) {
			t.words, t.means = append(t.words, "vs"), append(t.means, nil)
		}
		before = w.typed
		read := []string{w.text}
		if i := slices.IndexFunc(m.corrections, func(c Correction) bool { return c.From == w.typed }); i >= 0 {
			read = plainWords(m.corrections[i].To)
		}
		for _, text := range read {
			t.words, t.means = append(t.words, text), append(t.means, means[n])
		}
	}
	return t
}

// tool is the tool that the words from one place to another name, "" if they name none.
func (t *toolReader) tool(from, to int) string {
	if from >= to {
		return ""
	}
	if name := t.catalog.toolNamed[strings.Join(t.words[from:to], " ")]; name != "" {
		return name
	}
	for _, syn := range t.means[from] {
		if syn.general || slices.ContainsFunc(t.means[from:to], func(list []synonym) bool {
			return !slices.ContainsFunc(list, func(s synonym) bool { return slices.Equal(s.words, syn.words) })
		}) {
			continue
		}
		if name := t.catalog.toolNamed[strings.Join(syn.words, " ")]; name != "" {
			return name
		}
	}
	return ""
}

// toolBefore is the tool that the words name but for those after it which say
// nothing about it: "docker: which one", "docker 2026".
func (t *toolReader) toolBefore(from, to int) string {
	for {
		if name := t.tool(from, to); name != "" || from >= to || !saysLittle(t.words[to-1]) {
			return name
		}
		to--
	}
}

// saysLittle tells whether a word beside a tool asks nothing about it.
func saysLittle(word string) bool {
	year := len(word) == 4 && (word[:2] == "19" || word[:2] == "20") && strings.Trim(word[2:], "0123456789") == ""
	return year || stopWords[word] || slices.Contains(aroundTools, word)
}

// at gives the number of words at a place that are one of the lists, 0 if none is.
func (t *toolReader) at(i int, lists ...[]string) int {
	for _, list := range lists {
		if i+len(list) <= len(t.words) && slices.Equal(t.words[i:i+len(list)], list) {
			return len(list)
		}
	}
	return 0
}

// comparedIn reads "A vs B", "alternative to A" and their like. That the words of a
// question come before it is a matter of tiers; "difference between A and B" is a
// question and not read.
func comparedIn(r *request, m *match) compared {
	if m == nil || len(r.phrases) > 0 {
		return compared{}
	}
	t := newToolReader(r, m, false)
	c := t.sideBySide()
	if len(c.tools) == 2 {
		c.tools = t.catalog.paired(c.tools)
	}
	if len(c.tools) == 0 && strings.Contains(r.query.Text, "/") {
		c = newToolReader(r, m, true).sideBySide()
	}
	if len(c.tools) == 0 {
		c = t.others()
	}
	return c
}

// paired gives the two tools that are compared. Where no page compares them, but one
// compares a tool whose name is longer ("Django ORM" for Django) with the other, and
// there is one such tool, it is meant.
func (c *catalog) paired(tools []string) []string {
	if c.hasPair(tools[0], tools[1]) {
		return tools
	}
	var found []string
	for i, name := range tools {
		other := tools[1-i]
		for _, v := range c.lib.Values(kb.FacetTool) {
			if strings.HasPrefix(v.Name, name+" ") && c.hasPair(v.Name, other) {
				if found != nil {
					return tools
				}
				found = slices.Clone(tools)
				found[i] = v.Name
			}
		}
	}
	if found == nil {
		return tools
	}
	return found
}

// hasPair tells whether a page is about these two tools and no others.
func (c *catalog) hasPair(a, b string) bool {
	return slices.ContainsFunc(c.lib.Pages, func(p *kb.Page) bool {
		return len(p.Tools) == 2 && slices.Contains(p.Tools, a) && slices.Contains(p.Tools, b)
	})
}

// maxUnknown is the number of words that a tool which the library does not know may
// have beside two that it knows.
const maxUnknown = 2

// sideBySide reads two tools or more with words for a comparison between them.
func (t *toolReader) sideBySide() compared {
	c := compared{only: true}
	read := func(name string, words []string) bool {
		if name == "" {
			return len(words) <= maxUnknown && !slices.ContainsFunc(words, func(w string) bool { return t.catalog.toolWords[w] })
		}
		if !slices.Contains(c.tools, name) {
			c.tools = append(c.tools, name)
		}
		return true
	}
	from := 0
	for i := 0; i < len(t.words); {
		n := t.at(i, pairWords...)
		if n == 0 {
			i++
			continue
		}
		if !read(t.tool(from, i), t.words[from:i]) {
			return compared{}
		}
		i += n
		from = i
	}
	if from == 0 || !read(t.toolBefore(from, len(t.words)), t.words[from:]) || len(c.tools) < 2 {
		return compared{}
	}
	return c
}

// others reads the tool that something else is wanted for.
func (t *toolReader) others() compared {
	of := func(name string) compared {
		if name == "" {
			return compared{}
		}
		return compared{tools: []string{name}}
	}
	end := len(t.words)
	from := 0
	for from < end && saysLittle(t.words[from]) {
		from++
	}
	if n := t.at(from, instead); n > 0 {
		return of(t.toolBefore(from+n, end))
	}
	if n := t.at(from, otherWords...); n > 0 {
		if link := t.at(from+n, otherLinks...); link > 0 {
			return of(t.toolBefore(from+n+link, end))
		}
	}
	for end > from && saysLittle(t.words[end-1]) {
		end--
	}
	if end > from && t.at(end-1, otherWords...) > 0 {
		return of(t.tool(from, end-1))
	}
	return compared{}
}

// page tells whether the entry is a page that was asked for, and its place among
// these: a page of all tools that are compared is before one of some.
func (c compared) page(e *entry) (place int, ok bool) {
	if len(c.tools) == 0 || e.question != nil {
		return 0, false
	}
	if !c.only {
		return 0, slices.Contains(e.page.Tools, c.tools[0])
	}
	if len(e.page.Tools) < 2 || slices.ContainsFunc(e.page.Tools, func(name string) bool { return !slices.Contains(c.tools, name) }) {
		return 0, false
	}
	return len(c.tools) - len(e.page.Tools), true
}

// add adds to the listed entries the pages that were asked for, which may lack what
// else was typed: a year, "which one".
func (c compared) add(listed []int32, r *request, m *match) []int32 {
	if len(c.tools) == 0 {
		return listed
	}
	for _, n := range m.matched {
		if _, ok := c.page(m.state.entries[n]); !ok || !m.allowed(r, n, 0) || r.curated.hides(n) {
			continue
		}
		if i, ok := slices.BinarySearch(listed, n); !ok {
			listed = slices.Insert(listed, i, n)
		}
	}
	return listed
}

// lessFor is the order of hits: of equal ones the smaller id is first, which is the
// smaller number.
func lessFor(s *state, sort Sort) func(a, b ranked) int {
	byID := func(a, b ranked) int { return cmp.Compare(a.entry, b.entry) }
	switch sort {
	case ByUpdated:
		return func(a, b ranked) int {
			ta, tb := s.entries[a.entry].page.Modified(), s.entries[b.entry].page.Modified()
			return cmp.Or(tb.Compare(ta), byID(a, b))
		}
	case ByTitle:
		return func(a, b ranked) int {
			ea, eb := s.entries[a.entry], s.entries[b.entry]
			return cmp.Or(strings.Compare(ea.norm, eb.norm), strings.Compare(ea.text(), eb.text()), byID(a, b))
		}
	default:
		return func(a, b ranked) int {
			return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.place, b.place), cmp.Compare(b.score, a.score), byID(a, b))
		}
	}
}

// arrange sorts the list so that its places before to are right, and counts
// closeness for the best in the order by relevance, whatever the order asked for: so
// a score does not depend on it. m is nil where there are no words.
func (m *match) arrange(r *request, list []ranked, s *state, to int) {
	c := newCloseness(r, m)
	n := 0
	if c != nil {
		n = min(len(list), m.weights.reranked)
		m.best(list, n)
		c.add(list[:n])
	}
	if r.query.Sort == ByRelevance {
		slices.SortFunc(list[:n], lessFor(s, ByRelevance))
	} else {
		n = 0
	}
	m.arrangeMore(r, list, s, n, to) // what comes after stays behind
}

// arrangeMore arranges the places before to of a list in which those before from are
// right.
func (m *match) arrangeMore(r *request, list []ranked, s *state, from, to int) {
	rest := list[from:]
	n := min(to, len(list)) - from
	if m != nil && m.total > 0 && r.query.Sort == ByRelevance {
		m.best(rest, n)
		return
	}
	top(rest, n, lessFor(s, r.query.Sort))
	if m != nil && n > 0 {
		m.scoreAll(rest[:n])
	}
}

// top sorts the first n of list, leaving the others in any order.
func top[T any](list []T, n int, compare func(a, b T) int) {
	topOf(list, n, compare, func(_, _ *T) bool { return true })
}

// topOf is top of a list in which only the first n need to be complete. The others are
// completed by may, which tells whether one may come before worst, the last of the best so
// far, and leaves it as it is if not.
func topOf[T any](list []T, n int, compare func(a, b T) int, may func(x, worst *T) bool) {
	if n <= 0 {
		return
	}
	// A heap of the best n so far, the worst of them at its root.
	heap := list[:n]
	down := func(i int) {
		for {
			c := 2*i + 1
			if c >= n {
				return
			}
			if c+1 < n && compare(heap[c+1], heap[c]) > 0 {
				c++
			}
			if compare(heap[c], heap[i]) <= 0 {
				return
			}
			heap[i], heap[c] = heap[c], heap[i]
			i = c
		}
	}
	for i := n/2 - 1; i >= 0 && n < len(list); i-- {
		down(i)
	}
	for k := n; k < len(list); k++ {
		if may(&list[k], &heap[0]) && compare(list[k], heap[0]) < 0 {
			list[k], heap[0] = heap[0], list[k]
			down(0)
		}
	}
	slices.SortFunc(heap, compare)
}
