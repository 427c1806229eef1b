package index

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"faqbase/kb"
)

// snippetLength is about how many characters a snippet has.
const snippetLength = 240

// answeredFrom is the share of the query, by weight, from which a question that has it
// is taken to be the one that was asked: what answers it is how its answer begins,
// wherever the query's words stand further down.
const answeredFrom = 0.85

// A marker puts <mark> around what a query matched.
type marker struct {
	// words gives by index word the query's words that it stands for, as bits.
	words map[string]uint32
	// typed are the index words that are as they were typed, inNames those that mark
	// the name that they are a part of: forms and words of like meaning do not, for
	// FastAPI is not about what is faster.
	typed, inNames map[string]uint32
	// weight of each of the query's words, and its text.
	weight []float64
	texts  []string
	lone   uint32 // words that are one character of a script without spaces
}

// markers has the marker of a match for each language, made when it is wanted.
type markers struct {
	state *state
	match *match
	in    map[*language]*marker
}

func newMarkers(s *state, m *match) *markers {
	return &markers{s, m, make(map[*language]*marker)}
}

// of gives the marker for the texts of an entry.
func (ms *markers) of(e *entry) *marker {
	mk := ms.in[e.language]
	if mk == nil {
		mk = newMarker(ms.state, ms.match, e.language.set())
		ms.in[e.language] = mk
	}
	return mk
}

// newMarker makes the marker of a match for texts in a language; one of nil marks
// nothing. Stop words are marked only where the query has no others.
func newMarker(s *state, m *match, in languageSet) *marker {
	mk := &marker{words: make(map[string]uint32), typed: make(map[string]uint32), inNames: make(map[string]uint32)}
	if m == nil {
		return mk
	}
	content := slices.ContainsFunc(m.words, func(w matchedWord) bool { return !w.stop && w.known })
	for i, w := range m.words {
		mk.weight, mk.texts = append(mk.weight, w.weight), append(mk.texts, w.text)
		if w.stop && content {
			continue
		}
		if isBigram(w.text) && utf8.RuneCountInString(w.text) == 1 {
			mk.lone |= 1 << i
		}
		for _, t := range w.terms {
			if t.in&in == 0 {
				continue
			}
			for _, word := range t.words {
				text := s.dictionary.words[word].text
				mk.words[text] |= 1 << i
				switch t.how {
				case asItself:
					mk.typed[text] |= 1 << i
				case asForm, asGeneral:
				default:
					mk.inNames[text] |= 1 << i
				}
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
	all := words(text)
	var name word // the last one that is no extra form
	for i, w := range all {
		if !w.extra {
			name = w
			list = mk.appendApart(list, all[i:])
		}
		bits := mk.words[w.text]
		switch {
		case bits == 0:
			continue
		case w.extra && w.start == name.start && w.end == name.end && isNumber(w.text, false):
			continue // a number of a version: 1.30 is not about 1
		case w.extra && w.span == 1 && w.end-w.start < name.end-name.start: // a part of camelCase
			bits = mk.typed[w.text]
			inNames := mk.inNames[w.text]
			for i, typed := range mk.texts { // "postgres" is how PostgreSQL begins
				if mk.words[w.text]&(1<<i) != 0 && len(typed) > len(w.text) && strings.HasPrefix(name.text, typed) {
					inNames |= 1 << i
				}
			}
			if inNames &^= bits; inNames != 0 {
				bits |= inNames
				w.start, w.end = name.start, name.end
			}
			if bits == 0 {
				continue
			}
		}
		list = append(list, hitSpan{mk.within(text, w, bits), bits})
	}
	slices.SortStableFunc(list, func(a, b hitSpan) int { return a.start - b.start })
	merged := list[:0]
	for _, h := range list {
		if n := len(merged); n > 0 && h.start <= merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, h.end)
			merged[n-1].words |= h.words
			continue
		}
		merged = append(merged, h)
	}
	return merged
}

// within is the part of a word that its match is about: of a pair of characters the one
// that was typed.
func (mk *marker) within(text string, w word, bits uint32) span {
	place := span{w.start, w.end}
	if bits&^mk.lone != 0 {
		return place
	}
	for i, typed := range mk.texts {
		if bits&(1<<i) != 0 {
			if at := strings.Index(text[w.start:w.end], typed); at >= 0 {
				return span{w.start + at, w.start + at + len(typed)}
			}
		}
	}
	return place
}

// appendApart appends the place of the words that ws begins with if they were typed
// as one: "djangoorm" for "Django ORM".
func (mk *marker) appendApart(list []hitSpan, ws []word) []hitSpan {
	var buf [maxCompoundBytes]byte
	whole := append(buf[:0], ws[0].text...)
	end := ws[0].end
	for n := 1; n < maxPieces; n++ {
		k := nth(ws, 0, n)
		if k < 0 || ws[k].start > end+1 || len(whole)+len(ws[k].text) > len(buf) {
			break
		}
		whole, end = append(whole, ws[k].text...), ws[k].end
		if bits := mk.typed[string(whole)]; bits != 0 {
			list = append(list, hitSpan{span{ws[0].start, end}, bits})
		}
	}
	return list
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

// snippet is the opening of the entry's answer if its question is what was asked, else
// the passage that has most of the query: one or two sentences within snippetLength,
// with "… " where something was cut; an answer of that length is not cut. at is where
// in the answer its first match is, -1 if it has none.
func (mk *marker) snippet(e *entry) (html string, at int) {
	text := e.answer()
	places := mk.matches(text)
	sentences := splitSentences(text)
	if len(sentences) == 0 {
		return "", -1
	}
	first, last := 0, len(sentences)-1
	around := places // what a long sentence is cut around
	if utf8.RuneCountInString(text[sentences[0].start:sentences[last].end]) > snippetLength {
		if mk.asked(e) {
			first, last = fill(lengths(text, sentences), 0, 0)
			around = nil
		} else {
			first, last = mk.bestPassage(text, sentences, places)
		}
	}
	start, end := sentences[first].start, sentences[last].end
	cutBefore, cutAfter := first > 0, last < len(sentences)-1
	if utf8.RuneCountInString(text[start:end]) > snippetLength*5/4 { // one long sentence
		s, e := narrow(text, span{start, end}, around)
		cutBefore, cutAfter = cutBefore || s > start, cutAfter || e < end
		start, end = s, e
	}
	at = -1
	var inside []hitSpan
	for _, p := range places {
		if p.start >= start && p.end <= end {
			if len(inside) == 0 {
				at = p.start
			}
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
	return out, at
}

// passage is the entry's snippet and, of a page, the section that its match is in.
func (mk *marker) passage(e *entry) (html string, in *kb.Section) {
	html, at := mk.snippet(e)
	if e.question == nil && at >= 0 {
		in = e.sectionAt(at)
	}
	return html, in
}

// answer is the text that the entry's snippet is taken from.
func (e *entry) answer() string {
	if e.question != nil {
		return e.question.Answer
	}
	var b strings.Builder
	e.eachPart(func(text string, _ *kb.Section) bool {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(text)
		return true
	})
	return b.String()
}

// eachPart calls do with each text that a page's answer is made of and the section that
// it is in, nil before the first one, until it returns false.
func (e *entry) eachPart(do func(text string, in *kb.Section) bool) {
	p := e.page
	part := func(text string, in *kb.Section) bool {
		return strings.TrimSpace(text) == "" || do(text, in)
	}
	if !part(p.Summary, nil) || !part(p.Intro, nil) {
		return
	}
	for i := range p.Sections {
		if s := &p.Sections[i]; !part(s.Heading, s) || !part(s.Text, s) {
			return
		}
	}
}

// sectionAt is the section of a page that has this place of its answer, nil if none has.
func (e *entry) sectionAt(place int) *kb.Section {
	var at *kb.Section
	end := 0
	e.eachPart(func(text string, in *kb.Section) bool {
		at = in
		end += len(text) + 1
		return end <= place
	})
	return at
}

// bestPassage finds the sentence, or the two sentences within snippetLength, that have
// the most weight of distinct words. Of equal ones the beginning of the text is the
// best, then one sentence before two, then the first. Whatever room is left is filled
// with what follows, up to two sentences, or more if they are short.
func (mk *marker) bestPassage(text string, sentences []span, places []hitSpan) (first, last int) {
	chars := lengths(text, sentences)
	found := make([]uint32, len(sentences))
	k := 0
	for i, s := range sentences {
		for k < len(places) && places[k].start < s.start {
			k++
		}
		for ; k < len(places) && places[k].start < s.end; k++ {
			found[i] |= places[k].words
		}
	}
	best := -1.0
	try := func(i, j int, words uint32) {
		if weight := mk.weigh(words); weight > best+1e-9 {
			best, first, last = weight, i, j
		}
	}
	two := func(i int) bool { return i+1 < len(sentences) && chars[i]+chars[i+1] <= snippetLength }
	try(0, 0, found[0])
	if two(0) {
		try(0, 1, found[0]|found[1])
	}
	for i := 1; i < len(sentences); i++ {
		try(i, i, found[i])
	}
	for i := 1; i < len(sentences); i++ {
		if two(i) {
			try(i, i+1, found[i]|found[i+1])
		}
	}
	return fill(chars, first, last)
}

// lengths are the characters of each sentence.
func lengths(text string, sentences []span) []int {
	chars := make([]int, len(sentences))
	for i, s := range sentences {
		chars[i] = utf8.RuneCountInString(text[s.start:s.end])
	}
	return chars
}

// fill adds the sentences after a passage that the room left has place for.
func fill(chars []int, first, last int) (int, int) {
	total := 0
	for i := first; i <= last; i++ {
		total += chars[i]
	}
	for last+1 < len(chars) && total+chars[last+1] <= snippetLength && (last == first || total < snippetLength/2) {
		last++
		total += chars[last]
	}
	return first, last
}

// asked tells whether the entry's question has answeredFrom of the query. Words that
// cannot be marked, because nothing has them, do not count.
func (mk *marker) asked(e *entry) bool {
	var all, found uint32
	for _, bits := range mk.words {
		all |= bits
	}
	for _, p := range mk.matches(e.text()) {
		found |= p.words
	}
	return all != 0 && mk.weigh(found) >= answeredFrom*mk.weigh(all)
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
// or from its start without any, at spaces.
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

// splitSentences gives the sentences of a text: they end at a line end, so that the
// items of a list and the lines of code are sentences, at ".", "!" or "?" before a
// space, and at the full stops of Chinese and Japanese. The dot of an abbreviation or
// of a numbered item ends none.
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
			if next, _ := decode(text, end); !unicode.IsSpace(next) || r == '.' && next != '\n' && goesOn(text[start:end-1], text[end:]) {
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

// goesOn tells whether a sentence goes on after a dot between before and after.
func goesOn(before, after string) bool {
	before = strings.TrimLeftFunc(before, unicode.IsSpace)
	if isNumber(before, false) {
		return true // "1. Install it."
	}
	last := strings.ToLower(before[strings.LastIndexFunc(before, func(r rune) bool { return unicode.IsSpace(r) || r == '(' })+1:])
	switch last {
	case "e.g", "i.e", "vs", "cf", "mr", "mrs", "dr":
		return true
	case "etc", "approx", "incl", "resp", "no", "fig", "a.k.a":
		next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(after, unicode.IsSpace))
		return unicode.IsLower(next) || last != "etc" && unicode.IsDigit(next)
	}
	return false
}
