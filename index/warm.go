package index

import (
	"context"
	"fmt"
	"slices"
)

// Warm makes ahead what searches would make when they first want it: the numbers of the
// words of all entries, the lists of postings, as far as these are kept, and what
// suggestions are found in. A search after it takes half the time of the first ones. It
// takes about as long as a start, and ends early when ctx ends or another library is
// applied: then it wants to be called again. Searches may run meanwhile. The error is that
// of ctx, or of an index that cannot be read, which the searches find as well. Safe for
// concurrent use.
func (b *Bleve) Warm(ctx context.Context) error {
	err := b.read(ctx, func(ctx context.Context, s *state) error {
		s.suggester.filled()
		if err := b.warmNumbers(ctx, s); err != nil {
			return err
		}
		return b.warmLists(ctx, s)
	})
	if err != nil {
		return fmt.Errorf("read ahead of the searches: %w", err)
	}
	return nil
}

// isWanted tells whether what s keeps is still searched and ctx has not ended.
func (b *Bleve) isWanted(ctx context.Context, s *state) bool {
	return ctx.Err() == nil && b.state.Load().kept == s.kept
}

func (b *Bleve) warmNumbers(ctx context.Context, s *state) error {
	var n numberer
	for _, e := range s.entries {
		if !b.isWanted(ctx, s) {
			break
		}
		if e.numbered.Load() == nil {
			e.numbers(s, &n)
		}
	}
	return ctx.Err()
}

// warmLists reads short lists until there is no room to keep more, and keeps the long ones
// if all fit. Where not all fit, long ones are left to the searches, which know those that
// are wanted.
func (b *Bleve) warmLists(ctx context.Context, s *state) error {
	m := &match{scratch: &scratch{}, ctx: ctx, state: s, weights: b.weights}
	long := make(map[int32]*packedList)
	size := int64(0) // of long
	for word := range int32(len(s.dictionary.words)) {
		if !b.isWanted(ctx, s) {
			return ctx.Err()
		}
		if s.kept.list(word) != nil {
			continue
		}
		read, err := m.readList(word)
		if err != nil {
			return err
		}
		if read.len < longList {
			if !s.kept.keep(word, read) {
				return ctx.Err()
			}
			continue
		}
		if size += read.size(); size <= s.kept.room {
			long[word] = &packedList{read.len, slices.Clone(read.bytes)}
		}
	}
	if s.kept.size.Load()+size > s.kept.room {
		return ctx.Err()
	}
	for word, list := range long {
		s.kept.take(word, list)
	}
	return ctx.Err()
}
