package index

import (
	"fmt"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleveindex "github.com/blevesearch/bleve_index_api"
	segmentapi "github.com/blevesearch/scorch_segment_api/v2"

	"faqbase/kb"
)

// contents are what an index holds of each page, by its path.
type contents map[string]*heldPage

// A heldPage is a page as the index holds it.
type heldPage struct {
	record
	documents []string // names of its questions' documents
	// made is the page that all this was made of, or found to be the same as; nil where
	// that is not known.
	made *kb.Page
}

// readContents reads the names of all documents and the pages' records. It is an
// error if two documents have one name, which only damage can bring about.
func readContents(r bleveindex.IndexReader) (contents, error) {
	held := make(contents)
	page := func(path string) *heldPage {
		if held[path] == nil {
			held[path] = &heldPage{}
		}
		return held[path]
	}
	seen := make(map[string]bool)
	err := eachDocument(r, func(_ uint64, id string) error {
		if seen[id] {
			return fmt.Errorf("two documents named %q", id)
		}
		seen[id] = true
		path, isPage := pageOf(id)
		p := page(path)
		if !isPage {
			p.documents = append(p.documents, id)
			return nil
		}
		doc, err := r.Document(id)
		if err != nil {
			return err
		}
		if doc == nil { // listed and yet not found by its name
			return fmt.Errorf("no document %q", id)
		}
		doc.VisitFields(func(f bleveindex.Field) {
			if f.Name() == recordField {
				p.record, err = decodeRecord(f.Value())
			}
		})
		return err
	})
	return held, err
}

// eachDocument calls do with the number and the name of every document.
func eachDocument(r bleveindex.IndexReader, do func(number uint64, id string) error) error {
	ids, err := r.DocIDReaderAll()
	if err != nil {
		return err
	}
	defer ids.Close()
	for {
		n, err := ids.Next()
		if err != nil {
			return err
		}
		if n == nil {
			return nil
		}
		id, err := r.ExternalID(n)
		if err != nil {
			return err
		}
		if err := do(n.Value(), id); err != nil {
			return err
		}
	}
}

// readWords reads the whole dictionary of the index, and the forms of its words.
func readWords(r bleveindex.IndexReader) (*vocabulary, error) {
	found := newVocabulary()
	for f, name := range indexFields {
		dicts, size, err := dictionariesOf(r, name)
		if err != nil {
			return nil, err
		}
		if len(found.fields) == 0 {
			found.fields = make(map[string]fieldSet, size)
		}
		err = eachTerm(dicts, func(term string) error {
			found.fields[term] |= 1 << f
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	dicts, _, err := dictionariesOf(r, formsField)
	if err != nil {
		return nil, err
	}
	return found, eachTerm(dicts, func(term string) error {
		f, err := formOfTerm(term)
		if err == nil {
			found.forms[f] = true
		}
		return err
	})
}

// dictionariesOf are the words of a field in each of the segments, and how many these are
// together.
func dictionariesOf(r bleveindex.IndexReader, field string) (dicts []segmentapi.TermDictionary, size int, err error) {
	snapshot, err := snapshotOf(r)
	if err != nil {
		return nil, 0, err
	}
	for _, part := range snapshot.Segments() {
		dict, err := part.Segment().Dictionary(field)
		if err != nil {
			return nil, 0, err
		}
		dicts = append(dicts, dict)
		size += dict.Cardinality()
	}
	return dicts, size, nil
}

// snapshotOf is r with its segments.
func snapshotOf(r bleveindex.IndexReader) (*scorch.IndexSnapshot, error) {
	snapshot, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		return nil, fmt.Errorf("read a snapshot of %T", r)
	}
	return snapshot, nil
}

// A countless dictionary lists its words without reading how many documents have each,
// which takes half of the time.
type countless interface {
	AutomatonIteratorOmitCount(a segmentapi.Automaton, from, to []byte) segmentapi.DictionaryIterator
}

// eachTerm calls do with every word of each of the dictionaries.
func eachTerm(dicts []segmentapi.TermDictionary, do func(term string) error) error {
	for _, dict := range dicts {
		list := dict.AutomatonIterator
		if d, ok := dict.(countless); ok {
			list = d.AutomatonIteratorOmitCount
		}
		terms := list(nil, nil, nil)
		for {
			e, err := terms.Next()
			if err != nil {
				return err
			}
			if e == nil {
				break
			}
			if err := do(e.Term); err != nil {
				return err
			}
		}
	}
	return nil
}
