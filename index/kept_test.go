package index

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

func TestKeptLists(t *testing.T) {
	isKept := func(k *keptLists, word int32) bool { return k.list(word) != nil }
	size := func(k *keptLists) (n int64) {
		for word := range k.of {
			if list := k.list(int32(word)); list != nil {
				n += list.size()
			}
		}
		return n
	}
	long := func(bytes int) packedList { return packedList{longList, make([]byte, bytes-keptList)} }
	t.Run("a list that several searches keep at once counts once", func(t *testing.T) {
		k := newKeptLists(1, 0)
		var searches sync.WaitGroup
		for range 8 {
			searches.Go(func() { k.keep(0, long(1000)) })
		}
		searches.Wait()
		if got := k.size.Load(); got != 1000 || size(k) != 1000 {
			t.Errorf("counted %d, kept %d, want 1000", got, size(k))
		}
	})
	t.Run("a list that there is no room for takes none from the next", func(t *testing.T) {
		k := newKeptLists(3, 0)
		k.keep(0, long(minKept-1000))
		k.keep(1, long(1001))
		k.keep(2, long(1000))
		if isKept(k, 1) || !isKept(k, 2) {
			t.Error("want the third list kept, and not the second")
		}
		if got := k.size.Load(); got != minKept {
			t.Errorf("counted %d, want %d", got, minKept)
		}
	})
	t.Run("short lists leave half of the room to long ones", func(t *testing.T) {
		k := newKeptLists(minKept/keptList, 0)
		short := packedList{longList - 1, make([]byte, 2*longList)}
		for i := range k.of {
			k.keep(int32(i), short)
		}
		if room := k.size.Load(); room > minKept/2 || room < minKept/2-short.size() {
			t.Errorf("short lists take %d of %d", room, minKept)
		}
		last := int32(len(k.of) - 1)
		k.keep(last, long(minKept/4))
		if !isKept(k, last) {
			t.Error("a long list is not kept")
		}
	})
	t.Run("long lists that fill the other half leave the short ones theirs", func(t *testing.T) {
		k := newKeptLists(2, 0)
		k.keep(0, long(minKept*3/4))
		k.keep(1, packedList{longList - 1, make([]byte, longList)})
		if !isKept(k, 1) {
			t.Error("a short list is not kept")
		}
	})
	t.Run("there is more room where there are more entries", func(t *testing.T) {
		if got, want := newKeptLists(0, minKept).room, int64(minKept*keptPerEntry); got != want {
			t.Errorf("%d, want %d", got, want)
		}
	})
}

// TestPackedLists packs occurrences and compares what is unpacked with what they are
// worth.
func TestPackedLists(t *testing.T) {
	const last = math.MaxInt16
	var boost [numFields][]float32
	for f := range numFields {
		boost[f] = slices.Repeat([]float32{1 + float32(f)/8}, last+1)
	}
	for name, list := range map[string][]occurrence{
		"none":                              {},
		"in the first entry and the last":   {{0, 1, fieldAnswer}, {last, 1, fieldAnswer}},
		"in neighbours and far apart":       {{5, 1, fieldQuestion}, {6, 1, fieldAnswer}, {6 + 127, 1, fieldAnswer}, {6 + 127 + 128, 1, fieldAnswer}},
		"once in each field":                {{1, 1, fieldQuestion}, {2, 1, fieldNames}, {3, 1, fieldContext}, {4, 1, fieldAnswer}, {5, 1, fieldComparison}, {6, 1, fieldText}},
		"often":                             {{1, 41, fieldQuestion}, {2, 42, fieldQuestion}, {3, 42, fieldText}, {4, 43, fieldText}, {5, 127, fieldAnswer}, {6, 1 << 20, fieldAnswer}},
		"in several fields, once and often": {{3, 1, fieldQuestion}, {3, 1, fieldText}, {4, 2, fieldQuestion}, {4, 300, fieldAnswer}, {4, 1, fieldText}, {9, 1, fieldAnswer}},
		"never, as no index says":           {{3, 0, fieldAnswer}},
	} {
		t.Run(name, func(t *testing.T) {
			var want []posting
			for _, o := range list {
				if n := len(want); n == 0 || want[n-1].entry != o.entry {
					want = append(want, posting{entry: o.entry})
				}
				p := &want[len(want)-1]
				p.t += float32(o.times) * (1 + float32(o.in)/8)
				if o.in == fieldQuestion {
					p.inQuestion += float32(o.times)
				}
			}
			packed := pack(nil, list)
			if got := packed.unpack(nil, &boost); packed.len != len(want) || !slices.Equal(got, want) {
				t.Errorf("%d postings: %v, want %v", packed.len, got, want)
			}
		})
	}
}

// TestUnite compares with the greatest worths by entry.
func TestUnite(t *testing.T) {
	for name, lists := range map[string][][]posting{
		"none":               {},
		"one":                {{{1, 2, 0}, {4, 1, 1}}},
		"one of two empty":   {{}, {{1, 2, 0}, {4, 1, 1}}},
		"apart":              {{{5, 1, 0}, {7, 1, 0}}, {{1, 2, 0}, {2, 1, 1}}},
		"between each other": {{{1, 1, 0}, {5, 1, 0}, {9, 1, 0}}, {{2, 2, 0}, {6, 1, 1}}, {{0, 1, 0}, {4, 1, 0}, {10, 1, 0}}},
		"the same":           {{{1, 1, 1}, {5, 1, 1}}, {{1, 2, 0}, {5, .5, 0}}, {{1, 1, 0}, {5, .7, 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			best := make(map[int32]posting)
			for _, list := range lists {
				for _, p := range list {
					b := best[p.entry]
					best[p.entry] = posting{p.entry, max(b.t, p.t), max(b.inQuestion, p.inQuestion)}
				}
			}
			got := unite(lists)
			if len(got) != len(best) || !slices.IsSortedFunc(got, func(a, b posting) int { return cmp.Compare(a.entry, b.entry) }) {
				t.Fatalf("%v, want in order %v", got, best)
			}
			for _, p := range got {
				if best[p.entry] != p {
					t.Errorf("%v, want %v", p, best[p.entry])
				}
			}
		})
	}
}

// TestOccurrencesAreSortedByEntry compares long and short lists with a stable sort.
func TestOccurrencesAreSortedByEntry(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var buf []occurrence
	for _, entries := range []int{1, 300, 3000, 5 << 20} {
		for _, n := range []int{0, 1, longEnough - 1, longEnough, 3000} {
			list := make([]occurrence, n)
			for i := range list {
				list[i] = occurrence{entry: int32(r.IntN(entries)), times: uint32(i)}
			}
			want := slices.Clone(list)
			slices.SortStableFunc(want, func(a, b occurrence) int { return cmp.Compare(a.entry, b.entry) })
			if buf = sortOccurrences(list, buf); !slices.Equal(list, want) {
				t.Errorf("%d occurrences in %d entries are out of order", n, entries)
			}
		}
	}
}
