package index

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

func TestKeptPostings(t *testing.T) {
	isKept := func(k *keptLists, word int32) bool {
		_, ok := k.list(word)
		return ok
	}
	size := func(k *keptLists) (n int64) {
		for word := range k.of {
			list, _ := k.list(int32(word))
			n += int64(len(list))
		}
		return n
	}
	t.Run("a list that several searches keep at once counts once", func(t *testing.T) {
		k := newKeptLists(1, 0)
		var searches sync.WaitGroup
		for range 8 {
			searches.Go(func() { k.keep(0, make([]posting, longList)) })
		}
		searches.Wait()
		if got := k.size.Load(); got != longList+keptList || size(k) != longList {
			t.Errorf("counted %d, kept %d, want %d", got, size(k), longList)
		}
	})
	t.Run("a list that there is no room for takes none from the next", func(t *testing.T) {
		k := newKeptLists(3, 0)
		k.keep(0, make([]posting, minKept-longList-2*keptList))
		k.keep(1, make([]posting, longList+1))
		k.keep(2, make([]posting, longList))
		if isKept(k, 1) || !isKept(k, 2) {
			t.Error("want the third list kept, and not the second")
		}
		if got := k.size.Load(); got != minKept {
			t.Errorf("counted %d, want %d", got, minKept)
		}
	})
	t.Run("short lists leave half of the room to long ones", func(t *testing.T) {
		k := newKeptLists(minKept, 0)
		short, kept := make([]posting, longList-1), 0
		for i := range k.of {
			k.keep(int32(i), short)
			if !isKept(k, int32(i)) {
				break
			}
			kept++
		}
		if room := k.size.Load(); kept == 0 || room > minKept/2 {
			t.Errorf("%d short lists take %d", kept, room)
		}
		k.keep(minKept-1, make([]posting, minKept/4))
		if !isKept(k, minKept-1) {
			t.Error("a long list is not kept")
		}
	})
	t.Run("there is more room where there are more entries", func(t *testing.T) {
		if got, want := newKeptLists(0, minKept).room, int64(minKept*keptPerEntry); got != want {
			t.Errorf("%d, want %d", got, want)
		}
	})
}

// TestPostingsAreSortedByEntry compares long and short lists with a stable sort.
func TestPostingsAreSortedByEntry(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var buf []posting
	for _, entries := range []int{1, 300, 3000, 5 << 20} {
		for _, n := range []int{0, 1, longEnough - 1, longEnough, 3000} {
			list := make([]posting, n)
			for i := range list {
				list[i] = posting{entry: int32(r.IntN(entries)), t: float32(i)}
			}
			want := slices.Clone(list)
			slices.SortStableFunc(want, func(a, b posting) int { return cmp.Compare(a.entry, b.entry) })
			if buf = sortPostings(list, buf); !slices.Equal(list, want) {
				t.Errorf("%d postings of %d entries are out of order", n, entries)
			}
		}
	}
}
