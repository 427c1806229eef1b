package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
	"unsafe"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/util"
	bleveindex "github.com/blevesearch/bleve_index_api"
	bolt "go.etcd.io/bbolt"

	"faqbase/kb"
)

func testLibrary(t testing.TB, answers ...string) *kb.Library {
	t.Helper()
	files := make(fstest.MapFS)
	for i, a := range answers {
		files[fmt.Sprintf("p%02d.md", i)] = &fstest.MapFile{Data: []byte("## FAQ\n### What is it?\n" + a + "\n")}
	}
	lib, err := kb.Load(files, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func openTest(t testing.TB, dir string, lib *kb.Library) *Bleve {
	t.Helper()
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	if err := b.Apply(t.Context(), lib); err != nil {
		t.Fatal(err)
	}
	return b
}

// root is Bleve's present snapshot, which is the same value as long as nothing changes.
func root(t *testing.T, b *Bleve) bleveindex.IndexReader {
	t.Helper()
	r, err := b.store.current.reader()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	return r
}

func TestRenew(t *testing.T) {
	b := openTest(t, t.TempDir(), testLibrary(t, "alpha", "beta"))
	b.applying.Lock()
	defer b.applying.Unlock()
	if err := b.store.current.inner.SetInternal([]byte("test"), []byte("1")); err != nil {
		t.Fatal(err)
	}
	t.Run("while the index is between two states the snapshot stays", func(t *testing.T) {
		before := b.state.Load()
		b.partial = true
		b.renew()
		b.partial = false
		if b.state.Load() != before {
			t.Error("renewed")
		}
	})
	t.Run("a changed index is searched through its newest snapshot", func(t *testing.T) {
		before := b.state.Load()
		b.renew()
		after := b.state.Load()
		if after == before || after.catalog != before.catalog {
			t.Fatal("not renewed, or with another library")
		}
		if n := before.users.Load(); n != 0 {
			t.Errorf("the old state has %d users", n)
		}
		if r, err := b.Search(t.Context(), Query{Text: "beta", Size: 5}); err != nil || r.Total != 1 {
			t.Errorf("got %v, %v", r, err)
		}
	})
}

func TestRenewFails(t *testing.T) {
	dir := t.TempDir()
	lib := testLibrary(t, "alpha", "beta")
	b := openTest(t, dir, lib)
	// A document of nobody's.
	batch := b.store.current.index.NewBatch()
	if err := batch.IndexAdvanced(document.NewDocument("stray")); err != nil {
		t.Fatal(err)
	}
	if err := b.store.current.index.Batch(batch); err != nil {
		t.Fatal(err)
	}
	t.Run("the state before stays, and the error is kept", func(t *testing.T) {
		b.applying.Lock()
		defer b.applying.Unlock()
		before := b.state.Load()
		if err := b.renew(); err == nil || b.trouble == nil || !strings.Contains(err.Error(), "stray") {
			t.Errorf("error %v, kept %v", err, b.trouble)
		}
		if b.state.Load() != before {
			t.Error("another state")
		}
	})
	t.Run("the next Apply reads again what the index holds, and writes nothing else", func(t *testing.T) {
		if err := b.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
		if n := b.Indexed(); n != 4 {
			t.Errorf("wrote %d documents, want the 4 of before", n)
		}
		if got := root(t, b); b.state.Load().reader != got || b.trouble != nil {
			t.Errorf("not the index's snapshot, or %v", b.trouble)
		}
	})
	t.Run("the pause grows with failures, to a limit", func(t *testing.T) {
		last := time.Duration(0)
		for failures := range 100 {
			p := renewPause(failures)
			if p < last || p == last && p != renewLongest || p > renewLongest {
				t.Fatalf("%d failures: %v after %v", failures, p, last)
			}
			last = p
		}
	})
}

// TestFault cuts off the files of an index while it is read.
func TestFault(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("Windows does not cut off mapped files")
	}
	answers := make([]string, 300)
	for i := range answers {
		answers[i] = fmt.Sprintf("common word%d", i)
	}
	lib := testLibrary(t, answers...)
	search := func(b *Bleve) (found int, err error) {
		r, err := b.Search(t.Context(), Query{Text: "common"})
		if err != nil {
			return 0, err
		}
		return r.Total, nil
	}
	cut := func(t *testing.T) (*Bleve, string) {
		t.Helper()
		dir := t.TempDir()
		b := openTest(t, dir, lib)
		names, err := filepath.Glob(filepath.Join(dir, "bleve-1", "store", "*.zap"))
		if err != nil || len(names) == 0 {
			t.Fatalf("segments %v, error %v", names, err)
		}
		for _, name := range names {
			if err := os.Truncate(name, 0); err != nil {
				t.Fatal(err)
			}
		}
		return b, dir
	}
	mended := func(t *testing.T, b *Bleve, dir string) {
		t.Helper()
		if n, err := search(b); err != nil || n != len(answers) {
			t.Errorf("total %d, error %v", n, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "bleve-1")); !os.IsNotExist(err) {
			t.Errorf("the old index: %v", err)
		}
	}
	t.Run("a guarded search is an error, and the next Apply builds another index", func(t *testing.T) {
		b, dir := cut(t)
		if _, err := search(b); !errors.Is(err, errFault) {
			t.Fatalf("error %v", err)
		}
		if err := b.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
		mended(t, b, dir)
	})
	t.Run("and so does renewing", func(t *testing.T) {
		b, dir := cut(t)
		if _, err := search(b); !errors.Is(err, errFault) {
			t.Fatalf("error %v", err)
		}
		b.applying.Lock()
		if err := b.renew(); err != nil {
			t.Error(err)
		}
		b.applying.Unlock()
		mended(t, b, dir)
	})
	t.Run("Apply notices by itself", func(t *testing.T) {
		b, dir := cut(t)
		if err := b.Apply(t.Context(), testLibrary(t, append([]string{"common changed"}, answers[1:]...)...)); err != nil {
			t.Fatal(err)
		}
		mended(t, b, dir)
	})
	t.Run("another panic stays one", func(t *testing.T) {
		defer func() {
			if r := recover(); r != "other" {
				t.Errorf("got %v", r)
			}
		}()
		guard(func() error { panic("other") })
	})
}

// boltOf is the file of snapshots of b's index, which Bleve keeps to itself.
func boltOf(b *Bleve) *bolt.DB {
	field := reflect.ValueOf(b.store.current.inner).Elem().FieldByName("rootBolt")
	return (*(**util.RootBoltImpl)(unsafe.Pointer(field.UnsafeAddr()))).DB
}

// TestFailure has an index of which the lock that Bleve writes under is never given
// back, as when the goroutine that holds it panics.
func TestFailure(t *testing.T) {
	before, after := testLibrary(t, "alpha", "beta"), testLibrary(t, "alpha", "gamma")
	finds := func(t *testing.T, b *Bleve, text string) {
		t.Helper()
		if r, err := b.Search(t.Context(), Query{Text: text}); err != nil || r.Total != 1 {
			t.Errorf("%s: got %+v, error %v", text, r, err)
		}
	}
	type told struct {
		sync.Mutex
		texts []string
	}
	stuck := func(t *testing.T) (*Bleve, *told, string) {
		t.Helper()
		dir := t.TempDir()
		said := &told{}
		b, err := Open(dir, Tell(func(err error) {
			said.Lock()
			said.texts = append(said.texts, err.Error())
			said.Unlock()
		}))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Apply(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		held, err := boltOf(b).Begin(true)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := held.Rollback(); err != nil { // so that the test leaves nothing behind
				t.Error(err)
			}
		})
		return b, said, filepath.Join(dir, "bleve-1")
	}
	panicked := func(b *Bleve) {
		b.store.current.failure.told(scorch.NewScorchError("persister", "panic: page 7 already freed", scorch.ErrAsyncPanic), "")
	}
	mended := func(t *testing.T, b *Bleve, said *told, folder string) {
		t.Helper()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		said.Lock()
		defer said.Unlock()
		if len(said.texts) != 2 || !strings.Contains(said.texts[0], folder+" had not closed") ||
			!strings.Contains(said.texts[1], folder+" has failed and was built anew") || !strings.Contains(said.texts[1], "page 7") {
			t.Errorf("told %q", said.texts)
		}
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			t.Errorf("the old index: %v", err)
		}
	}
	t.Run("an Apply that waits for it builds another index, and what was there is found meanwhile", func(t *testing.T) {
		t.Parallel() // it waits for what does not end
		b, said, folder := stuck(t)
		applied := make(chan error)
		go func() { applied <- b.Apply(t.Context(), after) }()
		finds(t, b, "beta")
		panicked(b)
		if err := <-applied; err != nil {
			t.Fatal(err)
		}
		finds(t, b, "gamma")
		mended(t, b, said, folder)
	})
	t.Run("without an Apply another index is built too", func(t *testing.T) {
		t.Parallel() // it waits for what does not end
		b, said, folder := stuck(t)
		panicked(b)
		b.applying.Lock()
		err := b.renew()
		b.applying.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		finds(t, b, "beta")
		mended(t, b, said, folder)
	})
	t.Run("Close gives up and names the folder", func(t *testing.T) {
		t.Parallel() // it waits for what does not end
		b, _, folder := stuck(t)
		panicked(b)
		if err := b.Close(); err == nil || !strings.Contains(err.Error(), folder) || !strings.Contains(err.Error(), "page 7") {
			t.Errorf("error %v, want one with the folder and the reason", err)
		}
	})
	t.Run("what could not be tidied up is no failure", func(t *testing.T) {
		f := newFailure()
		f.told(scorch.NewScorchError("persister", "old files", scorch.ErrCleanup), "")
		if err := f.get(); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseEndsSearches(t *testing.T) {
	b := openTest(t, "", testLibrary(t, "alpha"))
	parent, cancel := context.WithCancel(t.Context())
	ctx := b.untilClosed(parent)
	if err := ctx.Err(); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	entered := make(chan struct{})
	running.Go(func() { // a search without end
		b.life.RLock()
		defer b.life.RUnlock()
		close(entered)
		for ctx.Err() == nil {
			runtime.Gosched()
		}
	})
	<-entered
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	running.Wait()
	if err := ctx.Err(); !errors.Is(err, ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
	cancel()
	if err := ctx.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context itself", err)
	}
}

func TestForgetting(t *testing.T) {
	for name, dir := range map[string]string{"memory": "", "disk": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			const perEdit = 50
			answers := []string{"first", "second", "lasting"}
			b := openTest(t, dir, testLibrary(t, answers...))
			lexicon := b.lexicon
			// Of 2,000 words those of two edits are left; the same again may be forgotten,
			// and for a moment those of documents that Bleve has not merged away yet.
			settled := func() bool {
				return len(b.state.Load().dictionary.words) <= 6*perEdit && b.classes.len() <= 6*perEdit
			}
			edit := 0
			for deadline := time.Now().Add(5 * time.Second); edit < 40 || !settled(); edit++ {
				if edit >= 40 && time.Now().After(deadline) {
					t.Fatalf("%d words, %d classes after %d edits", len(b.state.Load().dictionary.words), b.classes.len(), edit)
				}
				var words strings.Builder
				for i := range perEdit {
					fmt.Fprintf(&words, "edit%dword%d ", edit, i)
				}
				answers[edit%2] = words.String()
				if err := b.Apply(t.Context(), testLibrary(t, answers...)); err != nil {
					t.Fatal(err)
				}
			}
			if b.lexicon == lexicon {
				t.Error("the words of suggestions are those of the beginning")
			}
			for text, want := range map[string]int{
				"edit0word1": 0, fmt.Sprintf("edit%dword1", edit-2): 1, fmt.Sprintf("edit%dword49", edit-1): 1, "lasting": 1, "what": 3,
			} {
				if n := total(t, b, text); n != want {
					t.Errorf("%s: total %d, want %d", text, n, want)
				}
			}
		})
	}
}

func TestCompaction(t *testing.T) {
	answers := make([]string, 2*compactAfter)
	for i := range answers {
		answers[i] = fmt.Sprintf("first%dx", i)
	}
	b := openTest(t, "", testLibrary(t, answers...))
	most, last, fell := 0, 0, 0
	// Each edit is of another page, so that no segment falls away by itself.
	for edit := range answers {
		answers[edit] = fmt.Sprintf("edit%dx", edit)
		if err := b.Apply(t.Context(), testLibrary(t, answers...)); err != nil {
			t.Fatal(err)
		}
		n := len(root(t, b).(*scorch.IndexSnapshot).Segments())
		if n < last {
			fell++
			if n > 3 { // the first filling, what was compacted, and the schema
				t.Errorf("%d segments after compaction, %d before", n, last)
			}
		}
		most, last = max(most, n), n
	}
	if fell == 0 || most < compactAfter/2 || most > compactAfter+3 {
		t.Errorf("the number of segments fell %d times and was at most %d", fell, most)
	}
	for i, a := range answers {
		r, err := b.Search(t.Context(), Query{Text: a, Size: 5})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Hits) != 1 || r.Hits[0].Page.Path != fmt.Sprintf("p%02d", i) {
			t.Errorf("%s: %d hits", a, len(r.Hits))
		}
	}
}

// ending is a context that has ended when it was asked so many times.
type ending struct {
	context.Context
	left *int
}

func (e ending) Err() error {
	if *e.left == 0 {
		return context.Canceled
	}
	*e.left--
	return nil
}

func TestEndsMidway(t *testing.T) {
	before := testLibrary(t, "alpha one", "beta one", "gamma one", "delta one")
	after := testLibrary(t, "alpha two", "beta two", "gamma two", "delta two")
	for name, open := range map[string]func(t *testing.T) string{
		"memory": func(*testing.T) string { return "" },
		"disk":   func(t *testing.T) string { return t.TempDir() },
	} {
		midway := 0
		for asked := range 8 {
			t.Run(fmt.Sprintf("%s, asked %d times", name, asked), func(t *testing.T) {
				b := openTest(t, open(t), before)
				b.batchDocuments = 2 // a page
				left, reader := asked, root(t, b)
				err := b.Apply(ending{t.Context(), &left}, after)
				if err == nil {
					return // it was asked often enough
				}
				if !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				if root(t, b) != reader {
					midway++
				}
				written := b.Indexed()
				if !b.partial {
					t.Error("not partial")
				}
				for _, when := range []string{"at once", "after a renewal"} {
					if one, two := total(t, b, "one"), total(t, b, "two"); one != 4 || two != 0 {
						t.Errorf("%s: %d hits of before, %d of after", when, one, two)
					}
					b.applying.Lock()
					if err := b.renew(); err != nil {
						t.Error(err)
					}
					b.applying.Unlock()
				}
				if err := b.Apply(t.Context(), after); err != nil {
					t.Fatal(err)
				}
				if one, two := total(t, b, "one"), total(t, b, "two"); one != 0 || two != 4 {
					t.Errorf("at last: %d hits of before, %d of after", one, two)
				}
				if n := b.Indexed(); n != 8+8 || written > n {
					t.Errorf("wrote %d documents, %d of them before the end: each once is 16", n, written)
				}
			})
		}
		if midway < 3 {
			t.Errorf("%s: ended midway %d times", name, midway)
		}
	}
}

func total(t *testing.T, b *Bleve, text string) int {
	t.Helper()
	r, err := b.Search(t.Context(), Query{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return r.Total
}

func TestFullDisk(t *testing.T) {
	for batches := range 5 {
		t.Run(fmt.Sprintf("full after %d batches", batches), func(t *testing.T) {
			dir := t.TempDir()
			before, after := testLibrary(t, "alpha", "beta", "gamma"), testLibrary(t, "delta", "epsilon", "gamma")
			b := openTest(t, dir, before)
			b.batchDocuments = 2 // a page
			write, written := b.write, 0
			b.write = func(g *generation, batch *bleve.Batch) error {
				if written == batches {
					return &os.PathError{Op: "write", Path: dir, Err: syscall.ENOSPC}
				}
				written++
				return write(g, batch)
			}
			err := b.Apply(t.Context(), after)
			if batches < 2 {
				if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), dir) {
					t.Fatalf("error %v, want ENOSPC with the folder", err)
				}
				if total(t, b, "alpha") != 1 || total(t, b, "gamma") != 1 || total(t, b, "epsilon") != 0 {
					t.Error("the state before is not searched")
				}
				if files, err := filepath.Glob(filepath.Join(dir, "bleve-*")); err != nil || len(files) != 1 || filepath.Base(files[0]) != "bleve-1" {
					t.Errorf("got %v, %v, want the index before and no other", files, err)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			b.write = write
			if err := b.Apply(t.Context(), after); err != nil {
				t.Fatal(err)
			}
			if total(t, b, "alpha") != 0 || total(t, b, "gamma") != 1 || total(t, b, "epsilon") != 1 {
				t.Error("the new library is not searched")
			}
			if n := b.Indexed(); n != 6+4 { // all, then the pages that differ, each once
				t.Errorf("wrote %d documents", n)
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			if n := openTest(t, dir, after).Indexed(); n != 0 {
				t.Errorf("a restart wrote %d documents", n)
			}
		})
	}
	t.Run("an index half built is not taken for a whole one", func(t *testing.T) {
		dir := t.TempDir()
		lib := testLibrary(t, "alpha", "beta")
		b := openTest(t, dir, lib)
		half, err := b.store.create()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(half.close(), b.Close()); err != nil {
			t.Fatal(err)
		}
		if n := openTest(t, dir, lib).Indexed(); n != 0 {
			t.Errorf("wrote %d documents", n)
		}
	})
}

func TestSchema(t *testing.T) {
	dir := t.TempDir()
	lib := testLibrary(t, "alpha", "beta")
	b := openTest(t, dir, lib)
	if err := b.store.current.inner.SetInternal(schemaKey, []byte("another")); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("an index of another schema is built anew", func(t *testing.T) {
		b := openTest(t, dir, lib)
		if n := b.Indexed(); n != 4 {
			t.Errorf("wrote %d documents, want 4", n)
		}
		if r, err := b.Search(t.Context(), Query{Text: "beta", Size: 5}); err != nil || r.Total != 1 {
			t.Errorf("got %v, %v", r, err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("and the old one is removed", func(t *testing.T) {
		if _, err := os.Stat(filepath.Join(dir, "bleve-1")); !os.IsNotExist(err) {
			t.Errorf("error %v", err)
		}
	})
}

func TestFacetValues(t *testing.T) {
	r := &Results{Facets: map[kb.Facet][]FacetValue{kb.FacetTool: {
		{Value: kb.Value{Name: "Django ORM"}, Count: 3}, {Value: kb.Value{Name: "SQLAlchemy"}, Count: 2}, {Value: kb.Value{Name: "C++"}, Count: 1},
	}}}
	for match, want := range map[string]string{
		"": "Django ORM SQLAlchemy C++", "dj": "Django ORM", "orm": "Django ORM", "ORM d": "Django ORM",
		"alch": "SQLAlchemy", "c++": "C++", "jango": "", "dj x": "",
	} {
		var got []string
		for _, v := range FacetValues(r, kb.FacetTool, match) {
			got = append(got, v.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", match, got, want)
		}
	}
}

// gate is a context that stops a search when it asks whether to go on.
type gate struct {
	context.Context
	entered, leave chan struct{}
}

func (g gate) Err() error {
	close(g.entered)
	<-g.leave
	return nil
}

func TestCloseWaits(t *testing.T) {
	b := openTest(t, "", testLibrary(t, "alpha"))
	g := gate{t.Context(), make(chan struct{}), make(chan struct{})}
	var running sync.WaitGroup
	running.Go(func() {
		// It is told to stop, and leaves by itself: nothing is closed under it.
		if r, err := b.Search(g, Query{Text: "alpha", Size: 1}); !errors.Is(err, ErrClosed) {
			t.Errorf("got %v, %v", r, err)
		}
	})
	<-g.entered
	running.Go(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	for b.life.TryRLock() { // until Close waits
		b.life.RUnlock()
		runtime.Gosched()
	}
	close(g.leave)
	running.Wait()
}

func TestRecord(t *testing.T) {
	r := record{pageKey{1, 2, 3}, []fieldLengths{{1, 0, 300, 70000, 5}, {}}}
	b := encodeRecord(r)
	t.Run("what is written is read", func(t *testing.T) {
		got, err := decodeRecord(b)
		if err != nil || got.key != r.key || !slices.Equal(got.lengths, r.lengths) {
			t.Errorf("got %v, %v", got, err)
		}
	})
	t.Run("what is cut or too long is an error", func(t *testing.T) {
		for n := range b {
			if _, err := decodeRecord(b[:n]); err == nil {
				t.Errorf("no error with %d bytes", n)
			}
		}
		if _, err := decodeRecord(append(b, 0)); err == nil {
			t.Error("no error with a byte too many")
		}
	})
}

// twisted is a reader that lists a document which it does not have.
type twisted struct{ bleveindex.IndexReader }

func (twisted) Document(string) (bleveindex.Document, error) { return nil, nil }

func TestMissingDocument(t *testing.T) {
	b := openTest(t, "", testLibrary(t, "alpha"))
	r, err := b.store.current.reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := readContents(twisted{r}); err == nil || !strings.Contains(err.Error(), `"p00"`) {
		t.Errorf("error %v, want one that names the document", err)
	}
}

func TestKey(t *testing.T) {
	files := fstest.MapFS{
		"a.md": {Data: []byte("---\ntools: [PostgreSQL]\n---\nIntro.\n\n## FAQ\n### How?\nSo, see [b](b.md).\n### Why?\nBecause.\n")},
		"b.md": {Data: []byte("## FAQ\n### When?\nNow.\n")},
	}
	load := func(t *testing.T, o kb.Options) *kb.Library {
		t.Helper()
		lib, err := kb.Load(files, o)
		if err != nil {
			t.Fatal(err)
		}
		return lib
	}
	lib := load(t, kb.Options{})
	dir := t.TempDir()
	if err := openTest(t, dir, lib).Close(); err != nil {
		t.Fatal(err)
	}
	// written is the number of documents that lib makes a restarted and a running engine write.
	written := func(t *testing.T, lib *kb.Library) uint64 {
		t.Helper()
		copied := t.TempDir()
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		restarted := openTest(t, copied, lib).Indexed()
		b := openTest(t, "", load(t, kb.Options{}))
		n := b.Indexed()
		if err := b.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
		if n = b.Indexed() - n; n != restarted {
			t.Errorf("the running engine wrote %d documents, the restarted one %d", n, restarted)
		}
		return restarted
	}
	t.Run("the same library is not written again", func(t *testing.T) {
		if n := written(t, load(t, kb.Options{})); n != 0 {
			t.Errorf("wrote %d documents", n)
		}
	})
	t.Run("neither is one with other addresses", func(t *testing.T) {
		if n := written(t, load(t, kb.Options{Base: "https://example.org/help"})); n != 0 {
			t.Errorf("wrote %d documents", n)
		}
	})
	change := map[string]func(p *kb.Page){
		"answer":          func(p *kb.Page) { p.Questions[0].Answer += " x" },
		"question":        func(p *kb.Page) { p.Questions[1].Text = "Why not?" },
		"intro":           func(p *kb.Page) { p.Intro = "Another." },
		"title":           func(p *kb.Page) { p.Title = "Another" },
		"tags":            func(p *kb.Page) { p.Tags = []string{"new"} },
		"aliases":         func(p *kb.Page) { p.Questions[1].Aliases = []string{"For what?"} },
		"order":           func(p *kb.Page) { slices.Reverse(p.Questions) },
		"end of an alias": func(p *kb.Page) { p.Aliases = []string{"a", ""} },
	}
	for name, do := range change {
		t.Run("a page with another "+name+" is, though its file is the same", func(t *testing.T) {
			other := *load(t, kb.Options{})
			do(other.Pages[0])
			if n := written(t, &other); n != 3 {
				t.Errorf("wrote %d documents, want a page and its questions", n)
			}
		})
	}
	t.Run("what an index holds is read once, when it is opened", func(t *testing.T) {
		b, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		held := b.store.current.held
		if len(held) != 2 {
			t.Fatalf("got %v", held)
		}
		if err := b.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
		if got := b.store.current.held["a"]; got == nil || got != held["a"] {
			t.Error("read again")
		}
	})
}

func TestAnalysed(t *testing.T) {
	answers := make([]string, 100)
	for i := range answers {
		answers[i] = fmt.Sprintf("word%d", i)
	}
	lib := testLibrary(t, answers...)
	tasks := func() []pageTask {
		list := make([]pageTask, len(lib.Pages))
		for i, p := range lib.Pages {
			list[i] = pageTask{lib: lib, page: p, classes: newClasses()}
		}
		return list
	}
	t.Run("pages come in their order, with all words", func(t *testing.T) {
		found, n := newVocabulary(), 0
		for task := range analysed(tasks(), found) {
			if task.page != lib.Pages[n] || len(task.docs.documents) != 2 || len(task.entries.entries) != 2 || task.key != keyOf(lib, task.page, nil) {
				t.Fatalf("at %d: page %s with %d documents", n, task.page.Path, len(task.docs.documents))
			}
			n++
		}
		if n != len(answers) {
			t.Errorf("%d pages", n)
		}
		for _, a := range answers {
			if found.fields[a] != 1<<fieldAnswer {
				t.Errorf("%s: fields %b", a, found.fields[a])
			}
		}
	})
	t.Run("few are done ahead, and none is kept", func(t *testing.T) {
		list := tasks()
		most, last := 0, (*pageTask)(nil)
		at := -1
		for task := range analysed(list, newVocabulary()) {
			at++
			if last != nil && last.docs.documents != nil {
				t.Fatal("kept")
			}
			last = task
			ahead := 0
			for i := range list {
				if list[i].done != nil {
					ahead = i + 1
				}
			}
			most = max(most, ahead-at)
		}
		if limit := 4 * runtime.GOMAXPROCS(0); most > limit {
			t.Errorf("%d ahead, want %d at most", most, limit)
		}
	})
	t.Run("who stops early leaves nothing running", func(t *testing.T) {
		for range analysed(tasks(), newVocabulary()) {
			break
		}
		// TestMain looks for what runs.
	})
	t.Run("while one is written, those ahead of it are done", func(t *testing.T) {
		list := tasks()
		for range analysed(list, newVocabulary()) {
			for i := range min(len(list), 4*runtime.GOMAXPROCS(0)) {
				<-list[i].done
			}
			break
		}
	})
}

func TestSplitSentences(t *testing.T) {
	text := "One. Two, e.g. this? Three!\nfour 1.5\n\n  five。六！"
	var got []string
	for _, s := range splitSentences(text) {
		got = append(got, text[s.start:s.end])
	}
	if s := strings.Join(got, "|"); s != "One.|Two, e.g. this?|Three!|four 1.5|five。|六！" {
		t.Errorf("got %s", s)
	}
}

func TestTop(t *testing.T) {
	compare := func(a, b int) int { return a - b }
	for n := range 40 {
		list := make([]int, 200)
		for i := range list {
			list[i] = (i * 7919) % 200
		}
		top(list, n, compare)
		for i := range n {
			if list[i] != i {
				t.Fatalf("first %d: %v", n, list[:n])
			}
		}
	}
}

func TestAnIndexThatFailsBeforeTheFirstLibraryIsBuiltAnew(t *testing.T) {
	dir := t.TempDir()
	lib := testLibrary(t, "alpha", "beta")
	if err := openTest(t, dir, lib).Close(); err != nil {
		t.Fatal(err)
	}
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.store.current.failure.set(errors.New("a goroutine is gone"))
	if err := b.Apply(t.Context(), lib); err != nil { // while the words of the old one are read
		t.Fatal(err)
	}
	if res, err := b.Search(t.Context(), Query{Text: "alpha", Size: 1}); err != nil || res.Total == 0 {
		t.Errorf("found %+v, error %v", res, err)
	}
}
