package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"faqbase/index"
	"faqbase/kb"
)

func TestServeStops(t *testing.T) {
	t.Run("when its context ends, with a stream and an unused connection open, it closes everything and returns 0", func(t *testing.T) {
		dir := t.TempDir()
		page := "# A\n\n### What is a wombat?\n\nA marsupial.\n"
		if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		stdout, out := io.Pipe()
		var errs output
		status := make(chan int, 1)
		go func() {
			status <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--index", filepath.Join(dir, "index"), dir}, out, &errs)
			out.Close()
		}()
		ready, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			t.Fatalf("no ready line (%v); standard error:\n%s", err, errs.String())
		}
		url, _, _ := strings.Cut(ready, " ")
		stream, err := http.Get(url + "/events")
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Body.Close()
		// As browsers do, in advance: it asks for nothing.
		idle, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer idle.Close()

		cancel()
		if _, err := io.Copy(io.Discard, stream.Body); err != nil {
			t.Errorf("the stream ended with %v", err)
		}
		select {
		case got := <-status:
			if got != exitDone {
				t.Errorf("status %d, want %d; standard error:\n%s", got, exitDone, errs.String())
			}
		case <-time.After(stopTimeout):
			t.Error("it still runs")
		}
	})
}

// A stuckEngine takes every library; its searches, and its Apply if that is to be
// stuck, last until release is closed, or their context ends if they heed it. Close
// waits for them, as every engine's does.
type stuckEngine struct {
	index.Engine // nothing else is called
	heeds        bool
	applies      bool // at once
	release      chan struct{}
	running      sync.WaitGroup
	begun        chan struct{} // gets a value when one is stuck
	closed       chan struct{} // closed by Close
}

func (e *stuckEngine) stick(ctx context.Context) error {
	e.running.Add(1)
	defer e.running.Done()
	e.begun <- struct{}{}
	if !e.heeds {
		<-e.release
		return nil
	}
	select {
	case <-e.release:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *stuckEngine) Apply(ctx context.Context, _ *kb.Library) error {
	if e.applies {
		return nil
	}
	return e.stick(ctx)
}

func (e *stuckEngine) Search(ctx context.Context, _ index.Query) (*index.Results, error) {
	if err := e.stick(ctx); err != nil {
		return nil, err
	}
	return nil, errors.New("released")
}

func (e *stuckEngine) Indexed() uint64 { return 0 }

func (e *stuckEngine) Warm(context.Context) error { return nil }

func (e *stuckEngine) Close() error {
	e.running.Wait()
	close(e.closed)
	return nil
}

func TestServeStopsInTime(t *testing.T) {
	// Long enough for a stop without anything stuck, however slow the machine.
	const stopTimeout = time.Second
	tests := []struct {
		claim  string
		engine *stuckEngine
		want   string // in the error
	}{
		{"a search that heeds its context is cut off", &stuckEngine{applies: true, heeds: true}, "requests were still running after 600ms and were cut off"},
		{"a search that does not end is given up", &stuckEngine{applies: true}, "a search had not ended 1s after the stop began"},
		{"an index that is not written to its end is given up", &stuckEngine{}, "the reading or indexing of the pages had not ended 1s after the stop began"},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			t.Parallel()
			e := test.engine
			e.release, e.begun, e.closed = make(chan struct{}), make(chan struct{}, 1), make(chan struct{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stdout, out := io.Pipe()
			var errs output
			ended := make(chan error, 1)
			c := serveCommand{Addr: "127.0.0.1:0"}
			go func() {
				ended <- c.serve(ctx, console{out, &errs}, slog.New(slog.DiscardHandler), folder{fsys: kb.Starter()}, e, time.Now(), stopTimeout)
				out.Close()
			}()
			answered := make(chan struct{})
			go func() {
				defer close(answered)
				ready, err := bufio.NewReader(stdout).ReadString('\n')
				if err != nil {
					return // it was stopped before it was ready
				}
				url, _, _ := strings.Cut(ready, " ")
				if resp, err := http.Get(url + "/search?q=x"); err == nil {
					resp.Body.Close()
				}
			}()
			<-e.begun
			cancel()
			select {
			case err := <-ended:
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("ended with %v, want %s", err, test.want)
				}
			case <-time.After(processTimeout):
				t.Error("it still runs")
			}
			close(e.release)
			<-e.closed
			<-answered
		})
	}
}

func TestAddress(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080",
		"[::1]:8080":     "http://[::1]:8080",
		"[::]:8080":      "http://127.0.0.1:8080",
		"0.0.0.0:80":     "http://127.0.0.1:80",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := address(tcp); got != want {
			t.Errorf("address(%s) = %q, want %q", addr, got, want)
		}
	}
}

func TestALargeHeapMayHaveLessGarbage(t *testing.T) {
	for heap, want := range map[uint64]int{100 << 20: gcPercent, largeHeap: gcPercent, largeHeap + 1: largeGCPercent, 4 << 30: largeGCPercent} {
		if got := gcPercentOf(heap); got != want {
			t.Errorf("%d bytes: %d, want %d", heap, got, want)
		}
	}
	if heapInUse() == 0 {
		t.Error("no heap is in use")
	}
}
