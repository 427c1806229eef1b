package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// isTerminal tells whether a person reads what is written to w as it is written.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// styled tells whether bold text may be written to w. NO_COLOR, set to anything,
// says no (no-color.org), and so does a terminal that has no styles.
func styled(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// patience is how long the first reading and indexing may take before there is a
// bar.
const patience = time.Second

// A progress draws a bar on a terminal while many pages are read and indexed for
// the first time: first one of pages, then one of documents. Its methods are for
// one goroutine. A nil progress draws nothing.
type progress struct {
	w     io.Writer
	start time.Time
	bar   *progressbar.ProgressBar // nil while there is none
}

func newProgress(w io.Writer) *progress {
	return &progress{w: w, start: time.Now()}
}

// read shows that done of the total files were read. The bar goes away with the
// last one.
func (p *progress) read(done, total int) {
	p.show("reading pages", done, total)
}

// index shows how many of the total documents were written, as written tells,
// until stop is called, which takes the bar away.
func (p *progress) index(total int, written func() uint64) (stop func()) {
	if p == nil {
		return func() {}
	}
	before := written()
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(redraw)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.show("indexing", min(int(written()-before), total-1), total)
			case <-stopped:
				p.show("indexing", total, total)
				return
			}
		}
	}()
	return func() {
		close(stopped)
		<-ended
	}
}

// redraw is the time between two states of a bar.
const redraw = 100 * time.Millisecond

func (p *progress) show(what string, done, total int) {
	if p.bar == nil {
		if done >= total || time.Since(p.start) < patience {
			return
		}
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(p.w),
			progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(redraw),
			progressbar.OptionClearOnFinish(),
		)
	}
	// The only error is that of the terminal, and a bar that cannot be drawn is no
	// reason to stop.
	_ = p.bar.Set(done)
	if done >= total {
		p.bar = nil
	}
}
