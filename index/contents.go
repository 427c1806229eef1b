package index

import (
	"cmp"
	"fmt"

	bleveindex "github.com/blevesearch/bleve_index_api"

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
func readWords(r bleveindex.IndexReader, found *vocabulary) error {
	for f, name := range indexFields {
		err := eachTerm(r, name, func(term string) error {
			found.fields[term] |= 1 << f
			return nil
		})
		if err != nil {
			return err
		}
	}
	return eachTerm(r, formsField, func(term string) error {
		f, err := formOfTerm(term)
		if err == nil {
			found.forms[f] = true
		}
		return err
	})
}

// eachTerm calls do with every word of a field.
func eachTerm(r bleveindex.IndexReader, field string, do func(term string) error) error {
	dict, err := r.FieldDict(field)
	if err != nil {
		return err
	}
	for {
		e, err := dict.Next()
		if err == nil && e != nil {
			err = do(e.Term)
		}
		if e == nil || err != nil {
			return cmp.Or(err, dict.Close())
		}
	}
}
