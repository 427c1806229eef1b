package e2e

import (
	"context"
	"net/url"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
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
		s.edit(t, file, add("Does the quokka use Gin? {#quokka}"))
		tb.until("notice", `document.querySelector("#Q-bar").innerText.includes("This page changed")`)
		tb.run(chromedp.Click("#Q-bar a"))
		tb.until("new question", `document.querySelector("#quokka") !== null`)
	})

	t.Run("an open page is silent about the edit of another", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := cdppage.AddScriptToEvaluateOnNewDocument(countEvents).Do(ctx)
			return err
		}))
		tb.open("/kb/python/pip-vs-uv")
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

	t.Run("an open search finds what was written since", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=numbat")
		s.edit(t, file, add("Does the numbat use Gin? {#numbat}"))
		tb.until("notice", `document.querySelector("#Q-bar").innerText.includes("The pages changed")`)
		tb.run(chromedp.Click("#Q-bar a"))
		tb.untilShown(url.Values{"q": {"numbat"}})
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
