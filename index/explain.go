package index

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"faqbase/kb"
)

// An Explanation says in words and numbers why an entry stands where it does, or why
// it is not among the hits.
type Explanation struct {
	ID    string
	Rank  int // among all that is listed and selected, from 1; 0 if it is not
	Score float64
	// Reasons are what keeps it out or puts it before all scores, with the value 0,
	// and then the parts of the score, which add up to it.
	Reasons []Reason
}

// A Reason is one part of an explanation.
type Reason struct {
	Text  string
	Value float64 // what it adds to the score
}

// fieldTexts are fields in words, of a question and of a page.
var fieldTexts = [numFields][2]string{
	fieldQuestion:   {"the question", "the title"},
	fieldNames:      {"aliases and tools", "aliases and tools"},
	fieldContext:    {"what its page is about", "categories and tags"},
	fieldAnswer:     {"the answer", "the text"},
	fieldComparison: {"the comparison", "the comparison"},
	fieldText:       {"the text", "the text beside its questions"},
}

// howText says how an index word stands for a word of a query.
var howText = [...]string{
	asItself: "as it is", asForm: "another form", asJoined: "together with its neighbour", asApart: "written apart",
	asBeginning: "which it begins", asLonger: "which it begins", asPart: "a part of it", asTypo: "read as that", asSynonym: "a synonym",
	asGeneral: "a word of like meaning",
}

// Reasons are read on phones: one names at most maxNamed words, each in at most
// maxFields fields, and quotes at most quoteLength characters, so that it has about
// reasonLength bytes.
const (
	maxNamed     = 3
	maxFields    = 2
	quoteLength  = 60
	reasonLength = 120
)

// explain gives the reasons of an entry's score. Closeness is among them where it is
// counted in the score.
func (m *match) explain(r *request, x ranked, rank int) *Explanation {
	e := m.state.entries[x.entry]
	out := &Explanation{ID: e.id, Rank: rank, Score: x.score}
	say := func(value float64, format string, args ...any) {
		out.Reasons = append(out.Reasons, Reason{fmt.Sprintf(format, args...), value})
	}
	switch x.tier {
	case tierPinned:
		c := r.curated
		say(0, "pinned to place %d by curations.yaml, line %d%s", x.place+1, c.Line, because(c.Curation.Reason))
	case tierExact:
		say(0, "the question is the query, which is before all scores")
	case tierAlias:
		say(0, "its title or an alias is the query, which is before all scores")
	case tierCompare:
		say(0, "the page of the tools asked for, which is before all scores")
	}
	kind := m.state.kind[x.entry]
	sum := 0.0
	part := func(value float64, format string, args ...any) {
		if value == 0 {
			return
		}
		sum += value
		say(value, format, args...)
	}
	counts := m.wordCounts(e)
	var absent, unknown []string
	for i, w := range m.words {
		switch {
		case m.mask[x.entry]&(1<<i) != 0:
			value := w.weight * float64(w.count) * m.weights.saturate(m.occurrences(w, x.entry)) / m.total
			part(value, "%q: %s", w.typed, m.places(w, x.entry, counts))
		case w.known:
			absent = append(absent, fmt.Sprintf("%q", w.typed))
		default:
			unknown = append(unknown, fmt.Sprintf("%q", w.typed))
		}
	}
	if len(absent) > 0 {
		say(0, "not here: %s", named(absent))
	}
	if len(unknown) > 0 {
		say(0, "nothing has %s", named(unknown))
	}
	if m.total > 0 && m.mask[x.entry] != 0 {
		_, overlap := m.shares(x.entry)
		part(m.weights.overlap*overlap, "query and question are %.0f %% the same by weight of words", 100*overlap)
	}
	if x.score != m.scoreOf(x.entry) {
		m.explainCloseness(r, x.entry, part)
	}
	if kind != 1 {
		say(sum*(kind-1), "a page that has questions counts %g of it", kind)
		sum *= kind
	}
	if m.elsewhere(x.entry) && sum != 0 {
		say(sum*(m.weights.elsewhere-1), "not about %s, it counts %g", m.meant(), m.weights.elsewhere)
	}
	return out
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// explainCloseness gives the parts of the score that are counted in the text.
func (m *match) explainCloseness(r *request, n int32, part func(float64, string, ...any)) {
	c := newCloseness(r, m)
	if c == nil {
		return
	}
	e := m.state.entries[n]
	c.read(e)
	b, s, a := c.shares()
	if gain := c.aliasOverlap(n); gain > 0 {
		part(m.weights.overlap*gain, "an alias is nearer to the query than the question")
	}
	var side []string
	for k, p := range c.pairs {
		if c.counts[k] > 0 {
			side = append(side, fmt.Sprintf("%q", c.words[p.first].typed+" "+c.words[p.second].typed))
		}
	}
	if b > 0 {
		part(m.weights.pairs*b, "side by side as in the query: %s", named(side))
	}
	if s > 0 {
		text := [...]string{inQuestion: "the question", inAlias: "an alias", inAnswer: "a sentence of the answer"}[c.best.part]
		part(m.weights.sentence*s, "%s has %.0f %% of the query by weight: \"%s\"", text, 100*c.best.share, c.text(e))
	}
	if a > 0 {
		part(m.weights.close(b, s, a)-m.weights.close(b, s, 0), "words with other accents than were typed")
	}
}

// text is the best sentence of the entry that was read, shortened.
func (c *closeness) text(e *entry) string {
	var best string
	i := 0
	e.eachText(func(text string, _ passagePart) {
		if i == c.best.text {
			best = text
		}
		i++
	})
	end := forward(best, c.best.start, quoteLength)
	if end >= c.best.end {
		return oneLine(best[c.best.start:c.best.end])
	}
	return oneLine(best[c.best.start:end]) + "…"
}

// occurrences is t of a word in an entry; see weights.
func (m *match) occurrences(w matchedWord, entry int32) float64 {
	var t float32
	add := func(indirect bool) {
		for _, term := range w.terms {
			if term.how.indirect() != indirect {
				continue
			}
			i, ok := slices.BinarySearchFunc(term.list, entry, func(p posting, e int32) int { return cmp.Compare(p.entry, e) })
			if ok {
				t += float32(term.factor) * term.list[i].t
			}
		}
	}
	add(false)
	add(true)
	return float64(t)
}

// wordCounts are how often the words of an entry's texts occur in each field.
func (m *match) wordCounts(e *entry) map[string]*[numFields]int {
	counts := make(map[string]*[numFields]int)
	var buf []word
	for f, list := range textsOf(m.state.lib, e.page, e.question) {
		for _, text := range list {
			buf = appendWords(buf[:0], text)
			for _, w := range buf {
				if counts[w.text] == nil {
					counts[w.text] = new([numFields]int)
				}
				counts[w.text][f]++
			}
		}
	}
	return counts
}

// inFields names the strongest of the fields in which something occurs.
func (m *match) inFields(e *entry, counts *[numFields]int) string {
	var in []field
	for f, n := range counts {
		if n > 0 {
			in = append(in, field(f))
		}
	}
	slices.SortStableFunc(in, func(a, b field) int { return cmp.Compare(m.weights.field[b], m.weights.field[a]) })
	page := 0
	if e.question == nil {
		page = 1
	}
	var texts []string
	for _, f := range in[:min(len(in), maxFields)] {
		text := fieldTexts[f][page]
		if counts[f] > 1 {
			text += fmt.Sprintf(" (%d times)", counts[f])
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

// places says what stands for a word of the query in an entry and where: what adds
// most to the score first, as far as there is room beside the word itself.
func (m *match) places(w matchedWord, n int32, counts map[string]*[numFields]int) string {
	type place struct {
		text  string
		value float64
	}
	var all []place
	for _, t := range w.terms {
		i, ok := slices.BinarySearchFunc(t.list, n, func(p posting, e int32) int { return cmp.Compare(p.entry, e) })
		if !ok {
			continue
		}
		var names []string
		var first *[numFields]int
		for _, word := range t.words {
			if text := m.state.dictionary.words[word].text; counts[text] != nil {
				names = append(names, text)
				first = cmp.Or(first, counts[text])
			}
		}
		if len(names) == 0 {
			continue
		}
		how := t.how
		if (how == asBeginning || how == asLonger) && len(names) == 1 && stem(names[0]) == stem(w.text) {
			how = asForm // which says more than that it is also a beginning
		}
		text := fmt.Sprintf("%s (%s) in %s", strings.Join(names, " "), howText[how], m.inFields(m.state.entries[n], first))
		all = append(all, place{text, t.factor * float64(t.list[i].t)})
	}
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(b.value, a.value) })
	var b strings.Builder
	for i, p := range all {
		if i == maxNamed || i > 0 && len(w.typed)+b.Len()+len(p.text) > reasonLength-len(`"": ; and 99 more`) {
			fmt.Fprintf(&b, "; and %d more", len(all)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// named lists the first few of a list.
func named(list []string) string {
	if n := len(list) - maxNamed; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:maxNamed], ", "), n)
	}
	return strings.Join(list, ", ")
}

// excludedIn says which of the words that a query excludes an entry has, and where.
func (m *match) excludedIn(r *request, e *entry) string {
	var buf []word
	for _, words := range r.excluded {
		var counts [numFields]int
		for f, list := range textsOf(m.state.lib, e.page, e.question) {
			if field(f) == fieldContext {
				continue
			}
			for _, text := range list {
				buf = appendWords(buf[:0], text)
				if len(words) > 1 && containsPhrase(buf, words) ||
					len(words) == 1 && slices.ContainsFunc(buf, func(w word) bool { return w.text == words[0] }) {
					counts[f] = 1
				}
			}
		}
		if in := m.inFields(e, &counts); in != "" {
			return fmt.Sprintf("it has %q, which the query excludes, in %s", strings.Join(words, " "), in)
		}
	}
	return "it has a word that the query excludes"
}

// explainIDs explains the entries asked for by id, whether or not they are hits.
func (b *Bleve) explainIDs(s *state, res *Results, r *request, m *match, listed []int32) {
	if len(res.Query.ExplainIDs) == 0 {
		return
	}
	_, selected := s.countFacets(listed, &res.Query)
	list := s.order(selected, r, m)
	if m != nil {
		m.arrange(r, list, s, len(list))
	}
	for _, id := range res.Query.ExplainIDs {
		n, ok := s.number(id)
		if !ok {
			res.Explanations = append(res.Explanations, Explanation{ID: id, Reasons: []Reason{{Text: "no question or page has this id"}}})
			continue
		}
		rank := slices.IndexFunc(list, func(x ranked) bool { return x.entry == n })
		if m == nil {
			res.Explanations = append(res.Explanations, Explanation{ID: id, Rank: rank + 1, Reasons: []Reason{{Text: "nothing was typed, so that all are equal"}}})
			continue
		}
		x := ranked{entry: n, tier: tierScore, score: m.scoreOf(n)}
		if rank >= 0 {
			x = list[rank]
		}
		why := m.explain(r, x, rank+1)
		why.Reasons = slices.Concat(b.absence(s, res, r, m, n, rank), why.Reasons)
		res.Explanations = append(res.Explanations, *why)
	}
}

// absence says what keeps an entry from being among the hits; rank is below 0 if it
// is not among those listed and selected.
func (b *Bleve) absence(s *state, res *Results, r *request, m *match, n int32, rank int) []Reason {
	var out []Reason
	say := func(format string, args ...any) { out = append(out, Reason{Text: fmt.Sprintf(format, args...)}) }
	q := &res.Query
	if rank >= 0 {
		first, last := (q.Page-1)*q.Size+1, q.Page*q.Size
		switch {
		case slices.ContainsFunc(res.Hits, func(h Hit) bool { return h.Page == s.entries[n].page && h.Question == s.entries[n].question }):
		case rank+1 < first || rank+1 > last:
			say("place %d is not within places %d to %d, which were asked for", rank+1, first, last)
		default:
			say("left out by grouping: its page has better questions")
		}
		return out
	}
	if r.curated.hides(n) {
		say("hidden by curations.yaml, line %d%s", r.curated.Line, because(r.curated.Curation.Reason))
	}
	if m.excluded[n] {
		say("%s", m.excludedIn(r, s.entries[n]))
	}
	if m.mask[n] == 0 {
		say("it has no word of the query")
	} else {
		quoted := m.inPhrases(r)
		if !m.excluded[n] && !m.allowed(r, n, quoted) {
			say("it does not have the words in quotes as they stand")
		}
		content := m.decisive()
		if m.least == 0 && m.mask[n]&content == 0 {
			say("it has stop words alone, and nothing that has %s can be listed", named(m.typedWords(content)))
		} else if m.mask[n]&content != content && m.scoreOf(n) < m.least {
			say("it lacks %s, and its score %.3f is below %.3f, %g of the best", named(m.typedWords(content&^m.mask[n])), m.scoreOf(n), m.least, m.weights.listed)
		}
	}
	for _, f := range facets {
		if names := *q.Selection(f); len(names) > 0 && !s.has(n, f, names) {
			say("the selection of %s leaves it out: %s", f, named(names))
		}
	}
	if q.On != "" && s.entries[n].page.Path != q.On {
		say("the selection of one page leaves it out: %s", q.On)
	}
	return out
}

// meant names the tools that the query means.
func (m *match) meant() string {
	var names []string
	for _, t := range m.tools {
		names = append(names, m.state.columns[kb.FacetTool].values[t].Name)
	}
	return named(names)
}

// typedWords are the words of a mask, each in quotes as it was typed.
func (m *match) typedWords(mask uint32) []string {
	var list []string
	for i, w := range m.words {
		if mask&(1<<i) != 0 {
			list = append(list, strconv.Quote(w.typed))
		}
	}
	return list
}

// has tells whether an entry has one of the values of a facet.
func (s *state) has(n int32, f kb.Facet, names []string) bool {
	col := s.columns[f]
	return slices.ContainsFunc(col.of[n], func(v int32) bool { return slices.Contains(names, col.values[v].Name) })
}
