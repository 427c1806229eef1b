package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
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
	// tell tells people of damage, and of what is done about it.
	tell func(error)
}

// openStore opens the index in dir, or makes an empty one.
func openStore(dir string, tell func(error)) (*store, error) {
	s := &store{dir: dir, tell: tell}
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
			if !errors.Is(err, errVersion) {
				s.tell(fmt.Errorf("index %s is built anew: %w", s.folder(n), err))
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
		s.shut(g)
		return nil, err
	}
	return g, nil
}

// create makes an empty index in the next folder, or in memory, beside the current
// one. It counts for nothing until it is finished.
func (s *store) create() (*generation, error) {
	folder := ""
	if s.dir != "" {
		if err := s.keepFolder(); err != nil {
			return nil, err
		}
		s.last++
		folder = s.folder(s.last)
	}
	g, err := newGeneration(s.last, folder)
	if err != nil {
		if folder != "" {
			os.RemoveAll(folder)
		}
		return nil, fmt.Errorf("create an index: %w", err)
	}
	return g, nil
}

// replace puts a finished index in the place of the current one, which is removed.
// Readers of the old one keep what they read.
func (s *store) replace(next *generation) {
	s.shut(s.current)
	s.remove(s.current)
	s.current = next
}

// discard removes an index that could not be filled.
func (s *store) discard(g *generation) {
	s.shut(g)
	s.remove(g)
}

// shut closes an index that is given up: what it could not write is lost anyway.
func (s *store) shut(g *generation) {
	if err := g.close(); err != nil {
		s.tell(err)
	}
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
		s.shut(s.current)
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

// close closes the index and seals it, so that the next start can tell whether it is
// still what it was.
func (s *store) close() error {
	var errs []error
	if g := s.current; g != nil && g.inner != nil {
		err := g.close()
		errs = append(errs, err)
		if err == nil && g.folder != "" && g.failure.get() == nil {
			seal(g.folder) // without one the next start finds out by itself what it can
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
		s.lock = nil
	}
	return errors.Join(errs...)
}
