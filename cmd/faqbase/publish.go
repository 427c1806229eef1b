package main

import (
	"context"
	"iter"
	"log/slog"
	"sync"
	"time"

	"faqbase/kb"
)

// A publisher takes each state of a knowledge base to the readers.
type publisher struct {
	engine   engine
	publish  func(*kb.Library) // to those who read
	faults   faultLog
	log      *slog.Logger
	metrics  *metrics
	progress *progress
	read     func()                  // called once, when the first library is read
	ready    func(*kb.Library) error // called once, when the first library is served
	// ahead does what the first readers of a library would otherwise wait for, until ctx
	// ends. It is called with each library that is still served a moment later.
	ahead func(ctx context.Context, lib *kb.Library)

	served     bool   // a library
	generation uint64 // of the library that is served
	failing    bool   // the last library was not taken
}

// The time after which a library that the engine could not take is tried again:
// the first one, doubled with each time that it fails, up to the longest.
const (
	firstRetry   = time.Second
	longestRetry = time.Minute
)

// aheadAfter is how long a library is served before work is done ahead of its readers: a
// start or a save is followed by searches, which come first, and often by more saves.
const aheadAfter = time.Second

// A state is what a knowledge base is found to be: a library, or why there is none.
type state struct {
	lib *kb.Library
	err error
}

// run makes the engine hold and the readers get each of the libraries, which end
// with their context, the last one until ctx ends. A library that the engine cannot take is reported, the one
// before it stays, and it is tried again until it is taken or a newer one is there;
// without one before it, that is the end.
func (p *publisher) run(ctx context.Context, libraries func(context.Context) iter.Seq2[*kb.Library, error]) error {
	ctx, cancel := context.WithCancel(ctx)
	states := make(chan state)
	var watching sync.WaitGroup
	watching.Go(func() {
		defer close(states)
		for lib, err := range libraries(ctx) {
			select {
			case states <- state{lib, err}:
			case <-ctx.Done():
				return
			}
		}
	})
	defer watching.Wait()
	defer cancel()

	var untaken *kb.Library // the newest, if it has to be tried again
	var pause time.Duration
	var retry <-chan time.Time
	working := newWork(ctx)
	defer working.end()
	for {
		select {
		case <-ctx.Done():
			return nil
		case s, more := <-states:
			switch {
			case !more:
				states = nil
				continue
			case s.lib == nil:
				if ctx.Err() == nil {
					p.faults.trouble(s.err)
					p.metrics.lost(s.err)
				}
				continue
			}
			p.metrics.unread.Set(0)
			p.faults.library(s.lib.Faults)
			untaken, pause = s.lib, firstRetry
		case <-retry:
		}
		retry = nil
		taken, err := p.take(ctx, untaken)
		switch {
		case err != nil:
			return err
		case taken:
			lib := untaken
			p.metrics.warm.Set(0)
			working.start(aheadAfter, func(ctx context.Context) { p.ahead(ctx, lib) })
		default:
			retry = time.After(pause)
			pause = min(2*pause, longestRetry)
		}
	}
}

// take makes the engine hold lib and publishes it. taken is false if the engine
// cannot; an error is the end.
func (p *publisher) take(ctx context.Context, lib *kb.Library) (taken bool, err error) {
	before := p.engine.Indexed()
	start := time.Now()
	switch err := p.apply(ctx, lib); {
	case err == nil:
		p.metrics.reindex.Observe(time.Since(start).Seconds())
		p.metrics.untaken.Set(0)
	case ctx.Err() != nil:
		return false, nil
	case !p.served:
		return false, err
	default:
		if !p.failing {
			p.failing = true
			p.metrics.untaken.Set(1)
			p.log.Error("the pages as last indexed are still served until the index can be written again", "error", err)
		}
		return false, nil
	}
	if p.failing {
		p.failing = false
		p.log.Info("the index is written again")
	}
	p.publish(lib)
	if !p.served || lib.Generation > p.generation {
		p.log.Info("published", "generation", lib.Generation, "pages", len(lib.Pages),
			"questions", lib.NumQuestions(), "indexed", p.engine.Indexed()-before)
	}
	p.generation = lib.Generation
	if p.served {
		return true, nil
	}
	p.served = true
	return true, p.ready(lib)
}

// apply makes the engine hold lib, the first time with a bar.
func (p *publisher) apply(ctx context.Context, lib *kb.Library) error {
	if !p.served {
		p.read()
		stop := p.progress.index(len(lib.Pages)+lib.NumQuestions(), p.engine.Indexed)
		defer stop()
	}
	return p.engine.Apply(ctx, lib)
}

// A work is done beside the loop, until there is other work. Not safe for concurrent use.
type work struct {
	ctx    context.Context
	cancel context.CancelFunc // of what was started last
	done   sync.WaitGroup
}

func newWork(ctx context.Context) *work { return &work{ctx: ctx, cancel: func() {}} }

// start calls do after a pause, and ends the context of what was started before.
func (w *work) start(pause time.Duration, do func(context.Context)) {
	w.cancel()
	ctx, cancel := context.WithCancel(w.ctx)
	w.cancel = cancel
	w.done.Go(func() {
		select {
		case <-time.After(pause):
			do(ctx)
		case <-ctx.Done():
		}
	})
}

// end ends all that was started, and waits for that.
func (w *work) end() {
	w.cancel()
	w.done.Wait()
}
