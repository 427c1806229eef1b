package index

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestKeptPostings(t *testing.T) {
	size := func(s *state) (n int64) {
		for i := range s.kept {
			if list := s.kept[i].Load(); list != nil {
				n += int64(len(*list))
			}
		}
		return n
	}
	t.Run("a list that several searches keep at once counts once", func(t *testing.T) {
		s := &state{kept: make([]atomic.Pointer[[]posting], 1)}
		var searches sync.WaitGroup
		for range 8 {
			searches.Go(func() { s.keep(0, make([]posting, longList)) })
		}
		searches.Wait()
		if got := s.keptSize.Load(); got != longList+keptList || size(s) != longList {
			t.Errorf("counted %d, kept %d, want %d", got, size(s), longList)
		}
	})
	t.Run("a list that there is no room for takes none from the next", func(t *testing.T) {
		s := &state{kept: make([]atomic.Pointer[[]posting], 3)}
		s.keep(0, make([]posting, maxKept-longList-2*keptList))
		s.keep(1, make([]posting, longList+1))
		s.keep(2, make([]posting, longList))
		if s.kept[1].Load() != nil || s.kept[2].Load() == nil {
			t.Error("want the third list kept, and not the second")
		}
		if got := s.keptSize.Load(); got != maxKept {
			t.Errorf("counted %d, want %d", got, maxKept)
		}
	})
	t.Run("short lists leave half of the room to long ones", func(t *testing.T) {
		s := &state{kept: make([]atomic.Pointer[[]posting], maxKept)}
		short, kept := make([]posting, longList-1), 0
		for i := range s.kept {
			s.keep(int32(i), short)
			if s.kept[i].Load() == nil {
				break
			}
			kept++
		}
		if room := s.keptSize.Load(); kept == 0 || room > maxKept/2 {
			t.Errorf("%d short lists take %d", kept, room)
		}
		s.keep(maxKept-1, make([]posting, maxKept/4))
		if s.kept[maxKept-1].Load() == nil {
			t.Error("a long list is not kept")
		}
	})
}
