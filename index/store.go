package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/util"
	bleveindex "github.com/blevesearch/bleve_index_api"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// schema is the version of what documents.go and words.go put into an index. An
// index with another one is rebuilt. Raise it with every change of either.
const schema = 4

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

// An OpenError says why the index in a folder could not be opened.
type OpenError struct {
	Dir string
	Err error
}

func (e *OpenError) Error() string { return fmt.Sprintf("open index %s: %v", e.Dir, e.Err) }

func (e *OpenError) Unwrap() error { return e.Err }

// A store is a folder for Bleve indexes, or none, and the index in use.
type store struct {
	dir     string // "" in memory
	lock    *os.File
	current *generation
	last    int // the greatest number that a folder was given
}

// A generation is one Bleve index.
type generation struct {
	number int // of its folder
	index  bleve.Index
	inner  bleveindex.Index // nil once it is closed
	// held is what it holds, nil where that must be read.
	held contents
	// loose are the pages written since the first filling, batches the number of
	// batches since the last compaction. Used in memory only.
	loose   map[string]bool
	batches int
}

// openStore opens the index in dir, or makes an empty one.
func openStore(dir string) (*store, error) {
	s := &store{dir: dir}
	if dir == "" {
		var err error
		s.current, err = s.begin()
		return s, err
	}
	if err := s.takeFolder(); err != nil {
		return nil, &OpenError{dir, err}
	}
	if err := s.openNewest(); err != nil {
		s.close()
		return nil, &OpenError{dir, err}
	}
	return s, nil
}

// takeFolder makes sure that dir is a folder of ours and used by nobody else.
func (s *store) takeFolder() error {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	marked := slices.ContainsFunc(files, func(f os.DirEntry) bool { return f.Name() == lockFile })
	if !marked && slices.ContainsFunc(files, func(f os.DirEntry) bool { return !isGeneration(f) }) {
		return fmt.Errorf("the folder holds other files and no %s; want an empty or new folder", lockFile)
	}
	lock, err := os.OpenFile(s.lockPath(), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	// A process that just ended may still hold the lock.
	deadline := time.Now().Add(lockWait)
	err = tryLock(lock)
	for errors.Is(err, ErrLocked) && time.Now().Before(deadline) {
		time.Sleep(lockWait / 10)
		err = tryLock(lock)
	}
	if err != nil {
		lock.Close()
		return err
	}
	if info, err := lock.Stat(); err == nil && info.Size() == 0 {
		lock.WriteString(lockText) // for people; nothing depends on it
	}
	if s.lock != nil {
		s.lock.Close()
	}
	s.lock = lock
	return nil
}

// keepFolder takes the folder again if it was removed or its lock file was.
func (s *store) keepFolder() error {
	held, err := s.lock.Stat()
	if err != nil {
		return err
	}
	if now, err := os.Stat(s.lockPath()); err == nil && os.SameFile(held, now) {
		return nil
	}
	return s.takeFolder()
}

func (s *store) lockPath() string { return filepath.Join(s.dir, lockFile) }

func isGeneration(f os.DirEntry) bool { return f.IsDir() && generationFolder.MatchString(f.Name()) }

// openNewest opens the newest index that is whole and of this schema, else makes
// a new one, and removes all others. What cannot be read is left as it is.
func (s *store) openNewest() error {
	generations, err := s.generations()
	if err != nil {
		return err
	}
	for _, n := range slices.Backward(generations) {
		s.last = max(s.last, n)
		if s.current == nil {
			s.current, err = s.load(n)
			if err == nil {
				continue
			}
			if !errors.Is(err, errDamaged) {
				return err
			}
		}
		if err := os.RemoveAll(s.folder(n)); err != nil {
			return fmt.Errorf("remove the one that cannot be used: %w", err)
		}
	}
	if s.current == nil {
		s.current, err = s.begin()
	}
	return err
}

// generations are the numbers of the folders in dir, in order.
func (s *store) generations() ([]int, error) {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var found []int
	for _, f := range files {
		if isGeneration(f) {
			n, _ := strconv.Atoi(generationFolder.FindStringSubmatch(f.Name())[1]) // nine digits at most
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return found, nil
}

func (s *store) folder(n int) string {
	return filepath.Join(s.dir, fmt.Sprintf("bleve-%d", n))
}

// begin makes an empty index that counts from the start: there is no other one.
func (s *store) begin() (*generation, error) {
	g, err := s.create()
	if err != nil {
		return nil, err
	}
	if err := g.finish(); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

// create makes an empty index in the next folder, or in memory, beside the current
// one. It counts for nothing until it is finished.
func (s *store) create() (*generation, error) {
	path := ""
	config := map[string]any{}
	if s.dir != "" {
		if err := s.keepFolder(); err != nil {
			return nil, err
		}
		s.last++
		path = s.folder(s.last)
		config["bolt_timeout"] = lockWait.String()
	}
	index, err := bleve.NewUsing(path, bleve.NewIndexMapping(), scorch.Name, "boltdb", config)
	if err != nil {
		if path != "" {
			os.RemoveAll(path)
		}
		return nil, fmt.Errorf("create an index: %w", err)
	}
	g, err := newGeneration(s.last, index)
	if err != nil {
		return nil, fmt.Errorf("create an index: %w", err)
	}
	g.held = make(contents)
	return g, nil
}

// finish makes the index count as a whole one.
func (g *generation) finish() error {
	if err := g.inner.SetInternal(schemaKey, []byte(strconv.Itoa(schema))); err != nil {
		return fmt.Errorf("finish an index: %w", err)
	}
	return nil
}

// replace puts a finished index in the place of the current one, which is removed.
// Readers of the old one keep what they read.
func (s *store) replace(next *generation) {
	s.current.close() // nobody asks it any more
	s.remove(s.current)
	s.current = next
}

// discard removes an index that could not be filled.
func (s *store) discard(g *generation) {
	g.close()
	s.remove(g)
}

// remove removes the folder of a closed index. Where open files cannot be removed,
// the next start removes them.
func (s *store) remove(g *generation) {
	if s.dir != "" {
		os.RemoveAll(s.folder(g.number))
	}
}

// suspend closes the current index after a failure: on a full disk Bleve would try
// again and again to write what it could not. What is on disk stays.
func (s *store) suspend() {
	if s.dir != "" {
		s.current.close() // what it could not write is lost anyway
	}
}

// resume opens the current index again if it was suspended.
func (s *store) resume() error {
	if s.current.inner != nil {
		return nil
	}
	g, err := s.load(s.current.number)
	if err == nil {
		s.current = g
	}
	return err
}

func newGeneration(n int, index bleve.Index) (*generation, error) {
	inner, err := index.Advanced()
	if err != nil {
		index.Close()
		return nil, err
	}
	return &generation{number: n, index: index, inner: inner, loose: make(map[string]bool)}, nil
}

// reader returns a snapshot of the index.
func (g *generation) reader() (bleveindex.IndexReader, error) {
	if g.inner == nil {
		return nil, ErrClosed
	}
	return g.inner.Reader()
}

// close closes the index. Its readers keep what they read.
func (g *generation) close() error {
	if g.inner == nil {
		return nil
	}
	g.inner = nil
	return g.index.Close()
}

// errDamaged is wrapped by the error of an index that was read and found wrong, or
// of another schema: it is to be replaced. Any other error leaves it as it is, for
// it says nothing about the index: too many open files, no permission, a lock.
var errDamaged = errors.New("damaged index")

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
			g.close()
			g = nil
		}
		err = readError(err)
	}()
	// Bleve says of a file that it could not read that it is missing.
	if _, err := os.ReadFile(filepath.Join(s.folder(n), "index_meta.json")); err != nil {
		return nil, err
	}
	snapshots := filepath.Join(s.folder(n), "store", "root.bolt")
	segments, err := readSnapshots(snapshots)
	if err != nil {
		return nil, err
	}
	for _, name := range segments {
		if err := checkSegment(name); err != nil {
			return nil, err
		}
	}
	if err := openAll(slices.Concat(segments, slices.Repeat([]string{snapshots}, 8))); err != nil {
		return nil, err
	}
	index, err := bleve.OpenUsing(s.folder(n), map[string]any{"bolt_timeout": lockWait.String()})
	if err != nil {
		return nil, err
	}
	if g, err = newGeneration(n, index); err != nil {
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
		return g, fmt.Errorf("schema %q, want %d", version, schema)
	}
	g.held, err = readContents(r)
	return g, err
}

// readError sorts the errors of reading an index: those of the system are kept, a
// missing file apart, and all others mean damage.
func readError(err error) error {
	var system syscall.Errno
	switch {
	case err == nil, errors.Is(err, errDamaged):
		return err
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrLocked
	case errors.As(err, &system) && !errors.Is(err, fs.ErrNotExist):
		return err
	default:
		return fmt.Errorf("%w: %v", errDamaged, err)
	}
}

// openAll opens all segments at once and a few files more, to see whether Bleve can:
// it passes over a snapshot with a segment that it could not open.
func openAll(names []string) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
	}
	return nil
}

// readSnapshots checks that the newest of Bleve's snapshots has this schema, and
// returns the files of the segments that its snapshots name. Others may lie there,
// half written by a process that was killed; Bleve removes them.
func readSnapshots(name string) (segments []string, err error) {
	if info, err := os.Stat(name); err != nil || info.Size() == 0 {
		return nil, cmp.Or(err, errors.New("no snapshots")) // bbolt would write the first page
	}
	db, err := bolt.Open(name, 0o600, &bolt.Options{ReadOnly: true, Timeout: lockWait})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	folder := filepath.Dir(name)
	err = db.View(func(tx *bolt.Tx) error {
		if info, err := os.Stat(name); err != nil || info.Size() < tx.Size() {
			return cmp.Or(err, errors.New("cut off"))
		}
		if v := newestSchema(tx); v != strconv.Itoa(schema) {
			return fmt.Errorf("schema %q, want %d", v, schema)
		}
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error {
			return eachSegment(b, func(file string) {
				segments = append(segments, filepath.Join(folder, filepath.Base(file)))
			})
		})
	})
	slices.Sort(segments)
	return slices.Compact(segments), err
}

// newestSchema is the schema of the newest snapshot, "" if there is none.
func newestSchema(tx *bolt.Tx) string {
	snapshots := tx.Bucket(util.BoltSnapshotsBucket)
	if snapshots == nil {
		return ""
	}
	c := snapshots.Cursor()
	for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
		if snapshot := snapshots.Bucket(k); snapshot != nil {
			if internal := snapshot.Bucket(util.BoltInternalKey); internal != nil {
				return string(internal.Get(schemaKey))
			}
			return ""
		}
	}
	return ""
}

// eachSegment calls do with the file of each segment that a bucket of Bleve's names.
func eachSegment(b *bolt.Bucket, do func(file string)) error {
	return b.ForEach(func(key, value []byte) error {
		if value == nil {
			return eachSegment(b.Bucket(key), do)
		}
		if bytes.Equal(key, util.BoltPathKey) {
			do(string(value))
		}
		return nil
	})
}

// checkSegment checks the sum at the end of a segment file: Bleve does not, and a
// damaged one can give wrong answers for long. Nor does it say that one is missing: it
// passes over the snapshot, starts from an older one, and at the next start passes over
// everything written since.
func checkSegment(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < 4 {
		return fmt.Errorf("segment %s: cut off", name)
	}
	sum := crc32.NewIEEE()
	if _, err := io.CopyN(sum, f, info.Size()-4); err != nil {
		return err
	}
	var want [4]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return err
	}
	if sum.Sum32() != binary.BigEndian.Uint32(want[:]) {
		return fmt.Errorf("segment %s: wrong sum", name)
	}
	return nil
}

func (s *store) close() error {
	var errs []error
	if s.current != nil {
		errs = append(errs, s.current.close())
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
