package index

import (
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
		k := newKeptLists(1)
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
		k := newKeptLists(3)
		k.keep(0, make([]posting, maxKept-longList-2*keptList))
		k.keep(1, make([]posting, longList+1))
		k.keep(2, make([]posting, longList))
		if isKept(k, 1) || !isKept(k, 2) {
			t.Error("want the third list kept, and not the second")
		}
		if got := k.size.Load(); got != maxKept {
			t.Errorf("counted %d, want %d", got, maxKept)
		}
	})
	t.Run("short lists leave half of the room to long ones", func(t *testing.T) {
		k := newKeptLists(maxKept)
		short, kept := make([]posting, longList-1), 0
		for i := range k.of {
			k.keep(int32(i), short)
			if !isKept(k, int32(i)) {
				break
			}
			kept++
		}
		if room := k.size.Load(); kept == 0 || room > maxKept/2 {
			t.Errorf("%d short lists take %d", kept, room)
		}
		k.keep(maxKept-1, make([]posting, maxKept/4))
		if !isKept(k, maxKept-1) {
			t.Error("a long list is not kept")
		}
	})
}
