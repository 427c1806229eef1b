package index_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"faqbase/index"
	"faqbase/index/indextest"
	"faqbase/kb"
)

const storeLibrary = `
-- a.md --
## FAQ
### How do I undo a commit?
With git revert.
### How do I rename a branch?
With git branch -m.
-- b.md --
## FAQ
### What is a monorepo?
One repository for many projects.
`

// storeDocuments is the number of documents of storeLibrary: two pages, three questions.
const storeDocuments = 5

func openIndex(t *testing.T, dir string) *index.Bleve {
	t.Helper()
	e, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// fill opens the index in dir, applies lib, and returns how many documents that wrote.
func fill(t *testing.T, dir string, lib *kb.Library) uint64 {
	t.Helper()
	e := openIndex(t, dir)
	if err := e.Apply(t.Context(), lib); err != nil {
		t.Fatal(err)
	}
	checkStore(t, e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return e.Indexed()
}

// checkStore checks that e finds what storeLibrary has.
func checkStore(t *testing.T, e *index.Bleve) {
	t.Helper()
	for query, want := range map[string]int{"commit": 1, "monorepo": 1, "branch": 1, "": 3} {
		r, err := e.Search(t.Context(), index.Query{Text: query, Size: 10})
		if err != nil {
			t.Fatal(err)
		}
		if r.Total != want {
			t.Errorf("%q: total %d, want %d", query, r.Total, want)
		}
	}
}

// filled returns a folder with an index of storeLibrary, and the library.
func filled(t *testing.T) (string, *kb.Library) {
	t.Helper()
	dir := t.TempDir()
	lib := indextest.Library(t, storeLibrary)
	if n := fill(t, dir, lib); n != storeDocuments {
		t.Fatalf("wrote %d documents, want %d", n, storeDocuments)
	}
	return dir, lib
}

func TestRestart(t *testing.T) {
	t.Run("a restart writes nothing", func(t *testing.T) {
		dir, lib := filled(t)
		if n := fill(t, dir, lib); n != 0 {
			t.Errorf("wrote %d documents", n)
		}
	})
	t.Run("a restart writes only the page that changed meanwhile", func(t *testing.T) {
		dir, _ := filled(t)
		changed := indextest.Library(t, strings.Replace(storeLibrary, "One repository", "A repository", 1))
		if n := fill(t, dir, changed); n != 2 {
			t.Errorf("wrote %d documents, want a page and its question", n)
		}
	})
	t.Run("nothing but the index is left in the folder", func(t *testing.T) {
		dir, _ := filled(t)
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			names = append(names, f.Name())
		}
		if got := strings.Join(names, " "); got != "bleve-1 faqbase.lock" {
			t.Errorf("got %s", got)
		}
	})
}

func TestLock(t *testing.T) {
	dir, _ := filled(t)
	e := openIndex(t, dir)
	_, err := index.Open(dir)
	if !errors.Is(err, index.ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("second open: error %v, want ErrLocked with the folder", err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	openIndex(t, dir)
}

func TestForeignFolder(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(name, []byte("Dear"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := index.Open(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v, want one that names the folder", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("the folder was changed: %v", files)
	}
}

// TestUnreadable opens indexes that cannot be read at the moment, which says nothing
// about what is in them.
func TestUnreadable(t *testing.T) {
	refused := func(t *testing.T, dir string) error {
		t.Helper()
		e, err := index.Open(dir)
		if err == nil {
			e.Close()
			t.Fatal("no error")
		}
		var open *index.OpenError
		if !errors.As(err, &open) || open.Dir != dir || !strings.Contains(err.Error(), dir) {
			t.Errorf("error %v, want an OpenError with the folder", err)
		}
		return err
	}
	for _, file := range []string{"bleve-1/index_meta.json", "bleve-1/store/root.bolt", "bleve-1/store"} {
		t.Run(file+" cannot be opened", func(t *testing.T) {
			dir, lib := filled(t)
			name := filepath.Join(dir, file)
			if err := os.Rename(name, name+".away"); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(name, name); err != nil { // to itself: too many links
				t.Skip(err)
			}
			refused(t, dir)
			if err := errors.Join(os.Remove(name), os.Rename(name+".away", name)); err != nil {
				t.Fatal(err)
			}
			if n := fill(t, dir, lib); n != 0 {
				t.Errorf("the index was not kept: wrote %d documents", n)
			}
		})
	}
	t.Run("Bleve's own lock is held by another process", func(t *testing.T) {
		dir, lib := filled(t)
		db, err := bolt.Open(filepath.Join(dir, "bleve-1", "store", "root.bolt"), 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := refused(t, dir); !errors.Is(err, index.ErrLocked) {
			t.Errorf("error %v, want ErrLocked", err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if n := fill(t, dir, lib); n != 0 {
			t.Errorf("the index was not kept: wrote %d documents", n)
		}
	})
}

// killedPages and killedDocuments are of the libraries of TestKilled: a page and a
// question each.
const (
	killedPages     = 60
	killedDocuments = 2 * killedPages
)

// killedLibrary is a library of which every page is another one in each round.
func killedLibrary(t *testing.T, round int) *kb.Library {
	t.Helper()
	var b strings.Builder
	for i := range killedPages {
		fmt.Fprintf(&b, "-- p%d.md --\n## FAQ\n### What is number %d?\nAn answer of round%d.\n", i, i, round)
	}
	return indextest.Library(t, b.String())
}

// TestKilled kills a process in the middle of an Apply of many batches, again and
// again, at random. Each time the next start must write only what was not yet written.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("FAQBASE_KILLED_INDEX"); dir != "" {
		applyUntilKilled(t, dir)
		return
	}
	dir := filepath.Join(t.TempDir(), "index")
	rnd := rand.New(rand.NewPCG(1, 2))
	midway := 0
	for round := range 5 {
		at := 1 + rnd.IntN(killedDocuments-20)
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), "FAQBASE_KILLED_INDEX="+dir, fmt.Sprintf("FAQBASE_KILLED_ROUND=%d", round))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		written := 0
		var said []string
		for lines := bufio.NewScanner(out); written < at && lines.Scan(); {
			said = append(said, lines.Text())
			fmt.Sscanf(lines.Text(), "written %d", &written)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		if written < at {
			t.Fatalf("round %d: the process ended by itself: %s", round, strings.Join(said, "\n"))
		}
		lib := killedLibrary(t, round)
		e := openIndex(t, dir)
		if err := e.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
		n := int(e.Indexed())
		if n > killedDocuments-written {
			t.Errorf("round %d: wrote %d documents, though %d of %d were written", round, n, written, killedDocuments)
		}
		if n > 0 {
			midway++
		}
		r, err := e.Search(t.Context(), index.Query{Text: fmt.Sprintf("round%d", round)})
		if err != nil {
			t.Fatal(err)
		}
		if r.Total != killedPages {
			t.Errorf("round %d: total %d, want %d", round, r.Total, killedPages)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if midway < 2 {
		t.Errorf("%d of 5 processes were killed midway", midway)
	}
}

// applyUntilKilled applies the library of the round and says how many documents are written.
func applyUntilKilled(t *testing.T, dir string) {
	var round int
	if _, err := fmt.Sscan(os.Getenv("FAQBASE_KILLED_ROUND"), &round); err != nil {
		t.Fatal(err)
	}
	lib := killedLibrary(t, round)
	e := openIndex(t, dir)
	e.WriteBatchesOf(4)
	go func() {
		for written := uint64(0); ; runtime.Gosched() {
			if n := e.Indexed(); n != written {
				written = n
				fmt.Println("written", n)
			}
		}
	}()
	if err := e.Apply(t.Context(), lib); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	select {} // the parent kills
}
