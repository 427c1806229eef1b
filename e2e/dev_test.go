package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"

	"faqbase/web"
)

// testDev claims what authors see of their changes.
func testDev(t *testing.T, browser context.Context) {
	claim(t, "in dev a page changes by itself and stays where it is", func(t *testing.T) {
		s := serveAs(t, fstest.MapFS{"long.md": {Data: []byte("# Long\n\n## What?\n\n" + strings.Repeat("A line.\n\n", 200) + "The end.\n")}}, web.Config{Dev: true})
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/long")
		tb.run(chromedp.Evaluate(`scrollTo({top: 1500, behavior: "instant"})`, nil))
		tb.until("place on the page", "scrollY === 1500")
		s.edit(t, "long.md", func(src string) string { return src + "A new end.\n" })
		tb.until("change", `document.querySelector("main").textContent.includes("A new end.")`)
		if y := eval[int](tb, "scrollY"); y != 1500 {
			t.Errorf("the page moved to %d px", y)
		}
	})

	claim(t, "in dev an open page shows which faults there are and which first hits moved", func(t *testing.T) {
		s := serveAs(t, fstest.MapFS{"a.md": {Data: []byte("# Django ORM\n\n## Is the Django ORM faster? {#faster}\n\nIt is.\n")}}, web.Config{Dev: true, Told: func(string) {}})
		s.search(t, url.Values{"q": {"django orm faster"}})
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/a")
		s.edit(t, "a.md", func(string) string {
			return "# Django ORM\n\n## Is it good? {#faster}\n\nIt is.\n\n## Django ORM faster: when? {#speed}\n\nOften.\n\n## Empty?\n"
		})
		tb.until("hit that moved", `document.querySelector("#Q-dev")?.innerText.includes("“django orm faster”: was #faster, is now #speed")`)
		tb.until("fault", `document.querySelector("#Q-dev details[open] summary").textContent === "1 fault on this page"`)
	})
}
