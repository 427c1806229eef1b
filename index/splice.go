package index

import (
	"cmp"
	"slices"
	"strings"
)

// A splice says how the entries of a catalog come from those of the one before it:
// stretches of them stay, in their order, and fresh ones come between. What a catalog
// keeps for each entry is copied by stretches, for an edit changes a few entries of very
// many. A catalog that follows none is the splice of fresh entries alone.
type splice struct {
	stays  []stretch
	fresh  []*entry // in the order of their ids
	gone   []*entry
	length int // how many entries there are now
}

// A stretch is a run of entries that stay side by side: they were numbered from up to to,
// and are from at on now.
type stretch struct{ from, to, at int32 }

// allStay is the one stretch of that many entries.
func allStay(entries int) []stretch { return []stretch{{to: int32(entries)}} }

// mostSpliced is the share of entries, one of so many, beyond which a catalog is made anew.
const mostSpliced = 4

// anew is the splice of entries that follow none.
func anew(entries []*entry) *splice { return &splice{fresh: entries, length: len(entries)} }

// newSplice tells how the entries of pages follow those of before, which were of the
// pages old. Both are in the order of their paths. It is nil where they had better be made
// anew.
func newSplice(before []*entry, old, pages []*pageEntries) *splice {
	gone, fresh := differing(old, pages)
	return spliceOf(before, entriesIn(gone), entriesIn(fresh))
}

// differing are the pages that are in old alone, and those that are in pages alone.
func differing(old, pages []*pageEntries) (gone, fresh []*pageEntries) {
	for len(old) > 0 && len(pages) > 0 {
		switch order := strings.Compare(old[0].page.Path, pages[0].page.Path); {
		case old[0] == pages[0]:
			old, pages = old[1:], pages[1:]
		case order <= 0:
			gone, old = append(gone, old[0]), old[1:]
		default:
			fresh, pages = append(fresh, pages[0]), pages[1:]
		}
	}
	return append(gone, old...), append(fresh, pages...)
}

// entriesIn are the entries of pages in the order of their ids.
func entriesIn(pages []*pageEntries) []*entry {
	n := 0
	for _, p := range pages {
		n += len(p.entries)
	}
	all := make([]*entry, 0, n)
	for _, p := range pages {
		all = append(all, p.entries...)
	}
	slices.SortStableFunc(all, func(a, b *entry) int { return strings.Compare(a.id, b.id) })
	return all
}

// spliceOf takes gone out of before and puts fresh between. It is nil where that saves
// nothing, and where an id is that of several entries: their order is that of their pages.
func spliceOf(before, gone, fresh []*entry) *splice {
	if len(gone)+len(fresh) > len(before)/mostSpliced {
		return nil
	}
	out, places := make([]int32, len(gone)), make([]int32, len(fresh))
	isOut := make(map[int32]bool, len(gone))
	for i, e := range gone {
		n, _ := numberOf(before, e.id)
		if before[n] != e {
			return nil
		}
		out[i], isOut[n] = n, true
	}
	for i, e := range fresh {
		n, found := numberOf(before, e.id)
		several := i > 0 && fresh[i-1].id == e.id || found && int(n)+1 < len(before) && before[n+1].id == e.id
		if found && !isOut[n] || several {
			return nil
		}
		places[i] = n
	}
	s := &splice{fresh: fresh, gone: gone, length: len(before) - len(gone) + len(fresh)}
	from, at := int32(0), int32(0)
	stay := func(to int32) {
		if to > from {
			s.stays = append(s.stays, stretch{from, to, at})
			at += to - from
			from = to
		}
	}
	for len(out) > 0 || len(places) > 0 {
		if len(out) == 0 || len(places) > 0 && places[0] <= out[0] {
			stay(places[0])
			at++
			places = places[1:]
			continue
		}
		stay(out[0])
		from = out[0] + 1
		out = out[1:]
	}
	stay(int32(len(before)))
	return s
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

// numberOf is the number of the first entry with that id, else the one it would have.
func numberOf(entries []*entry, id string) (n int32, found bool) {
	i, found := slices.BinarySearchFunc(entries, id, func(e *entry, id string) int { return strings.Compare(e.id, id) })
	return int32(i), found
}

// spliced is what a list by entry becomes: what stays is copied, and of gives it for the
// fresh entries, in their order.
func spliced[T any](s *splice, before []T, of func(*entry) T) []T {
	now := make([]T, 0, s.length)
	fresh := s.fresh
	for _, r := range s.stays {
		for len(now) < int(r.at) {
			now = append(now, of(fresh[0]))
			fresh = fresh[1:]
		}
		now = append(now, before[r.from:r.to]...)
	}
	for _, e := range fresh {
		now = append(now, of(e))
	}
	return now
}

// splicedOrSame is the list before itself where fresh entries have the same values as those
// in their places before; else it is spliced.
func splicedOrSame[T any](s *splice, before []T, of func(*entry) T, alike func(a, b T) bool) []T {
	if !s.inPlace(len(before)) {
		return spliced(s, before, of)
	}
	fresh, place := s.fresh, int32(0)
	for _, r := range append(slices.Clip(s.stays), stretch{from: int32(len(before))}) {
		for ; place < r.from; place++ {
			if !alike(before[place], of(fresh[0])) {
				return spliced(s, before, of)
			}
			fresh = fresh[1:]
		}
		place = r.to
	}
	return before
}

// renumbered gives the number that an entry has now by the one that it had, of so many;
// -1 is gone.
func renumbered(stays []stretch, before int) []int32 {
	numbers := make([]int32, before)
	for i := range numbers {
		numbers[i] = -1
	}
	for _, r := range stays {
		for n := r.from; n < r.to; n++ {
			numbers[n] = r.at + n - r.from
		}
	}
	return numbers
}

// without is a sorted list without those of gone and with those of fresh, each as often as
// it is there.
func without[T cmp.Ordered](list, gone, fresh []T) []T {
	slices.Sort(gone)
	slices.Sort(fresh)
	now := make([]T, 0, len(list)-len(gone)+len(fresh))
	for _, x := range list {
		for len(fresh) > 0 && fresh[0] <= x {
			now = append(now, fresh[0])
			fresh = fresh[1:]
		}
		if len(gone) > 0 && gone[0] == x {
			gone = gone[1:]
			continue
		}
		now = append(now, x)
	}
	return append(now, fresh...)
}
