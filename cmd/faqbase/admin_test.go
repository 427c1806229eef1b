package main

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"faqbase/kb"
)

func TestMetricsTellHowTheFolderIsWatched(t *testing.T) {
	deaf := fmt.Errorf("watch: %w", &kb.WatchError{Err: errors.New("no more watches")})
	gone := &fs.PathError{Op: "open", Path: "kb", Err: fs.ErrNotExist}
	for _, c := range []struct {
		claim   string
		flag    kb.WatchMode
		lost    error
		mode    kb.WatchMode
		failing float64
	}{
		{"auto has events", kb.WatchAuto, nil, kb.WatchEvents, 0},
		{"auto looks by itself where there are no events, which is no failure", kb.WatchAuto, deaf, kb.WatchPoll, 0},
		{"a folder that is gone is one, however it is watched", kb.WatchAuto, gone, kb.WatchEvents, 1},
		{"events alone have nothing in their place", kb.WatchEvents, deaf, kb.WatchEvents, 1},
		{"poll is poll", kb.WatchPoll, nil, kb.WatchPoll, 0},
		{"off is off", kb.WatchOff, nil, kb.WatchOff, 0},
	} {
		t.Run(c.claim, func(t *testing.T) {
			m := newMetrics(build{}, c.flag)
			if c.lost != nil {
				m.lost(c.lost)
			}
			for _, mode := range []kb.WatchMode{kb.WatchEvents, kb.WatchPoll, kb.WatchOff} {
				want := 0.
				if mode == c.mode {
					want = 1
				}
				if got := testutil.ToFloat64(m.watching.WithLabelValues(string(mode))); got != want {
					t.Errorf("%s is %v, want %v", mode, got, want)
				}
			}
			if got := testutil.ToFloat64(m.unread); got != c.failing {
				t.Errorf("failing is %v, want %v", got, c.failing)
			}
		})
	}
}
