package kb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"
)

// A listener tells of changes in a folder by the operating system's events.
//
// It watches every listed folder, by its real path, and for each symbolic link on
// the way to the folder or in it the folder that holds the link and the one that
// holds its target; also the folder that holds dir, so that dir may vanish and
// return. Of folders that are not listed, events of the names that matter count.
type listener struct {
	dir     string
	watcher *fsnotify.Watcher
	look    chan struct{} // holds one value at most
	done    chan struct{} // closed when no goroutine is left
	// names are those that matter in each watched folder that is not listed.
	names atomic.Pointer[map[string]map[string]bool]
	// inodes are those of the watched folders that are listed.
	inodes map[string]uint64
}

// listen starts to tell of changes in dir.
func listen(dir string) (eventSource, error) {
	if !filepath.IsAbs(dir) {
		wd, err := os.Getwd()
		if err != nil {
			return nil, watchError(dir, err)
		}
		dir = wd + string(filepath.Separator) + dir // not Join: ".." after a link is the kernel's to resolve
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, watchError(dir, err)
	}
	l := &listener{dir: dir, watcher: watcher, look: make(chan struct{}, 1), done: make(chan struct{})}
	l.names.Store(&map[string]map[string]bool{})
	go func() {
		defer close(l.done)
		forward(watcher.Events, watcher.Errors, l.matters, l.look)
	}()
	return l, nil
}

func watchError(dir string, err error) error {
	return fmt.Errorf("listen to changes of %s: %w (on Linux raise fs.inotify.max_user_watches and fs.inotify.max_user_instances; --watch=poll does without)", dir, err)
}

func (l *listener) changes() <-chan struct{} { return l.look }

func (l *listener) Close() error {
	err := l.watcher.Close()
	<-l.done
	return err
}

// forward asks for a look after each event that matters and each error, which may
// be that events were lost, until one of the channels is closed.
func forward(events <-chan fsnotify.Event, errs <-chan error, matters func(file string) bool, look chan<- struct{}) {
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return
			}
			if !matters(e.Name) {
				continue
			}
		case _, ok := <-errs:
			if !ok {
				return
			}
		}
		select {
		case look <- struct{}{}:
		default: // one is asked for already
		}
	}
}

func (l *listener) matters(file string) bool {
	names, ok := (*l.names.Load())[filepath.Dir(file)]
	return !ok || names[filepath.Base(file)]
}

func (l *listener) watch(listing *listing) (added bool, err error) {
	names := map[string]map[string]bool{}
	follow := func(file string) string {
		real, steps := trail(file)
		for _, s := range steps {
			if names[s.folder] == nil {
				names[s.folder] = map[string]bool{}
			}
			names[s.folder][s.name] = true
		}
		return real
	}

	inodes := map[string]uint64{}
	real := map[string]string{} // of the listed folders, by their paths
	below := func(file string) string {
		return filepath.Join(real[path.Dir(file)], path.Base(file))
	}
	root := follow(l.dir)
	for _, f := range listing.folders {
		switch {
		case f.path == ".":
			real[f.path] = root
		case f.link:
			real[f.path] = follow(below(f.path))
		default:
			real[f.path] = below(f.path)
		}
		inodes[real[f.path]] = f.inode
	}
	for _, link := range listing.links {
		follow(below(link))
	}
	for folder := range inodes {
		delete(names, folder) // all names matter there
	}
	l.names.Store(&names)

	watched := map[string]bool{}
	for _, folder := range l.watcher.WatchList() {
		watched[folder] = true
		inode, listed := inodes[folder]
		// A folder that was replaced by another one of the same name is to be watched anew.
		if listed && l.inodes[folder] != inode || !listed && names[folder] == nil {
			l.watcher.Remove(folder) // an error says that it is not watched: as is wanted
			delete(watched, folder)
		}
	}
	// Adding a folder that is watched already changes nothing, or finds out that
	// another one now has its name.
	add := func(folder string) {
		e := l.watcher.Add(folder)
		switch {
		case e == nil:
			added = added || !watched[folder]
		case errors.Is(e, fs.ErrNotExist), errors.Is(e, fs.ErrPermission):
			// It vanished since it was listed, which an event of the folder that holds
			// it tells; or it is one above dir that may not be read.
		default:
			err = watchError(l.dir, e)
		}
	}
	for folder := range names {
		add(folder)
	}
	for folder := range inodes {
		add(folder)
	}
	l.inodes = inodes
	return added, err
}

// A step is a name in a folder that decides where a path leads.
type step struct{ folder, name string }

// maxLinks is how many symbolic links are followed on one path.
const maxLinks = 40

// trail follows the absolute path file as the operating system does: real is
// where it leads, without symbolic links, and steps are the links on the way and
// the end of it. If something is missing on the way, it is the last step, and
// real is what it would be with that in place.
func trail(file string) (real string, steps []step) {
	volume := filepath.VolumeName(file)
	top := volume + string(filepath.Separator)
	split := func(file string) []string {
		return strings.FieldsFunc(file, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) })
	}
	real = top
	rest := split(file[len(volume):])
	links := 0
	for len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		if name == "." {
			continue
		}
		if name == ".." {
			real = filepath.Dir(real)
			continue
		}
		next := filepath.Join(real, name)
		info, err := os.Lstat(next)
		if err != nil {
			return filepath.Join(append([]string{next}, rest...)...), append(steps, step{real, name})
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			real = next
			continue
		}
		steps = append(steps, step{real, name})
		to, err := os.Readlink(next)
		if links++; err != nil || links > maxLinks {
			return next, steps
		}
		if filepath.IsAbs(to) {
			v := filepath.VolumeName(to)
			real, to = v+string(filepath.Separator), to[len(v):]
		}
		rest = append(split(to), rest...)
	}
	return real, append(steps, step{filepath.Dir(real), filepath.Base(real)})
}
