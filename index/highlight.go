package index

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// snippetLength is about how many characters a snippet has.
const snippetLength = 240

// A marker puts <mark> around what a query matched.
type marker struct {
	// words gives by index word the query's words that it stands for, as bits.
	words map[string]uint32
	// weight of each of the query's words.
	weight []float64
}

// newMarker makes the marker of a match; nil marks nothing. Stop words are marked
// only where the query has no others.
func newMarker(s *state, m *match) *marker {
	mk := &marker{words: make(map[string]uint32)}
	if m == nil {
		return mk
	}
	content := slices.ContainsFunc(m.words, func(w matchedWord) bool { return !w.stop && w.known })
	for i, w := range m.words {
		mk.weight = append(mk.weight, w.weight)
		if w.stop && content {
			continue
		}
		for _, t := range w.terms {
			for _, word := range t.words {
				mk.words[s.dictionary.words[word].text] |= 1 << i
			}
		}
	}
	return mk
}

// question is the entry's question with its matches marked.
func (mk *marker) question(e *entry) string {
	text := e.text()
	return markup(text, mk.matches(text))
}

// A hitSpan is a place in a text that a query's words match.
type hitSpan struct {
	span
	words uint32
}

// matches are the places that match, in order, none within another.
func (mk *marker) matches(text string) []hitSpan {
	if len(mk.words) == 0 {
		return nil
	}
	var list []hitSpan
	for _, w := range words(text) {
		bits := mk.words[w.text]
		if bits == 0 {
			continue
		}
		list = append(list, hitSpan{span{w.start, w.end}, bits})
	}
	slices.SortStableFunc(list, func(a, b hitSpan) int { return a.start - b.start })
	merged := list[:0]
	for _, h := range list {
		if n := len(merged); n > 0 && h.start < merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, h.end)
			merged[n-1].words |= h.words
			continue
		}
		merged = append(merged, h)
	}
	return merged
}

// markup escapes text and marks the places; those with a single space between them
// are marked as one.
func markup(text string, places []hitSpan) string {
	var b strings.Builder
	at := 0
	for i := 0; i < len(places); {
		start, end := places[i].start, places[i].end
		for i++; i < len(places) && places[i].start == end+1 && text[end] == ' '; i++ {
			end = places[i].end
		}
		b.WriteString(html.EscapeString(text[at:start]))
		b.WriteString("<mark>")
		b.WriteString(html.EscapeString(text[start:end]))
		b.WriteString("</mark>")
		at = end
	}
	b.WriteString(html.EscapeString(text[at:]))
	return b.String()
}

// snippet is the passage of the entry's answer that has most of the query, about
// snippetLength characters of whole sentences, with "… " where something was cut.
func (mk *marker) snippet(e *entry) string {
	text := e.answer()
	places := mk.matches(text)
	sentences := splitSentences(text)
	if len(sentences) == 0 {
		return ""
	}
	first, last := mk.bestPassage(text, sentences, places)
	start, end := sentences[first].start, sentences[last].end
	cutBefore, cutAfter := first > 0, last < len(sentences)-1
	if utf8.RuneCountInString(text[start:end]) > snippetLength*5/4 { // one long sentence
		s, e := narrow(text, span{start, end}, places)
		cutBefore, cutAfter = cutBefore || s > start, cutAfter || e < end
		start, end = s, e
	}
	var inside []hitSpan
	for _, p := range places {
		if p.start >= start && p.end <= end {
			p.start, p.end = p.start-start, p.end-start
			inside = append(inside, p)
		}
	}
	out := markup(oneLine(text[start:end]), inside)
	if cutBefore {
		out = "… " + out
	}
	if cutAfter {
		out += " …"
	}
	return out
}

// answer is the text that the entry's snippet is taken from.
func (e *entry) answer() string {
	if e.question != nil {
		return e.question.Answer
	}
	p := e.page
	parts := []string{p.Summary, p.Intro}
	if len(p.Questions) == 0 {
		parts = append(parts, p.Text)
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" })
	return strings.Join(parts, "\n")
}

// bestPassage finds the run of sentences within snippetLength that has the most
// weight of distinct words; of equal ones the one with more places, then the first.
func (mk *marker) bestPassage(text string, sentences []span, places []hitSpan) (first, last int) {
	type mass struct {
		words uint32
		hits  int
		chars int
	}
	per := make([]mass, len(sentences))
	k := 0
	for i, s := range sentences {
		per[i].chars = utf8.RuneCountInString(text[s.start:s.end])
		for k < len(places) && places[k].start < s.start {
			k++
		}
		for ; k < len(places) && places[k].start < s.end; k++ {
			per[i].words |= places[k].words
			per[i].hits++
		}
	}
	bestWeight, bestHits := -1.0, 0
	for i := range sentences {
		var words uint32
		hits, chars := 0, 0
		for j := i; j < len(sentences); j++ {
			chars += per[j].chars
			if j > i && chars > snippetLength {
				break
			}
			words |= per[j].words
			hits += per[j].hits
			if weight := mk.weigh(words); weight > bestWeight || weight == bestWeight && hits > bestHits {
				bestWeight, bestHits = weight, hits
				first, last = i, j
			}
		}
	}
	// Whatever room is left is filled with what follows.
	chars := 0
	for i := first; i <= last; i++ {
		chars += per[i].chars
	}
	for last+1 < len(sentences) && chars+per[last+1].chars <= snippetLength {
		last++
		chars += per[last].chars
	}
	return first, last
}

func (mk *marker) weigh(words uint32) float64 {
	sum := 0.0
	for i, w := range mk.weight {
		if words&(1<<i) != 0 {
			sum += w
		}
	}
	return sum
}

// narrow cuts a long sentence down to about snippetLength around its first match,
// at spaces.
func narrow(text string, s span, places []hitSpan) (start, end int) {
	start = s.start
	for _, p := range places {
		if p.start >= s.start && p.end <= s.end {
			if back := backward(text, p.start, snippetLength/4); back > s.start {
				start = back
				if i := strings.IndexFunc(text[start:p.start], unicode.IsSpace); i >= 0 {
					start += i
					start += len(text[start:p.start]) - len(strings.TrimLeftFunc(text[start:p.start], unicode.IsSpace))
				}
			}
			break
		}
	}
	end = forward(text, start, snippetLength)
	if end >= s.end {
		return start, s.end
	}
	if i := strings.LastIndexFunc(text[start:end], unicode.IsSpace); i > 0 {
		end = start + len(strings.TrimRightFunc(text[start:start+i], unicode.IsSpace))
	}
	return start, end
}

// backward is the place n characters before i.
func backward(text string, i, n int) int {
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:i])
		i -= size
	}
	return i
}

// forward is the place n characters after i.
func forward(text string, i, n int) int {
	for ; n > 0 && i < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return i
}

// oneLine replaces line ends and tabs by spaces, byte for byte.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', '\t':
			return ' '
		}
		return r
	}, s)
}

// splitSentences gives the sentences of a text: they end at a line end, at ".",
// "!" or "?" before a space, and at the full stops of Chinese and Japanese.
func splitSentences(text string) []span {
	var list []span
	add := func(start, end int) {
		part := text[start:end]
		trimmed := strings.TrimLeftFunc(part, unicode.IsSpace)
		start += len(part) - len(trimmed)
		trimmed = strings.TrimRightFunc(trimmed, unicode.IsSpace)
		if trimmed != "" {
			list = append(list, span{start, start + len(trimmed)})
		}
	}
	start := 0
	for end := 0; end < len(text); {
		r, size := decode(text, end)
		end += size
		switch r {
		case '\n':
		case '.', '!', '?':
			if next, _ := decode(text, end); !unicode.IsSpace(next) {
				continue
			}
		case '。', '！', '？':
		default:
			continue
		}
		add(start, end)
		start = end
	}
	add(start, len(text))
	return list
}
