package main

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"faqbase/index"
	"faqbase/kb"
)

// A fakeEngine applies as a test says and counts how often it was asked to.
type fakeEngine struct {
	index.Engine // nothing else is called
	mu           sync.Mutex
	apply        func(*kb.Library) error
	tries        []time.Duration // since start
	start        time.Time
}

func (e *fakeEngine) Apply(_ context.Context, lib *kb.Library) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tries = append(e.tries, time.Since(e.start))
	return e.apply(lib)
}

func (e *fakeEngine) tried() []time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.tries)
}

func (e *fakeEngine) Indexed() uint64 { return 0 }

func (e *fakeEngine) Warm(context.Context) error { return nil }

func (e *fakeEngine) set(apply func(*kb.Library) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.apply = apply
}

// A published is what a publisher in a synctest bubble does.
type published struct {
	engine    *fakeEngine
	libraries chan *kb.Library // to publish
	ended     chan error       // how it ended

	mu    sync.Mutex
	got   []*kb.Library
	ahead []*kb.Library // of which work was done ahead
	read  atomic.Int32  // how often the first library was told to be read
	log   bytes.Buffer
}

func (p *published) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

// messages are those in the log, without their values.
func (p *published) messages() (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for line := range strings.Lines(p.log.String()) {
		all = append(all, strings.TrimSpace(line))
	}
	return all
}

func (p *published) served() []*kb.Library {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

func (p *published) workedAhead() []*kb.Library {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.ahead)
}

// inPublisher runs test beside a publisher.
func inPublisher(t *testing.T, test func(*published)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &published{
			engine:    &fakeEngine{start: time.Now(), apply: func(*kb.Library) error { return nil }},
			libraries: make(chan *kb.Library),
			ended:     make(chan error, 1),
		}
		ctx, cancel := context.WithCancel(t.Context())
		message := func(_ []string, a slog.Attr) slog.Attr {
			if a.Key != slog.MessageKey {
				return slog.Attr{}
			}
			return a
		}
		var faults strings.Builder
		run := publisher{
			metrics: newMetrics(build{}, kb.WatchAuto),
			engine:  p.engine,
			publish: func(lib *kb.Library) {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.got = append(p.got, lib)
			},
			faults: faultLog{w: &faults},
			log:    slog.New(slog.NewTextHandler(p, &slog.HandlerOptions{ReplaceAttr: message})),
			read:   func() { p.read.Add(1) },
			ready:  func(*kb.Library) error { return nil },
			ahead: func(ctx context.Context, lib *kb.Library) {
				p.mu.Lock()
				p.ahead = append(p.ahead, lib)
				p.mu.Unlock()
				<-ctx.Done()
			},
		}
		source := func(ctx context.Context) iter.Seq2[*kb.Library, error] {
			return func(yield func(*kb.Library, error) bool) {
				for {
					select {
					case lib := <-p.libraries:
						if !yield(lib, nil) {
							return
						}
					case <-ctx.Done():
						return
					}
				}
			}
		}
		go func() { p.ended <- run.run(ctx, source) }()
		test(p)
		cancel()
		synctest.Wait()
	})
}

// editions are libraries of which each is a change of the one before.
func editions(t *testing.T, n int) (all []*kb.Library) {
	for i := range n {
		src := "# Page\n\n### Why?\n\n" + strings.Repeat("So. ", i+1) + "\n"
		lib, err := kb.Load(fstest.MapFS{"a.md": {Data: []byte(src)}}, kb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		lib.Generation = uint64(i + 1)
		all = append(all, lib)
	}
	return all
}

func TestPublisher(t *testing.T) {
	libs := editions(t, 3)
	full := func(*kb.Library) error { return errors.New("no space left on device") }
	room := func(*kb.Library) error { return nil }
	const failed = `msg="the pages as last indexed are still served until the index can be written again"`
	const again = `msg="the index is written again"`

	t.Run("that the first library is read is told once, before it is indexed", func(t *testing.T) {
		inPublisher(t, func(p *published) {
			var told []int32
			p.engine.apply = func(*kb.Library) error { told = append(told, p.read.Load()); return nil }
			for _, lib := range libs {
				p.libraries <- lib
				synctest.Wait()
			}
			if want := []int32{1, 1, 1}; !slices.Equal(told, want) {
				t.Errorf("at each library it was told %v times, want %v", told, want)
			}
		})
	})
	t.Run("a library that could not be taken is tried again, and the one before stays until it is", func(t *testing.T) {
		inPublisher(t, func(p *published) {
			p.libraries <- libs[0]
			synctest.Wait()
			p.engine.set(full)
			p.libraries <- libs[1]
			<-time.After(10 * time.Second)
			if got := p.served(); !slices.Equal(got, libs[:1]) {
				t.Fatalf("published %d libraries, want the first alone", len(got))
			}
			p.engine.set(room)
			<-time.After(10 * time.Second)
			if got := p.served(); !slices.Equal(got, libs[:2]) {
				t.Errorf("published %d libraries, want both", len(got))
			}
			if got, want := p.messages(), []string{"msg=published", failed, again, "msg=published"}; !slices.Equal(got, want) {
				t.Errorf("said\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	})
	t.Run("the pauses between two tries grow from a second to a minute", func(t *testing.T) {
		inPublisher(t, func(p *published) {
			p.libraries <- libs[0]
			synctest.Wait()
			p.engine.set(full)
			p.libraries <- libs[1]
			<-time.After(4 * time.Minute)
			var pauses []time.Duration
			tries := p.engine.tried()[1:] // the first is that of the first library
			for i := 1; i < len(tries); i++ {
				pauses = append(pauses, tries[i]-tries[i-1])
			}
			s := time.Second
			if want := []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 60 * s, 60 * s}; !slices.Equal(pauses, want) {
				t.Errorf("pauses %v, want %v", pauses, want)
			}
		})
	})
	t.Run("work is done ahead for a library that is still served a second later", func(t *testing.T) {
		inPublisher(t, func(p *published) {
			p.libraries <- libs[0]
			<-time.After(aheadAfter / 2)
			p.libraries <- libs[1]
			<-time.After(aheadAfter * 3 / 4)
			if got := p.workedAhead(); got != nil {
				t.Fatalf("worked ahead for %d libraries, the last of which is younger than that", len(got))
			}
			<-time.After(aheadAfter / 2)
			if got := p.workedAhead(); !slices.Equal(got, libs[1:2]) {
				t.Fatalf("worked ahead for %d libraries, want the second", len(got))
			}
			p.libraries <- libs[2] // while the work for the second is not done, which then ends
			<-time.After(2 * aheadAfter)
			if got := p.workedAhead(); !slices.Equal(got, libs[1:]) {
				t.Errorf("worked ahead for %d libraries, want the second and the third", len(got))
			}
		})
	})
	t.Run("a newer library takes the place of one that could not be taken", func(t *testing.T) {
		inPublisher(t, func(p *published) {
			p.libraries <- libs[0]
			synctest.Wait()
			p.engine.set(full)
			p.libraries <- libs[1]
			<-time.After(100 * time.Second)
			p.engine.set(room)
			p.libraries <- libs[2]
			synctest.Wait()
			want := []*kb.Library{libs[0], libs[2]}
			if got := p.served(); !slices.Equal(got, want) {
				t.Errorf("published %d libraries, want the newer one at once", len(got))
			}
			<-time.After(time.Hour)
			if got := p.served(); !slices.Equal(got, want) {
				t.Errorf("published %d libraries, want the first and the last", len(got))
			}
		})
	})
	t.Run("a first library that cannot be taken is the end", func(t *testing.T) {
		inPublisher(t, func(p *published) {
			p.engine.set(full)
			p.libraries <- libs[0]
			if err := <-p.ended; err == nil || err.Error() != "no space left on device" {
				t.Errorf("ended with %v", err)
			}
		})
	})
	t.Run("a library of the same generation is published and not said to be", func(t *testing.T) {
		inPublisher(t, func(p *published) {
			faulty := *libs[0]
			for _, lib := range []*kb.Library{libs[0], &faulty, libs[1]} {
				p.libraries <- lib
				synctest.Wait()
			}
			if got, want := p.served(), []*kb.Library{libs[0], &faulty, libs[1]}; !slices.Equal(got, want) {
				t.Errorf("published %d libraries, want 3", len(got))
			}
			if got, want := p.messages(), []string{"msg=published", "msg=published"}; !slices.Equal(got, want) {
				t.Errorf("said %v, want %v", got, want)
			}
		})
	})
}
