package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	const files = 5000
	read := func(pause time.Duration) string {
		var out strings.Builder
		synctest.Test(t, func(t *testing.T) {
			p := newProgress(&out)
			for done := range files {
				time.Sleep(pause) // of the bubble: it takes no time
				p.read(done+1, files)
			}
		})
		return out.String()
	}
	t.Run("pages that are read at once show no bar", func(t *testing.T) {
		if got := read(patience / files / 2); got != "" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a reading that takes its time shows a bar and takes it away", func(t *testing.T) {
		got := read(time.Millisecond)
		if !strings.Contains(got, "reading pages") || !strings.Contains(got, "/5000)") {
			t.Errorf("no bar in %q", got)
		}
		if last := got[strings.LastIndex(got[:len(got)-1], "\r")+1:]; strings.TrimSpace(last) != "" {
			t.Errorf("the line ends with %q", last)
		}
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
