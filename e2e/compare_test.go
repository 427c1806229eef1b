package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// testCompare claims that tools are compared by keyboard, with script and without.
func testCompare(t *testing.T, browser context.Context, s *site) {
	for name, l := range map[string]look{"with script": desktop, "without script": {1440, 1000, "light", false}} {
		claim(t, "a tool is compared, a third one added and taken away by keyboard, "+name, func(t *testing.T) {
			tb := newTab(t, browser, s, l)
			tb.open("/tools/gin")
			tb.run(chromedp.Focus("#Q-with"))
			tb.press("echo" + kb.Enter)
			tb.untilAt("comparison", `location.search === "?tool=gin&tool=echo"`)
			tb.run(chromedp.Focus("#Q-add"))
			tb.press("flask" + kb.Enter)
			tb.untilAt("third column", `location.search === "?tool=gin&tool=echo&tool=flask"`)
			if n := eval[int](tb, `document.querySelectorAll(".cmp thead th").length`); n != 4 {
				t.Errorf("%d columns, want 4", n)
			}
			tb.run(chromedp.Focus(`[aria-label="Remove Echo"]`))
			tb.press(kb.Enter)
			tb.untilAt("two columns", `location.search === "?tool=gin&tool=flask"`)
			tb.run(chromedp.Focus(`[aria-label="Swap Gin and Flask"]`))
			tb.press(kb.Enter)
			tb.untilAt("swapped columns", `location.search === "?tool=flask&tool=gin"`)
		})
	}
	claim(t, "a wide table scrolls by keyboard under its first column", func(t *testing.T) {
		tb := newTab(t, browser, s, look{375, 812, "light", true})
		tb.open("/compare?tool=gin&tool=echo&tool=flask&tool=fastapi")
		tb.run(chromedp.Focus(".scroll.wide"))
		before := eval[float64](tb, `document.querySelector(".cmp tbody th").getBoundingClientRect().left`)
		tb.press(kb.ArrowRight + kb.ArrowRight)
		tb.until("scrolled table", `document.querySelector(".scroll.wide").scrollLeft > 0`)
		if after := eval[float64](tb, `document.querySelector(".cmp tbody th").getBoundingClientRect().left`); after != before {
			t.Errorf("the first column moved from %v to %v", before, after)
		}
	})
}
