package index

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// wordNumbers are the texts of an entry as closeness reads them, made of the numbers of
// words in the dictionary: to make words of a text takes longer than all else that a
// search does with it. Four bytes a word, and 40 a sentence. Immutable.
type wordNumbers struct {
	around    []uint32 // the words of what the page says around the entry
	words     []uint32 // of all sentences; isExtra marks further forms
	odd       []oddWord
	sentences []numberedSentence
}

// isExtra is the bit of a further form of the word before it.
const isExtra = 1 << 31

// An oddWord is a word that has more than ASCII letters where it stands.
type oddWord struct {
	at      int    // in words
	written string // as it stands, in lower case and composed
}

// A numberedSentence is a sentence, or a part of a question, which is compared with the
// query as a whole.
type numberedSentence struct {
	part  passagePart
	words int  // where it ends in words
	ends  bool // what is compared ends with it, and is span
	span  span
}

// maxOdd is the share of odd words from which on the texts of an entry are read anew for
// each search: the written words would take too much memory.
const maxOdd = 0.25

// notNumbered stands for the texts of such an entry.
var notNumbered = new(wordNumbers)

// numbers are the texts of an entry of a state with this dictionary, nil if they must be
// read anew. They are made when they are first asked for, and kept as long as the page
// stays the same: a word keeps its number.
func (e *entry) numbers(s *state) *wordNumbers {
	n := e.numbered.Load()
	if n == nil {
		n = notNumbered
		if made, ok := newNumbered(e, s); ok {
			n = made
		}
		e.numbered.Store(n)
	}
	if n == notNumbered {
		return nil
	}
	return n
}

func newNumbered(e *entry, s *state) (*wordNumbers, bool) {
	n := &numberer{dictionary: s.dictionary, known: true}
	e.eachAround(s.catalog, func(text string) {
		n.buf = appendWords(n.buf[:0], text)
		for _, w := range n.buf {
			n.around = append(n.around, n.number(w))
		}
	})
	e.eachText(n.add)
	// Copies, so that neither buf nor room to grow is kept with them.
	kept := &wordNumbers{slices.Clone(n.around), slices.Clone(n.words), slices.Clone(n.odd), slices.Clone(n.sentences)}
	return kept, n.known && float64(len(n.odd)) <= maxOdd*float64(len(n.words))
}

// A numberer makes numbers of texts.
type numberer struct {
	wordNumbers
	dictionary *dictionary
	known      bool // all words have a number
	buf        []word
}

func (n *numberer) number(w word) uint32 {
	i, ok := n.dictionary.find(w.text)
	if !ok {
		n.known = false
		return 0
	}
	return n.dictionary.words[i].number
}

func (n *numberer) add(text string, part passagePart) {
	n.buf = appendWords(n.buf[:0], text)
	list := n.buf
	all := splitSentences(text)
	for i, s := range all {
		for len(list) > 0 && list[0].start < s.end {
			w := list[0]
			number := n.number(w)
			if w.extra {
				number |= isExtra
			}
			if written := text[w.start:w.end]; !isASCII(written) {
				n.odd = append(n.odd, oddWord{len(n.words), strings.ToLower(norm.NFC.String(written))})
			}
			n.words = append(n.words, number)
			list = list[1:]
		}
		sentence := numberedSentence{part, len(n.words), true, s}
		if part != inAnswer {
			sentence.ends, sentence.span = i == len(all)-1, span{all[0].start, all[len(all)-1].end}
		}
		n.sentences = append(n.sentences, sentence)
	}
}
