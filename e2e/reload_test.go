package e2e

import (
	"context"
	"net/url"
	"testing"

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
		other := newTab(t, browser, s, desktop)
		tb.open("/kb/python/pip-vs-uv")
		other.open("/kb/go/gin-vs-echo")
		s.edit(t, file, add("Does the wombat use Gin? {#wombat}"))
		other.until("notice", `document.querySelector("#Q-bar").innerText.includes("This page changed")`)
		if got := eval[string](tb, `document.querySelector("#Q-bar").innerText`); got != "" {
			t.Errorf("it says %q", got)
		}
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
