package index

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"faqbase/kb"
)

// A field is one of the texts by which an entry is found.
type field int

const (
	fieldQuestion   field = iota // the question; of a page its title
	fieldNames                   // aliases, and tools with their aliases
	fieldContext                 // page title, section, category, ecosystem, tags
	fieldAnswer                  // the answer; of a page its summary and intro, and its text if it has no questions
	fieldComparison              // of a page, its quick comparison
	fieldText                    // of a page that has questions, its text outside them
	numFields
)

// indexFields are the names of the fields in the index.
var indexFields = [numFields]string{"question", "names", "context", "answer", "comparison", "text"}

// A fieldSet is a set of fields.
type fieldSet uint8

func (s fieldSet) has(f field) bool { return s&(1<<f) != 0 }

// recordField is the stored field of a page's document with its record.
const recordField = "record"

// documentID is the name of an entry's document: the page's path, and for a
// question NUL and its anchor, for a path may hold any other character.
func documentID(p *kb.Page, q *kb.Question) string {
	if q == nil {
		return p.Path
	}
	return p.Path + "\x00" + q.Anchor
}

// pageOf is the path of the page that a document belongs to.
func pageOf(documentID string) (path string, isPage bool) {
	path, _, question := strings.Cut(documentID, "\x00")
	return path, !question
}

// A pageKey tells whether what the index holds of a page is what the library says.
type pageKey [16]byte

// keyOf sums up everything of a page that is indexed: the schema, the language, and the
// names and texts of its documents in order. What is only shown, such as addresses, has no part
// in it, so that its change writes nothing.
func keyOf(lib *kb.Library, p *kb.Page, l *language) pageKey {
	h := sha256.New()
	w := bufio.NewWriter(h) // writing to a hash cannot fail
	count := func(n int) { _, _ = w.Write(binary.AppendUvarint(w.AvailableBuffer(), uint64(n))) }
	add := func(text string) {
		count(len(text))
		_, _ = w.WriteString(text)
	}
	count(schema)
	entry := func(q *kb.Question) {
		add(documentID(p, q))
		for _, texts := range textsOf(lib, p, q) {
			count(len(texts))
			for _, text := range texts {
				add(text)
			}
		}
	}
	add(l.name())
	entry(nil)
	for _, q := range p.Questions {
		entry(q)
	}
	_ = w.Flush()
	return pageKey(h.Sum(nil)[:16])
}

// sameTools tells whether pages that are the same have the same keys in a and b.
func sameTools(a, b *kb.Library) bool {
	return slices.EqualFunc(a.Tools, b.Tools, func(s, t *kb.Tool) bool {
		return s == t || s.Name == t.Name && slices.Equal(s.Aliases, t.Aliases)
	})
}

// toolNames are a tool's name and aliases.
func toolNames(lib *kb.Library, name string) []string {
	names := []string{name}
	if t := lib.Tool(name); t != nil {
		names = append(names, t.Aliases...)
	}
	return names
}

// fieldLengths are numbers of words.
type fieldLengths [numFields]uint32

// entryTexts are the texts of an entry by field.
type entryTexts [numFields][]string

// textsOf gives the texts of a page, or of one of its questions.
func textsOf(lib *kb.Library, p *kb.Page, q *kb.Question) entryTexts {
	var t entryTexts
	tools := p.Tools
	if q != nil {
		tools = q.Tools
		t[fieldQuestion] = []string{q.Text}
		t[fieldNames] = slices.Clone(q.Aliases)
		t[fieldContext] = append([]string{p.Title, q.Section}, p.Aliases...)
		t[fieldAnswer] = []string{q.Answer}
	} else {
		t[fieldQuestion] = []string{p.Title}
		t[fieldNames] = slices.Clone(p.Aliases)
		t[fieldAnswer] = []string{p.Summary, p.Intro}
		if len(p.Questions) == 0 {
			t[fieldAnswer] = append(t[fieldAnswer], p.Text)
		} else {
			for _, s := range p.Sections {
				t[fieldText] = append(t[fieldText], s.Heading, s.Text)
			}
		}
		if c := p.Comparison; c != nil {
			for _, row := range c.Rows {
				t[fieldComparison] = append(t[fieldComparison], row.Aspect)
				for _, cell := range row.Cells {
					t[fieldComparison] = append(t[fieldComparison], cell.Text)
				}
			}
		}
	}
	for _, name := range tools {
		t[fieldNames] = append(t[fieldNames], toolNames(lib, name)...)
	}
	t[fieldContext] = slices.Concat(t[fieldContext], p.Category, p.Ecosystem, p.Tags)
	return t
}

// wordList is an analyser that gives words it was made with.
type wordList []string

// Analyze implements analysis.Analyzer.
func (l wordList) Analyze([]byte) analysis.TokenStream {
	tokens := make([]analysis.Token, len(l))
	stream := make(analysis.TokenStream, len(l))
	for i, w := range l {
		tokens[i] = analysis.Token{Term: []byte(w), Position: i + 1, Type: analysis.AlphaNumeric}
		stream[i] = &tokens[i]
	}
	return stream
}

// pageDocuments are the documents of a page, first its own, then those of its
// questions, ready to be written in one batch.
type pageDocuments struct {
	documents []*document.Document
	lengths   []fieldLengths
	bytes     int // of text
}

// documentsOf makes the documents of a page in a language and notes its words in found.
func documentsOf(lib *kb.Library, p *kb.Page, l *language, key pageKey, found *vocabulary) pageDocuments {
	var d pageDocuments
	forms := pageForms{language: l, seen: make(map[string]bool)}
	var buf []word
	add := func(q *kb.Question) {
		doc := document.NewDocument(documentID(p, q))
		var lengths fieldLengths
		for f, texts := range textsOf(lib, p, q) {
			var list wordList
			for _, text := range texts {
				d.bytes += len(text)
				buf = appendWords(buf[:0], text)
				lengths[f] += uint32(countWords(buf))
				for _, w := range buf {
					list = append(list, w.text)
					found.fields[w.text] |= 1 << f
				}
				forms.add(text, buf)
			}
			if len(list) > 0 {
				doc.AddField(document.NewTextFieldCustom(indexFields[f], nil, nil, bleveindex.IndexField, list))
			}
		}
		d.documents = append(d.documents, doc)
		d.lengths = append(d.lengths, lengths)
	}
	add(nil)
	for _, q := range p.Questions {
		add(q)
	}
	if terms := forms.note(found); len(terms) > 0 {
		d.documents[0].AddField(document.NewTextFieldCustom(formsField, nil, nil, bleveindex.IndexField, terms))
	}
	record := encodeRecord(record{key, d.lengths})
	d.documents[0].AddField(document.NewTextFieldCustom(recordField, nil, record, bleveindex.StoreField, nil))
	return d
}

// pageForms gathers the forms of the words of a page.
type pageForms struct {
	language *language
	seen     map[string]bool // words as they were written
	forms    []form
}

func (p *pageForms) add(text string, list []word) {
	if p.language == nil {
		return
	}
	for _, w := range list {
		if written := text[w.start:w.end]; !w.extra && !p.seen[written] {
			p.seen[strings.Clone(written)] = true
			p.forms = p.language.appendForms(p.forms, written, w.text)
		}
	}
}

// note notes the forms in found and gives each as a word, once.
func (p *pageForms) note(found *vocabulary) wordList {
	slices.SortFunc(p.forms, compareTexts)
	var terms wordList
	for _, f := range slices.Compact(p.forms) {
		found.forms[f] = true
		terms = append(terms, f.term())
	}
	return terms
}

// A record is what the index keeps about a page beside its postings. It is stored
// in the page's document, so that it changes in the same batch.
type record struct {
	key     pageKey
	lengths []fieldLengths // of the page and its questions in order
}

var errRecord = errors.New("damaged record of a page")

// encodeRecord writes the key, then the lengths as uvarints.
func encodeRecord(r record) []byte {
	b := slices.Clone(r.key[:])
	b = binary.AppendUvarint(b, uint64(len(r.lengths)))
	for _, l := range r.lengths {
		for _, n := range l {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return b
}

func decodeRecord(b []byte) (record, error) {
	var r record
	if len(b) < len(r.key) {
		return r, errRecord
	}
	b = b[copy(r.key[:], b):]
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)) {
		return r, errRecord
	}
	b = b[size:]
	r.lengths = make([]fieldLengths, n)
	for i := range r.lengths {
		for f := range r.lengths[i] {
			v, size := binary.Uvarint(b)
			if size <= 0 || v > 1<<31 {
				return r, errRecord
			}
			r.lengths[i][f] = uint32(v)
			b = b[size:]
		}
	}
	if len(b) > 0 {
		return r, errRecord
	}
	return r, nil
}
