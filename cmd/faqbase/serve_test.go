package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestServeStops(t *testing.T) {
	t.Run("when its context ends, with a stream open, it closes everything and returns 0", func(t *testing.T) {
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
