package index_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"faqbase/index"
	"faqbase/index/indextest"
	"faqbase/kb"
)

// smallDisk is a file system of so many bytes in memory. Making one takes the rights
// of root; without them the test is skipped.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Skipf("no small disk to fill: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillUp takes all room but so many bytes, until the test removes the file.
func fillUp(t *testing.T, disk string, but int64) (ballast string) {
	t.Helper()
	ballast = filepath.Join(disk, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4<<10)
	for err == nil {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(info.Size() - but); err != nil {
		t.Fatal(err)
	}
	return ballast
}

// TestDiskFull writes to a disk that is full, sooner or later in the writing. The state
// before is served until there is room again, and what a restart finds is right.
func TestDiskFull(t *testing.T) {
	library := func(edit int) *kb.Library {
		var b strings.Builder
		for i := range 40 {
			fmt.Fprintf(&b, "-- p%d.md --\n## FAQ\n### What is number %d?\n", i, i)
			for j := range 30 {
				fmt.Fprintf(&b, "An answer edit%dx of word%dx%dx%d. ", edit, edit, i, j)
			}
			b.WriteString("\n")
		}
		return indextest.Library(t, b.String())
	}
	before, after := library(1), library(2)
	holds := func(t *testing.T, e *index.Bleve, edit int) {
		t.Helper()
		for other := 1; other <= 2; other++ {
			r, err := e.Search(t.Context(), index.Query{Text: fmt.Sprintf(`"edit%dx"`, other)})
			want := 0
			if other == edit {
				want = 40
			}
			if err != nil || r.Total != want {
				t.Fatalf("edit %d is found %+v times, error %v; want %d", other, r, err, want)
			}
		}
	}
	for _, room := range []int64{0, 4 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 512 << 10} {
		t.Run(fmt.Sprintf("but for %d bytes", room), func(t *testing.T) {
			disk := smallDisk(t, 4<<20)
			dir := filepath.Join(disk, "index")
			e := openIndex(t, dir)
			if err := e.Apply(t.Context(), before); err != nil {
				t.Fatal(err)
			}
			e.WriteBatchesOf(10)
			ballast := fillUp(t, disk, room)
			for range 2 { // the second time after a failure
				err := e.Apply(t.Context(), after)
				if err == nil && room > 0 {
					break // there was enough
				}
				if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "no space left on device") {
					t.Errorf("error %v, want one that names the folder and the reason", err)
				}
				holds(t, e, 1)
			}
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
			if err := e.Apply(t.Context(), after); err != nil {
				t.Fatal(err)
			}
			holds(t, e, 2)
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			again := openIndex(t, dir)
			if err := again.Apply(t.Context(), after); err != nil {
				t.Fatal(err)
			}
			holds(t, again, 2)
			if n := again.Indexed(); n != 0 {
				t.Errorf("a restart wrote %d documents", n)
			}
			files, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(slices.DeleteFunc(files, func(f os.DirEntry) bool { return !f.IsDir() })); n != 1 {
				t.Errorf("%d indexes are left, want one", n)
			}
		})
	}
	t.Run("a start on a full disk is an error that says so, and works once there is room", func(t *testing.T) {
		disk := smallDisk(t, 4<<20)
		ballast := fillUp(t, disk, 0)
		dir := filepath.Join(disk, "index")
		e, err := index.Open(dir)
		if err == nil {
			err = e.Apply(t.Context(), before)
			e.Close()
		}
		if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "no space left on device") {
			t.Fatalf("error %v, want one that names the folder and the reason", err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		e = openIndex(t, dir)
		if err := e.Apply(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		holds(t, e, 1)
	})
}
