package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/util"
	bleveindex "github.com/blevesearch/bleve_index_api"
	bolt "go.etcd.io/bbolt"
)

// schema is the version of what documents.go and words.go put into an index. An
// index with another one is rebuilt. Raise it with every change of either.
const schema = 1

// ErrLocked is wrapped by [Open] when another process uses the index.
var ErrLocked = errors.New("index in use by another process")

// ErrClosed is returned by an engine that was closed.
var ErrClosed = errors.New("index closed")

const (
	lockFile = "faqbase.lock"
	lockText = "This folder is a search index of faqbase. It can be deleted while faqbase does not run.\n"
	lockWait = 200 * time.Millisecond
)

var (
	schemaKey        = []byte("faqbase-schema")
	generationFolder = regexp.MustCompile(`^bleve-([0-9]{1,9})$`)
)

// A store is a Bleve index and where it lies.
type store struct {
	dir   string // "" in memory
	lock  *os.File
	index bleve.Index
	inner bleveindex.Index
	// generation is the number of its folder.
	generation int
}

// openStore opens the index in dir, or makes an empty one.
func openStore(dir string) (*store, error) {
	s := &store{dir: dir}
	if dir == "" {
		return s, s.create()
	}
	if err := s.takeFolder(); err != nil {
		return nil, err
	}
	if err := s.openNewest(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// takeFolder makes sure that dir is a folder of ours and used by nobody else.
func (s *store) takeFolder() error {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return fmt.Errorf("open index %s: %w", s.dir, err)
	}
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("open index: %w", err)
	}
	path := filepath.Join(s.dir, lockFile)
	if len(files) > 0 && !slices.ContainsFunc(files, func(f os.DirEntry) bool { return f.Name() == lockFile }) {
		return fmt.Errorf("open index %s: the folder holds other files and no %s; want an empty or new folder", s.dir, lockFile)
	}
	s.lock, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("open index: %w", err)
	}
	// A process that just ended may still hold the lock.
	deadline := time.Now().Add(lockWait)
	err = tryLock(s.lock)
	for errors.Is(err, ErrLocked) && time.Now().Before(deadline) {
		time.Sleep(lockWait / 10)
		err = tryLock(s.lock)
	}
	if err != nil {
		s.lock.Close()
		return fmt.Errorf("open index %s: %w", s.dir, err)
	}
	if info, err := s.lock.Stat(); err == nil && info.Size() == 0 {
		s.lock.WriteString(lockText) // for people; nothing depends on it
	}
	return nil
}

// openNewest opens the newest index that is whole and of this schema, else makes
// a new one, and removes all others.
func (s *store) openNewest() error {
	generations, err := s.generations()
	if err != nil {
		return err
	}
	for _, n := range slices.Backward(generations) {
		s.generation = max(s.generation, n)
		if s.index == nil && s.reopen(n) {
			s.generation = n
			continue
		}
		if err := os.RemoveAll(s.folder(n)); err != nil {
			return fmt.Errorf("open index %s: remove the one that cannot be used: %w", s.dir, err)
		}
	}
	if s.index == nil {
		return s.create()
	}
	return nil
}

// generations are the numbers of the folders in dir, in order.
func (s *store) generations() ([]int, error) {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	var found []int
	for _, f := range files {
		if m := generationFolder.FindStringSubmatch(f.Name()); m != nil && f.IsDir() {
			n, _ := strconv.Atoi(m[1]) // nine digits at most
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return found, nil
}

func (s *store) folder(n int) string {
	return filepath.Join(s.dir, fmt.Sprintf("bleve-%d", n))
}

// create makes an empty index in the next folder, or in memory.
func (s *store) create() error {
	path := ""
	config := map[string]any{}
	if s.dir != "" {
		s.generation++
		path = s.folder(s.generation)
		config["bolt_timeout"] = lockWait.String()
	}
	index, err := bleve.NewUsing(path, bleve.NewIndexMapping(), scorch.Name, "boltdb", config)
	if err != nil {
		return fmt.Errorf("create index %s: %w", s.dir, err)
	}
	if err := s.adopt(index); err != nil {
		return fmt.Errorf("create index %s: %w", s.dir, err)
	}
	// Without this the index is not taken for a whole one.
	if err := s.inner.SetInternal(schemaKey, []byte(strconv.Itoa(schema))); err != nil {
		return fmt.Errorf("create index %s: %w", s.dir, err)
	}
	return nil
}

// recreate replaces the index by an empty one. Readers of the old one keep what
// they read.
func (s *store) recreate() error {
	old := s.generation
	if s.index != nil {
		s.index.Close() // what it could not write is lost anyway
		s.index, s.inner = nil, nil
	}
	if s.dir != "" {
		if err := os.MkdirAll(s.dir, 0o755); err != nil {
			return fmt.Errorf("create index: %w", err)
		}
		// Where open files cannot be removed, the next start removes them.
		defer os.RemoveAll(s.folder(old))
	}
	return s.create()
}

func (s *store) adopt(index bleve.Index) error {
	inner, err := index.Advanced()
	if err != nil {
		index.Close()
		return err
	}
	s.index, s.inner = index, inner
	return nil
}

// reopen opens the index in folder n and tells whether it can be used. Damage shows
// as an error or a panic of Bleve's; either is a reason to build anew, not to stop.
func (s *store) reopen(n int) (ok bool) {
	// Reading a mapped file beyond its end is such a panic too.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			ok = false
		}
		if !ok && s.index != nil {
			s.index.Close()
			s.index, s.inner = nil, nil
		}
	}()
	store := filepath.Join(s.folder(n), "store")
	if !segmentsWhole(store) || !snapshotsWhole(store) {
		return false
	}
	index, err := bleve.OpenUsing(s.folder(n), map[string]any{"bolt_timeout": lockWait.String()})
	if err != nil || s.adopt(index) != nil {
		return false
	}
	r, err := s.inner.Reader()
	if err != nil {
		return false
	}
	defer r.Close()
	version, err := r.GetInternal(schemaKey)
	if err != nil || string(version) != strconv.Itoa(schema) {
		return false
	}
	_, err = readContents(r)
	return err == nil
}

// snapshotsWhole checks that every segment which Bleve's list of snapshots names is
// there. Bleve passes over a snapshot that it cannot load, starts from an older one,
// and at the next start passes over everything written since.
func snapshotsWhole(store string) bool {
	name := filepath.Join(store, "root.bolt")
	db, err := bolt.Open(name, 0o600, &bolt.Options{ReadOnly: true, Timeout: lockWait})
	if err != nil {
		return false
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		if info, err := os.Stat(name); err != nil || info.Size() < tx.Size() {
			return errors.New("cut off")
		}
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error { return segmentsThere(store, b) })
	})
	return err == nil
}

func segmentsThere(store string, b *bolt.Bucket) error {
	return b.ForEach(func(key, value []byte) error {
		if value == nil {
			return segmentsThere(store, b.Bucket(key))
		}
		if bytes.Equal(key, util.BoltPathKey) {
			_, err := os.Stat(filepath.Join(store, filepath.Base(string(value))))
			return err
		}
		return nil
	})
}

// segmentsWhole checks the sum at the end of each segment file: Bleve does not,
// and a damaged one can give wrong answers for long.
func segmentsWhole(store string) bool {
	files, err := filepath.Glob(filepath.Join(store, "*.zap"))
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(files, func(name string) bool { return !segmentWhole(name) })
}

func segmentWhole(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() < 4 {
		return false
	}
	sum := crc32.NewIEEE()
	if _, err := io.CopyN(sum, f, info.Size()-4); err != nil {
		return false
	}
	var want [4]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return false
	}
	return sum.Sum32() == binary.BigEndian.Uint32(want[:])
}

// reader returns a snapshot of the index.
func (s *store) reader() (bleveindex.IndexReader, error) { return s.inner.Reader() }

func (s *store) close() error {
	var errs []error
	if s.index != nil {
		errs = append(errs, s.index.Close())
		s.index, s.inner = nil, nil
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
		s.lock = nil
	}
	return errors.Join(errs...)
}

// contents are what an index holds of each page, by its path.
type contents map[string]*heldPage

// A heldPage is a page as the index holds it.
type heldPage struct {
	record
	documents []string // names of its questions' documents
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

// readWords reads the whole dictionary of the index.
func readWords(r bleveindex.IndexReader) (map[string]fieldSet, error) {
	found := make(map[string]fieldSet)
	for f, name := range indexFields {
		dict, err := r.FieldDict(name)
		if err != nil {
			return nil, err
		}
		for {
			e, err := dict.Next()
			if err != nil {
				return nil, err
			}
			if e == nil {
				break
			}
			found[e.Term] |= 1 << f
		}
		if err := dict.Close(); err != nil {
			return nil, err
		}
	}
	return found, nil
}
