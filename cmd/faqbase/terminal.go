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

// patience is how long the first reading may take before there is a bar.
const patience = time.Second

// A progress draws a bar on a terminal while many pages are read for the first
// time. It is for one goroutine.
type progress struct {
	w     io.Writer
	start time.Time
	bar   *progressbar.ProgressBar // nil until patience has run out
}

func newProgress(w io.Writer) *progress {
	return &progress{w: w, start: time.Now()}
}

// read shows that done of the total files were read. The bar goes away with the
// last one.
func (p *progress) read(done, total int) {
	if p.bar == nil {
		if done == total || time.Since(p.start) < patience {
			return
		}
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(p.w),
			progressbar.OptionSetDescription("reading pages"),
			progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	}
	// The only error is that of the terminal, and a bar that cannot be drawn is no
	// reason to stop.
	_ = p.bar.Set(done)
}
