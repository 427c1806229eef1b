package index

import (
	"slices"
)

// maxChecked is the number of entries whose texts are read to see whether words stand
// next to each other, the best first. Past it an entry that has the words is listed:
// it passes for one that has the phrases, and for one without the excluded ones.
const maxChecked = 2000

// require notes the entries that have each phrase of one word in their own texts,
// which postings tell, and keeps those of more for listed.
func (m *match) require(phrases [][]string) error {
	var words []string
	for _, p := range phrases {
		if len(p) > 1 {
			m.phrases = append(m.phrases, p)
			continue
		}
		m.single |= 1 << len(words)
		words = append(words, p[0])
	}
	return m.owned(words, m.required)
}

// owned sets bit i of what has says of an entry if its own texts have words[i]; there
// are at most maxWords.
func (m *match) owned(words []string, has []uint32) error {
	for i, text := range words {
		for f := range numFields {
			if f == fieldContext {
				continue
			}
			err := m.each(text, f, func(e int32, _ uint64) {
				if m.required[e]|m.unwanted[e] == 0 {
					m.owners = append(m.owners, e)
				}
				has[e] |= 1 << i
			})
			if err != nil {
				return err
			}
		}
	}
	return m.ctx.Err()
}

// exclude marks the entries that have excluded words, and of those that the query
// found the ones that have words of an exclusion next to each other.
func (m *match) exclude(exclusions [][]string) error {
	var words []string
	masks := make([]uint32, len(exclusions))
	for i, x := range exclusions {
		for _, text := range x {
			k := slices.Index(words, text)
			if k < 0 {
				k = len(words)
				words = append(words, text)
			}
			masks[i] |= 1 << k
		}
	}
	if err := m.owned(words, m.unwanted); err != nil {
		return err
	}
	var single uint32
	several := false
	for i, x := range exclusions {
		if len(x) == 1 {
			single |= masks[i]
		} else {
			several = true
		}
	}
	for _, e := range m.owners {
		if m.unwanted[e]&single != 0 {
			m.excluded[e] = true
			m.out = append(m.out, e)
		}
	}
	if !several {
		return nil
	}
	var having []int32
	for _, e := range m.matched {
		if !m.excluded[e] && slices.ContainsFunc(masks, func(mask uint32) bool { return m.unwanted[e]&mask == mask }) {
			having = append(having, e)
		}
	}
	m.bestFirst(having)
	var of ownWords
	for _, e := range having[:min(len(having), max(0, maxChecked-m.checked))] {
		if err := m.ctx.Err(); err != nil {
			return err
		}
		m.checked++
		of.read(m.state, e)
		for i, x := range exclusions {
			if len(x) > 1 && m.unwanted[e]&masks[i] == masks[i] && of.has(x) {
				m.excluded[e] = true
				m.out = append(m.out, e)
				break
			}
		}
	}
	return nil
}

// ownWords are the words of an entry's own texts, text by text. Its memory is used
// again for the next entry.
type ownWords struct {
	words []word
	texts []int // where each text ends in words
}

func (o *ownWords) read(s *state, e int32) {
	o.words, o.texts = o.words[:0], o.texts[:0]
	for f, texts := range textsOf(s.lib, s.entries[e].page, s.entries[e].question) {
		if field(f) == fieldContext {
			continue
		}
		for _, text := range texts {
			o.words = appendWords(o.words, text)
			o.texts = append(o.texts, len(o.words))
		}
	}
}

// has tells whether the words of a phrase stand next to each other in one of the texts.
func (o *ownWords) has(phrase []string) bool {
	start := 0
	for _, end := range o.texts {
		if containsPhrase(o.words[start:end], phrase) {
			return true
		}
		start = end
	}
	return false
}

// hasNeighbours tells whether words of these sets follow each other in one of the
// entry's own texts; a compound may be written together there.
func (s *state) hasNeighbours(e int32, accept []map[string]bool) bool {
	var buf []word
	for f, texts := range textsOf(s.lib, s.entries[e].page, s.entries[e].question) {
		if field(f) == fieldContext {
			continue
		}
		for _, text := range texts {
			buf = appendWords(buf[:0], text)
			for i := range buf {
				n := 0
				for n < len(accept) {
					k := nth(buf, i, n)
					if buf[i].extra || k < 0 || !accept[n][buf[k].text] {
						break
					}
					n++
				}
				if n == len(accept) {
					return true
				}
			}
		}
	}
	return false
}

func containsPhrase(ws []word, phrase []string) bool {
	n := 0 // words of the phrase seen
	for i := 0; i < len(ws); i++ {
		if ws[i].extra {
			continue
		}
		for n = 0; n < len(phrase); n++ {
			k := nth(ws, i, n)
			if k < 0 || ws[k].text != phrase[n] {
				break
			}
		}
		if n == len(phrase) {
			return true
		}
	}
	return false
}

// nth returns the index of the n-th word after ws[i], -1 past the end.
func nth(ws []word, i, n int) int {
	for ; i < len(ws); i++ {
		if ws[i].extra {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return -1
}

// havingPhrases keeps the entries that have the phrases of several words, in the order of
// entries.
func (m *match) havingPhrases(list []int32) ([]int32, error) {
	if len(m.phrases) == 0 {
		return list, nil
	}
	m.bestFirst(list)
	n := min(len(list), max(0, maxChecked-m.checked))
	kept := list[:0]
	var of ownWords
	for _, e := range list[:n] {
		if err := m.ctx.Err(); err != nil {
			return nil, err
		}
		m.checked++
		of.read(m.state, e)
		if !slices.ContainsFunc(m.phrases, func(p []string) bool { return !of.has(p) }) {
			kept = append(kept, e)
		}
	}
	kept = append(kept, list[n:]...)
	slices.Sort(kept)
	return kept, nil
}

// inPhrases are the words that stand in quotes.
func (m *match) inPhrases(r *request) uint32 {
	var quoted uint32
	for i, w := range m.words {
		if slices.ContainsFunc(r.phrases, func(p []string) bool { return slices.Contains(p, w.text) }) {
			quoted |= 1 << i
		}
	}
	return quoted
}

// allowed tells whether the entry has every phrase and no excluded word.
func (m *match) allowed(_ *request, e int32, quoted uint32) bool {
	if !m.hasWords(e, quoted) {
		return false
	}
	var of ownWords
	if len(m.phrases) > 0 {
		of.read(m.state, e)
	}
	return !slices.ContainsFunc(m.phrases, func(p []string) bool { return !of.has(p) })
}

// hasWords tells whether the entry has every word of the phrases and is not excluded.
func (m *match) hasWords(e int32, quoted uint32) bool {
	return !m.excluded[e] && m.mask[e]&quoted == quoted && m.required[e]&m.single == m.single
}
