package index

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"faqbase/kb"
)

// How a page's language is told from its text: by how many of its first words are
// stop words of a language. A wrong guess spoils more than none, so that a page whose
// words leave a doubt passes for English.
const (
	detectWords    = 600 // that are read, all of which may be
	detectEarly    = 120 // after which a text that is clearly English is not read on
	detectEnglish  = .25 // share of English stop words of one that clearly is
	detectShare    = .12 // least share of a language's stop words
	detectDistinct = 3   // least number of different ones
	detectLead     = 1.5 // times those of English
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
			if d.word(text[start:i], ascii) {
				return true
			}
			start = -1
		}
		i += max(size, 1)
	}
	return false
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
	d.words++
	if in := stopsOfAll()[string(d.buf)]; in != 0 {
		fresh := !d.seen[string(d.buf)]
		if fresh {
			if d.seen == nil {
				d.seen = make(map[string]bool)
			}
			d.seen[string(d.buf)] = true
		}
		for b := range len(languages) + 1 {
			if in&(1<<b) != 0 {
				d.count[b]++
				if fresh {
					d.distinct[b]++
				}
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

func (d *detection) language() *language {
	l := d.best()
	if l == nil || d.distinct[l.number] < detectDistinct || float64(d.count[l.number]) < detectShare*float64(d.words) {
		return nil
	}
	return l
}
