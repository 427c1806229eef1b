package index

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A vocabulary is what was found in texts: index words with the fields they occur in,
// and their forms in the languages of the pages.
type vocabulary struct {
	fields map[string]fieldSet
	forms  map[form]bool
}

func newVocabulary() *vocabulary {
	return &vocabulary{fields: make(map[string]fieldSet), forms: make(map[form]bool)}
}

// add adds what another one has.
func (v *vocabulary) add(other *vocabulary) {
	for text, fields := range other.fields {
		v.fields[text] |= fields
	}
	for f := range other.forms {
		v.forms[f] = true
	}
}

// formsField is the field of a page's document that has the forms of the page's words,
// one a term, so that they need not be made again when the index is opened.
const formsField = "forms"

// term is the form as a word of formsField.
func (f form) term() string { return f.language.code + "\x00" + f.spelled + "\x00" + f.stem }

// formOfTerm reads what term wrote.
func formOfTerm(term string) (form, error) {
	part := strings.Split(term, "\x00")
	if len(part) != 3 {
		return form{}, fmt.Errorf("%w: %q is no form of a word", errDamaged, term)
	}
	l := languageOfCode(part[0])
	if l == nil {
		return form{}, fmt.Errorf("%w: %q is no language", errDamaged, part[0])
	}
	return form{language: l, text: foldText(part[1]), stem: part[2], spelled: part[1]}, nil
}

// wordForms are the forms of the words of one language. Immutable.
type wordForms struct {
	language       *language
	byText, byStem []form
}

func compareTexts(a, b form) int {
	return cmp.Or(strings.Compare(a.text, b.text), strings.Compare(a.stem, b.stem), strings.Compare(a.spelled, b.spelled))
}

func compareStems(a, b form) int {
	return cmp.Or(strings.Compare(a.stem, b.stem), strings.Compare(a.text, b.text))
}

// withForms gives the forms of all languages with further ones, and whether there are any.
func withForms(old []wordForms, found map[form]bool) (all []wordForms, more bool) {
	fresh := make(map[*language][]form)
	for f := range found {
		fresh[f.language] = append(fresh[f.language], f)
	}
	all = old
	for l, list := range fresh {
		i := slices.IndexFunc(all, func(w wordForms) bool { return w.language == l })
		var known []form
		if i >= 0 {
			known = all[i].byText
		}
		list = slices.DeleteFunc(list, func(f form) bool {
			_, ok := slices.BinarySearchFunc(known, f, compareTexts)
			return ok
		})
		if len(list) == 0 {
			continue
		}
		w := wordForms{language: l, byText: slices.Concat(known, list)}
		slices.SortFunc(w.byText, compareTexts)
		w.byStem = slices.Clone(w.byText)
		slices.SortStableFunc(w.byStem, compareStems)
		w.byStem = slices.CompactFunc(w.byStem, func(a, b form) bool { return a.stem == b.stem && a.text == b.text })
		all, more = slices.Clone(all), true
		if i >= 0 {
			all[i] = w
		} else {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(a, b wordForms) int { return cmp.Compare(a.language.number, b.language.number) })
	return all, more
}

// ofText are the forms of an index word.
func (w *wordForms) ofText(text string) []form {
	from, _ := slices.BinarySearchFunc(w.byText, text, func(f form, t string) int { return strings.Compare(f.text, t) })
	to := from
	for to < len(w.byText) && w.byText[to].text == text {
		to++
	}
	return w.byText[from:to:to]
}

// ofStem are the forms with a stem, each index word once.
func (w *wordForms) ofStem(stem string) []form {
	from, _ := slices.BinarySearchFunc(w.byStem, stem, func(f form, s string) int { return strings.Compare(f.stem, s) })
	to := from
	for to < len(w.byStem) && w.byStem[to].stem == stem {
		to++
	}
	return w.byStem[from:to:to]
}

// has tells whether a word, or one of its forms, is known.
func (w *wordForms) has(text string) bool {
	return len(w.ofText(text)) > 0 || len(w.ofStem(text)) > 0
}

// spelled is an index word as it is written where it has accents, itself if no
// language knows it.
func (d *dictionary) spelled(text string) string {
	for i := range d.byLanguage {
		if list := d.byLanguage[i].ofText(text); len(list) > 0 {
			return list[0].spelled
		}
	}
	return text
}

// inLanguage are the forms of a language.
func (d *dictionary) inLanguage(l *language) *wordForms {
	for i := range d.byLanguage {
		if d.byLanguage[i].language == l {
			return &d.byLanguage[i]
		}
	}
	return &wordForms{language: l}
}

// eachLanguage calls do with the forms that a word typed so has in each language of the
// dictionary.
func (d *dictionary) eachLanguage(typed, text string, do func(known *wordForms, forms []form)) {
	for i := range d.byLanguage {
		known := &d.byLanguage[i]
		if forms := known.language.appendForms(nil, typed, text); len(forms) > 0 {
			do(known, forms)
		}
	}
}
