package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"
)

// long are pages that are higher than a window.
func long() fstest.MapFS {
	lines := strings.Repeat("A line.\n\n", 80)
	return fstest.MapFS{
		"parts.md": {Data: []byte("# Parts\n\n## First?\n\n" + lines + "## Second?\n\n" + lines + "## Third?\n\n" + lines)},
		"new.md":   {Data: []byte("---\ntitle: New\nquestions:\n  speed:\n    moved: [faster, \"left#slow\"]\n---\n" + lines + "## Is it fast? {#speed}\n\nYes.\n\n```go\nr := gin.Default() // fast\n```\n")},
		"left.md":  {Data: []byte("---\ntitle: Left\n---\n" + lines + "## Why?\n\nSo.\n")},
	}
}

// testOpened claims what happens on a page while it is read.
func testOpened(t *testing.T, browser context.Context) {
	s := serve(t, long())

	claim(t, "an old anchor leads to its question, also on another page", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/new#faster")
		tb.until("question", `scrollY > 500 && document.querySelector("#speed").getBoundingClientRect().top < innerHeight`)
		tb.open("/kb/left")
		if eval[bool](tb, `document.querySelector("#slow").checkVisibility()`) {
			t.Error("what has left is shown to those who do not ask for it")
		}
		tb.open("/kb/left#slow")
		tb.until("what has left", `scrollY > 500 && document.querySelector("#slow").checkVisibility()`)
		tb.run(chromedp.Click("#slow a"))
		tb.untilAt("question", `location.pathname + location.hash === "/kb/new#speed"`)
	})

	claim(t, "the table of contents names the part that is read", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/parts#second")
		for _, part := range []string{"second", "third", "first", "second"} {
			tb.run(chromedp.Evaluate(fmt.Sprintf(`document.getElementById(%q).scrollIntoView({behavior: "instant"})`, part), nil))
			tb.until(part, fmt.Sprintf(`document.querySelector(".toc [aria-current]")?.hash === "#%s"`, part))
		}
	})

	claim(t, "code is copied", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/new")
		tb.run(chromedp.Evaluate(`navigator.clipboard.writeText = async (text) => { window.copied = text; }`, nil), chromedp.Click(".codebox .copy"))
		tb.until("word of it", `document.querySelector(".codebox .copy").textContent === "Copied"`)
		if got := eval[string](tb, "window.copied"); got != "r := gin.Default() // fast\n" {
			t.Errorf("copied %q", got)
		}
	})

	claim(t, "a page that nobody has begun to read changes by itself and says so", func(t *testing.T) {
		s := serve(t, birds())
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/emu")
		tb.run(chromedp.Evaluate("window.stayed = true", nil))
		s.edit(t, "emu.md", func(src string) string { return strings.Replace(src, "title: emu", "title: The emu", 1) })
		tb.until("change", `document.querySelector("h1").textContent === "The emu"`)
		tb.until("word of it", `document.querySelector("#Q-status").textContent === "This page was updated."`)
		if !eval[bool](tb, `document.title === "The emu - faq/base" && window.stayed`) {
			t.Error("the title is the old one, or the page was loaded anew")
		}
	})

	claim(t, "a page that is not seen holds no connection and hears later what it missed", func(t *testing.T) {
		s := serve(t, birds())
		var streams atomic.Int32
		inner := *s.handler.Load()
		var counted http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/events" {
				streams.Add(1)
				defer streams.Add(-1)
			}
			inner.ServeHTTP(w, r)
		})
		s.handler.Store(&counted)
		tb := newTab(t, browser, s, desktop)
		connected := func(want int32) {
			t.Helper()
			tb.wait(func() bool { return streams.Load() == want }, func() string { return fmt.Sprint("there are ", streams.Load(), " streams") })
		}
		see := func(hidden bool) {
			tb.run(chromedp.Evaluate(fmt.Sprintf(`Object.defineProperty(document, "hidden", {value: %t, configurable: true});
				document.dispatchEvent(new Event("visibilitychange"))`, hidden), nil))
		}
		tb.open("/kb/emu")
		tb.run(chromedp.Focus("main .path a")) // reading has begun
		connected(1)
		see(true)
		connected(0)
		s.edit(t, "emu.md", func(src string) string { return src + "\n## Does it fly? {#fly}\n\nNo.\n" })
		tb.wait(func() bool { return len(s.search(t, url.Values{"q": {"fly"}}).Hits) > 0 }, func() string { return "the change is not published" })
		see(false)
		tb.until("notice", `document.querySelector("#Q-bar").innerText.includes("This page changed")`)
		connected(1)
	})
}
