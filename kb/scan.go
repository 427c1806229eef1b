package kb

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

const (
	// clockStep is more than the step of any file system's clock (FAT: 2 s). A file
	// that was changed less than this before it was read may be changed again
	// without its time telling.
	clockStep = 2*time.Second + 100*time.Millisecond
	// maxReads is how often a file is read that changes while it is being read.
	maxReads = 3
	// maxReading is how many bytes of pages are read at the same time, however many
	// processors there are: the tree of a page takes many times its size.
	maxReading = 4 * maxSize
	// maxRounds is how often a folder is listed again that changes while its events
	// are being asked for.
	maxRounds = 10
)

// A scanner makes its library equal to what is on disk, reading only what
// changed. It is for one goroutine at a time.
//
// A file is unchanged if its size, times, inode and mode are; where they differ, or
// the time is so recent that it proves nothing, if its content's digest is. What
// becomes unreadable keeps its last version, and [assemble] keeps that of a page in
// which nothing is sound any more; only what is no longer there is taken away.
type scanner struct {
	fsys    fs.FS
	options Options
	// progress, if set, is told while the first library is read.
	progress func(done, total int)

	library *Library // nil before the first
	known   map[string]*file
	assets  []string
	// made and madeAssets are known and assets as library was made of them.
	made       map[string]*file
	madeAssets []string
}

// A look is what a scan found.
type look struct {
	// changed says that what is known is not what the library was made of.
	changed bool
	// torn says that a file was changing all the while and deserves another look soon.
	torn bool
	// differ is the number of files that differ from the look before, newest the
	// latest time at which the system says that one of them was changed.
	differ int
	newest time.Time
	gone   bool // one of them is not there any more
}

// A file is what is known of a file. It is not changed once it is in the map.
type file struct {
	// stat is that of the state that was read.
	stat stat
	// settled says that the same stat means the same content.
	settled bool
	digest  [sha256.Size]byte // of the content
	fault   string            // why it could not be read, "" if it was read
	// source is the page, or the fault of whatever else could not be read.
	source  *source
	content []byte // of a configuration file
}

// same tells whether a library made from f is the same as one made from g.
func (f *file) same(g *file) bool {
	return g != nil && f.source == g.source && f.digest == g.digest
}

// scan looks at the folder once. If prepare is set, it is given the listing before
// anything is read; if it returns true, the folder is listed again. The error is
// about the folder itself, or that of ctx, and leaves everything as it was. The
// library changes with [scanner.update] alone.
func (s *scanner) scan(ctx context.Context, prepare func(*listing) (again bool)) (look, error) {
	fsys, l, done, err := s.list(ctx)
	for round := 0; err == nil && prepare != nil && round < maxRounds && prepare(l); round++ {
		done()
		fsys, l, done, err = s.list(ctx)
	}
	if err != nil {
		return look{}, fmt.Errorf("read knowledge base: %w", err)
	}
	defer done()
	known, torn, err := s.read(ctx, fsys, l)
	if err != nil {
		return look{}, err
	}
	for _, asset := range s.assets {
		if l.keeps(asset) {
			l.assets = append(l.assets, asset)
		}
	}
	slices.Sort(l.assets)
	found := look{torn: torn}
	for path, f := range known {
		if !f.same(s.known[path]) {
			found.differ++
			if changed := time.Unix(0, f.stat.mtime); changed.After(found.newest) {
				found.newest = changed
			}
		}
	}
	for path := range s.known {
		if known[path] == nil {
			found.differ++
			found.gone = true
		}
	}
	s.known, s.assets = known, slices.Compact(l.assets)
	found.changed = s.library == nil || !slices.Equal(s.assets, s.madeAssets) || !maps.EqualFunc(s.known, s.made, (*file).same)
	return found, nil
}

// update makes the library of what is known.
func (s *scanner) update() {
	s.library = s.assemble()
	s.made, s.madeAssets = s.known, s.assets
}

// list lists the folder as it is now. fsys is that folder, held open until done is
// called, so that all that is read comes from one folder even if another one takes
// its place meanwhile.
func (s *scanner) list(ctx context.Context) (fsys fs.FS, l *listing, done func() error, err error) {
	fsys, done = s.fsys, func() error { return nil }
	if dir, ok := fsys.(dirFS); ok {
		if fsys, done, err = dir.open(); err != nil {
			return nil, nil, nil, err
		}
	}
	if l, err = list(ctx, fsys); err != nil {
		done()
		return nil, nil, nil, err
	}
	return fsys, l, done, nil
}

// read brings what is known up to date with l.
func (s *scanner) read(ctx context.Context, fsys fs.FS, l *listing) (known map[string]*file, unsettled bool, err error) {
	known = make(map[string]*file, len(l.files))
	var changed []listed
	for _, f := range l.files {
		if old := s.known[f.path]; old != nil && old.settled && old.stat == f.stat {
			known[f.path] = old
		} else {
			changed = append(changed, f)
		}
	}

	var mu sync.Mutex // guards known, unsettled and done
	var done int
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	room := semaphore.NewWeighted(maxReading)
	for _, f := range changed {
		size := min(max(f.stat.size, 0), maxSize)
		if room.Acquire(ctx, size) != nil {
			break
		}
		group.Go(func() error {
			defer room.Release(size)
			now, torn := s.readFile(fsys, f, s.known[f.path])
			mu.Lock()
			defer mu.Unlock()
			if now != nil {
				known[f.path] = now
			}
			unsettled = unsettled || torn
			if done++; s.library == nil && s.progress != nil {
				s.progress(done, len(changed))
			}
			return nil
		})
	}
	group.Wait() // its functions return no error
	if done < len(changed) {
		return nil, false, ctx.Err()
	}

	for _, f := range l.faults {
		known[f.path] = unreadableFile(f.path, f.err, s.known[f.path])
	}
	for path, old := range s.known {
		if known[path] == nil && l.keeps(path) {
			known[path] = old
		}
	}
	return known, unsettled, nil
}

// readFile reads and parses one file; old is what was known of it, if anything.
// The result is nil if there is nothing to know: it is gone. torn says that what
// was read may be half of an old and half of a new state.
func (s *scanner) readFile(fsys fs.FS, f listed, old *file) (now *file, torn bool) {
	var src []byte
	var before, after stat
	var err error
	var start time.Time
	for range maxReads {
		start = time.Now()
		src, before, after, err = readOnce(fsys, f.path)
		if torn = err == nil && before != after; !torn {
			break
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		// Gone between listing and reading, for good or for the moment of being
		// replaced: the next listing tells.
		if old == nil {
			return nil, true
		}
		gone := *old
		gone.settled = false
		return &gone, true
	case err != nil:
		return unreadableFile(f.path, cause(err), old), false
	}
	now = &file{stat: after, settled: !torn && !recent(after, start), digest: sha256.Sum256(src)}
	switch {
	case old != nil && old.fault == "" && old.digest == now.digest:
		now.source, now.content = old.source, old.content
	case isConfig(f.path):
		now.content = src
	default:
		now.source = readSource(f.path, src, s.options)
	}
	return now, torn
}

// readOnce reads a file, cut off after maxSize+1 bytes, with its stats before and after.
func readOnce(fsys fs.FS, file string) (src []byte, before, after stat, err error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, before, after, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, before, after, err
	}
	before = statOf(info)
	switch {
	case !info.Mode().IsRegular():
		return nil, before, after, errIrregular
	case isConfig(file) && before.size > maxSize:
		return nil, before, after, fmt.Errorf("file has %d bytes, want at most %d", before.size, maxSize)
	}
	buf := bytes.NewBuffer(make([]byte, 0, min(before.size, maxSize+1)+bytes.MinRead))
	if _, err := buf.ReadFrom(io.LimitReader(f, maxSize+1)); err != nil {
		return nil, before, after, err
	}
	if info, err = f.Stat(); err != nil {
		return nil, before, after, err
	}
	return buf.Bytes(), before, statOf(info), nil
}

// recent tells whether a file read at now may have changed since without its time
// telling.
func recent(s stat, now time.Time) bool {
	age := now.Sub(time.Unix(0, s.mtime))
	return -clockStep < age && age < clockStep
}

// unreadableFile is a file that cannot be read now. Its last version is kept.
// Nothing vouches for such a state: each scan tries again.
func unreadableFile(path string, err error, old *file) *file {
	now := &file{fault: err.Error()}
	if old != nil {
		now.digest, now.content = old.digest, old.content
		if old.fault == now.fault {
			now.source = old.source
			return now
		}
		now.source = unreadable(path, err, old.source)
		return now
	}
	now.source = unreadable(path, err, nil)
	return now
}

// assemble makes a library of what is known.
func (s *scanner) assemble() *Library {
	var sources []*source
	for _, path := range slices.Sorted(maps.Keys(s.known)) {
		if f := s.known[path]; f.source != nil {
			sources = append(sources, f.source)
		}
	}
	content := func(file string) []byte {
		if f := s.known[file]; f != nil {
			return f.content
		}
		return nil
	}
	c := config{tools: content(toolsFile), synonyms: content(synonymsFile), curations: content(curationsFile), golden: content(goldenFile)}
	return assemble(s.fsys, sources, c, s.assets, s.options, s.library)
}
