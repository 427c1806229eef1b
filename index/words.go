package index

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A word is one normalised form of a word of a text, and where it stands.
//
// Every text, be it indexed, asked for or shown, becomes words through the one
// function [appendWords], so that what is marked is what matched.
type word struct {
	// text is the normal form: NFKD, lower case, accents and apostrophes dropped.
	text string
	// start and end are byte offsets into the text it was read from.
	start, end int
	// pos is the word's place among the words of the text, from 0. Extra forms
	// have the place of the (first) word they are a form of.
	pos int
	// span is the number of words that the form stands for: 1, and for the whole
	// of a compound ("nodejs" of "Node.js") as many as it has parts.
	span int
	// extra tells a further form of a word from the word itself. Extra forms can be
	// searched, but do not count as words of their own.
	extra bool
}

// Longer words are cut, and longer compounds have no form as a whole: they are
// paths, keys and data, which nobody types.
const (
	maxWordBytes     = 100
	maxCompoundParts = 4
	maxCompoundBytes = 40
)

// appendWords appends the words of s to dst, in their order. The rules:
//
//   - A word is a run of letters, digits and marks; an apostrophe inside it is
//     dropped ("don't" is "dont"), a final 's cut. So are soft hyphens and what joins
//     letters without being seen; in Arabic script what keeps them from being joined
//     is a "-".
//   - An article or the like that has lost its vowel ("l'eau", "dell'arte") is no part
//     of the word after it; both together are an extra form.
//   - Words joined by "-", "_" or "." without spaces are a compound: its parts are
//     words, and the whole, written together, is an extra form over all of them.
//     So "Node.js", "NodeJS", "node-js" and "nodejs" all have the form "nodejs".
//   - Numbers joined by "." are one word, a version: "1.2.3" with the extra forms
//     "1.2", "1", "2" and "3"; "v1.2.3" is the same.
//   - "C++", "C#", "F#" are words as they stand, also before a number ("C++20"). A
//     longer one ("notepad++") has the extra form without the signs.
//   - A word after a leading dot (".NET", ".gitignore") keeps the dot and has an
//     extra form without it.
//   - camelCase has its parts as extra forms, if it begins with a small letter
//     (useState), has an acronym (SQLAlchemy) or three humps (HttpClientFactory).
//     Two plain humps (JavaScript, GitHub) name something else than their parts.
//   - Scripts without spaces between words (Han, Kana, Thai, Lao, Khmer, Burmese) and
//     Hangul give their neighbouring pairs of characters (NFKC), a lone one itself.
func appendWords(dst []word, s string) []word {
	t := tokenizer{src: s, words: dst}
	for i := 0; i < len(s); {
		r, size := decode(s, i)
		switch {
		case isWordRune(r):
			i = t.compound(i, i)
		case r == '.' && t.leadingDot(i):
			i = t.compound(i+1, i)
		default:
			i += size
		}
	}
	return t.words
}

// words returns the words of s.
func words(s string) []word { return appendWords(nil, s) }

// normalize returns the words of s without extra forms, joined by spaces: two
// texts are the same question if this is the same.
func normalize(s string) string { return joinWords(words(s)) }

func joinWords(ws []word) string {
	var b strings.Builder
	for _, w := range ws {
		if w.extra {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}

func countWords(ws []word) int {
	n := 0
	for _, w := range ws {
		if !w.extra {
			n++
		}
	}
	return n
}

type tokenizer struct {
	src   string
	words []word
	pos   int
	buf   []byte
	parts []span
}

type span struct{ start, end int }

// leadingDot tells whether the dot at i begins a name such as ".NET".
func (t *tokenizer) leadingDot(i int) bool {
	if i > 0 {
		prev, _ := utf8.DecodeLastRuneInString(t.src[:i])
		if isWordRune(prev) || prev == '.' || prev == '/' || prev == ')' || prev == ']' {
			return false
		}
	}
	next, _ := decode(t.src, i+1)
	return unicode.IsLetter(next) && !isUnspaced(next)
}

// compound reads the words that begin at i without a space between them; from
// is i, or the place of the dot before it. It returns where it stopped.
func (t *tokenizer) compound(i, from int) int {
	s := t.src
	t.parts = t.parts[:0]
	numbers := true
	for {
		r, _ := decode(s, i)
		if isUnspaced(r) {
			t.flush(from, numbers)
			return t.unspaced(i)
		}
		end := t.run(i)
		t.parts = append(t.parts, span{i, end})
		numbers = numbers && isNumber(s[i:end], len(t.parts) == 1)
		i = end
		if n := signs(s[i:], end-t.parts[len(t.parts)-1].start); n > 0 {
			return t.signed(i, i+n, from)
		}
		c, size := decode(s, i)
		next, _ := decode(s, i+size)
		if !isConnector(c) && !separatesArabic(s, i) || !isWordRune(next) || numbers && c != '.' && len(t.parts) > 1 {
			break
		}
		if numbers && c != '.' {
			numbers = false
		}
		i += size
	}
	t.flush(from, numbers)
	return i
}

// flush emits the parts read so far.
func (t *tokenizer) flush(from int, numbers bool) {
	if len(t.parts) == 0 {
		return
	}
	first, last := t.parts[0], t.parts[len(t.parts)-1]
	if len(t.parts) == 1 {
		if from < first.start {
			text := t.fold(first)
			if text == "" {
				return
			}
			t.emit(word{text: "." + text, start: from, end: first.end, pos: t.pos, span: 1})
			t.emit(word{text: text, start: from, end: first.end, pos: t.pos, span: 1, extra: true})
			t.pos++
			return
		}
		t.single(first)
		return
	}
	if numbers {
		t.version(first.start, last.end)
		return
	}
	pos := t.pos
	var whole strings.Builder
	for _, p := range t.parts {
		before := len(t.words)
		t.single(p)
		if before < len(t.words) {
			whole.WriteString(t.words[before].text)
		}
	}
	if n := t.pos - pos; n > 1 && n <= maxCompoundParts && whole.Len() <= maxCompoundBytes {
		t.emit(word{text: whole.String(), start: first.start, end: last.end, pos: pos, span: n, extra: true})
	}
}

// single emits one word and the parts of its camelCase, and with the article before it
// the whole.
func (t *tokenizer) single(p span) {
	whole := p
	p.start += elision(t.src[p.start:p.end])
	text := t.fold(p)
	if text == "" {
		return
	}
	end := p.end
	if n := possessive(t.src[p.start:p.end]); n > 0 {
		end -= n
	}
	t.emit(word{text: text, start: p.start, end: end, pos: t.pos, span: 1})
	for _, hump := range humps(t.src[p.start:end]) {
		h := span{p.start + hump.start, p.start + hump.end}
		t.emit(word{text: t.fold(h), start: h.start, end: h.end, pos: t.pos, span: 1, extra: true})
	}
	if whole.start < p.start {
		t.emit(word{text: t.fold(whole), start: whole.start, end: end, pos: t.pos, span: 1, extra: true})
	}
	t.pos++
}

// signed emits a word that ends in signs (C++), with the parts before it.
func (t *tokenizer) signed(wordEnd, end, from int) int {
	last := t.parts[len(t.parts)-1]
	t.parts = t.parts[:len(t.parts)-1]
	t.flush(from, false)
	text := t.fold(span{last.start, wordEnd})
	if text == "" {
		return end
	}
	t.emit(word{text: text + t.src[wordEnd:end], start: last.start, end: end, pos: t.pos, span: 1})
	if utf8.RuneCountInString(text) > 2 {
		t.emit(word{text: text, start: last.start, end: end, pos: t.pos, span: 1, extra: true})
	}
	t.pos++
	return end
}

// version emits numbers joined by dots as one word.
func (t *tokenizer) version(start, end int) {
	text := t.fold(span{start, end})
	text = strings.TrimPrefix(text, "v")
	w := word{text: text, start: start, end: end, pos: t.pos, span: 1}
	t.emit(w)
	w.extra = true
	for i := len(text) - 1; i > 0; i-- {
		if text[i] == '.' {
			w.text = text[:i]
			t.emit(w)
		}
	}
	for n, number := range strings.Split(text, ".") {
		if n > 0 { // the first is the shortest of those above
			w.text = number
			t.emit(w)
		}
	}
	t.pos++
}

// unspaced emits a run of a script that has no spaces between words. What is written
// as several characters but is one (a syllable of its letters, half width with its
// voicing mark) counts as one.
func (t *tokenizer) unspaced(i int) int {
	end := i
	for end < len(t.src) {
		r, size := decode(t.src, end)
		if !isUnspaced(r) && !(end > i && continuesUnspaced(r)) {
			break
		}
		end += size
	}
	prev := word{span: 1}
	n := 0
	var chars norm.Iter
	chars.InitString(norm.NFKC, t.src[i:end])
	for !chars.Done() {
		start := i + chars.Pos()
		text := string(chars.Next())
		for len(text) > 0 { // a compatibility character may be several
			_, size := utf8.DecodeRuneInString(text)
			for size < len(text) {
				r, more := utf8.DecodeRuneInString(text[size:])
				if !continuesUnspaced(r) {
					break
				}
				size += more
			}
			c := word{text: text[:size], start: start, end: i + chars.Pos(), span: 1}
			text = text[size:]
			if n > 0 {
				t.emit(word{text: prev.text + c.text, start: prev.start, end: c.end, pos: t.pos, span: 1})
				t.pos++
			}
			prev = c
			n++
		}
	}
	if n == 1 {
		prev.pos = t.pos
		t.emit(prev)
		t.pos++
	}
	return end
}

func (t *tokenizer) emit(w word) {
	if w.text != "" {
		t.words = append(t.words, w)
	}
}

// run returns the end of the letters and digits at i, apostrophes between them
// included.
func (t *tokenizer) run(i int) int {
	s := t.src
	for i < len(s) {
		r, size := decode(s, i)
		if r < utf8.RuneSelf && r != '\'' { // nearly always, and nothing else can be said of it
			if !isWordRune(r) {
				return i
			}
		} else if isApostrophe(r) || isUnseen(r) {
			seen := i + size
			for apostrophe := isApostrophe(r); ; {
				next, more := decode(s, seen)
				if !isUnseen(next) && (apostrophe || !isApostrophe(next)) {
					break
				}
				apostrophe = apostrophe || isApostrophe(next)
				seen += more
			}
			if next, _ := decode(s, seen); !isWordRune(next) || isUnspaced(next) || separatesArabic(s, i) {
				return i
			}
			size = seen - i
		} else if !isWordRune(r) || isUnspaced(r) {
			return i
		}
		i += size
	}
	return i
}

// fold gives the normal form of a part of the text.
func (t *tokenizer) fold(p span) string {
	s := t.src[p.start:p.end]
	s = s[:len(s)-possessive(s)]
	plain := true // already its own normal form
	ascii := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			ascii, plain = false, false
			break
		}
		if c >= 'A' && c <= 'Z' || c == '\'' {
			plain = false
		}
	}
	if plain {
		return cut(s)
	}
	t.buf = t.buf[:0]
	if ascii {
		for i := 0; i < len(s); i++ {
			c := s[i]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			if c != '\'' {
				t.buf = append(t.buf, c)
			}
		}
		return cut(string(t.buf))
	}
	t.buf = appendFolded(t.buf, s)
	return cut(string(t.buf))
}

// foldText is the normal form of a word.
func foldText(s string) string { return string(appendFolded(nil, s)) }

func appendFolded(dst []byte, s string) []byte {
	for _, r := range norm.NFKD.String(s) {
		dst = foldRune(dst, r)
	}
	return dst
}

// foldRune appends the normal form of a decomposed character.
func foldRune(dst []byte, r rune) []byte {
	if isAccent(r) || isApostrophe(r) || isUnseen(r) || r == tatweel {
		return dst
	}
	r = unicode.ToLower(r)
	if digit, ok := asciiDigit(r); ok {
		return append(dst, digit)
	}
	switch r { // letters that Unicode does not decompose and people type without
	case 'ß':
		return append(dst, "ss"...)
	case 'æ':
		return append(dst, "ae"...)
	case 'œ':
		return append(dst, "oe"...)
	case 'ø':
		r = 'o'
	case 'đ', 'ð':
		r = 'd'
	case 'ł':
		r = 'l'
	case 'ı':
		r = 'i'
	case 'þ':
		return append(dst, "th"...)
	case 'ς':
		r = 'σ'
	}
	return utf8.AppendRune(dst, r)
}

func cut(s string) string {
	if len(s) <= maxWordBytes {
		return s
	}
	i := maxWordBytes
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return s[:i]
}

// elisions are what loses its vowel before another one in French, Italian and Catalan.
var elisions = map[string]bool{
	"c": true, "d": true, "j": true, "l": true, "m": true, "n": true, "qu": true, "s": true, "t": true, "v": true,
	"jusqu": true, "lorsqu": true, "puisqu": true, "quoiqu": true,
	"agl": true, "all": true, "coll": true, "dagl": true, "dall": true, "degl": true, "dell": true, "gl": true,
	"negl": true, "nell": true, "pell": true, "sugl": true, "sull": true, "un": true,
}

// elision returns the length of the article and its apostrophe that s begins with, 0 if
// there is none. What follows begins with a vowel or h and has two letters or more.
func elision(s string) int {
	i := strings.IndexFunc(s, isApostrophe)
	if i < 1 || i > len("quoiqu") || !elisions[strings.ToLower(s[:i])] {
		return 0
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	first, n := decode(s, i+size)
	if next, _ := decode(s, i+size+n); !isWordRune(next) {
		return 0
	}
	if folded := foldText(string(first)); folded == "" || !strings.Contains("aeiouyh", folded[:1]) {
		return 0
	}
	return i + size
}

// possessive returns the length of a final 's, 0 if there is none.
func possessive(s string) int {
	if n := len(s); n < 3 || s[n-1] != 's' && s[n-1] != 'S' {
		return 0
	}
	r, size := utf8.DecodeLastRuneInString(s[:len(s)-1])
	if !isApostrophe(r) || size+1 == len(s) {
		return 0
	}
	return size + 1
}

// humps returns the parts of camelCase that are searched by themselves.
func humps(s string) []span {
	upper := 0
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return nil // only identifiers are split
		}
		if isUpper(s[i]) {
			upper++
		}
	}
	if upper == 0 || upper == len(s) {
		return nil
	}
	var parts []span
	start := 0
	acronym := false
	for i := 1; i < len(s); i++ {
		if !isUpper(s[i]) {
			continue
		}
		endsLower := !isUpper(s[i-1])
		beginsHump := i+1 < len(s) && isLower(s[i+1])
		if endsLower || beginsHump {
			acronym = acronym || i-start > 1 && isUpper(s[i-1])
			parts = append(parts, span{start, i})
			start = i
		}
	}
	if start == 0 {
		return nil
	}
	acronym = acronym || len(s)-start > 1 && isUpper(s[len(s)-1])
	parts = append(parts, span{start, len(s)})
	if !isLower(s[0]) && !acronym && len(parts) < 3 {
		return nil
	}
	long := parts[:0]
	for _, p := range parts {
		if p.end-p.start > 1 {
			long = append(long, p)
		}
	}
	return long
}

// signs returns the length of the "++" or "#" that s begins with and that belongs
// to the name of that many bytes before it. A letter or digit after it makes it
// something else, but for the number of a language's version ("C++20", "C#8").
func signs(s string, name int) int {
	n := 0
	switch {
	case strings.HasPrefix(s, "++"):
		n = 2
	case strings.HasPrefix(s, "#"):
		n = 1
	default:
		return 0
	}
	next, _ := decode(s, n)
	if name == 1 && '0' <= next && next <= '9' {
		return n
	}
	if isWordRune(next) || next == '+' || next == '#' {
		return 0
	}
	return n
}

// isNumber tells whether s are digits; the first number of a version may have a v.
func isNumber(s string, first bool) bool {
	if first && len(s) > 1 && (s[0] == 'v' || s[0] == 'V') {
		s = s[1:]
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func decode(s string, i int) (rune, int) {
	if i >= len(s) {
		return -1, 0
	}
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s[i:])
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	// U+02BC is a letter to Unicode and an apostrophe to those who type it.
	return r != utf8.RuneError && !isApostrophe(r) && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r))
}

func isConnector(r rune) bool {
	switch r {
	case '-', '_', '.', '\u2010', '\u2011':
		return true
	}
	return false
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '\u2018', '\u2019', '\u02BC', '\uFF07':
		return true
	}
	return false
}

// isAccent tells the marks that are dropped: those that people leave out when they
// type. The vowel signs of Indic and South-East Asian scripts are not.
func isAccent(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36F, // combining diacritical marks
		r >= 0x591 && r <= 0x5C7,             // Hebrew points
		r >= 0x64B && r <= 0x65F, r == 0x670, // Arabic vowel signs
		r >= 0x1AB0 && r <= 0x1AFF, r >= 0x1DC0 && r <= 0x1DFF,
		r >= 0x20D0 && r <= 0x20FF, r >= 0xFE20 && r <= 0xFE2F,
		r >= 0xFE00 && r <= 0xFE0F: // variants
		return unicode.Is(unicode.M, r)
	}
	return false
}

// isUnseen tells the characters inside words that nobody sees or types: the soft
// hyphen and what joins letters or keeps them from being joined.
func isUnseen(r rune) bool {
	switch r {
	case '\u00AD', '\u200C', '\u200D', '\u2060', '\uFEFF':
		return true
	}
	return false
}

// tatweel makes Arabic words longer.
const tatweel = '\u0640'

// separatesArabic tells whether at i is what keeps letters from being joined between
// two of Arabic script: what it separates are words to those who write Persian.
func separatesArabic(s string, i int) bool {
	r, size := decode(s, i)
	if r != '\u200C' {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := decode(s, i+size)
	return unicode.Is(unicode.Arabic, before) && unicode.Is(unicode.Arabic, after)
}

// asciiDigit gives the digit that one of Arabic, Persian or Hindi is.
func asciiDigit(r rune) (digit byte, ok bool) {
	for _, zero := range [...]rune{'٠', '۰', '०'} {
		if r >= zero && r <= zero+9 {
			return '0' + byte(r-zero), true
		}
	}
	return 0, false
}

// isUnspaced tells the scripts that are indexed by pairs of characters.
func isUnspaced(r rune) bool {
	if r < 0x0E00 {
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r == 'ー' || r == '\uFF70'
}

// continuesUnspaced tells what belongs to the character before it in these scripts:
// marks, and the voicing marks of half width.
func continuesUnspaced(r rune) bool {
	return unicode.Is(unicode.M, r) || r == '\uFF9E' || r == '\uFF9F'
}
