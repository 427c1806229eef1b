package index

import (
	"errors"
	"testing"
	"testing/synctest"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

// A slowIndex opens a reader only when it is let.
type slowIndex struct {
	bleveindex.Index
	let    chan struct{}
	closed bool // the reader
}

func (i *slowIndex) Reader() (bleveindex.IndexReader, error) {
	<-i.let
	return slowReader{of: i}, nil
}

type slowReader struct {
	bleveindex.IndexReader
	of *slowIndex
}

func (r slowReader) Close() error {
	r.of.closed = true
	return nil
}

func TestAReaderThatComesAfterAFailureIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &slowIndex{let: make(chan struct{})}
		g := &generation{inner: slow, failure: newFailure()}
		broken := errors.New("broken")
		go g.failure.set(broken)
		if _, err := g.reader(); !errors.Is(err, broken) {
			t.Fatalf("error %v, want the failure", err)
		}
		close(slow.let)
		synctest.Wait()
		if !slow.closed {
			t.Error("the reader is open")
		}
	})
}
