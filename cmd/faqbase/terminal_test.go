package main

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	const files = 5000
	read := func(p *progress, pause time.Duration) {
		for done := range files {
			time.Sleep(pause) // of the bubble: it takes no time
			p.read(done+1, files)
		}
	}
	bubble := func(t *testing.T, f func(*testing.T, *progress)) string {
		var out strings.Builder
		synctest.Test(t, func(t *testing.T) { f(t, newProgress(&out)) })
		return out.String()
	}
	cleared := func(t *testing.T, out string) {
		t.Helper()
		if last := out[strings.LastIndex(strings.TrimRight(out, "\r"), "\r")+1:]; strings.TrimSpace(last) != "" {
			t.Errorf("the line ends with %q", last)
		}
	}
	t.Run("pages that are read at once show no bar", func(t *testing.T) {
		got := bubble(t, func(t *testing.T, p *progress) {
			read(p, patience/files/2)
			p.index(files, func() uint64 { return 0 })()
		})
		if got != "" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a reading that takes its time shows a bar and takes it away", func(t *testing.T) {
		got := bubble(t, func(t *testing.T, p *progress) { read(p, time.Millisecond) })
		if !strings.Contains(got, "reading pages") || !strings.Contains(got, "/5000)") {
			t.Errorf("no bar in %q", got)
		}
		cleared(t, got)
	})
	t.Run("and so does indexing", func(t *testing.T) {
		got := bubble(t, func(t *testing.T, p *progress) {
			var written atomic.Uint64
			stop := p.index(files, written.Load)
			for range 30 {
				time.Sleep(100 * time.Millisecond)
				written.Add(100)
			}
			stop()
		})
		if !strings.Contains(got, "indexing") || !strings.Contains(got, "00/5000)") {
			t.Errorf("no bar in %q", got)
		}
		cleared(t, got)
	})
}

func TestMarked(t *testing.T) {
	tests := []struct{ claim, in, plain, bold string }{
		{"what matched is bold", `Is <mark>Gin</mark> faster?`, "Is Gin faster?", "Is \x1b[1mGin\x1b[0m faster?"},
		{"entities are signs", `a &lt;mark&gt; &amp; <mark>b&#39;s</mark>`, "a <mark> & b's", "a <mark> & \x1b[1mb's\x1b[0m"},
		{"a page cannot steer the terminal", "a\x1b[31mb &#27;]0;title&#7; \u202egnp.exe\nc", "a[31mb ]0;title gnp.exe c", "a[31mb ]0;title gnp.exe c"},
		{"nothing is nothing", "", "", ""},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			if got := marked(test.in, false); got != test.plain {
				t.Errorf("plain: got %q, want %q", got, test.plain)
			}
			if got := marked(test.in, true); got != test.bold {
				t.Errorf("bold: got %q, want %q", got, test.bold)
			}
		})
	}
}
