package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"faqbase/kb"
)

// maxWords is the number of words of a query that are searched.
const maxWords = 32

// A request is a query as it was read.
type request struct {
	// query is the query as it was understood, see [Results].
	query Query
	// norm is the normal form of the text without operators.
	norm string
	// words are the words to look for, each once, at most maxWords.
	words []queryWord
	// language is the one that the words seem to be in.
	language *language
	// sequence has the words in the order they were typed, as indexes into words.
	sequence []int
	phrases  [][]string // words that must stand next to each other
	excluded [][]string // words, or words next to each other, that must not occur
	ignored  []string
	unknown  []UnknownValue
	// curated is the editor's decision about the query, nil if there is none.
	curated *curation
	// tools are those that the query compares, as far as they are known.
	tools compared
	// blank says that there was no text but spaces and facet tokens: everything is listed.
	blank bool
}

// A queryWord is a distinct word of a query.
type queryWord struct {
	text   string
	typed  string // as it was written
	stop   bool
	quoted bool // searched as it stands
	prefix bool // the last word, which may be unfinished
	// identifier says that it was typed as a name of a program: useState, max_size.
	identifier bool
	count      int // how often it occurs
	// wholes are forms that stand for this word together with its neighbours: the
	// whole of the compound it is part of.
	wholes []string
	// parts are forms of parts of the word.
	parts []string
	// joined are the word written together with the one before or after it.
	joined []string
}

// readQuery reads what a person typed. Nothing is an error:
//
//   - Words in straight or curly double quotes are a phrase. A quote without its
//     counterpart is passed over.
//   - "-word" leaves out entries that have the word, and "-" before a phrase those that
//     have the phrase, if it has three letters or
//     more, or two characters of a script without spaces, and is not all of the query; "--word" and "-d" are plain words, as in
//     commands that people paste.
//   - "category:", "ecosystem:" and "tool:" before a value that the library knows
//     choose that value; values with spaces are quoted. Others are plain words.
//   - A text that equals a question of the library has no operators.
//   - At most maxWords words are searched, and at most maxWords exclude; the rest is
//     told in ignored. A phrase or an exclusion counts once however often it is said.
func readQuery(q Query, c *catalog, d *dictionary) request {
	r := request{query: understood(q, c.lib)}
	text := q.Text
	var phrases []span
	if !c.asks(normalize(text)) {
		text, phrases = r.operators(text, c.lib)
	}
	r.blank = strings.TrimSpace(text) == "" && len(r.excluded) == 0
	list := words(text)
	r.norm = joinWords(list)
	r.language = queryLanguage(list, c, d)
	r.readWords(text, list, phrases)
	return r
}

// queryLanguage is the language that the words of a query seem to be in, of which it
// takes its stop words: that of the library which has most of them, if it has more than
// half, and more of its stop words are among them than English ones. Nothing else
// depends on it.
func queryLanguage(list []word, c *catalog, d *dictionary) (best *language) {
	if len(c.languages) == 0 {
		return nil
	}
	words, english := 0, 0
	for _, w := range list {
		if w.extra {
			continue
		}
		words++
		if stopWords[w.text] {
			english++
		}
	}
	most := words / 2
	for _, l := range c.languages {
		known := d.inLanguage(l)
		n, stops := 0, 0
		for _, w := range list {
			switch {
			case w.extra:
			case analysers[l.number]().stops[w.text]:
				n++
				stops++
			case len(known.ofText(w.text)) > 0:
				n++
			}
		}
		if n > most && stops > english {
			best, most = l, n
		}
	}
	return best
}

// understood gives q with facet values in the library's spelling and numbers within bounds.
func understood(q Query, lib *kb.Library) Query {
	q.Category = spelled(lib, kb.FacetCategory, q.Category)
	q.Ecosystem = spelled(lib, kb.FacetEcosystem, q.Ecosystem)
	q.Tool = spelled(lib, kb.FacetTool, q.Tool)
	q.Page = max(q.Page, 1)
	q.Size = min(max(q.Size, 0), 100)
	if q.Sort != ByUpdated && q.Sort != ByTitle {
		q.Sort = ByRelevance
	}
	return q
}

// spelled gives values in the library's spelling, each once; those that it does not
// know stay as they are.
func spelled(lib *kb.Library, f kb.Facet, values []string) []string {
	var out []string
	for _, v := range values {
		if known, ok := lib.Value(f, v); ok {
			v = known.Name
		}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Selection is where q keeps the chosen values of a facet.
func (q *Query) Selection(f kb.Facet) *[]string {
	switch f {
	case kb.FacetCategory:
		return &q.Category
	case kb.FacetEcosystem:
		return &q.Ecosystem
	default:
		return &q.Tool
	}
}

// operators takes facet tokens and excluded words out of the text, leaving spaces,
// and returns it with the places of its phrases.
func (r *request) operators(text string, lib *kb.Library) (string, []span) {
	rest := []byte(text)
	blank := func(s span) {
		for i := s.start; i < s.end; i++ {
			rest[i] = ' '
		}
	}
	known, unknown := selections(text, lib)
	for _, sel := range unknown[:min(maxUnknownValues, len(unknown))] {
		r.unknown = append(r.unknown, unknownValue(text, sel, lib))
	}
	for _, sel := range known {
		values := r.query.Selection(sel.Facet)
		if !slices.Contains(*values, sel.Value.Name) {
			*values = append(slices.Clone(*values), sel.Value.Name)
		}
		blank(span{sel.Start, sel.End})
	}
	text = string(rest)
	var phrases, exclusions []span
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(c) {
			i += size
			continue
		}
		if inside, end, ok := quoted(text, i); ok {
			phrases = append(phrases, inside)
			i = end
			continue
		}
		end, excluded := exclusionAt(text, i)
		if excluded {
			exclusions = append(exclusions, span{i, end})
		}
		i = end
	}
	// Exclusions alone exclude nothing: then they are words.
	left := slices.Clone(rest)
	for _, e := range exclusions {
		for i := e.start; i < e.end; i++ {
			left[i] = ' '
		}
	}
	if len(words(string(left))) > 0 {
		n := 0 // words that exclude
		for _, e := range exclusions {
			blank(e)
			x := plainWords(text[e.start:e.end])
			if len(x) == 0 || containsWords(r.excluded, x) {
				continue
			}
			if n+len(x) > maxWords {
				if typed := text[e.start:e.end]; !slices.Contains(r.ignored, typed) {
					r.ignored = append(r.ignored, typed)
				}
				continue
			}
			n += len(x)
			r.excluded = append(r.excluded, x)
		}
	}
	return string(rest), phrases
}

// exclusionAt tells where the chunk at i ends, a phrase after "-" included, and whether
// it is an exclusion.
func exclusionAt(text string, i int) (end int, ok bool) {
	if text[i] == '-' {
		if inside, end, ok := quoted(text, i+1); ok && excludes("-"+strings.TrimSpace(text[inside.start:inside.end])) {
			return end, true
		}
	}
	end = chunkEnd(text, i)
	return end, excludes(text[i:end])
}

// excludes tells whether a chunk between spaces is an exclusion.
func excludes(chunk string) bool {
	if len(chunk) < 2 || chunk[0] != '-' {
		return false
	}
	first, _ := utf8.DecodeRuneInString(chunk[1:])
	if !isWordRune(first) {
		return false
	}
	letters := 0
	for _, r := range chunk {
		switch {
		case isUnspaced(r):
			letters += 2 // two characters are a word
		case isWordRune(r):
			letters++
		}
	}
	return letters >= 3
}

// quoted tells whether a phrase begins at i, and where its inside and itself end.
func quoted(text string, i int) (inside span, end int, ok bool) {
	open, size := utf8.DecodeRuneInString(text[i:])
	if !isQuote(open) {
		return span{}, 0, false
	}
	for k := i + size; k < len(text); {
		c, n := utf8.DecodeRuneInString(text[k:])
		if isQuote(c) {
			return span{i + size, k}, k + n, true
		}
		k += n
	}
	return span{}, 0, false
}

func isQuote(r rune) bool {
	switch r {
	case '"', '\u201C', '\u201D', '\u201E', '\uFF02':
		return true
	}
	return false
}

func chunkEnd(text string, i int) int {
	n := strings.IndexFunc(text[i:], unicode.IsSpace)
	if n < 0 {
		return len(text)
	}
	return i + n
}

// readWords fills words, phrases and ignored.
func (r *request) readWords(text string, list []word, phrases []span) {
	for _, p := range phrases {
		var inside []string
		for _, w := range list {
			if !w.extra && w.pos < maxWords && w.start >= p.start && w.end <= p.end {
				inside = append(inside, w.text)
			}
		}
		if len(inside) > 0 && !containsWords(r.phrases, inside) {
			r.phrases = append(r.phrases, inside)
		}
	}
	inPhrase := func(w word) bool {
		return slices.ContainsFunc(phrases, func(p span) bool { return w.start >= p.start && w.end <= p.end })
	}
	at := make(map[int]int)        // place in the text -> index in r.words
	byText := make(map[string]int) // text -> index in r.words
	last := -1                     // place of the last word
	for _, w := range list {
		if !w.extra {
			last = w.pos
		}
	}
	for _, w := range list {
		typed := text[w.start:w.end]
		if w.pos >= maxWords {
			if !w.extra && !slices.Contains(r.ignored, typed) {
				r.ignored = append(r.ignored, typed)
			}
			continue
		}
		if w.extra {
			r.addForm(w, typed, at)
			continue
		}
		n, ok := byText[w.text]
		if !ok {
			n = len(r.words)
			byText[w.text] = n
			r.words = append(r.words, queryWord{text: w.text, typed: typed, stop: r.language.isStop(w.text), quoted: true})
		}
		at[w.pos] = n
		if k := len(r.sequence); k > 0 {
			r.join(r.sequence[k-1], n)
		}
		r.sequence = append(r.sequence, n)
		qw := &r.words[n]
		qw.count++
		quoted := inPhrase(w)
		qw.quoted = qw.quoted && quoted
		qw.prefix = qw.prefix || w.pos == last && !quoted
	}
}

func containsWords(lists [][]string, words []string) bool {
	return slices.ContainsFunc(lists, func(l []string) bool { return slices.Equal(l, words) })
}

// join notes two neighbouring words written together. That the words are letters
// or digits keeps signs out: nobody means "c++11" by "c++ 11".
func (r *request) join(a, b int) {
	first, second := &r.words[a], &r.words[b]
	if a == b || first.stop && second.stop || !joinable(first.text) || !joinable(second.text) {
		return
	}
	whole := first.text + second.text
	first.joined = append(first.joined, whole)
	second.joined = append(second.joined, whole)
}

func joinable(text string) bool {
	return len(text) > 1 && !strings.ContainsAny(text, ".+#")
}

// addForm notes an extra form with the words it belongs to.
func (r *request) addForm(w word, typed string, at map[int]int) {
	for pos := w.pos; pos < w.pos+w.span; pos++ {
		n, ok := at[pos]
		if !ok {
			continue
		}
		if w.span > 1 || len(w.text) > len(r.words[n].text) { // also an article before it
			r.words[n].wholes = append(r.words[n].wholes, w.text)
			r.words[n].identifier = r.words[n].identifier || w.span > 1 && strings.ContainsAny(typed, "_.")
		} else {
			r.words[n].parts = append(r.words[n].parts, w.text)
			r.words[n].identifier = true
		}
	}
}

// plainWords are the words of s without extra forms.
func plainWords(s string) []string {
	var out []string
	for _, w := range words(s) {
		if !w.extra {
			out = append(out, w.text)
		}
	}
	return out
}
