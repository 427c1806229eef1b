package kb

import (
	"context"
	"fmt"
	"testing"
)

// benchTree is a folder of n pages, 100 to a folder, whose times are long past.
func benchTree(b *testing.B, n int) tree {
	d := newTree(b)
	for i := range n {
		name := fmt.Sprintf("%02d/%02d.md", i/100, i%100)
		d.write(name, ask(fmt.Sprintf("question %d", i)))
		d.settle(name, i)
	}
	return d
}

// A look at a folder in which nothing changed: what polling costs.
func BenchmarkScanUnchanged(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("files=%d", n), func(b *testing.B) {
			d := benchTree(b, n)
			s := &scanner{fsys: Dir(d.path)}
			if _, err := s.scan(context.Background(), nil); err != nil {
				b.Fatal(err)
			}
			s.update()
			first := s.library
			for b.Loop() {
				if found, err := s.scan(context.Background(), nil); found.changed || err != nil {
					b.Fatal(found, err)
				}
			}
			if s.library != first || len(first.Pages) != n {
				b.Fatalf("%d pages, want the first %d", len(s.library.Pages), n)
			}
		})
	}
}

// From the saving of a page to the library with it, the quiet time of 70 ms
// included.
func BenchmarkWatchEdit(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("files=%d", n), func(b *testing.B) {
			d := benchTree(b, n)
			values, _ := watchFolder(b, d.path, WatchOptions{})
			if v := <-values; v.lib == nil || len(v.lib.Pages) != n {
				b.Fatalf("yielded %v", v.err)
			}
			edits := 0
			for b.Loop() {
				edits++
				question := fmt.Sprintf("edit %d", edits)
				d.save("00/00.md", ask(question))
				until(b, values, "edit", func(v yielded) bool {
					return v.lib != nil && v.lib.Page("00/00").Questions[0].Text == question+"?"
				})
			}
		})
	}
}
