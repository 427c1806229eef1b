package index

import (
	"math/bits"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"faqbase/kb"
)

// How a page's language is told from its text: by how many of its first words are
// stop words of a language; where these are too few, by its script. A wrong guess
// spoils more than none, so that a page in Latin script whose words leave a doubt
// passes for English.
const (
	detectWords    = 600 // that are read, all of which may be
	detectEarly    = 120 // after which a text that is clearly English is not read on
	detectEnglish  = .25 // share of English stop words of one that clearly is
	detectShare    = .12 // least share of a language's stop words
	detectDistinct = 3   // least number of different ones, and one more for
	detectMore     = 30  // each so many words, for a list of names repeats a few,
	detectMost     = 8   // up to so many
	detectLead     = 1.5 // times those of English
	detectScript   = .3  // share of words in a script that few languages have
)

// languageOf is the language of a page: what its front matter says, else what its text
// seems to be.
func languageOf(p *kb.Page) *language {
	if l, ok := taggedLanguage(p.Lang); ok {
		return l
	}
	var d detection
	for _, text := range []string{p.Title, p.Summary, p.Intro} {
		if d.read(text) {
			return d.language()
		}
	}
	for _, q := range p.Questions {
		if d.read(q.Text) || d.read(q.Answer) {
			return d.language()
		}
	}
	d.read(p.Text)
	return d.language()
}

// stopsOfAll gives by stop word the languages that have it, nil among them.
var stopsOfAll = sync.OnceValue(func() map[string]languageSet {
	all := make(map[string]languageSet)
	for text := range stopWords {
		all[text] |= inEnglish
	}
	for _, l := range languages {
		if !l.detected {
			continue
		}
		for text := range analysers[l.number]().stops {
			all[text] |= l.set()
		}
	}
	return all
})

// A detection counts stop words.
type detection struct {
	words    int
	count    [64]int // by bit of a languageSet
	distinct [64]int
	scripts  map[*unicode.RangeTable]int // words in them, Latin apart
	seen     map[string]bool
	buf      []byte
}

// read counts the words of a text and tells whether it has seen enough.
func (d *detection) read(text string) (enough bool) {
	start := -1
	ascii := true
	for i := 0; i <= len(text); {
		r, size := decode(text, i)
		if r >= 0 && (isWordRune(r) && !isUnspaced(r) || start >= 0 && isUnseen(r)) {
			if start < 0 {
				start, ascii = i, true
			}
			ascii = ascii && r < utf8.RuneSelf
			i += size
			continue
		}
		if start >= 0 {
			if !partOfName(text[:start]) && d.word(text[start:i], ascii) {
				return true
			}
			start = -1
		}
		i += max(size, 1)
	}
	return false
}

// partOfName tells whether a word after this is one of an address: ".com".
func partOfName(before string) bool {
	return before != "" && strings.IndexByte("./@_-", before[len(before)-1]) >= 0
}

func (d *detection) word(w string, ascii bool) (enough bool) {
	d.buf = d.buf[:0]
	if ascii {
		for i := range len(w) {
			c := w[i]
			if c >= '0' && c <= '9' {
				return false
			}
			d.buf = append(d.buf, byte(unicode.ToLower(rune(c))))
		}
	} else {
		d.buf = append(d.buf, foldText(w)...)
	}
	if !ascii {
		d.noteScript(w)
	}
	d.words++
	if in := stopsOfAll()[string(d.buf)]; in != 0 {
		fresh := !d.seen[string(d.buf)]
		if fresh {
			if d.seen == nil {
				d.seen = make(map[string]bool)
			}
			d.seen[string(d.buf)] = true
		}
		for ; in != 0; in &= in - 1 {
			b := bits.TrailingZeros64(uint64(in))
			d.count[b]++
			if fresh {
				d.distinct[b]++
			}
		}
	}
	if d.words == detectEarly && float64(d.count[0]) >= detectEnglish*detectEarly && d.best() == nil {
		return true
	}
	return d.words >= detectWords
}

// best is the language with the most stop words, if it has clearly more than English;
// of equal ones the first.
func (d *detection) best() *language {
	var best *language
	for _, l := range languages {
		n := d.count[l.number]
		if float64(n) < detectLead*float64(d.count[0]) || n == 0 {
			continue
		}
		if best == nil || n > d.count[best.number] || n == d.count[best.number] && d.distinct[l.number] > d.distinct[best.number] {
			best = l
		}
	}
	return best
}

func (d *detection) noteScript(w string) {
	first, _ := utf8.DecodeRuneInString(w)
	for _, l := range languages {
		if l.script != nil && unicode.Is(l.script, first) {
			if d.scripts == nil {
				d.scripts = make(map[*unicode.RangeTable]int)
			}
			d.scripts[l.script]++
			return
		}
	}
}

func (d *detection) language() *language {
	l := d.best()
	if l == nil || d.distinct[l.number] < min(detectMost, detectDistinct+d.words/detectMore) || float64(d.count[l.number]) < detectShare*float64(d.words) {
		return d.byScript()
	}
	return l
}

// byScript is the language whose script the text is in; of several that which has the
// most stop words, then one with stems.
func (d *detection) byScript() *language {
	var best *language
	for _, l := range languages {
		if l.script == nil || float64(d.scripts[l.script]) < detectScript*float64(d.words) || d.scripts[l.script] == 0 {
			continue
		}
		if best == nil || d.count[l.number] > d.count[best.number] || d.count[l.number] == d.count[best.number] && l.stems && !best.stems {
			best = l
		}
	}
	return best
}
