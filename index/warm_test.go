package index

import (
	"context"
	"errors"
	"testing"
)

func TestWarm(t *testing.T) {
	t.Run("what was read ahead is read by no search", func(t *testing.T) {
		b := openTest(t, "", mixedLibrary(t))
		lists := func() (n int) {
			for _, text := range []string{"commit", "index gi", "Größe Daten", "café n"} {
				w, err := b.Work(t.Context(), Query{Text: text, Size: 10})
				if err != nil {
					t.Fatal(err)
				}
				n += w.Lists
			}
			return n
		}
		if err := b.Apply(t.Context(), mixedLibrary(t, "Another page.")); err != nil {
			t.Fatal(err)
		}
		if n := lists(); n == 0 {
			t.Fatal("a search of a new library reads no list, so that nothing is tried here")
		}
		if err := b.Apply(t.Context(), mixedLibrary(t, "One more page.")); err != nil {
			t.Fatal(err)
		}
		if err := b.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := lists(); n != 0 {
			t.Errorf("%d lists were read", n)
		}
	})
	t.Run("it ends with its context", func(t *testing.T) {
		b := openTest(t, "", mixedLibrary(t))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.Warm(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
	t.Run("there is nothing to do before the first library, and nothing after Close", func(t *testing.T) {
		b, err := Open("")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Warm(t.Context()); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if err := b.Warm(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("%v", err)
		}
	})
}
