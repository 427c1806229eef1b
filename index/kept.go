package index

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync/atomic"
)

// Lists of frequent words are read again and again, and stop words are in most
// entries. Of short ones hundreds are read for a word that is not yet typed to its end,
// and to find one takes longer than to read it. Reading the index takes twenty times as
// long as reading memory. So lists are kept with the state, packed: up to minKept bytes in
// all, or keptPerEntry for each entry if that is more: those of 10,000 questions as
// package sample makes them take 344 bytes an entry. Short lists, of less than longList
// postings, leave half of that to the others, and each costs keptList bytes beside its own.
const (
	longList     = 64
	keptList     = 48
	minKept      = 4 << 20
	keptPerEntry = 400
)

// keptLists are the lists of postings that a state keeps, those of one catalog and one
// dictionary. Safe for concurrent use.
type keptLists struct {
	of    []atomic.Pointer[packedList] // by word
	size  atomic.Int64                 // of all, in bytes
	short atomic.Int64                 // of the short ones
	room  int64                        // the most that size may be, and twice that of short
}

// newKeptLists keeps none yet of so many words and entries.
func newKeptLists(words, entries int) *keptLists {
	return &keptLists{of: make([]atomic.Pointer[packedList], words), room: max(minKept, keptPerEntry*int64(entries))}
}

// list is that of a word, nil if it is not kept.
func (k *keptLists) list(word int32) *packedList { return k.of[word].Load() }

// keep keeps a copy of a word's list, which may be written over, if there is room. It tells
// whether there was.
func (k *keptLists) keep(word int32, list packedList) bool {
	n := list.size()
	fits := k.size.Load()+n <= k.room && (list.len >= longList || k.short.Load()+n <= k.room/2)
	return fits && k.take(word, &packedList{list.len, slices.Clone(list.bytes)})
}

// take keeps a word's list itself if there is room, and no other search has kept it
// meanwhile. It tells whether there was.
func (k *keptLists) take(word int32, list *packedList) bool {
	fits := k.count(list, 1)
	if !fits || !k.of[word].CompareAndSwap(nil, list) {
		k.count(list, -1)
	}
	return fits
}

// count counts a list as one more or one less, and tells whether there is room for those
// that are counted.
func (k *keptLists) count(list *packedList, by int64) bool {
	n := by * list.size()
	fits := k.size.Add(n) <= k.room
	if list.len < longList {
		fits = k.short.Add(n) <= k.room/2 && fits
	}
	return fits
}

// An occurrence is how often a word occurs in a field of an entry.
type occurrence struct {
	entry int32
	times uint32
	in    field
}

// A packedList is where a word occurs, in two bytes or three for most entries: the
// difference from the entry before, and a byte that tells the field and how often, as
// one that is less than several. That one is followed by the set of fields, and for each
// of them by how often. Numbers are varints (encoding/binary).
type packedList struct {
	len   int // in postings
	bytes []byte
}

const several = 255

// size is what it counts in the room of keptLists.
func (l packedList) size() int64 { return int64(len(l.bytes)) + keptList }

// pack packs occurrences in the order of entries, those of each in the order of fields.
// It uses buf.
func pack(buf []byte, list []occurrence) packedList {
	l := packedList{bytes: buf}
	last := int32(0)
	for len(list) > 0 {
		e := list[0].entry
		n := 1
		for n < len(list) && list[n].entry == e {
			n++
		}
		l.bytes = binary.AppendUvarint(l.bytes, uint64(e-last))
		l.bytes = appendFields(l.bytes, list[:n])
		l.len++
		last, list = e, list[n:]
	}
	return l
}

// appendFields packs the occurrences in one entry.
func appendFields(to []byte, list []occurrence) []byte {
	if o := list[0]; len(list) == 1 && o.times > 0 && o.times <= several/uint32(numFields) {
		return append(to, byte((o.times-1)*uint32(numFields))+byte(o.in))
	}
	var in fieldSet
	for _, o := range list {
		in |= 1 << o.in
	}
	to = append(to, several, byte(in))
	for _, o := range list {
		to = binary.AppendUvarint(to, uint64(o.times))
	}
	return to
}

// unpack appends the postings to a list; boost is what an occurrence is worth, by field
// and entry.
func (l packedList) unpack(to []posting, boost *[numFields][]float32) []posting {
	b, entry := l.bytes, int32(0)
	at := len(to)
	to = slices.Grow(to, l.len)[:at+l.len]
	for i := range to[at:] {
		p := &to[at+i]
		step := uint64(b[0])
		n := 1
		if step >= 1<<7 {
			step, n = binary.Uvarint(b)
		}
		entry += int32(step)
		what := b[n]
		b = b[n+1:]
		*p = posting{entry: entry}
		if what < several {
			p.add(field(what%byte(numFields)), float32(1+what/byte(numFields)), boost)
			continue
		}
		in := fieldSet(b[0])
		b = b[1:]
		for f := range numFields {
			if in.has(f) {
				times, n := binary.Uvarint(b)
				b = b[n:]
				p.add(f, float32(times), boost)
			}
		}
	}
	return to
}

// add adds so many occurrences in a field.
func (p *posting) add(f field, times float32, boost *[numFields][]float32) {
	p.t += times * boost[f][p.entry]
	if f == fieldQuestion {
		p.inQuestion = times
	}
}

// longEnough is the length from which on lists are sorted by counting.
const longEnough = 128

// sortOccurrences sorts a list by entries, and leaves those of one entry in their order: a
// long list by counting, from the lower bits of the number to the higher ones (a radix
// sort), in a tenth of the time of a stable sort that compares. It returns buf for the
// next list.
func sortOccurrences(list, buf []occurrence) []occurrence {
	byEntry := func(a, b occurrence) int { return cmp.Compare(a.entry, b.entry) }
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
