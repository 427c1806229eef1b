package kb

import (
	"context"
	"iter"
	"time"
)

// A WatchMode says how changes of a folder are noticed.
type WatchMode string

const (
	WatchAuto   WatchMode = "auto"   // events, and polling where there are none
	WatchEvents WatchMode = "events" // events alone
	WatchPoll   WatchMode = "poll"   // look every Interval
	WatchOff    WatchMode = "off"    // read once
)

// WatchOptions say how a folder is watched. The zero value is a good choice.
type WatchOptions struct {
	Options
	Mode     WatchMode     // "" is WatchAuto
	Interval time.Duration // between two looks when polling; 0 is 2 s
	Quiet    time.Duration // without events before a look; 0 is 70 ms
	// Progress, if set, is told during the first reading how many of the files were read.
	Progress func(done, total int)
}

// Watch reads the knowledge base in dir and yields it, and yields it again
// whenever it has changed, until ctx ends or the loop is left. A nil library
// comes with an error about the folder itself (it cannot be read, it vanished);
// watching goes on. A library with faults comes with them as its [ErrorList].
func Watch(ctx context.Context, dir string, o WatchOptions) iter.Seq2[*Library, error] {
	panic("skeleton")
}
