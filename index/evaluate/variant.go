package evaluate

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
)

// A Variant is a way in which people type a query.
type Variant string

const (
	Clean  Variant = "clean" // as it is
	Typo1  Variant = "typo1"
	Typo2  Variant = "typo2"
	Half   Variant = "half"
	NoStop Variant = "nostop"
)

// Variants are all of them.
var Variants = []Variant{Clean, Typo1, Typo2, Half, NoStop}

// Of is the text of the query with that id in variant v.
func (v Variant) Of(id, text string, seed uint64) string {
	switch v {
	case Typo1, Typo2:
		h := fnv.New64a()
		h.Write([]byte(string(v) + "\x00" + id))
		return withTypos(text, newDice(seed, h.Sum64()), v == Typo2)
	case Half:
		return halved(text)
	case NoStop:
		return withoutStopWords(text)
	default:
		return text
	}
}

// minTypoLetters is the least number of letters of a word that gets a typo.
const minTypoLetters = 5

// withTypos makes a typo in a word of text, or one each in two.
func withTypos(text string, draw dice, two bool) string {
	runes := []rune(text)
	words := letterWords(runes)
	if len(words) == 0 {
		return text
	}
	n := draw.below(len(words))
	typos := []span{words[n]}
	if two && len(words) > 1 {
		other := draw.below(len(words) - 1)
		if other >= n {
			other++
		}
		typos = append(typos, words[other])
		// From the end, so that the place of the other word stays.
		slices.SortFunc(typos, func(a, b span) int { return b.start - a.start })
	}
	for _, w := range typos {
		word := withTypo(runes[w.start:w.end], draw)
		if two && len(typos) == 1 {
			for { // the second must not undo the first
				again := withTypo(word, draw)
				if !slices.Equal(again, runes[w.start:w.end]) {
					word = again
					break
				}
			}
		}
		runes = slices.Concat(runes[:w.start], word, runes[w.end:])
	}
	return string(runes)
}

// A span is a word in a text, from rune start up to end.
type span struct{ start, end int }

// words are the words of a text: letters and digits, and apostrophes between them.
func words(runes []rune) (list []span) {
	for i := 0; i < len(runes); {
		end := i
		for end < len(runes) && (isWordRune(runes[end]) ||
			end > i && isApostrophe(runes[end]) && end+1 < len(runes) && isWordRune(runes[end+1])) {
			end++
		}
		if end > i {
			list = append(list, span{i, end})
		}
		i = max(end, i+1)
	}
	return list
}

// letterWords are the words of letters alone that are long enough for a typo.
func letterWords(runes []rune) []span {
	return slices.DeleteFunc(words(runes), func(w span) bool {
		return w.end-w.start < minTypoLetters ||
			slices.ContainsFunc(runes[w.start:w.end], func(r rune) bool { return !unicode.IsLetter(r) })
	})
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' }

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

// alphabet are the letters that get in by mistake, neighbours those that are
// beside each of them on an American keyboard.
const alphabet = "abcdefghijklmnopqrstuvwxyz"

var neighbours = [len(alphabet)]string{
	"qwsz", "vghn", "xdfv", "serfcx", "wsdr", "drtgvc", "ftyhbv", "gyujnb", "ujko", "huikmn", "jiolm", "kop", "njk",
	"bhjm", "iklp", "ol", "wa", "edft", "awedxz", "rfgy", "yhji", "cfgb", "qase", "zsdc", "tghu", "asx",
}

// withTypo is word with one typo, never word itself.
func withTypo(word []rune, draw dice) []rune {
	for {
		at := draw.below(len(word))
		switch draw.below(4) {
		case 0: // one put in, before any letter or after the last
			at = draw.below(len(word) + 1)
			return slices.Insert(slices.Clone(word), at, rune(alphabet[draw.below(len(alphabet))]))
		case 1: // one left out
			return slices.Delete(slices.Clone(word), at, at+1)
		case 2: // one replaced
			letter := strings.IndexRune(alphabet, unicode.ToLower(word[at]))
			if letter < 0 {
				continue
			}
			keys := neighbours[letter]
			key := rune(keys[draw.below(len(keys))])
			if unicode.IsUpper(word[at]) {
				key = unicode.ToUpper(key)
			}
			typo := slices.Clone(word)
			typo[at] = key
			return typo
		case 3: // two swapped
			if at+1 == len(word) || word[at] == word[at+1] {
				continue
			}
			typo := slices.Clone(word)
			typo[at], typo[at+1] = typo[at+1], typo[at]
			return typo
		}
	}
}

// halved is text up to the middle of its last word.
func halved(text string) string {
	runes := []rune(text)
	list := words(runes)
	if len(list) == 0 {
		return text
	}
	last := list[len(list)-1]
	n := last.end - last.start
	return string(runes[:last.start+min(n, max((n+1)/2, 2))])
}

// withoutStopWords is text without its stop words, the others as they were typed.
func withoutStopWords(text string) string {
	var kept []string
	for typed := range strings.FieldsSeq(text) {
		word := strings.ToLower(strings.TrimFunc(typed, func(r rune) bool { return !isWordRune(r) }))
		if !stopWords[strings.ReplaceAll(word, "’", "'")] {
			kept = append(kept, typed)
		}
	}
	// Punctuation alone is nothing either.
	if !slices.ContainsFunc(kept, func(s string) bool { return strings.ContainsFunc(s, isWordRune) }) {
		return text
	}
	return strings.Join(kept, " ")
}

// stopWords is Snowball's English list, and "will" of Lucene's. It never changes.
var stopWords = func() analysis.TokenMap {
	words := analysis.NewTokenMap()
	// The only error is that of a reader, and there is none.
	_ = words.LoadBytes(en.EnglishStopWords)
	words.AddToken("will")
	return words
}()
