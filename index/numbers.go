package index

import (
	"slices"
	"strings"
)

// wordNumbers are the texts of an entry as closeness reads them, made of the numbers of
// words in the dictionary: to make words of a text takes longer than all else that a
// search does with it. Four bytes a word, and 20 a sentence. Immutable.
type wordNumbers struct {
	around    []uint32 // the words of what the page says around the entry
	words     []uint32 // of all sentences; isExtra marks further forms
	odd       []oddWord
	sentences []numberedSentence
}

// isExtra is the bit of a further form of the word before it.
const isExtra = 1 << 31

// noWord is the number of what no word of the dictionary is.
const noWord = isExtra - 1

// An oddWord is a word that has more than ASCII letters where it stands.
type oddWord struct {
	at      int    // in words
	written string // as it stands
}

// A numberedSentence is a sentence, or a part of a question, which is compared with the
// query as a whole.
type numberedSentence struct {
	words      int32 // where it ends in words
	text       int32 // which of the entry's texts, in the order of eachText
	start, end int32 // what is compared in that text, if ends
	part       passagePart
	ends       bool // what is compared ends with it
}

// maxOdd is the share of odd words from which on the numbers of an entry are made anew
// for each search: they would take ten times the memory of the text.
const maxOdd = 0.25

// notKept stands for the numbers of such an entry, and of one with a word that the
// dictionary does not have, which may come to have it.
var notKept = new(wordNumbers)

// numbers are the texts of an entry of a state with this dictionary. They are made by n
// when they are first asked for, and kept as long as the page stays the same: a word
// keeps its number. What is not kept is overwritten by the next call with n.
func (e *entry) numbers(s *state, n *numberer) *wordNumbers {
	kept := e.numbered.Load()
	if kept != nil && kept != notKept {
		return kept
	}
	n.read(e, s)
	if kept == notKept {
		return &n.wordNumbers
	}
	kept = notKept
	if n.known && float64(len(n.odd)) <= maxOdd*float64(len(n.words)) {
		kept = n.copied()
	}
	e.numbered.CompareAndSwap(nil, kept)
	return &n.wordNumbers
}

// A numberer makes the numbers of one entry after the other.
type numberer struct {
	wordNumbers
	dictionary *dictionary
	known      bool  // all words have a number
	texts      int32 // read of the entry
	buf        []word
}

// read makes the numbers of an entry.
func (n *numberer) read(e *entry, s *state) {
	n.dictionary, n.known, n.texts = s.dictionary, true, 0
	n.around, n.words, n.odd, n.sentences = n.around[:0], n.words[:0], n.odd[:0], n.sentences[:0]
	e.eachAround(s.catalog, n.addAround)
	e.eachText(n.add)
}

// copied is a copy of what was made, without room to grow, and without a part of a text
// that would keep all of it: some texts are put together for whoever asks.
func (n *numberer) copied() *wordNumbers {
	odd := slices.Clone(n.odd)
	for i := range odd {
		odd[i].written = strings.Clone(odd[i].written)
	}
	return &wordNumbers{slices.Clone(n.around), slices.Clone(n.words), odd, slices.Clone(n.sentences)}
}

// number is that of a word, noWord of one that the dictionary does not have.
func (n *numberer) number(w word) uint32 {
	i, ok := n.dictionary.find(w.text)
	if !ok {
		n.known = false
		return noWord
	}
	return n.dictionary.words[i].number
}

func (n *numberer) addAround(text string) {
	n.buf = appendWords(n.buf[:0], text)
	for _, w := range n.buf {
		n.around = append(n.around, n.number(w))
	}
}

func (n *numberer) add(text string, part passagePart) {
	n.buf = appendWords(n.buf[:0], text)
	list := n.buf
	all := splitSentences(text)
	for i, s := range all {
		for len(list) > 0 && list[0].start < s.end {
			n.addWord(text, list[0])
			list = list[1:]
		}
		ends := true
		if part != inAnswer { // a question is compared as a whole
			s, ends = span{all[0].start, all[len(all)-1].end}, i == len(all)-1
		}
		n.sentences = append(n.sentences, numberedSentence{int32(len(n.words)), n.texts, int32(s.start), int32(s.end), part, ends})
	}
	n.texts++
}

func (n *numberer) addWord(text string, w word) {
	if written := text[w.start:w.end]; !isASCII(written) {
		n.odd = append(n.odd, oddWord{len(n.words), written})
	}
	number := n.number(w)
	if w.extra {
		number |= isExtra
	}
	n.words = append(n.words, number)
}
