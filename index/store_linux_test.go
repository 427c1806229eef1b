package index_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"faqbase/index"
	"faqbase/index/indextest"
)

// TestTooManyOpenFiles opens an index with more and more open files allowed.
func TestTooManyOpenFiles(t *testing.T) {
	dir := t.TempDir()
	e := openIndex(t, dir)
	archive := ""
	for i := range 5 { // a segment each
		archive += fmt.Sprintf("-- p%d.md --\n## FAQ\n### What is %d?\nA number.\n", i, i)
		if err := e.Apply(t.Context(), indextest.Library(t, archive)); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	lib := indextest.Library(t, archive)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	refused := 0
	for more := 1; ; more++ {
		limit := before
		limit.Cur = uint64(len(open) + more)
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			t.Fatal(err)
		}
		e, err := index.Open(dir)
		if _, statErr := os.Stat(filepath.Join(dir, "bleve-1")); statErr != nil {
			t.Fatalf("%d files: the index is gone, open: %v", more, err)
		}
		if err != nil {
			refused++
			continue
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Fatal(err)
		}
		if err := e.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
		if n := e.Indexed(); n != 0 {
			t.Errorf("%d files: wrote %d documents", more, n)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		break
	}
	if refused < 3 {
		t.Errorf("refused %d times: the limit was no limit", refused)
	}
}
