package kb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

// These tests are about when Watch looks. Time is that of a synctest bubble, the
// folder is in memory, and events come only when a test sends them.

// A memFS is a folder in memory that may change while it is read.
type memFS struct {
	mu    sync.Mutex
	files fstest.MapFS
	looks int           // how often the root was opened
	slow  time.Duration // how long opening the root takes
	err   error         // why the root cannot be opened
	// writing are the files that change while they are being read.
	writing map[string]bool
}

func (m *memFS) Open(name string) (fs.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if name == "." {
		m.looks++
		if m.slow > 0 {
			<-time.After(m.slow)
		}
		if m.err != nil {
			return nil, m.err
		}
	}
	f, err := m.files.Open(name)
	if err == nil && m.writing[name] {
		f = &growingFile{File: f}
	}
	return f, err
}

// A growingFile is larger each time it is asked.
type growingFile struct {
	fs.File
	more int64
}

type grownInfo struct {
	fs.FileInfo
	more int64
}

func (f *growingFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	f.more++
	return grownInfo{info, f.more}, err
}

func (i grownInfo) Size() int64 { return i.FileInfo.Size() + i.more }

func (m *memFS) write(name, content string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = &fstest.MapFile{Data: []byte(content), ModTime: time.Now(), Mode: 0o444}
}

func (m *memFS) set(change func(*memFS)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

func (m *memFS) looked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.looks
}

// A scriptedSource is a source of events that a test sends.
type scriptedSource struct {
	look    chan struct{}
	onWatch func() (added bool, err error)
	closed  bool
}

func (s *scriptedSource) changes() <-chan struct{} { return s.look }

func (s *scriptedSource) watch(*listing) (bool, error) {
	if s.onWatch == nil {
		return false, nil
	}
	return s.onWatch()
}

func (s *scriptedSource) Close() error {
	s.closed = true
	return nil
}

func (s *scriptedSource) send() {
	select {
	case s.look <- struct{}{}:
	default:
	}
}

// A bubble is a watch of a folder in memory in a synctest bubble.
type bubble struct {
	*memFS
	source *scriptedSource
	open   error // of the source
	body   time.Duration
	start  time.Time

	mu     sync.Mutex
	yields []string // "1.07s a#one" or "1.07s error"
}

// inBubble runs test while o watches; prepare is run before.
func inBubble(t *testing.T, o WatchOptions, prepare, test func(*bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{
			memFS:  &memFS{files: fstest.MapFS{}, writing: map[string]bool{}},
			source: &scriptedSource{look: make(chan struct{}, 1)},
			start:  time.Now(),
		}
		b.memFS.write("a.md", ask("one"))
		if prepare != nil {
			prepare(b)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		open := func() (eventSource, error) { return b.source, b.open }
		go func() {
			defer close(done)
			for lib, err := range watch(ctx, b.memFS, open, o) {
				b.yield(lib, err)
				if b.body > 0 {
					<-time.After(b.body)
				}
			}
		}()
		synctest.Wait()
		test(b)
		cancel()
		<-done
	})
}

func (b *bubble) yield(lib *Library, err error) {
	what := ""
	if lib != nil {
		what = asked(lib)
	} else {
		what = err.Error()
		if errors.As(err, new(*WatchError)) {
			what = "no events: " + what
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.yields = append(b.yields, fmt.Sprintf("%v %s", time.Since(b.start), what))
}

// pass lets time pass and everything happen that is due.
func (b *bubble) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// save writes a file and tells of it.
func (b *bubble) save(name, content string) {
	b.write(name, content)
	b.source.send()
}

func (b *bubble) want(t *testing.T, yields ...string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Equal(b.yields, yields) {
		t.Fatalf("yielded\n\t%s\nwant\n\t%s", strings.Join(b.yields, "\n\t"), strings.Join(yields, "\n\t"))
	}
}

func TestWatchWhen(t *testing.T) {
	t.Run("a change is looked at once events have been quiet", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			b.pass(time.Second)
			b.save("a.md", ask("two"))
			b.pass(time.Second)
			b.want(t, "0s a#one", "1.07s a#two")
		})
	})
	t.Run("a checkout of many files is one change", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			for i := range 400 {
				b.save(fmt.Sprintf("page-%d.md", i), "# Page\n\nText.\n")
				b.pass(2 * time.Millisecond)
			}
			b.save("a.md", ask("two"))
			b.pass(time.Second)
			b.want(t, "0s a#one", "1s a#two")
		})
	})
	t.Run("a checkout that rests now and then longer than the quiet time is one change", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			for i := range 3 {
				for j := range 100 {
					b.save(fmt.Sprintf("page-%d-%d.md", i, j), "# Page\n\nText.\n")
				}
				b.pass(150 * time.Millisecond)
			}
			b.save("a.md", ask("two"))
			b.pass(time.Second)
			b.want(t, "0s a#one", "870ms a#two")
		})
	})
	t.Run("what changes during a look is in its library", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			first := true
			b.source.onWatch = func() (bool, error) { // the folder is listed already
				if first {
					first = false
					b.save("c.md", ask("three"))
				}
				return false, nil
			}
			b.save("b.md", ask("two"))
			b.pass(time.Second)
			b.want(t, "0s a#one", "140ms a#one b#two c#three")
		})
	})
	t.Run("a file that has only just changed, though no event told of it yet, is looked at again", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			b.save("b.md", ask("two"))
			b.pass(60 * time.Millisecond)
			b.write("c.md", ask("half of thr"))
			b.pass(60 * time.Millisecond)
			b.write("c.md", ask("three"))
			b.pass(time.Second)
			b.want(t, "0s a#one", "210ms a#one b#two c#three")
		})
	})
	t.Run("polling, too, takes a checkout for one change, within a second", func(t *testing.T) {
		inBubble(t, WatchOptions{Mode: WatchPoll}, nil, func(b *bubble) {
			b.pass(1900 * time.Millisecond)
			for i := range 300 {
				b.write(fmt.Sprintf("page-%d.md", i), "# Page\n\nText.\n")
				b.pass(2 * time.Millisecond)
			}
			b.write("a.md", ask("two"))
			b.pass(time.Second)
			b.want(t, "0s a#one", "2.84s a#two")
		})
	})
	t.Run("events without end do not keep a change from being seen", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			b.save("a.md", ask("two"))
			for range 150 {
				b.pass(10 * time.Millisecond)
				b.source.send()
			}
			b.want(t, "0s a#one", "1s a#two")
		})
	})
	t.Run("nothing is yielded for an event without a change", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			before := b.looked()
			b.save("a.md", ask("one"))
			b.pass(time.Second)
			b.want(t, "0s a#one")
			if b.looked() == before {
				t.Error("did not look")
			}
		})
	})
	t.Run("changes while the loop's body runs are seen together", func(t *testing.T) {
		inBubble(t, WatchOptions{}, func(b *bubble) { b.body = 10 * time.Second }, func(b *bubble) {
			for i := range 5 {
				b.pass(time.Second)
				b.save("a.md", ask(fmt.Sprintf("%d", i)))
			}
			b.pass(20 * time.Second)
			b.want(t, "0s a#one", "10.07s a#4")
		})
	})
	t.Run("a change that no event told of is found within 30 s, the next ones within the interval", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			b.pass(time.Second)
			b.write("a.md", ask("two"))
			b.pass(30 * time.Second)
			b.write("a.md", ask("three"))
			b.pass(10 * time.Second)
			b.write("a.md", ask("four"))
			b.pass(10 * time.Second)
			b.want(t, "0s a#one", "30s a#two", "32s a#three", "42s a#four")
		})
	})
	t.Run("where events arrive after all, looks without them are rare again", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			b.write("a.md", ask("two"))
			b.pass(31 * time.Second)
			b.source.send()
			b.pass(time.Second)
			before := b.looked()
			b.pass(29 * time.Second)
			if n := b.looked() - before; n != 0 {
				t.Errorf("looked %d times in 29 s, want none", n)
			}
			b.want(t, "0s a#one", "30s a#two")
		})
	})
	t.Run("polling looks every interval and at nothing else", func(t *testing.T) {
		inBubble(t, WatchOptions{Mode: WatchPoll, Interval: 3 * time.Second}, nil, func(b *bubble) {
			b.save("a.md", ask("two"))
			b.pass(10 * time.Second)
			b.want(t, "0s a#one", "3s a#two")
			if n := b.looked(); n != 4 {
				t.Errorf("looked %d times in 10 s, want 4", n)
			}
		})
	})
	t.Run("polling a slow file system leaves it ten times as long alone as a look takes", func(t *testing.T) {
		inBubble(t, WatchOptions{Mode: WatchPoll}, func(b *bubble) { b.slow = time.Second }, func(b *bubble) {
			b.pass(40 * time.Second)
			if n := b.looked(); n > 5 {
				t.Errorf("looked %d times in 40 s, want at most 5", n)
			}
		})
	})
	t.Run("polling does not slow down because the first reading was long", func(t *testing.T) {
		inBubble(t, WatchOptions{Mode: WatchPoll}, func(b *bubble) { b.slow = time.Minute }, func(b *bubble) {
			b.pass(time.Minute)
			b.set(func(m *memFS) { m.slow = 0 })
			b.write("a.md", ask("two"))
			b.pass(5 * time.Second)
			b.want(t, "1m0s a#one", "1m2s a#two")
		})
	})
	t.Run("with events alone nothing is looked at without one", func(t *testing.T) {
		inBubble(t, WatchOptions{Mode: WatchEvents}, nil, func(b *bubble) {
			b.write("a.md", ask("two"))
			b.pass(time.Hour)
			b.want(t, "0s a#one")
			b.source.send()
			b.pass(time.Second)
			b.want(t, "0s a#one", "1h0m0.07s a#two")
		})
	})
	t.Run("a file that is changing while it is read is read again soon, without an event", func(t *testing.T) {
		grow := func(b *bubble) { b.writing["a.md"] = true }
		inBubble(t, WatchOptions{Mode: WatchEvents}, grow, func(b *bubble) {
			b.set(func(m *memFS) { delete(m.writing, "a.md") })
			b.write("a.md", ask("two"))
			b.pass(time.Second)
			b.want(t, "0s a#one", "70ms a#two")
			before := b.looked()
			b.pass(time.Hour)
			if n := b.looked() - before; n != 0 {
				t.Errorf("looked %d times more, want none: the file has come to rest", n)
			}
		})
	})
	t.Run("what changes before a folder's events are asked for is in the first library", func(t *testing.T) {
		missed := func(b *bubble) {
			first := true
			b.source.onWatch = func() (bool, error) {
				if !first {
					return false, nil
				}
				first = false
				b.write("b.md", ask("two"))
				return true, nil
			}
		}
		inBubble(t, WatchOptions{Mode: WatchEvents}, missed, func(b *bubble) {
			b.want(t, "0s a#one b#two")
		})
	})
	t.Run("a folder that returns before its events are asked for is read at once", func(t *testing.T) {
		missed := func(b *bubble) {
			b.err = errors.New("gone")
			b.source.onWatch = func() (bool, error) {
				back := false
				b.set(func(m *memFS) { m.err, back = nil, m.err != nil })
				return back, nil
			}
		}
		inBubble(t, WatchOptions{Mode: WatchEvents}, missed, func(b *bubble) {
			b.want(t, "0s a#one")
		})
	})
}

func TestWatchTrouble(t *testing.T) {
	errLimit := errors.New("no space left on device")
	t.Run("where events cannot be had, it says so once after the first library and polls", func(t *testing.T) {
		inBubble(t, WatchOptions{}, func(b *bubble) { b.open = errLimit }, func(b *bubble) {
			b.write("a.md", ask("two"))
			b.pass(10 * time.Second)
			b.want(t, "0s a#one", "0s no events: no space left on device; looking every 2s instead", "2s a#two")
		})
	})
	t.Run("where a new folder's events cannot be had, it says so once and polls", func(t *testing.T) {
		inBubble(t, WatchOptions{}, nil, func(b *bubble) {
			b.source.onWatch = func() (bool, error) { return true, errLimit }
			b.save("x/b.md", ask("two"))
			b.pass(time.Second)
			b.write("a.md", ask("three"))
			b.pass(10 * time.Second)
			b.want(t, "0s a#one", "70ms a#one x/b#two", "70ms no events: no space left on device; looking every 2s instead", "2.07s a#three x/b#two")
			if !b.source.closed {
				t.Error("the source of events is still open")
			}
		})
	})
	t.Run("with events alone it says so once and goes on with the events it has", func(t *testing.T) {
		limited := func(b *bubble) { b.source.onWatch = func() (bool, error) { return false, errLimit } }
		inBubble(t, WatchOptions{Mode: WatchEvents}, limited, func(b *bubble) {
			b.pass(time.Second)
			b.save("a.md", ask("two"))
			b.pass(time.Hour)
			b.want(t, "0s a#one", "0s no events: no space left on device", "1.07s a#two")
		})
	})
	t.Run("a folder that cannot be read is tried every interval and told of when the reason changes", func(t *testing.T) {
		for _, mode := range []WatchMode{WatchAuto, WatchEvents, WatchPoll} {
			lost := func(b *bubble) { b.err = errors.New("gone") }
			inBubble(t, WatchOptions{Mode: mode}, lost, func(b *bubble) {
				b.pass(5 * time.Second)
				b.set(func(m *memFS) { m.err = errors.New("forbidden") })
				b.pass(4 * time.Second)
				b.set(func(m *memFS) { m.err = nil })
				b.pass(2 * time.Second)
				b.want(t, "0s read knowledge base: gone", "6s read knowledge base: forbidden", "10s a#one")
			})
		}
	})
	t.Run("the same trouble is told again when it comes again", func(t *testing.T) {
		inBubble(t, WatchOptions{Mode: WatchPoll}, nil, func(b *bubble) {
			for range 2 {
				b.set(func(m *memFS) { m.err = errors.New("gone") })
				b.pass(2 * time.Second)
				b.set(func(m *memFS) { m.err = nil })
				b.pass(2 * time.Second)
			}
			b.want(t, "0s a#one", "2s read knowledge base: gone", "4s a#one", "6s read knowledge base: gone", "8s a#one")
		})
	})
}

func TestWatchTellsHowChangesAreNoticed(t *testing.T) {
	errLimit := errors.New("no space left on device")
	watches := func(t *testing.T, mode WatchMode, prepare, test func(*bubble), want ...string) {
		t.Helper()
		var told []string
		var start time.Time
		o := WatchOptions{Mode: mode, InUse: func(mode WatchMode) {
			told = append(told, fmt.Sprintf("%v %s", time.Since(start), mode))
		}}
		inBubble(t, o, func(b *bubble) {
			start = b.start
			if prepare != nil {
				prepare(b)
			}
		}, test)
		if !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	}
	minute := func(b *bubble) { b.pass(time.Minute) }
	t.Run("once, as long as nothing changes", func(t *testing.T) {
		watches(t, WatchAuto, nil, minute, "0s events")
		watches(t, WatchEvents, nil, minute, "0s events")
		watches(t, WatchPoll, nil, minute, "0s poll")
		watches(t, WatchOff, nil, minute, "0s off")
	})
	t.Run("events that fall silent are replaced by looks until one arrives", func(t *testing.T) {
		watches(t, WatchAuto, nil, func(b *bubble) {
			b.pass(time.Second)
			b.write("a.md", ask("two"))
			b.pass(49 * time.Second)
			b.save("a.md", ask("three"))
			b.pass(time.Minute)
		}, "0s events", "30s poll", "50.07s events")
	})
	t.Run("where there are none at all, there are looks, or nothing", func(t *testing.T) {
		none := func(b *bubble) { b.open = errLimit }
		watches(t, WatchAuto, none, minute, "0s poll")
		watches(t, WatchEvents, none, minute, "0s off")
	})
	t.Run("where a new folder's cannot be had, auto does without any and events keeps the others", func(t *testing.T) {
		more := func(b *bubble) {
			b.source.onWatch = func() (bool, error) { return true, errLimit }
			b.save("x/b.md", ask("two"))
			b.pass(time.Second)
		}
		watches(t, WatchAuto, nil, more, "0s events", "70ms poll")
		watches(t, WatchEvents, nil, more, "0s events")
	})
}
