package index

import (
	"context"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"

	"faqbase/kb"
)

// A pageTask is a page to be compared with what the index holds of it and, if it
// differs, to be analysed.
type pageTask struct {
	lib     *kb.Library
	page    *kb.Page
	place   int          // of the page in the library
	old     *pageEntries // of the same page before, nil if there is none
	sameKey bool         // old has its key
	held    *heldPage    // nil if the index holds nothing of it
	again   bool         // it is written even if nothing differs
	classes *classes
	// What comes of it: docs has no documents if nothing is to be written.
	language *language
	key      pageKey
	docs     pageDocuments
	entries  *pageEntries
	done     chan struct{}
}

// do does the task and notes words in found.
func (t *pageTask) do(found *vocabulary) {
	if t.old != nil {
		t.language = t.old.language
	} else {
		t.language = languageOf(t.page)
	}
	if t.sameKey {
		t.key = t.old.key
	} else {
		t.key = keyOf(t.lib, t.page, t.language)
	}
	if t.held == nil || t.again || !t.held.is(t.page, t.key) {
		t.docs = documentsOf(t.lib, t.page, t.language, t.key, found)
	} else {
		t.docs.lengths = t.held.lengths
	}
	if t.old != nil && t.old.key == t.key {
		t.entries = t.old
	} else {
		t.entries = entriesOf(t.page, t.language, t.key, t.docs.lengths, t.classes)
	}
}

// analysed does tasks, as many at once as there are processors, and yields them in
// their order. Few are done ahead of the one that is yielded, so that little is held
// in memory. Once it has ended, found has the words of all that were done.
func analysed(tasks []pageTask, found *vocabulary) iter.Seq[*pageTask] {
	return func(yield func(*pageTask) bool) {
		workers := runtime.GOMAXPROCS(0)
		ahead := 4 * workers
		queue := make(chan *pageTask, ahead)
		words := make([]*vocabulary, workers)
		var running sync.WaitGroup
		for i := range words {
			words[i] = newVocabulary()
			running.Go(func() {
				for t := range queue {
					t.do(words[i])
					close(t.done)
				}
			})
		}
		defer func() {
			close(queue)
			running.Wait()
			for _, v := range words {
				found.add(v)
			}
		}()
		next := 0
		for i := range tasks {
			for ; next < min(i+ahead, len(tasks)); next++ {
				tasks[next].done = make(chan struct{})
				queue <- &tasks[next]
			}
			t := &tasks[i]
			<-t.done
			more := yield(t)
			t.docs = pageDocuments{}
			if !more {
				return
			}
		}
	}
}

// A writer gathers changes of whole pages into batches, so that the index is
// consistent after each.
type writer struct {
	*generation
	ctx     context.Context
	write   func(*generation, *bleve.Batch) error
	limit   int // of documents in a batch
	indexed *atomic.Uint64
	batch   *bleve.Batch
	bytes   int
	written uint64
	pages   []string             // written in the batch
	changes map[string]*heldPage // what is held once the batch is written; nil: removed
}

// put replaces what is held of a page by docs.
func (w *writer) put(p *kb.Page, r record, docs pageDocuments) error {
	w.begin()
	held := &heldPage{record: r, made: p}
	for _, d := range docs.documents {
		if _, isPage := pageOf(d.ID()); !isPage {
			held.documents = append(held.documents, d.ID())
		}
	}
	w.dropDocuments(p.Path)
	for _, d := range docs.documents {
		if err := w.batch.IndexAdvanced(d); err != nil {
			return err
		}
	}
	w.written += uint64(len(docs.documents))
	w.bytes += docs.bytes
	w.pages = append(w.pages, p.Path)
	w.changes[p.Path] = held
	if w.bytes >= batchBytes || w.batch.Size() >= w.limit {
		return w.flush()
	}
	return nil
}

// remove takes a page and its questions out.
func (w *writer) remove(path string) error {
	w.begin()
	w.dropDocuments(path)
	w.batch.Delete(path)
	w.changes[path] = nil
	if w.batch.Size() >= w.limit {
		return w.flush()
	}
	return nil
}

func (w *writer) begin() {
	if w.batch == nil {
		w.batch = w.index.NewBatch()
		w.changes = make(map[string]*heldPage)
	}
}

func (w *writer) dropDocuments(path string) {
	if held := w.held[path]; held != nil {
		for _, id := range held.documents {
			w.batch.Delete(id)
		}
	}
}

// flush writes the batch, which is safe on disk when it returns. Bleve sorts the
// words of its documents in parallel.
func (w *writer) flush() error {
	if w.batch == nil {
		return nil
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if err := w.write(w.generation, w.batch); err != nil {
		return err
	}
	w.indexed.Add(w.written)
	w.batches++
	for path, held := range w.changes {
		if held == nil {
			delete(w.held, path)
			delete(w.loose, path)
		} else {
			w.held[path] = held
		}
	}
	for _, path := range w.pages {
		w.loose[path] = true
	}
	w.batch, w.bytes, w.written, w.pages, w.changes = nil, 0, 0, nil, nil
	return nil
}
