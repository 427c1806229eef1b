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
			searches.Go(func() { s.keep(0, make([]posting, keptFrom)) })
		}
		searches.Wait()
		if got := s.keptSize.Load(); got != keptFrom || size(s) != keptFrom {
			t.Errorf("counted %d, kept %d, want %d", got, size(s), keptFrom)
		}
	})
	t.Run("a list that there is no room for takes none from the next", func(t *testing.T) {
		s := &state{kept: make([]atomic.Pointer[[]posting], 3)}
		s.keep(0, make([]posting, maxKept-keptFrom))
		s.keep(1, make([]posting, keptFrom+1))
		s.keep(2, make([]posting, keptFrom))
		if s.kept[1].Load() != nil || s.kept[2].Load() == nil {
			t.Error("want the third list kept, and not the second")
		}
		if got := s.keptSize.Load(); got != maxKept {
			t.Errorf("counted %d, want %d", got, maxKept)
		}
	})
	t.Run("short lists are not kept", func(t *testing.T) {
		s := &state{kept: make([]atomic.Pointer[[]posting], 1)}
		s.keep(0, make([]posting, keptFrom-1))
		if s.kept[0].Load() != nil || s.keptSize.Load() != 0 {
			t.Error("kept")
		}
	})
}
