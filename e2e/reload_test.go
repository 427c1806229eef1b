package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// testReload changes pages and so wants a site of its own.
func testReload(t *testing.T, browser context.Context, s *site) {
	const file = "go/gin-vs-echo.md"
	add := func(question string) func(string) string {
		return func(src string) string { return src + "\n\n### " + question + "\n\nWritten while the page was open.\n" }
	}

	t.Run("an open page says that it was edited, and shows it", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/go/gin-vs-echo")
		tb.run(chromedp.Focus("main .path a")) // reading has begun
		s.edit(t, file, add("Does the quokka use Gin? {#quokka}"))
		tb.until("notice", `document.querySelector("#Q-bar").innerText.includes("This page changed")`)
		tb.run(chromedp.Click("#Q-bar a"))
		tb.until("new question", `document.querySelector("#quokka") !== null`)
		tb.untilFocused("the page", `document.querySelector("#Q-main")`)
	})

	t.Run("an open page is silent about the edit of another", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := cdppage.AddScriptToEvaluateOnNewDocument(countEvents).Do(ctx)
			return err
		}))
		tb.open("/kb/python/pip-vs-uv")
		tb.run(chromedp.Focus("main .path a"))
		tb.until("stream", `window.streams.length === 1 && window.streams[0].readyState === EventSource.OPEN`)
		s.edit(t, file, add("Does the wombat use Gin? {#wombat}"))
		// The same stream has told this tab of the edit before it tells of the next.
		tb.until("event", `window.events.some(e => e.paths.includes("go/gin-vs-echo"))`)
		if got := eval[string](tb, `document.querySelector("#Q-bar").innerText`); got != "" {
			t.Errorf("it says %q", got)
		}
		s.edit(t, "python/pip-vs-uv.md", add("Does the wombat use uv? {#wombat}"))
		tb.until("notice of its own edit", `document.querySelector("#Q-bar").innerText.includes("This page changed")`)
	})

	t.Run("an open search shows what was written since, by itself", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=numbat")
		s.edit(t, file, add("Does the numbat use Gin? {#numbat}"))
		tb.until("the new question", `document.querySelector(".hit h2 a")?.getAttribute("href") === "/kb/go/gin-vs-echo#numbat"`)
		tb.untilShown(url.Values{"q": {"numbat"}})
	})

	t.Run("a search in which somebody moves says so and waits", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=gin")
		tb.run(chromedp.Focus(".hit h2 a"))
		s.edit(t, file, add("Does the bilby use Gin? {#bilby}"))
		tb.until("notice", `document.querySelector("#Q-bar").innerText.includes("The pages changed")`)
		tb.untilFocused("the first hit", hit(0))
		tb.run(chromedp.Focus("#Q-bar a"))
		tb.press(kb.Enter)
		tb.untilShown(url.Values{"q": {"gin"}})
		tb.untilFocused("the count", `document.querySelector("#Q-count")`)
	})

	t.Run("a page changes without moving what is read", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/go/gin-vs-echo#bilby")
		const top = `Math.round(document.querySelector("#bilby").getBoundingClientRect().top)`
		tb.until("scrolled page", `scrollY > 100`)
		before := eval[int](tb, top)
		s.edit(t, file, func(src string) string {
			return strings.Replace(src, "\n## ", "\n## Before it?\n\n"+strings.Repeat("A line.\n\n", 20)+"\n## ", 1)
		})
		tb.until("notice", `document.querySelector("#Q-bar").innerText.includes("This page changed")`)
		tb.run(chromedp.Focus("#Q-bar a"))
		tb.press(kb.Enter)
		tb.until("new part", `document.querySelector("#before-it") !== null`)
		tb.untilFocused("the page", `document.querySelector("#Q-main")`)
		if after := eval[int](tb, top); after < before-2 || after > before+2 {
			t.Errorf("what is read moved from %d to %d px", before, after)
		}
	})
}

// countEvents keeps the event streams of a page, and their events after the page's
// own listeners have had them.
const countEvents = `
	window.streams = [];
	window.events = [];
	window.EventSource = class extends EventSource {
		constructor(...args) {
			super(...args);
			window.streams.push(this);
			setTimeout(() => this.addEventListener("library", (event) => window.events.push(JSON.parse(event.data))));
		}
	};`
