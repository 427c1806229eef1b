package kb

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func TestNearAnchorsAreLookedForSoManyTimesOnly(t *testing.T) {
	var b strings.Builder
	b.WriteString("# A\n\n## Installing {#installing}\n\n")
	for range mostHints + 10 {
		b.WriteString("[a typing mistake](#instaling)\n\n")
	}
	b.WriteString("[the same but for signs](#Install-ing)\n")
	l, err := Load(fstest.MapFS{"a.md": {Data: []byte(b.String())}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Faults) != mostHints+11 {
		t.Fatalf("%d faults, want %d: each link is one", len(l.Faults), mostHints+11)
	}
	for i, fault := range l.Faults {
		named := strings.HasSuffix(fault.Msg, ", want #installing")
		if want := i < mostHints || i == mostHints+10; named != want {
			t.Errorf("link %d: %q, the anchor is named: %v, want %v", i, fault.Msg, named, want)
		}
	}
}

// BenchmarkBrokenAnchors loads a page whose links to so many questions of its own are
// all broken. Twice as many of both take at most twice as long.
func BenchmarkBrokenAnchors(b *testing.B) {
	for _, n := range []int{1000, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var s strings.Builder
			s.WriteString("# A\n\n")
			for i := range n {
				fmt.Fprintf(&s, "## How do I do the thing number %d with care?\n\nAs [before](#how-would-we-make-another-%d-lot-gone).\n\n", i, i)
			}
			files := fstest.MapFS{"a.md": {Data: []byte(s.String())}}
			for b.Loop() {
				if l, err := Load(files, Options{}); err != nil || len(l.Faults) != n {
					b.Fatalf("%d faults, want %d (%v)", len(l.Faults), n, err)
				}
			}
		})
	}
}
