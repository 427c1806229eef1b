package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"faqbase/kb"
)

func TestMetricsTellHowTheFolderIsWatched(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("### Why?\n\nSo.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		claim string
		flag  kb.WatchMode
		dir   string
		mode  kb.WatchMode
	}{
		{"events are events", kb.WatchEvents, dir, kb.WatchEvents},
		{"poll is poll", kb.WatchPoll, dir, kb.WatchPoll},
		{"off is off", kb.WatchOff, dir, kb.WatchOff},
		{"the pages that come with the program are not watched", kb.WatchAuto, "", kb.WatchOff},
	} {
		t.Run(c.claim, func(t *testing.T) {
			m := newMetrics(build{}, c.flag)
			serve := serveCommand{Watch: c.flag}
			for range serve.libraries(t.Context(), folder{dir: c.dir, fsys: kb.Starter()}, nil, m.watches) {
				break
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
		})
	}
}

func TestMetricsTellThatTheFolderFails(t *testing.T) {
	deaf := fmt.Errorf("watch: %w", &kb.WatchError{Err: errors.New("no more watches")})
	gone := &fs.PathError{Op: "open", Path: "kb", Err: fs.ErrNotExist}
	for _, c := range []struct {
		claim   string
		flag    kb.WatchMode
		lost    error
		failing float64
	}{
		{"auto looks by itself where there are no events, which is no failure", kb.WatchAuto, deaf, 0},
		{"a folder that is gone is one, however it is watched", kb.WatchAuto, gone, 1},
		{"events alone have nothing in their place", kb.WatchEvents, deaf, 1},
	} {
		t.Run(c.claim, func(t *testing.T) {
			m := newMetrics(build{}, c.flag)
			m.lost(c.lost)
			if got := testutil.ToFloat64(m.unread); got != c.failing {
				t.Errorf("failing is %v, want %v", got, c.failing)
			}
		})
	}
}
