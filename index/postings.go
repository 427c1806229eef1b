package index

import (
	"cmp"
	"slices"
	"sync/atomic"
)

// A posting is an entry that has a word: what the word's occurrences are worth there
// (see boosts), and how many of them are in the question.
type posting struct {
	entry      int32
	t          float32
	inQuestion float32
}

// Lists of frequent words are read again and again, and stop words are in most
// entries. Of short ones hundreds are read for a word that is not yet typed to its end,
// and to find one takes longer than to read it. So lists are kept with the state, up to
// minKept postings in all, or keptPerEntry for each entry if that is more, 12 bytes each.
// Short lists, of less than longList, leave half of that to the others, and each costs as
// much as keptList postings more.
const (
	longList     = 64
	keptList     = 4
	minKept      = 1 << 20
	keptPerEntry = 32
)

// maxLists is the number of lists that are read for words that a query's words only
// stand for: what they begin, what they may be misspelt for, their forms. Past it
// the words are searched as they are.
const maxLists = 1500

// postings returns the entries that have a word, in their order.
func (m *match) postings(word int32) ([]posting, error) {
	if list, ok := m.state.kept.list(word); ok {
		m.work += len(list)
		return list, m.ctx.Err()
	}
	list, err := m.readPostings(word)
	if err == nil {
		m.state.kept.keep(word, list)
	}
	return list, err
}

// readPostings reads them from the index.
func (m *match) readPostings(word int32) ([]posting, error) {
	w := &m.state.dictionary.words[word]
	start := len(m.read)
	for f := range numFields {
		if !w.fields.has(f) {
			continue
		}
		m.lists++
		boost := m.state.boost[f]
		err := m.each(w.text, f, func(e int32, occurrences uint64) {
			p := posting{entry: e, t: float32(occurrences) * boost[e]}
			if f == fieldQuestion {
				p.inQuestion = float32(occurrences)
			}
			m.read = append(m.read, p)
		})
		if err != nil {
			return nil, err
		}
	}
	list := m.read[start:]
	m.sorted = sortPostings(list, m.sorted)
	list = mergePostings(list)
	m.read = m.read[:start+len(list)]
	return list[:len(list):len(list)], nil
}

// keptLists are the lists of postings that a state keeps, those of one catalog and one
// dictionary. Safe for concurrent use.
type keptLists struct {
	of   []atomic.Pointer[[]posting] // by word
	size atomic.Int64                // of all, in postings
	room int64                       // the most that size may be
}

// newKeptLists keeps none yet of so many words and entries.
func newKeptLists(words, entries int) *keptLists {
	return &keptLists{of: make([]atomic.Pointer[[]posting], words), room: max(minKept, keptPerEntry*int64(entries))}
}

// list is that of a word, if it is kept.
func (k *keptLists) list(word int32) (list []posting, ok bool) {
	if kept := k.of[word].Load(); kept != nil {
		return *kept, true
	}
	return nil, false
}

// keep keeps a copy of a word's list if there is room, and no other search has kept it
// meanwhile.
func (k *keptLists) keep(word int32, list []posting) {
	n, room := int64(len(list)+keptList), k.room
	if len(list) < longList {
		room /= 2
	}
	if k.size.Add(n) <= room {
		kept := slices.Clone(list)
		if k.of[word].CompareAndSwap(nil, &kept) {
			return
		}
	}
	k.size.Add(-n)
}

// longEnough is the length from which on lists are sorted by counting.
const longEnough = 128

// sortPostings sorts a list by entries, and leaves those of one entry in their order: a
// long list by counting, from the lower bits of the number to the higher ones (a radix
// sort), in a tenth of the time of a stable sort that compares. It returns buf for the
// next list.
func sortPostings(list, buf []posting) []posting {
	byEntry := func(a, b posting) int { return cmp.Compare(a.entry, b.entry) }
	if slices.IsSortedFunc(list, byEntry) {
		return buf
	}
	if len(list) < longEnough {
		slices.SortStableFunc(list, byEntry)
		return buf
	}
	last := slices.MaxFunc(list, byEntry).entry
	const digit, digits = 11, 1 << 11
	buf = slices.Grow(buf[:0], len(list))[:len(list)]
	from, to := list, buf
	for shift := 0; last>>shift > 0; shift += digit {
		var start [digits + 1]int32
		for i := range from {
			start[from[i].entry>>shift&(digits-1)+1]++
		}
		for d := range digits {
			start[d+1] += start[d]
		}
		for i := range from {
			at := &start[from[i].entry>>shift&(digits-1)]
			to[*at] = from[i]
			*at++
		}
		from, to = to, from
	}
	if &from[0] != &list[0] {
		copy(list, from)
	}
	return buf
}

// mergePostings makes one posting of those of one entry in a sorted list.
func mergePostings(list []posting) []posting {
	merged := list[:0]
	for _, p := range list {
		if n := len(merged); n > 0 && merged[n-1].entry == p.entry {
			merged[n-1].t += p.t
			merged[n-1].inQuestion += p.inQuestion
			continue
		}
		merged = append(merged, p)
	}
	return merged
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
// of their worths.
func unite(lists [][]posting) []posting {
	if len(lists) == 1 {
		return lists[0]
	}
	all := slices.Concat(lists...)
	sortPostings(all, nil)
	merged := all[:0]
	for _, p := range all {
		if n := len(merged); n > 0 && merged[n-1].entry == p.entry {
			merged[n-1].t, merged[n-1].inQuestion = max(merged[n-1].t, p.t), max(merged[n-1].inQuestion, p.inQuestion)
			continue
		}
		merged = append(merged, p)
	}
	return merged
}
