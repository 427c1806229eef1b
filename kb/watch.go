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
	Linked   bool          // symbolic links are followed out of the folder, as [Linked] does
	Mode     WatchMode     // "" is WatchAuto
	Interval time.Duration // between two looks when polling; 0 is 2 s
	Quiet    time.Duration // without events before a look; 0 is 70 ms
	// Progress, if set, is told during the first reading how many of the files were
	// read. Its calls do not overlap; done rises by one with each.
	Progress func(done, total int)
	// InUse, if set, is told how changes are noticed: WatchEvents, WatchPoll or
	// WatchOff, at the start and whenever that has changed. Its calls do not overlap.
	InUse func(WatchMode)
}

const (
	defaultInterval = 2 * time.Second
	defaultQuiet    = 70 * time.Millisecond
	// safetyInterval is between two looks for changes that no event told of.
	safetyInterval = 30 * time.Second
	// maxQuiet is how long after the first event, or the look that found a change
	// without one, a library comes at the latest, however much more changes.
	maxQuiet = time.Second
	// manyFiles are so many that they were not edited one by one. More are likely to
	// come, so that a library waits until nothing has happened for manyQuiet times
	// Quiet.
	manyFiles = 8
	manyQuiet = 3
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
	fsys := Dir(dir)
	if o.Linked {
		fsys = Linked(dir)
	}
	return watch(ctx, fsys, func() (eventSource, error) { return listen(dir) }, o)
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
	inUse  WatchMode // that was told last
}

func (w *watcher) close() {
	if w.events != nil {
		w.events.Close()
	}
}

func (w *watcher) run(ctx context.Context, yield func(*Library, error) bool) {
	trouble := "" // the error about the folder that was yielded last, if it lasts
	announced := true
	w.use()
	var since time.Time // when the changes that are looked for began
	for ctx.Err() == nil {
		start := time.Now()
		if since.IsZero() {
			since = start
		}
		found, err := w.scanner.scan(ctx, w.prepare)
		took := time.Since(start)
		if found.changed || found.differ > 0 {
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
		case found.changed:
			if w.scanner.library != nil {
				quiet, more := w.goesOn(found, start, announced)
				if latest := since.Add(maxQuiet); quiet > 0 && time.Now().Before(latest) {
					announced = w.settle(ctx, quiet, latest) || more || announced
					continue
				}
			}
			w.scanner.update()
			trouble = ""
			if !yield(w.scanner.library, w.scanner.library.Faults.Err()) {
				return
			}
		case trouble != "":
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
		w.silent = !announced && (found.changed || w.silent)
		w.use()
		since = w.wait(ctx, w.pause(found.torn, trouble != "", took))
		announced = !since.IsZero()
	}
}

// goesOn tells whether a look that began at start came while the folder was still
// changing, as during a checkout: for how long it ought to be quiet before the next
// look, 0 if it has come to rest. event says that an event has arrived since. A file
// that is gone, which has no time, may be in the middle of being saved unless it was
// quiet before the look: the look was announced.
func (w *watcher) goesOn(l look, start time.Time, announced bool) (quiet time.Duration, event bool) {
	select {
	case <-w.changes():
		event = true
	default:
	}
	switch {
	case l.differ >= manyFiles:
		return manyQuiet * w.Quiet, event
	case event, l.torn, l.gone && !announced, l.differ > 0 && l.newest.After(start.Add(-w.Quiet)):
		return w.Quiet, event
	}
	return 0, event
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

// use tells how changes are noticed, if that has changed.
func (w *watcher) use() {
	inUse := WatchOff
	switch {
	case w.Mode == WatchPoll, w.Mode == WatchAuto && (w.events == nil || w.silent):
		inUse = WatchPoll
	case w.events != nil:
		inUse = WatchEvents
	}
	if w.InUse != nil && inUse != w.inUse {
		w.InUse(inUse)
	}
	w.inUse = inUse
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

// wait returns when it is time for the next look, or ctx ends. since is when the
// first event that asked for it came, zero if none did.
func (w *watcher) wait(ctx context.Context, pause time.Duration) (since time.Time) {
	var next <-chan time.Time
	if pause > 0 {
		next = time.After(pause)
	}
	select {
	case <-ctx.Done():
		return time.Time{}
	case <-next:
		return time.Time{}
	case <-w.changes():
	}
	since = time.Now()
	w.settle(ctx, w.Quiet, since.Add(maxQuiet))
	return since
}

// settle waits until there was no event for the time quiet, but not beyond latest;
// announced says that there was one.
func (w *watcher) settle(ctx context.Context, quiet time.Duration, latest time.Time) (announced bool) {
	end := time.After(time.Until(latest))
	for {
		select {
		case <-ctx.Done():
			return announced
		case <-end:
			return announced
		case <-time.After(quiet):
			return announced
		case <-w.changes():
			announced = true
		}
	}
}

// changes is the channel of events, nil while there are none.
func (w *watcher) changes() <-chan struct{} {
	if w.events == nil {
		return nil
	}
	return w.events.changes()
}
