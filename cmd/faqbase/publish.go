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
	ready    func(*kb.Library) error // called once, when the first library is served

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
		case !taken:
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
		stop := p.progress.index(len(lib.Pages)+lib.NumQuestions(), p.engine.Indexed)
		defer stop()
	}
	return p.engine.Apply(ctx, lib)
}
