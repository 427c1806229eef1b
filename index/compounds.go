package index

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// minCompoundPart is the number of letters that each part of a word has that was
// written together.
const minCompoundPart = 4

// linkings are what may stand between the parts of such a word, after the first.
var linkings = []string{"", "s", "es", "n", "en", "er", "e"}

// addCompounds adds the words of a language that are w and another word written
// together ("Datenbankverbindung" for "Verbindung"), and if w is unknown, the words that
// it is written of.
func (m *match) addCompounds(w *matchedWord) error {
	if utf8.RuneCountInString(w.text) < minCompoundPart || w.stop || isBigram(w.text) {
		return nil
	}
	for i := range m.state.dictionary.byLanguage {
		known := &m.state.dictionary.byLanguage[i]
		if !known.language.compounds {
			continue
		}
		found := known.withPart(w.text, known.language.stem(known.language.lower(w.typed)))
		if len(w.terms) == 0 && len(found) == 0 {
			found = known.parts(w.text)
		}
		for _, text := range found {
			if word, ok := m.state.dictionary.find(text); ok {
				if err := m.add(w, word, m.weights.part, asPart, known.language.set()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// withPart are the words of which text, or in another form its stem, is the first or the
// last part, and what is left of them a known word.
func (w *wordForms) withPart(text, stem string) []string {
	var found []string
	for _, f := range w.byText {
		if len(f.text) < len(text)+minCompoundPart {
			continue
		}
		rest, last := strings.CutSuffix(f.text, text)
		if !last && stem != "" {
			rest, last = strings.CutSuffix(f.stem, stem)
		}
		if last && w.isFirst(rest) {
			found = append(found, f.text)
			continue
		}
		if rest, ok := strings.CutPrefix(f.text, text); ok && w.isLast(rest) {
			found = append(found, f.text)
		}
	}
	return slices.Compact(found)
}

// isFirst tells whether text is a word that may begin another one, with what links them.
func (w *wordForms) isFirst(text string) bool {
	return slices.ContainsFunc(linkings, func(link string) bool {
		first, ok := strings.CutSuffix(text, link)
		return ok && len(first) >= minCompoundPart && w.has(first)
	})
}

// isLast tells whether text is a word after what links it to another one.
func (w *wordForms) isLast(text string) bool {
	return slices.ContainsFunc(linkings, func(link string) bool {
		last, ok := strings.CutPrefix(text, link)
		return ok && len(last) >= minCompoundPart && w.has(last)
	})
}

// parts are the two words that a word is written of and their forms, none if it is not.
func (w *wordForms) parts(text string) []string {
	for i := minCompoundPart; i <= len(text)-minCompoundPart; i++ {
		last := text[i:]
		if !utf8.RuneStart(text[i]) || !w.has(last) {
			continue
		}
		for _, link := range linkings {
			first, ok := strings.CutSuffix(text[:i], link)
			if ok && len(first) >= minCompoundPart && w.has(first) {
				return append(w.formsOf(first), w.formsOf(last)...)
			}
		}
	}
	return nil
}

// formsOf are the words that have a stem in common with text, or text for theirs.
func (w *wordForms) formsOf(text string) []string {
	var list []string
	for _, stem := range append(w.ofText(text), form{stem: text}) {
		for _, f := range w.ofStem(stem.stem) {
			list = append(list, f.text)
		}
	}
	return list
}

// addPairs adds the pairs of characters that have a lone one.
func (m *match) addPairs(w *matchedWord) error {
	if utf8.RuneCountInString(w.text) > 1 {
		return nil
	}
	for i, word := range m.state.dictionary.words {
		if word.runes == 2 && strings.Contains(word.text, w.text) {
			if err := m.add(w, int32(i), m.weights.prefix, asPart, anyLanguage); err != nil {
				return err
			}
		}
	}
	return nil
}
