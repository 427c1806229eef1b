package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// mostShift is the layout shift that a page may have, a tenth of what is called good
// (https://web.dev/articles/cls).
const mostShift = .02

// countShift keeps all layout shifts of a page, also those soon after a key or a click.
const countShift = `
	window.shifts = [];
	new PerformanceObserver((list) => {
		for (const e of list.getEntries()) shifts.push([e.value, ...e.sources.map(s => s.node?.outerHTML?.slice(0, 80) ?? s.node?.nodeName)]);
	}).observe({type: "layout-shift", buffered: true});`

// checkShift fails the test where the page has shifted too much.
func (tb *tab) checkShift(what string) {
	tb.t.Helper()
	tb.twoFrames() // a shift is told with the frame after it
	if sum := eval[float64](tb, `shifts.reduce((sum, [value]) => sum + value, 0)`); sum > mostShift {
		tb.t.Errorf("%s: layout shift of %.3f by %s", what, sum, eval[string](tb, `JSON.stringify(shifts)`))
	}
}

// twoFrames waits until two frames have been painted.
func (tb *tab) twoFrames() {
	tb.t.Helper()
	tb.run(chromedp.Evaluate(`window.framed = false; requestAnimationFrame(() => requestAnimationFrame(() => (window.framed = true)))`, nil))
	tb.until("two frames", "framed")
}

// testShift claims that pages stand still, also where the script comes late.
func testShift(t *testing.T, browser context.Context, s *site) {
	for _, l := range []look{desktop, {375, 812, "light", true}} {
		claim(t, fmt.Sprintf("pages stand still when the script comes after they are painted, %d px", l.width), func(t *testing.T) {
			tb := newTab(t, browser, s, l)
			scripts := make(chan fetch.RequestID, 1)
			chromedp.ListenTarget(tb.ctx, func(event any) {
				if paused, ok := event.(*fetch.EventRequestPaused); ok {
					scripts <- paused.RequestID
				}
			})
			tb.onNewPages(countShift + `localStorage.setItem("faqbase.searches/", '["docker root", "sqlalchemy or django", "gin"]');`)
			tb.run(network.SetCacheDisabled(true), fetch.Enable().WithPatterns([]*fetch.RequestPattern{{URLPattern: "*/static/app.*.js"}}))
			for _, path := range []string{"/", "/?q=test", "/?q=is+sqlalchemy+faster+than+django+orm", "/kb/python/sqlalchemy-vs-django-orm", "/compare?tool=gin&tool=echo", "/tools/gin", "/browse"} {
				tb.run(chromedp.Evaluate(fmt.Sprintf(`location.assign(%q)`, s.url+path), nil), chromedp.ActionFunc(func(ctx context.Context) error {
					select {
					case id := <-scripts:
						tb.until("paint", `performance.getEntriesByName("first-contentful-paint").length`)
						tb.until("fonts", `document.fonts.status === "loaded"`)
						return fetch.ContinueRequest(id).Do(ctx)
					case <-ctx.Done():
						return ctx.Err()
					}
				}))
				tb.untilAt(path, `location.pathname + location.search === `+fmt.Sprintf("%q", path)+` && !document.documentElement.classList.contains("nojs")`)
				tb.checkShift(path)
			}
		})
	}

	claim(t, "a search stands still while it is typed, with every key counted", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.onNewPages(countShift)
		tb.open("/")
		tb.press("/docker root")
		tb.until("results", `document.querySelector("h1").textContent.endsWith("docker root")`)
		tb.checkShift("typing")
	})

	claim(t, "on a telephone a search stands still too, opened filters move the results below them and nothing else", func(t *testing.T) {
		tb := newTab(t, browser, s, look{375, 812, "light", true})
		tb.onNewPages(countShift)
		tb.open("/")
		tb.press("/docker root")
		tb.until("results", `document.querySelector("h1").textContent.endsWith("docker root")`)
		tb.checkShift("typing")
		tb.run(chromedp.Click("#Q-facets > summary"))
		tb.until("filters", `document.querySelector("#Q-facets").open`)
		tb.twoFrames()
		tb.run(chromedp.Evaluate(`shifts = shifts.filter(([, ...moved]) => !moved.every(part => part.startsWith('<main id="Q-main"')))`, nil))
		tb.checkShift("opening the filters")
		tb.run(chromedp.Evaluate(`document.querySelector("#Q-facets input:not(:disabled)").click()`, nil))
		tb.until("chip", `document.querySelector(".chip") && document.querySelector("#Q-facets").open`)
		tb.checkShift("choosing a filter")
	})
}
