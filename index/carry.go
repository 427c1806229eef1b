package index

import "faqbase/kb"

// mostCarried is the number of entries that an edit may change for lists to be carried.
const mostCarried = 1000

// keptAfter are the lists that are kept of c and d, which follow before by s: those of
// words that no changed entry has or had, if all entries keep their numbers. That is so
// when a text is edited, and then searches read only what was edited again. before may be
// nil.
func keptAfter(before *state, c *catalog, d *dictionary, s *splice) *keptLists {
	k := newKeptLists(len(d.words), len(c.entries))
	if before == nil || len(s.gone)+len(s.fresh) > mostCarried || !s.inPlace(len(before.entries)) {
		return k
	}
	changed := make([]bool, len(d.words))
	d.note(changed, before.lib, s.gone)
	d.note(changed, c.lib, s.fresh)
	old := make([]int32, len(before.dictionary.words)) // places of words by their numbers
	for i := range before.dictionary.words {
		old[before.dictionary.words[i].number] = int32(i)
	}
	for i := range d.words {
		w := &d.words[i]
		if int(w.number) >= len(old) || changed[i] {
			continue
		}
		if list := before.kept.list(old[w.number]); list != nil {
			k.take(int32(i), list)
		}
	}
	return k
}

// note notes by its place each word of entries, as they are indexed.
func (d *dictionary) note(words []bool, lib *kb.Library, entries []*entry) {
	var list []word
	for _, e := range entries {
		for _, texts := range textsOf(lib, e.page, e.question) {
			for _, text := range texts {
				list = appendWords(list[:0], text)
				for _, w := range list {
					if place, ok := d.find(w.text); ok {
						words[place] = true
					}
				}
			}
		}
	}
}
