package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// frameNames are anchors that the frame of a page might want for itself.
var frameNames = []string{"search", "main", "q", "theme", "status", "bar", "keys", "keys-open", "keys-slash",
	"related", "facts", "contents", "results", "facets", "count", "sort", "hit-1", "body", "location", "form"}

// frameBreakers are pages that are made to break the frame around them.
var frameBreakers = func() fstest.MapFS {
	var frame strings.Builder
	frame.WriteString("---\ntitle: Frame\ntools: [Gin, Echo]\n---\n\n")
	for _, name := range frameNames {
		fmt.Fprintf(&frame, "## What is the wombat of %s? {#%[1]s}\n\nIt is %[1]s. <b id=\"%[1]s-b\">b</b>\n\n%s", name, strings.Repeat("A line.\n\n", 20))
	}
	return fstest.MapFS{
		"frame.md":   {Data: []byte(frame.String())},
		"silent.md":  {Data: []byte("# Silent\n\nA page without questions speaks of numbats.\n")},
		"nothing.md": {Data: []byte("# Nothing\n")},
	}
}()

func testHostile(t *testing.T, browser context.Context, s *site) {
	const field = `document.querySelector("input[type=search]")`

	claim(t, "anchors that are named as the frame is lead to their questions", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		for _, name := range frameNames {
			tb.open("/kb/frame#" + name)
			tb.until("target "+name, fmt.Sprintf(`document.querySelector(":target")?.innerText.includes("It is %s.")`, name))
		}
		tb.run(chromedp.Click(`button[aria-label="Dark theme"]`))
		tb.until("theme", `document.documentElement.dataset.theme === "dark"`)
		tb.press("/")
		tb.untilFocused("the field", field)
	})

	claim(t, "results of such questions are found, filtered and opened", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		tb.press("/")
		tb.press("wombat of main")
		tb.until("hit", hit(0)+`?.getAttribute("href") === "/kb/frame#main"`)
		tb.run(chromedp.Click(`input[name=tool][value=gin]`))
		tb.until("filter", `location.search.includes("tool=gin") && document.querySelectorAll(".chip").length === 1`)
		tb.run(chromedp.Evaluate(hit(0)+`.click()`, nil))
		tb.untilAt("page of the hit", `location.pathname + location.hash === "/kb/frame#main"`)
	})

	claim(t, "a page without questions is found and shown", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=numbats")
		tb.until("hit", hit(0)+`?.getAttribute("href") === "/kb/silent"`)
		tb.open("/kb/silent")
		tb.open("/kb/nothing")
	})

	claim(t, "where storage is blocked everything works but the memory of a choice", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := cdppage.AddScriptToEvaluateOnNewDocument(`Object.defineProperty(window, "localStorage",
				{get() { throw new DOMException("blocked", "SecurityError") }})`).Do(ctx)
			return err
		}))
		tb.open("/")
		toggle := func() {
			tb.run(chromedp.Click("#Q-keys-open"), chromedp.Click("#Q-keys-slash"), chromedp.Click("#Q-keys button"),
				chromedp.Evaluate("document.activeElement.blur()", nil))
			tb.press("/")
		}
		toggle()
		tb.untilFocused("nothing", `document.body`)
		toggle()
		tb.untilFocused("the field", field)
	})
}

// testEmpty is about a folder that has no page yet.
func testEmpty(t *testing.T, browser context.Context, s *site) {
	tb := newTab(t, browser, s, desktop)
	for _, path := range []string{"/", "/?q=anything", "/tools"} {
		tb.open(path)
		if eval[int](tb, `document.querySelectorAll("h1").length`) != 1 {
			t.Errorf("%s has no heading", path)
		}
	}
	tb.openAbsent("/kb/anything")
}
