package e2e

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// shown is what the search page says that it shows.
type shown struct {
	Heading string
	Hits    []string // the addresses that they link to
	Facets  map[string]facetValue
}

// readShown is the expression for it. Values without hits are left out, as in the
// JSON.
const readShown = `({
	heading: document.querySelector("h1").innerText,
	hits: [...document.querySelectorAll(".hit :is(h2, h3) > a")].map(a => a.getAttribute("href")),
	facets: Object.fromEntries([...document.querySelectorAll("#Q-facets input[type=checkbox]")].map(box => {
		const [, value, count] = box.labels[0].children;
		return [box.name + "/" + value.textContent,
			{value: value.textContent, count: Number(count.textContent.replace(/\D/g, "")), selected: box.checked}];
	}).filter(([, v]) => v.count > 0 || v.selected)),
})`

// untilShown waits until the page shows what GET /search answers to query: the
// total, the hits in their order and each value of a facet with its count.
func (tb *tab) untilShown(query url.Values) {
	tb.t.Helper()
	found := tb.site.search(tb.t, query)
	want := shown{Facets: make(map[string]facetValue)}
	for _, h := range found.Hits {
		want.Hits = append(want.Hits, h.URL)
	}
	if want.Hits == nil {
		tb.t.Fatalf("GET /search?%s has no hits to look for", query.Encode())
	}
	for facet, values := range found.Facets {
		for _, v := range values {
			want.Facets[facet+"/"+v.Value] = v
		}
	}
	if q := query.Get("q"); q != "" {
		want.Heading = fmt.Sprintf("%d answers for %s", found.Total, q)
		if found.Total == 1 {
			want.Heading = "1 answer for " + q
		}
	}
	var diff string
	tb.wait(func() bool {
		var got shown
		if err := chromedp.Run(tb.ctx, chromedp.Evaluate(readShown, &got)); err != nil {
			diff = err.Error() // between two pages
			return false
		}
		got.Heading = strings.NewReplacer("“", "", "”", "", `"`, "").Replace(got.Heading)
		if want.Heading == "" {
			got.Heading = ""
		}
		diff = cmp.Diff(want, got)
		return diff == ""
	}, func() string {
		return fmt.Sprintf("the page does not show GET /search?%s (-JSON +page):\n%s", query.Encode(), diff)
	})
}

// untilFocused waits until the element that an expression gives has the focus.
func (tb *tab) untilFocused(what, element string) {
	tb.t.Helper()
	tb.until("focus on "+what, fmt.Sprintf("document.activeElement === %s", element))
}

// hit is the link of the n-th hit.
func hit(n int) string {
	return fmt.Sprintf(`document.querySelectorAll(".hit :is(h2, h3) > a")[%d]`, n)
}

// twoTools are two tools that a query finds, of which the second adds answers to
// those of the first: what a page shows differs with each choice.
func twoTools(t *testing.T, s *site, q string) (first, second facetValue) {
	t.Helper()
	tools := s.search(t, url.Values{"q": {q}}).Facets["tool"]
	for _, second := range tools {
		both := s.search(t, url.Values{"q": {q}, "tool": {tools[0].Value, second.Value}})
		if both.Total > tools[0].Count {
			return tools[0], second
		}
	}
	t.Fatalf("%q finds answers about one tool alone", q)
	return
}

// box is the selector of the checkbox of a tool.
func box(tb *tab, v facetValue) string {
	tb.t.Helper()
	id := eval[string](tb, fmt.Sprintf(`[...document.querySelectorAll("#Q-facets input[name=tool]")].find(box => box.labels[0].children[1].textContent === %q).id`, v.Value))
	return fmt.Sprintf("[id=%q]", id)
}

func testSearch(t *testing.T, browser context.Context, s *site) {
	t.Run("results follow the typing, on the same page", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		tb.run(chromedp.Evaluate(`window.stayed = true`, nil))
		tb.run(chromedp.SendKeys("#Q-q", "django orm fastr"))
		tb.untilShown(url.Values{"q": {"django orm fastr"}})
		if !eval[bool](tb, `window.stayed === true`) {
			t.Error("the page was loaded anew")
		}
		if got := tb.location().Query().Get("q"); got != "django orm fastr" {
			t.Errorf("the address has the query %q", got)
		}
		if eval[int](tb, `document.querySelectorAll(".hit mark").length`) == 0 {
			t.Error("nothing is marked")
		}
		if got := eval[string](tb, `document.querySelector(".note").innerText`); !strings.Contains(got, "fastr") {
			t.Errorf("the correction is told as %q", got)
		}
		tb.run(chromedp.SendKeys("#Q-q", kb.Backspace+kb.Backspace))
		tb.untilShown(url.Values{"q": {"django orm fas"}})
	})

	t.Run("two values of one facet widen, and every count is what choosing it gives", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		first, second := twoTools(t, s, "migrate")
		tb.open("/?q=migrate")
		tb.untilShown(url.Values{"q": {"migrate"}})
		tb.run(chromedp.Click(box(tb, first)))
		tb.untilShown(url.Values{"q": {"migrate"}, "tool": {first.Value}})
		tb.run(chromedp.Click(box(tb, second)))
		tb.untilShown(url.Values{"q": {"migrate"}, "tool": {first.Value, second.Value}})
		tb.until("chip for each of the two", `document.querySelectorAll(".chip").length === 2`)
		tb.run(chromedp.Click(".chip"))
		tb.until("one chip", `document.querySelectorAll(".chip").length === 1`)
	})

	t.Run("back and forward restore what was searched", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		first, second := twoTools(t, s, "migrate")
		none := url.Values{"q": {"migrate"}}
		one := url.Values{"q": {"migrate"}, "tool": {first.Value}}
		two := url.Values{"q": {"migrate"}, "tool": {first.Value, second.Value}}
		tb.open("/?q=migrate")
		tb.run(chromedp.Click(box(tb, first)))
		tb.untilShown(one)
		tb.run(chromedp.Click(box(tb, second)))
		tb.untilShown(two)
		tb.run(chromedp.Evaluate(`history.back()`, nil))
		tb.untilShown(one)
		tb.run(chromedp.Evaluate(`history.back()`, nil))
		tb.untilShown(none)
		tb.run(chromedp.Evaluate(`history.forward()`, nil))
		tb.untilShown(one)

		target := eval[string](tb, hit(0)+`.getAttribute("href")`)
		tb.run(chromedp.Evaluate(hit(0)+`.click()`, nil))
		tb.untilAt("page of the first hit", fmt.Sprintf(`location.pathname + location.hash === %q`, target))
		tb.run(chromedp.Evaluate(`history.back()`, nil))
		tb.untilAt("search page", `location.pathname === "/"`)
		tb.untilShown(one)
		if got := eval[string](tb, `document.querySelector("#Q-q").value`); got != "migrate" {
			t.Errorf("the field has %q", got)
		}
	})

	t.Run("the keyboard alone finds and opens an answer", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		tb.untilShown(url.Values{})
		const field = `document.querySelector("#Q-q")`
		tb.press("/")
		tb.untilFocused("the field", field)
		tb.press("docker root")
		tb.untilShown(url.Values{"q": {"docker root"}})
		tb.press(kb.ArrowDown)
		tb.untilFocused("the first hit", hit(0))
		tb.press(kb.ArrowDown)
		tb.untilFocused("the second hit", hit(1))
		tb.press(kb.ArrowUp)
		tb.untilFocused("the first hit", hit(0))
		tb.press(kb.ArrowUp)
		tb.untilFocused("the field", field)
		tb.press(kb.Escape)
		tb.untilShown(url.Values{})
		if got := eval[string](tb, field+`.value`); got != "" {
			t.Errorf("the field has %q after Escape", got)
		}
		tb.press("docker root")
		tb.untilShown(url.Values{"q": {"docker root"}})
		tb.press(kb.ArrowDown)
		tb.untilFocused("the first hit", hit(0))
		target := eval[string](tb, hit(0)+`.getAttribute("href")`)
		tb.press(kb.Enter)
		tb.untilAt("page of the first hit", fmt.Sprintf(`location.pathname + location.hash === %q`, target))
	})

	t.Run("a filter can be reached with Tab and set with Space", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=migrate")
		const isFilter = `document.activeElement.matches("#Q-facets input[type=checkbox]")`
		for range 30 {
			if eval[bool](tb, isFilter) {
				break
			}
			tb.press(kb.Tab)
		}
		if !eval[bool](tb, isFilter) {
			t.Fatal("thirty times Tab did not lead to a filter")
		}
		id := eval[string](tb, `document.activeElement.id`)
		tb.press(" ")
		tb.until("chip", `document.querySelectorAll(".chip").length === 1`)
		tb.untilFocused("the same filter", fmt.Sprintf(`document.getElementById(%q)`, id))
	})

	t.Run("without script the search, its filters and its pages are whole", func(t *testing.T) {
		tb := newTab(t, browser, s, look{1440, 1000, "light", false})
		first, _ := twoTools(t, s, "migrate")
		tb.open("/")
		tb.run(chromedp.SendKeys("#Q-q", "migrate"+kb.Enter))
		tb.untilAt("search", `location.search.includes("q=migrate")`)
		tb.untilShown(url.Values{"q": {"migrate"}})
		tb.run(
			chromedp.Click(box(tb, first)),
			chromedp.Click("#Q-facets noscript button"),
		)
		tb.untilAt("filter", `location.search.includes("tool=")`)
		tb.untilShown(url.Values{"q": {"migrate"}, "tool": {first.Value}})
		target := eval[string](tb, hit(0)+`.getAttribute("href")`)
		tb.run(chromedp.Click(".hit :is(h2, h3) > a"))
		tb.untilAt("page of the first hit", fmt.Sprintf(`location.pathname + location.hash === %q`, target))
		tb.until("its answer", `document.querySelector(":target") !== null || !location.hash`)
	})

	t.Run("the theme that was chosen stays on the next page", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		light := eval[string](tb, `getComputedStyle(document.body).backgroundColor`)
		tb.run(chromedp.Click("#Q-theme"))
		dark := eval[string](tb, `getComputedStyle(document.body).backgroundColor`)
		if light == dark {
			t.Fatalf("the background stays %s", light)
		}
		tb.open("/tools")
		if got := eval[string](tb, `getComputedStyle(document.body).backgroundColor`); got != dark {
			t.Errorf("the background is %s on the next page, want %s", got, dark)
		}
	})
}
