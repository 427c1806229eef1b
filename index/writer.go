package index

import (
	"context"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"

	"faqbase/kb"
)

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
	held := &heldPage{record: r}
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

// flush writes the batch. Bleve analyses its documents in parallel and returns
// when they are safe on disk.
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
