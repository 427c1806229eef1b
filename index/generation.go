package index

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// A generation is one Bleve index.
type generation struct {
	number int    // of its folder
	folder string // "" in memory
	index  bleve.Index
	inner  bleveindex.Index // nil once it is closed
	// failure is what makes it unusable.
	failure *failure
	// held is what it holds, nil where that must be read.
	held contents
	// loose are the pages written since the first filling, batches the number of
	// batches since the last compaction. Used in memory only.
	loose   map[string]bool
	batches int
}

// A failure is the first thing that made an index unusable, if anything has. Safe for
// concurrent use.
type failure struct {
	once     sync.Once
	err      error         // set before happened is closed
	happened chan struct{} // closed when it has
}

func newFailure() *failure { return &failure{happened: make(chan struct{})} }

// set makes err the failure, unless there is one.
func (f *failure) set(err error) {
	f.once.Do(func() {
		f.err = err
		close(f.happened)
	})
}

// get is the failure, nil if there is none.
func (f *failure) get() error {
	select {
	case <-f.happened:
		return f.err
	default:
		return nil
	}
}

// told is what Bleve calls when one of its goroutines fails. One that has panicked is
// gone, and what it was to do is never done. One that could not write tries again and
// again. One that could not tidy up harms nothing.
func (f *failure) told(err error, _ string) {
	if !errors.Is(err, scorch.ErrCleanup) {
		f.set(err)
	}
}

// failureName is the name of failure.told in Bleve's table of functions.
const failureName = "faqbase"

// naming guards Bleve's table of functions.
var naming sync.Mutex

// openBleve calls open so that the index that it opens tells f of its failures. Bleve
// looks up the function by its name when an index is opened, in a table of the whole
// process: so one is opened at a time.
func openBleve(f *failure, open func(config map[string]any) (bleve.Index, error)) (bleve.Index, error) {
	naming.Lock()
	defer naming.Unlock()
	scorch.RegistryAsyncErrorCallbacks[failureName] = f.told
	defer delete(scorch.RegistryAsyncErrorCallbacks, failureName)
	return open(map[string]any{"asyncErrorCallbackName": failureName, "bolt_timeout": lockWait.String()})
}

// newGeneration makes an empty index in folder, or in memory if that is "".
func newGeneration(n int, folder string) (*generation, error) {
	g := &generation{number: n, folder: folder, failure: newFailure(), held: make(contents), loose: make(map[string]bool)}
	return g, g.open(func(config map[string]any) (bleve.Index, error) {
		return bleve.NewUsing(folder, bleve.NewIndexMapping(), scorch.Name, "boltdb", config)
	})
}

// openGeneration opens the index in folder.
func openGeneration(n int, folder string) (*generation, error) {
	g := &generation{number: n, folder: folder, failure: newFailure(), loose: make(map[string]bool)}
	return g, g.open(func(config map[string]any) (bleve.Index, error) { return bleve.OpenUsing(folder, config) })
}

func (g *generation) open(open func(config map[string]any) (bleve.Index, error)) (err error) {
	if g.index, err = openBleve(g.failure, open); err != nil {
		return err
	}
	if g.inner, err = g.index.Advanced(); err != nil {
		g.index.Close()
	}
	return err
}

// finish makes the index count as a whole one.
func (g *generation) finish() error {
	inner := g.inner
	err := g.await(func() error { return inner.SetInternal(schemaKey, []byte(strconv.Itoa(schema))) })
	if err != nil {
		return fmt.Errorf("finish an index: %w", err)
	}
	return nil
}

// write writes a batch.
func (g *generation) write(batch *bleve.Batch) error {
	return g.await(func() error { return g.index.Batch(batch) })
}

// reader returns a snapshot of the index.
func (g *generation) reader() (bleveindex.IndexReader, error) {
	inner := g.inner
	opened := make(chan bleveindex.IndexReader, 1)
	err := g.await(func() error {
		defer close(opened)
		r, err := inner.Reader()
		if err == nil {
			opened <- r
		}
		return err
	})
	if err != nil {
		go closeAll(opened) // what comes although nobody waits for it any more
		return nil, err
	}
	return <-opened, nil
}

// closeAll closes readers until there are no more.
func closeAll(readers <-chan bleveindex.IndexReader) {
	for r := range readers {
		_ = survive(r.Close) // of an index that has failed, which its owner is told
	}
}

// await calls do, which waits for goroutines of Bleve's, and returns as soon as it has
// ended or one of these has failed: then do may never end, and is left behind. So it
// must not read what close changes.
func (g *generation) await(do func() error) error {
	if g.inner == nil {
		return ErrClosed
	}
	ended := make(chan error, 1)
	go func() { ended <- survive(do) }()
	select {
	case err := <-ended:
		return err
	case <-g.failure.happened:
		return g.failure.err
	}
}

// How long closing may take: that of a sound index ends what it is writing. Of one of
// which a goroutine has panicked locks may be left that nobody ever gives back.
const (
	closeWait       = 10 * time.Second
	closeFailedWait = time.Second
)

// close closes the index. Its readers keep what they read. One that does not close in
// time is left open until the process ends, which is an error that says so.
func (g *generation) close() error {
	if g.inner == nil {
		return nil
	}
	g.inner = nil
	ended := make(chan error, 1)
	go closeBleve(g.index, ended)
	wait := time.NewTimer(closeWait)
	defer wait.Stop()
	failed := g.failure.happened
	for limit := closeWait; ; {
		select {
		case err := <-ended:
			return err
		case <-failed:
			failed, limit = nil, closeFailedWait
			wait.Reset(limit)
		case <-wait.C:
			err := fmt.Errorf("index %s had not closed after %v and was given up; its files stay open until the process ends", g.name(), limit)
			return errors.Join(err, g.failure.get())
		}
	}
}

// closeBleve is all that is left behind of an index that does not close.
func closeBleve(index bleve.Index, ended chan<- error) { ended <- survive(index.Close) }

// survive calls do, of Bleve's, and makes a panic of it an error.
func survive(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return guard(do)
}

// name tells people which index it is.
func (g *generation) name() string {
	if g.folder == "" {
		return "in memory"
	}
	return g.folder
}

// load opens the index in folder n.
func (s *store) load(n int) (g *generation, err error) {
	// Damage may show as a panic of Bleve's, and reading a mapped file beyond its
	// end is one too.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errDamaged, r)
		}
		if err != nil && g != nil {
			s.shut(g)
			g = nil
		}
		err = readError(err)
	}()
	folder := s.folder(n)
	if err := checkFolder(folder); err != nil {
		return nil, err
	}
	if g, err = openGeneration(n, folder); err != nil {
		return nil, err
	}
	r, err := g.reader()
	if err != nil {
		return g, err
	}
	defer r.Close()
	version, err := r.GetInternal(schemaKey)
	if err != nil {
		return g, err
	}
	if string(version) != strconv.Itoa(schema) {
		return g, fmt.Errorf("%w: schema %q, want %d", errVersion, version, schema)
	}
	g.held, err = readContents(r)
	return g, err
}
