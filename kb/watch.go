package kb

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"time"
)

// A WatchMode says how changes of a folder are noticed.
type WatchMode string

const (
	// WatchAuto listens to the file system's events, and also looks every 30 s
	// (every Interval, if that is longer) for changes that no event told of. Where
	// a change comes to light that way, as on network and shared file systems, it
	// looks every Interval until an event arrives. Where events cannot be had at
	// all, it says so once and looks every Interval.
	WatchAuto WatchMode = "auto"
	// WatchEvents listens to events alone.
	// While they cannot be had it tells so, and changes go unnoticed.
	WatchEvents WatchMode = "events"
	// WatchPoll looks every Interval.
	WatchPoll WatchMode = "poll"
	// WatchOff reads the folder once.
	WatchOff WatchMode = "off"
)

// WatchOptions say how a folder is watched. The zero value is a good choice.
type WatchOptions struct {
	Options
	Mode     WatchMode     // "" is WatchAuto
	Interval time.Duration // between two looks when polling; 0 is 2 s
	Quiet    time.Duration // without events before a look; 0 is 70 ms
	// Progress, if set, is told during the first reading how many of the files were
	// read. Its calls do not overlap; done rises by one with each.
	Progress func(done, total int)
}

const (
	defaultInterval = 2 * time.Second
	defaultQuiet    = 70 * time.Millisecond
	// safetyInterval is between two looks for changes that no event told of.
	safetyInterval = 30 * time.Second
	// maxQuiet is how long after the first event a look comes at the latest,
	// however many more arrive.
	maxQuiet = time.Second
	// restFactor is how many times the length of a look passes at least between two
	// looks that no event asked for.
	restFactor = 10
)

// A WatchError says that changes of the folder are not, or not all, told of by
// events. The folder itself can be read.
type WatchError struct {
	Err error // what happened, and what is done instead
}

func (e *WatchError) Error() string { return e.Err.Error() }

func (e *WatchError) Unwrap() error { return e.Err }

// Watch reads the knowledge base in dir and yields it, and yields it again
// whenever it has changed, until ctx ends or the loop is left. A nil library
// comes with an error: a [*WatchError] about events that cannot be had, any other
// about the folder itself (it cannot be read, it vanished). Watching goes on; an
// error is told once until it changes or ends. A library with faults comes with
// them as its [ErrorList].
//
// Each yielded library is what [Load] of [Dir] would give, last good versions of
// faulty files apart; it shares the unchanged pages with the one before. The first
// comes as soon as the folder is read, and one comes when the folder can be read
// again. Changes made while the loop's body runs are seen together after it.
// While dir cannot be read, it is tried again every Interval in every mode but
// WatchOff, which ends.
//
// Everything happens in the goroutine of the loop, apart from reading files and
// listening to events; no goroutine is left when the loop ends.
func Watch(ctx context.Context, dir string, o WatchOptions) iter.Seq2[*Library, error] {
	return watch(ctx, Dir(dir), func() (eventSource, error) { return listen(dir) }, o)
}

// An eventSource tells when a look at the folder is worth while. It need not tell
// what changed, may tell too often, and may now and then miss something.
type eventSource interface {
	// watch makes what is listed all that is watched. added says that something was
	// not watched before, so that changes may have been missed since it was listed.
	// The error says that something cannot be watched.
	watch(*listing) (added bool, err error)
	// changes gives a value after something may have changed; several changes may
	// give one value.
	changes() <-chan struct{}
	Close() error
}

// watch is Watch of any file system with any source of events.
func watch(ctx context.Context, fsys fs.FS, open func() (eventSource, error), o WatchOptions) iter.Seq2[*Library, error] {
	if o.Mode == "" {
		o.Mode = WatchAuto
	}
	if o.Interval <= 0 {
		o.Interval = defaultInterval
	}
	if o.Quiet <= 0 {
		o.Quiet = defaultQuiet
	}
	return func(yield func(*Library, error) bool) {
		w := &watcher{WatchOptions: o, scanner: scanner{fsys: fsys, options: o.Options, progress: o.Progress}}
		defer w.close()
		switch o.Mode {
		case WatchAuto, WatchEvents:
			var err error
			if w.events, err = open(); err != nil {
				w.events = nil
				w.deaf(err)
			}
		case WatchPoll, WatchOff:
		default:
			yield(nil, fmt.Errorf("unknown watch mode %q, want auto, events, poll or off", o.Mode))
			return
		}
		w.run(ctx, yield)
	}
}

// A watcher is one run of Watch.
type watcher struct {
	WatchOptions
	scanner scanner
	events  eventSource // nil while there are none
	// untold is an error about events that is not yet yielded, told the last that was.
	untold error
	told   string
	// silent says that the last change came without an event.
	silent bool
}

func (w *watcher) close() {
	if w.events != nil {
		w.events.Close()
	}
}

func (w *watcher) run(ctx context.Context, yield func(*Library, error) bool) {
	trouble := "" // the error about the folder that was yielded last, if it lasts
	announced := true
	for ctx.Err() == nil {
		start := time.Now()
		changed, unsettled, err := w.scanner.scan(ctx, w.prepare)
		took := time.Since(start)
		if changed {
			took = 0 // it does not tell how long looking takes, for it read files
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if w.prepare(&listing{}) { // listen for the folder's return
				continue // it may have returned before
			}
			if err.Error() != trouble {
				trouble = err.Error()
				if !yield(nil, err) {
					return
				}
			}
		case changed || trouble != "":
			trouble = ""
			if !yield(w.scanner.library, w.scanner.library.Faults.Err()) {
				return
			}
		}
		if w.Mode == WatchOff {
			return
		}
		if err := w.untold; err != nil {
			w.untold = nil
			if !yield(nil, err) {
				return
			}
		}
		w.silent = !announced && (changed || w.silent)
		announced = w.wait(ctx, w.pause(unsettled, trouble != "", took))
	}
}

// prepare listens to what is listed.
func (w *watcher) prepare(l *listing) (again bool) {
	if w.events == nil {
		return false
	}
	added, err := w.events.watch(l)
	if err != nil {
		w.deaf(err)
	}
	return added && w.events != nil
}

// deaf notes that there are not all events. WatchAuto does without any from now on.
func (w *watcher) deaf(err error) {
	if w.Mode == WatchAuto {
		w.close()
		w.events = nil
		err = fmt.Errorf("%w; looking every %v instead", err, w.Interval)
	}
	if err.Error() != w.told {
		w.told = err.Error()
		w.untold = &WatchError{err}
	}
}

// pause is the time until the next look if no event asks for one, 0 if there is
// none. took is the length of the last look.
func (w *watcher) pause(unsettled, trouble bool, took time.Duration) time.Duration {
	switch {
	case unsettled:
		return max(w.Quiet, restFactor*took)
	case trouble:
		return max(w.Interval, restFactor*took)
	case w.Mode == WatchEvents:
		return 0
	case w.events == nil || w.silent:
		return max(w.Interval, restFactor*took)
	}
	return max(w.Interval, safetyInterval, restFactor*took)
}

// wait returns when it is time for the next look, or ctx ends; announced says
// that an event asked for it.
func (w *watcher) wait(ctx context.Context, pause time.Duration) (announced bool) {
	var changes <-chan struct{}
	if w.events != nil {
		changes = w.events.changes()
	}
	var next <-chan time.Time
	if pause > 0 {
		next = time.After(pause)
	}
	select {
	case <-ctx.Done():
		return false
	case <-next:
		return false
	case <-changes:
	}
	latest := time.After(maxQuiet)
	for {
		select {
		case <-ctx.Done():
			return true
		case <-latest:
			return true
		case <-time.After(w.Quiet):
			return true
		case <-changes:
		}
	}
}
