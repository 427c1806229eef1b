package kb

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// TestWatchOverflows lets the kernel's queue of events overflow while a page is saved:
// what was lost with it is found all the same.
func TestWatchOverflows(t *testing.T) {
	limit, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	if err != nil {
		t.Skip(err)
	}
	events, err := strconv.Atoi(strings.TrimSpace(string(limit)))
	if err != nil || events > 100_000 {
		t.Skipf("the queue holds %s events, %v: more than a test should make", limit, err)
	}
	d := newTree(t)
	d.write("kb/a.md", ask("one"))
	d.write("kb/b.md", ask("two"))

	// A listener that is stopped for a while, as on a machine that is too busy.
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{dir: d.at("kb"), watcher: watcher, look: make(chan struct{}, 1), done: make(chan struct{})}
	l.names.Store(&map[string]map[string]bool{})
	var stopped sync.RWMutex
	overflowed := make(chan struct{}, 1)
	errs := make(chan error)
	go func() {
		defer close(errs)
		for err := range watcher.Errors {
			if err == fsnotify.ErrEventOverflow {
				select {
				case overflowed <- struct{}{}:
				default:
				}
			}
			errs <- err
		}
	}()
	go func() {
		defer close(l.done)
		forward(watcher.Events, errs, func(file string) bool {
			stopped.RLock()
			defer stopped.RUnlock()
			return l.matters(file)
		}, l.look)
		for range errs { // until the watcher is closed
		}
	}()
	values := make(chan yielded)
	done := make(chan struct{})
	go func() {
		defer close(done)
		o := eventsAlone
		for lib, err := range watch(t.Context(), Dir(d.at("kb")), func() (eventSource, error) { return l, nil }, o) {
			select {
			case values <- yielded{lib, err}:
			case <-t.Context().Done():
			}
		}
	}()
	t.Cleanup(func() { <-done })
	untilAsked(t, values, "a#one b#two")

	stopped.Lock()
	const read = 5000              // fsnotify may have taken out of the queue what fits its buffer of 64 kB
	for i := range events + read { // two in turn, for the kernel makes one of two that are the same
		d.must(os.Chmod(d.at(fmt.Sprintf("kb/%c.md", 'a'+i%2)), 0o644))
	}
	d.write("kb/x/c.md", ask("three")) // in a folder that nobody watches
	d.save("kb/a.md", ask("four"))
	stopped.Unlock()
	untilAsked(t, values, "a#four b#two x/c#three")
	select { // the end of the queue may be read after the look that found everything
	case <-overflowed:
	case <-time.After(deadline):
		t.Error("the queue did not overflow")
	}
	d.save("kb/x/c.md", ask("five"))
	untilAsked(t, values, "a#four b#two x/c#five")
}
