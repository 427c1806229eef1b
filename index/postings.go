package index

import (
	"cmp"
	"slices"
)

// A posting is an entry that has a word: what the word's occurrences are worth there
// (see boosts), and how many of them are in the question.
type posting struct {
	entry      int32
	t          float32
	inQuestion float32
}

// maxLists is the number of lists that are read for words that a query's words only
// stand for: what they begin, what they may be misspelt for, their forms. Past it
// the words are searched as they are.
const maxLists = 1500

// postings returns the entries that have a word, in their order. They are good until the
// search ends.
func (m *match) postings(word int32) ([]posting, error) {
	list := m.state.kept.list(word)
	if list == nil {
		read, err := m.readList(word)
		if err != nil {
			return nil, err
		}
		m.state.kept.keep(word, read)
		list = &read
	}
	m.work += list.len
	if cap(m.read)-len(m.read) < list.len { // what is there stays where it is
		m.read = make([]posting, 0, max(2*cap(m.read), list.len))
	}
	start := len(m.read)
	m.read = list.unpack(m.read, &m.state.boost)
	return slices.Clip(m.read[start:]), m.ctx.Err()
}

// readList reads them from the index. The list is good until the next one is read.
func (m *match) readList(word int32) (packedList, error) {
	w := &m.state.dictionary.words[word]
	m.occurring = m.occurring[:0]
	for f := range numFields {
		if !w.fields.has(f) {
			continue
		}
		m.lists++
		err := m.each(w.text, f, func(e int32, times uint64) {
			m.occurring = append(m.occurring, occurrence{e, uint32(times), f})
		})
		if err != nil {
			return packedList{}, err
		}
	}
	m.sorted = sortOccurrences(m.occurring, m.sorted)
	list := pack(m.packed[:0], m.occurring)
	m.packed = list.bytes
	return list, nil
}

// each calls do for every entry that has the word in the field.
func (m *match) each(text string, f field, do func(e int32, occurrences uint64)) error {
	r, err := m.state.reader.TermFieldReader(m.ctx, []byte(text), indexFields[f], true, false, false)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		m.work++
		if m.work%1024 == 0 {
			if err := m.ctx.Err(); err != nil {
				return err
			}
		}
		doc, err := r.Next(m.doc.Reset())
		if err != nil || doc == nil {
			return err
		}
		do(m.state.entryOf[doc.ID.Value()], doc.Freq)
	}
}

// documents is the number of entries that have the word, in all fields together,
// those counted twice that have it in two, and in questions alone.
func (m *match) documents(word int32) (all, questions int, err error) {
	w := &m.state.dictionary.words[word]
	for f := range numFields {
		if !w.fields.has(f) {
			continue
		}
		r, err := m.state.reader.TermFieldReader(m.ctx, []byte(w.text), indexFields[f], false, false, false)
		if err != nil {
			return 0, 0, err
		}
		all += int(r.Count())
		if f == fieldQuestion {
			questions = int(r.Count())
		}
		if err := r.Close(); err != nil {
			return 0, 0, err
		}
	}
	return all, questions, nil
}

// intersect gives the postings of entries that are in all lists, with the least of
// their worths, in the order of entries.
func intersect(lists [][]posting) []posting {
	if len(lists) == 0 {
		return nil
	}
	out := slices.Clone(lists[0])
	for _, list := range lists[1:] {
		kept := out[:0]
		for _, p := range out {
			i, ok := slices.BinarySearchFunc(list, p.entry, func(q posting, e int32) int { return cmp.Compare(q.entry, e) })
			if ok {
				p.t, p.inQuestion = min(p.t, list[i].t), min(p.inQuestion, list[i].inQuestion)
				kept = append(kept, p)
			}
		}
		out = kept
	}
	return out
}

// unite gives the postings of entries that are in any of the lists, with the greatest
// of their worths, in the order of entries.
func unite(lists [][]posting) []posting {
	var all []posting
	for i, list := range lists {
		if i == 0 {
			all = list
			continue
		}
		both := make([]posting, 0, len(all)+len(list))
		for len(all) > 0 && len(list) > 0 {
			switch a, b := all[0], list[0]; {
			case a.entry < b.entry:
				both, all = append(both, a), all[1:]
			case a.entry > b.entry:
				both, list = append(both, b), list[1:]
			default:
				both = append(both, posting{a.entry, max(a.t, b.t), max(a.inQuestion, b.inQuestion)})
				all, list = all[1:], list[1:]
			}
		}
		all = append(append(both, all...), list...)
	}
	return all
}
