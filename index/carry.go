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
	changed := make(map[string]bool)
	addWords(changed, before.lib, s.gone)
	addWords(changed, c.lib, s.fresh)
	old := make([]int32, len(before.dictionary.words)) // places of words by their numbers
	for i := range before.dictionary.words {
		old[before.dictionary.words[i].number] = int32(i)
	}
	for i := range d.words {
		w := &d.words[i]
		if int(w.number) >= len(old) || changed[w.text] {
			continue
		}
		if list := before.kept.list(old[w.number]); list != nil {
			k.take(int32(i), list)
		}
	}
	return k
}

// inPlace tells whether all of so many entries before either stay with their numbers or
// have another one in their place.
func (s *splice) inPlace(before int) bool {
	if len(s.stays) == 0 || s.length != before {
		return false
	}
	for _, r := range s.stays {
		if r.at != r.from {
			return false
		}
	}
	return true
}

// addWords adds the words of entries as they are indexed.
func addWords(to map[string]bool, lib *kb.Library, entries []*entry) {
	var list []word
	for _, e := range entries {
		for _, texts := range textsOf(lib, e.page, e.question) {
			for _, text := range texts {
				list = appendWords(list[:0], text)
				for _, w := range list {
					to[w.text] = true
				}
			}
		}
	}
}
