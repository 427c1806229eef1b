package index

import (
	"fmt"
	"strings"
	"sync/atomic"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

// A state is a library and a snapshot of the index that holds exactly it. What it says
// never changes; that it has users, and what it keeps so as not to make it again, do.
type state struct {
	*catalog
	dictionary *dictionary
	suggester  *suggester
	reader     bleveindex.IndexReader
	failure    *failure // of the index that reader reads
	kept       *keptLists
	// entryOf gives the number of an entry by the number of its document, -1 of one that
	// was replaced. segments are its parts.
	entryOf  []int32
	segments []segment
	users    atomic.Int64 // and one while it is the engine's
}

// A segment is a part of the documents of an index, from one number on. It has the same
// ones as long as it is there; those that are replaced or removed are marked.
type segment struct {
	id         uint64
	from, size int
}

// newState takes a snapshot of the index, which must hold c's library. kept are lists of
// c and d, of another snapshot if there is one. before is the state before it, nil if there
// is none, and stays those of its entries that c has too: of segments and entries that stay
// nothing is read again.
func newState(g *generation, c *catalog, d *dictionary, sg *suggester, kept *keptLists, before *state, stays []stretch) (*state, error) {
	r, err := g.reader()
	if err != nil {
		return nil, err
	}
	st := &state{catalog: c, dictionary: d, suggester: sg, reader: r, failure: g.failure, kept: kept}
	st.users.Store(1)
	if before != nil && before.failure != g.failure {
		before = nil // an index that is opened again may give a new segment an old number
	}
	if err := st.readDocuments(before, stays); err != nil {
		r.Close()
		return nil, err
	}
	return st, nil
}

// readDocuments finds the entry of each document.
func (s *state) readDocuments(before *state, stays []stretch) error {
	snapshot, err := snapshotOf(s.reader)
	if err != nil {
		return err
	}
	known := make(map[uint64][]int32) // what was the entry of each document, by segment
	var moved []int32
	if before != nil && len(stays) > 0 {
		moved = renumbered(stays, len(before.entries))
		for _, old := range before.segments {
			known[old.id] = before.entryOf[old.from:][:old.size]
		}
	}
	size, unread := 0, 0
	for _, part := range snapshot.Segments() {
		now := segment{part.Id(), size, int(part.FullSize())}
		s.segments = append(s.segments, now)
		size += now.size
		if known[now.id] == nil {
			unread += now.size
		}
	}
	s.entryOf = make([]int32, size)
	find := s.finder(unread)
	live := 0
	for i, part := range snapshot.Segments() {
		was := known[s.segments[i].id]
		deleted := part.Deleted()
		of := s.entryOf[s.segments[i].from:][:s.segments[i].size]
		for n := range of {
			if deleted != nil && deleted.Contains(uint32(n)) {
				of[n] = -1
				continue
			}
			live++
			if was != nil && was[n] >= 0 && moved[was[n]] >= 0 {
				of[n] = moved[was[n]]
				continue
			}
			name, err := part.DocID(uint64(n))
			if err != nil {
				return err
			}
			number, ok := find(string(name))
			if of[n] = number; !ok {
				return fmt.Errorf("unexpected document %q", name)
			}
		}
	}
	if live != len(s.entries) {
		return fmt.Errorf("%d documents, want %d", live, len(s.entries))
	}
	return nil
}

// finder finds the entries of about that many documents by their names.
func (s *state) finder(documents int) func(name string) (int32, bool) {
	if documents > len(s.entries)/mostSpliced {
		byName := make(map[string]int32, len(s.entries))
		for i, e := range s.entries {
			byName[e.document] = int32(i)
		}
		return func(name string) (int32, bool) {
			n, ok := byName[name]
			return n, ok
		}
	}
	return func(name string) (int32, bool) {
		id := strings.Replace(name, "\x00", "#", 1)
		for n, _ := s.number(id); int(n) < len(s.entries) && s.entries[n].id == id; n++ {
			if s.entries[n].document == name {
				return n, true
			}
		}
		return 0, false
	}
}

// acquire returns the current state, nil before the first Apply. The caller must
// release it.
func (b *Bleve) acquire() *state {
	for {
		s := b.state.Load()
		if s == nil {
			return nil
		}
		for n := s.users.Load(); n > 0; n = s.users.Load() {
			if s.users.CompareAndSwap(n, n+1) {
				return s
			}
		}
	}
}

func (s *state) release() {
	if s.users.Add(-1) == 0 {
		s.reader.Close() // of a snapshot, it only counts down
	}
}

// publish makes s the state that is searched.
func (b *Bleve) publish(s *state) {
	if old := b.state.Swap(s); old != nil {
		old.release()
	}
}
