package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/blevesearch/bleve/v2"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"faqbase/kb"
)

// Bleve is the engine that holds a library on one machine. Safe for concurrent use.
type Bleve struct {
	weights *weights
	scratch sync.Pool        // of *scratch
	now     func() time.Time // tells whether a curation still holds
	typing  sync.Pool        // of *typing

	// life is held for reading by each search, for writing by Close.
	life   sync.RWMutex
	closed bool
	state  atomic.Pointer[state]

	// applying guards what follows: one Apply runs at a time.
	applying sync.Mutex
	store    *store
	pages    []*pageEntries // of the state
	classes  *classes
	lexicon  *lexicon
	words    int // in the dictionary when it was last read from the index
	// ahead gives the words of the index as it was opened, read since then. The first Apply
	// takes them; nil afterwards and of an index that was empty.
	ahead   <-chan wordsAhead
	partial bool  // the index is not what the state holds
	trouble error // of the last renewal
	write   func(*generation, *bleve.Batch) error
	// batchDocuments is the number of documents from which on a batch is written.
	batchDocuments int

	indexed atomic.Uint64
	// alive ends when Close begins.
	alive   context.Context
	end     context.CancelFunc
	stopped sync.WaitGroup
}

var _ Engine = (*Bleve)(nil)

const (
	// renewEvery is how often the index is asked whether its files have changed, and
	// renewLongest the longest pause, after failures.
	renewEvery   = 2 * time.Second
	renewLongest = 5 * time.Minute
)

// Open opens the index in the folder dir, which is made if need be, or an empty
// one in memory if dir is "". An index that is missing, damaged or of another
// version is replaced by an empty one, which the first Apply fills. The error wraps
// [ErrLocked] if another process uses the folder; a folder that holds other things
// than an index is refused and left as it is.
func Open(dir string, options ...Option) (*Bleve, error) {
	var o openOptions
	for _, option := range options {
		option(&o)
	}
	if o.tell == nil {
		o.tell = func(error) {}
	}
	s, err := openStore(dir, o.tell)
	if err != nil {
		return nil, err
	}
	b := &Bleve{
		weights: defaultWeights(),
		now:     time.Now,
		store:   s,
		classes: newClasses(),
		lexicon: newLexicon(),
		write:   (*generation).write,

		batchDocuments: batchDocuments,
	}
	b.alive, b.end = context.WithCancel(context.Background())
	b.stopped.Go(b.renewLoop)
	if len(s.current.held) > 0 {
		if err := b.readAhead(); err != nil {
			return nil, errors.Join(&OpenError{dir, err}, b.Close())
		}
	}
	return b, nil
}

// wordsAhead are the words of an index, or why they cannot be read.
type wordsAhead struct {
	dictionary *dictionary
	err        error
}

// readAhead begins to read the words of the index, as its owner has yet to read the pages.
func (b *Bleve) readAhead() error {
	r, err := b.store.current.reader()
	if err != nil {
		return err
	}
	ahead := make(chan wordsAhead, 1)
	b.ahead = ahead
	classes := b.classes // those of the engine may be others by then
	b.stopped.Go(func() {
		defer r.Close()
		words, err := guardedWords(r)
		if err != nil {
			ahead <- wordsAhead{err: err}
			return
		}
		ahead <- wordsAhead{dictionary: (&dictionary{}).with(words, classes)}
	})
	return nil
}

// guardedWords are the words of an index, or the error of one that is cut off meanwhile.
func guardedWords(r bleveindex.IndexReader) (words *vocabulary, err error) {
	err = guard(func() (err error) {
		words, err = readWords(r)
		return err
	})
	return words, err
}

// An Option changes how an index is opened.
type Option func(*openOptions)

type openOptions struct{ tell func(error) }

// Tell makes an engine call tell with what people should know though nothing is asked
// of them: that an index was damaged or has failed and is built anew, with its folder
// and the reason, or that one could not be closed. It is called from several
// goroutines, one at a time, and must not use the engine.
func Tell(tell func(error)) Option { return func(o *openOptions) { o.tell = tell } }

// Indexed is the number of documents written so far: one a page and one a
// question, each time that they are written.
func (b *Bleve) Indexed() uint64 { return b.indexed.Load() }

// Close ends the engine. It asks the running searches to stop and waits for them, and
// for an Apply to end. An index that does not close within ten seconds is left open
// until the process ends, and the error names its folder. Closing it again does nothing.
func (b *Bleve) Close() error {
	b.end()
	b.applying.Lock()
	defer b.applying.Unlock()
	b.life.Lock()
	defer b.life.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	b.stopped.Wait()
	if s := b.state.Swap(nil); s != nil {
		s.release()
	}
	return b.store.close()
}

// untilClosed is ctx with an Err that is [ErrClosed] as soon as Close begins. Nothing
// but Err tells, so that a search only has to ask it now and then.
func (b *Bleve) untilClosed(ctx context.Context) context.Context {
	return closable{ctx, b.alive}
}

type closable struct {
	context.Context
	alive context.Context
}

// Err implements context.Context.
func (c closable) Err() error {
	if err := c.Context.Err(); err != nil {
		return err
	}
	if c.alive.Err() != nil {
		return ErrClosed
	}
	return nil
}

// errFault is the error of an index whose files became shorter while they were read.
var errFault = errors.New("the files of the index were changed by someone else")

// guard calls f, which reads the index. Files of the index are mapped into memory: if
// one was cut off meanwhile, reading it is a fault, which ends the process unless it is
// caught in the goroutine that reads. guard makes it errFault.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if _, ok := r.(interface{ Addr() uintptr }); !ok {
			panic(r)
		}
		err = errFault
	}()
	return f()
}

// How much is written in one batch: enough to be fast, little enough to hold in
// memory several times over.
const (
	batchBytes     = 4 << 20
	batchDocuments = 2000
)

// compactAfter is the number of batches after which an index in memory has all
// pages that changed since its first filling written once more. Bleve never merges
// an index in memory, but it drops segments of which nothing is left: this keeps
// it to those of the first filling, those of the last compaction and one a batch.
const compactAfter = 48

// Apply makes the index hold exactly lib. Only pages that differ from what the
// index holds are written. If that fails, an index of lib is built beside it and
// takes its place. If that fails too, or ctx ends, the state before goes on being
// searched, and the next Apply mends what is left half done.
func (b *Bleve) Apply(ctx context.Context, lib *kb.Library) error {
	b.applying.Lock()
	defer b.applying.Unlock()
	if b.closed {
		return ErrClosed
	}
	err := b.failing()
	if err == nil {
		if b.trouble != nil {
			b.partial, b.store.current.held = true, nil
		}
		err = guard(func() error { return b.update(ctx, lib) })
	}
	if err == nil {
		b.trouble = nil
		return nil
	}
	b.partial, b.store.current.held = true, nil
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if b.trouble != nil && b.trouble.Error() != err.Error() {
		err = fmt.Errorf("%w; before it: %w", err, b.trouble)
	}
	return b.rebuildAfter(ctx, lib, err)
}

// failing is why the open index cannot be used any more, nil if it can.
func (b *Bleve) failing() error {
	if b.store.current.inner == nil {
		return nil
	}
	return b.store.current.failure.get()
}

// rebuildAfter builds the index anew after a failure: whatever went wrong, that one is
// right.
func (b *Bleve) rebuildAfter(ctx context.Context, lib *kb.Library, failure error) error {
	b.partial, b.ahead = true, nil
	b.store.suspend()
	before := b.store.current.name()
	err := guard(func() error { return b.rebuild(ctx, lib) })
	if err == nil {
		b.trouble = nil
		b.store.tell(fmt.Errorf("index %s has failed and was built anew: %w", before, failure))
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err.Error() != failure.Error() {
		err = fmt.Errorf("%w; build another one: %w", failure, err)
	}
	if b.store.dir == "" {
		return fmt.Errorf("apply to the index in memory: %w", err)
	}
	return fmt.Errorf("apply to index %s: %w", b.store.dir, err)
}

// update writes into the current index what differs.
func (b *Bleve) update(ctx context.Context, lib *kb.Library) error {
	if err := b.store.resume(); err != nil {
		return err
	}
	g := b.store.current
	old := b.state.Load()
	dict := &dictionary{}
	if old != nil {
		dict = old.dictionary
	}
	found := newVocabulary()
	var pages []*pageEntries
	fill := func() (err error) {
		pages, err = b.fill(ctx, lib, g, found)
		return err
	}
	ahead := b.ahead
	b.ahead = nil
	var err error
	switch {
	case old == nil && !b.partial && ahead != nil:
		err = fill()
		words := <-ahead
		dict, err = words.dictionary, cmp.Or(err, words.err)
	case old == nil || b.partial:
		err = g.readBeside(func(words *vocabulary) { dict = dict.with(words, b.classes) }, fill)
	default:
		err = fill()
	}
	if err != nil {
		return err
	}
	dict = dict.with(found, b.classes)
	if old == nil || len(dict.words) <= b.words+b.words/2 {
		return b.swap(lib, g, pages, dict, b.classes)
	}
	return b.swapForgetting(lib, g, pages)
}

// rebuild fills an empty index beside the current one and puts it in its place.
func (b *Bleve) rebuild(ctx context.Context, lib *kb.Library) error {
	g, err := b.store.create()
	if err != nil {
		return err
	}
	found := newVocabulary()
	pages, err := b.fill(ctx, lib, g, found)
	if err == nil {
		err = g.finish()
	}
	if err == nil {
		err = b.swapForgetting(lib, g, pages)
	}
	if err != nil {
		b.store.discard(g)
		return err
	}
	b.store.replace(g)
	return nil
}

// fill makes g hold exactly lib, notes the words that it writes in found, and
// returns the entries of all pages.
func (b *Bleve) fill(ctx context.Context, lib *kb.Library, g *generation, found *vocabulary) ([]*pageEntries, error) {
	old := b.state.Load()
	keep := old != nil && sameTools(old.lib, lib)
	known := make(map[*kb.Page]*pageEntries, len(b.pages))
	for _, p := range b.pages {
		known[p.page] = p
	}
	w := &writer{generation: g, ctx: ctx, write: b.write, limit: b.batchDocuments, indexed: &b.indexed}
	first := len(g.held) == 0
	compact := b.store.dir == "" && g.batches >= compactAfter
	pages := make([]*pageEntries, len(lib.Pages))
	wanted := make(map[string]bool, len(lib.Pages))
	var tasks []pageTask
	for i, p := range lib.Pages {
		wanted[p.Path] = true
		t := pageTask{lib: lib, page: p, place: i, old: known[p], held: g.held[p.Path], classes: b.classes}
		t.sameKey = keep && t.old != nil
		t.again = compact && g.loose[p.Path]
		if t.sameKey && !t.again && t.held.knownAs(p, t.old.key) {
			pages[i] = t.old
			continue
		}
		tasks = append(tasks, t)
	}
	for t := range analysed(tasks, found) {
		if t.docs.documents != nil {
			if err := w.put(t.page, record{t.key, t.docs.lengths}, t.docs); err != nil {
				return nil, err
			}
		} else {
			t.held.made = t.page
		}
		pages[t.place] = t.entries
	}
	for path := range g.held {
		if !wanted[path] {
			if err := w.remove(path); err != nil {
				return nil, err
			}
		}
	}
	if err := w.flush(); err != nil {
		return nil, err
	}
	if compact || first {
		g.batches = 0
	}
	if first {
		clear(g.loose) // the first filling is what later pages are loose from
	}
	return pages, nil
}

// swap publishes the state of g, which holds lib. Pages and dictionary have their
// numbers from classes.
func (b *Bleve) swap(lib *kb.Library, g *generation, pages []*pageEntries, dict *dictionary, classes *classes) error {
	lexicon := b.lexicon
	if classes != b.classes {
		lexicon = newLexicon() // it forgets with them
	}
	old := b.state.Load()
	if classes != b.classes {
		old = nil // it has other numbers
	}
	var before *catalog
	if old != nil {
		before = old.catalog
	}
	c, splice := newCatalog(lib, pages, classes.len(), b.weights, before)
	suggester := &suggester{lib: lib, pages: pages, lexicon: lexicon}
	s, err := newState(g, c, dict, suggester, keptAfter(old, c, dict, splice), old, splice.stays)
	if err != nil {
		return err
	}
	if old == nil {
		b.words = len(dict.words)
	}
	b.pages, b.classes, b.lexicon, b.partial = pages, classes, lexicon, false
	b.publish(s)
	return nil
}

// swapForgetting publishes the state of g with nothing but the words that g has: the
// dictionary and the classes otherwise keep all that ever were.
func (b *Bleve) swapForgetting(lib *kb.Library, g *generation, pages []*pageEntries) error {
	words := newVocabulary()
	if err := g.read(words); err != nil {
		return err
	}
	classes := newClasses()
	again := make([]*pageEntries, len(pages))
	for i, p := range pages {
		lengths := make([]fieldLengths, len(p.entries))
		for k, e := range p.entries {
			lengths[k] = e.lengths
		}
		again[i] = entriesOf(p.page, p.language, p.key, lengths, classes)
	}
	return b.swap(lib, g, again, (&dictionary{}).with(words, classes), classes)
}

// read reads the words of the index, and what it holds unless that is known.
func (g *generation) read(found *vocabulary) error {
	return g.readBeside(found.add, func() error { return nil })
}

// readBeside reads what the index holds, unless that is known, and then its words while
// do is done. It calls take with the words, and returns when both have ended.
func (g *generation) readBeside(take func(*vocabulary), do func() error) (err error) {
	r, err := g.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	if g.held == nil {
		held, err := readContents(r)
		if err != nil {
			return err
		}
		g.held = held
	}
	ended := make(chan error, 1)
	go func() {
		words, err := guardedWords(r)
		if err == nil {
			take(words)
		}
		ended <- err
	}()
	defer func() { // also where do panics
		if unread := <-ended; err == nil {
			err = unread
		}
	}()
	return do()
}

// knownAs tells whether what the index holds is known to be made of p and to have that
// key. h may be nil.
func (h *heldPage) knownAs(p *kb.Page, key pageKey) bool {
	return h != nil && h.made == p && h.key == key
}

// is tells whether the index holds exactly p, with all its questions.
func (h *heldPage) is(p *kb.Page, key pageKey) bool {
	if h.key != key || len(h.lengths) != 1+len(p.Questions) || len(h.documents) != len(p.Questions) {
		return false
	}
	for _, q := range p.Questions {
		if !slices.Contains(h.documents, documentID(p, q)) {
			return false
		}
	}
	return true
}

// renewLoop looks now and then whether Bleve has moved the index to other files,
// and if so searches those, for a snapshot keeps its old files and memory alive. After
// a failure it waits longer and longer.
func (b *Bleve) renewLoop() {
	pause := time.NewTimer(renewEvery)
	defer pause.Stop()
	for failures := 0; ; {
		select {
		case <-b.alive.Done():
			return
		case <-pause.C:
			// While an Apply runs, the index is between two states.
			if b.applying.TryLock() {
				if b.renew() == nil {
					failures = 0
				} else {
					failures++
				}
				b.applying.Unlock()
			}
			pause.Reset(renewPause(failures))
		}
	}
}

// renewPause is the time until the next look after so many failures in a row.
func renewPause(failures int) time.Duration {
	return min(renewEvery<<min(failures, 16), renewLongest)
}

// renew replaces the state's snapshot by the index's present one, if it is another,
// and the index by one built anew if it cannot be read any more. What fails is kept
// for the next Apply, which then reads again what the index holds.
func (b *Bleve) renew() error {
	old := b.state.Load()
	if old == nil {
		return nil
	}
	if b.partial && b.trouble == nil { // the next Apply mends it
		return nil
	}
	if failure := b.store.current.failure.get(); failure != nil {
		b.trouble = b.rebuildAfter(b.alive, old.lib, failure)
		return b.trouble
	}
	if b.partial {
		return nil
	}
	b.trouble = guard(func() error {
		r, err := b.store.current.reader()
		if err != nil {
			return err
		}
		same := r == old.reader
		r.Close()
		if same {
			return nil
		}
		s, err := newState(b.store.current, old.catalog, old.dictionary, old.suggester, old.kept, old, allStay(len(old.entries)))
		if err == nil {
			b.publish(s)
		}
		return err
	})
	return b.trouble
}
