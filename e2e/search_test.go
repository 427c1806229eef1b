package e2e

import (
	"context"
	"fmt"
	"maps"
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
	query = maps.Clone(query)
	if query.Get("q") != "" && !query.Has("on") {
		query.Set("group", "page") // as the page does by itself
	}
	found := tb.site.search(tb.t, query)
	want := shown{Facets: make(map[string]facetValue)}
	for _, h := range found.Hits {
		if h.Section != nil {
			h.URL = h.Section.URL
		}
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
		diff = cmp.Diff(want.listing(got), got)
		return diff == ""
	}, func() string {
		return fmt.Sprintf("the page does not show GET /search?%s (-JSON +page):\n%s", query.Encode(), diff)
	})
}

// listedValues is the number of values of a facet that a page lists.
const listedValues = 60

// listing is s as a page lists it: of a facet with more values than that, those that
// got has, of which there must be some.
func (s shown) listing(got shown) shown {
	count := make(map[string]int)
	for name := range s.Facets {
		facet, _, _ := strings.Cut(name, "/")
		count[facet]++
	}
	listed := shown{Heading: s.Heading, Hits: s.Hits, Facets: make(map[string]facetValue)}
	left := make(map[string]int)
	for name, v := range s.Facets {
		facet, _, _ := strings.Cut(name, "/")
		if _, ok := got.Facets[name]; ok || count[facet]-left[facet] <= listedValues {
			listed.Facets[name] = v
		} else {
			left[facet]++
		}
	}
	return listed
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
	claim(t, "results follow the typing, on the same page", func(t *testing.T) {
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

	claim(t, "two values of one facet widen, and every count is what choosing it gives", func(t *testing.T) {
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

	claim(t, "the filters stay where they were scrolled to when one is chosen", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=migrate")
		tb.untilShown(url.Values{"q": {"migrate"}})
		const scrolled = `(() => { const f = document.querySelector("#Q-facets > search"); return [f.scrollTop, f.scrollHeight > f.clientHeight] })()`
		tb.run(chromedp.Evaluate(`document.querySelector("#Q-facets > search").scrollTop = 100`, nil))
		before := eval[[]any](tb, scrolled)
		if before[1] != true || before[0] != 100.0 {
			t.Fatalf("the filters do not scroll: %v", before)
		}
		first, _ := twoTools(t, s, "migrate")
		tb.run(chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q).click()`, box(tb, first)), nil))
		tb.until("chip", `document.querySelectorAll(".chip").length === 1`)
		if after := eval[[]any](tb, scrolled); after[0] != before[0] {
			t.Errorf("they are at %v, were at %v", after[0], before[0])
		}
	})

	claim(t, "what was corrected is said, with a way to the exact words and back", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=django+orm+fastr")
		tb.untilShown(url.Values{"q": {"django orm fastr"}})
		tb.run(chromedp.Focus(".note a"))
		tb.press(kb.Enter)
		tb.untilShown(url.Values{"q": {"django orm fastr"}, "exact": {"1"}})
		tb.until("way back", `document.querySelector(".note a").getAttribute("href") === "/?q=django+orm+fastr"`)
		tb.run(chromedp.Click(".note a"))
		tb.until("correction", `document.querySelector(".note").innerText.includes("instead of")`)
		tb.untilShown(url.Values{"q": {"django orm fastr"}})
		tb.run(chromedp.Click(".note a"))
		tb.until("exact words", `location.search.includes("exact=1")`)
		tb.run(chromedp.SendKeys("#Q-q", "s"))
		tb.until("another search, with corrections", `location.search === "?q=sdjango+orm+fastr" && document.querySelector("h1 q").textContent === "sdjango orm fastr"`)
	})

	claim(t, "why a result is there can be read with the keyboard alone", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=docker+root")
		const isWhy = `document.activeElement.matches(".why > summary")`
		tb.run(chromedp.Focus(".hit h2 a"))
		for range 10 {
			if eval[bool](tb, isWhy) {
				break
			}
			tb.press(kb.Tab)
		}
		if !eval[bool](tb, isWhy) {
			t.Fatal("ten times Tab did not lead from the first hit to why it is there")
		}
		tb.press(kb.Enter)
		tb.until("reasons", `/^Rank 1, score [0-9.]+$/m.test(document.querySelector(".hit .why[open] .reasons").innerText)`)
		if got := eval[string](tb, `document.querySelector(".reasons ul").innerText`); !strings.Contains(got, "docker") {
			t.Errorf("the reasons do not name a word of the query: %s", got)
		}
		tb.press(kb.Enter)
		tb.until("closed reasons", `!document.querySelector(".why[open]")`)
		tb.run(chromedp.Evaluate(`document.querySelectorAll(".why > summary")[1].click()`, nil))
		tb.until("reasons of the second hit", `/^Rank 2, /m.test(document.querySelector(".why[open] .reasons").innerText)`)
		if n := eval[int](tb, `performance.getEntriesByType("resource").filter(r => r.name.includes("explain=1")).length`); n != 1 {
			t.Errorf("the reasons of all hits were fetched %d times", n)
		}
		tb.run(chromedp.SendKeys("#Q-q", "s"))
		tb.until("search without reasons", `location.search === "?q=sdocker+root" && document.querySelector(".why") && !document.querySelector(".reasons")`)
	})

	claim(t, "reasons that cannot be had leave the result closed, to be tried again", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=docker+root")
		tb.run(chromedp.Evaluate(`
			const real = fetch;
			window.away = true;
			window.fetch = (...asked) => away && String(asked[0]).includes("explain=1") ? Promise.reject(new TypeError("no network")) : real(...asked)`, nil),
			chromedp.Click(".why > summary"))
		tb.until("word of it", `document.querySelector("#Q-status").textContent === "The reasons did not come. Try again." && !document.querySelector(".why[open]")`)
		tb.run(chromedp.Evaluate(`away = false`, nil), chromedp.Click(".why > summary"))
		tb.until("reasons", `document.querySelector(".why[open] .reasons")?.innerText.includes("Rank 1")`)
	})

	claim(t, "without script why a result is there is a page of its own", func(t *testing.T) {
		tb := newTab(t, browser, s, look{1440, 1000, "light", false})
		tb.open("/?q=docker+root")
		tb.run(chromedp.Click(".hit .why"))
		tb.untilAt("explained search", `location.search === "?q=docker+root&explain=1" && location.hash === "#Q-hit-1"`)
		tb.until("reasons of every hit", `document.querySelectorAll(".why[open] .reasons").length === document.querySelectorAll(".hit").length`)
		tb.untilShown(url.Values{"q": {"docker root"}})
	})

	claim(t, "where a filter leaves out every answer, the way out says how many there are", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=sqlalchemy&ecosystem=Go")
		found := s.search(t, url.Values{"q": {"sqlalchemy"}})
		want := fmt.Sprintf("Without Ecosystem: Go: %d answers", found.Total)
		if got := eval[string](tb, `document.querySelector(".blocked").innerText`); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		tb.run(chromedp.Focus(".blocked a"))
		tb.press(kb.Enter)
		tb.untilShown(url.Values{"q": {"sqlalchemy"}})
		tb.untilFocused("the count", `document.querySelector("#Q-count")`)
	})

	claim(t, "a page names related questions of other pages, with the reason", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		const path = "/kb/python/sqlalchemy-vs-django-orm"
		tb.open(path)
		const links = `[...document.querySelectorAll("main > section:last-of-type .questions li")]`
		lines := eval[[]string](tb, links+`.map(li => li.querySelector("a").getAttribute("href") + " " + li.querySelector("span").innerText)`)
		if len(lines) == 0 || len(lines) > 5 {
			t.Fatalf("related questions: %q", lines)
		}
		for _, line := range lines {
			href, reason, _ := strings.Cut(line, " ")
			if strings.HasPrefix(href, path+"#") || !strings.Contains(href, "#") || !strings.Contains(reason, ", on ") {
				t.Errorf("%s, because %s", href, reason)
			}
		}
		target, _, _ := strings.Cut(lines[0], " ")
		tb.run(chromedp.Evaluate(links+`[0].querySelector("a").click()`, nil))
		tb.untilAt("related question", fmt.Sprintf(`location.pathname + location.hash === %q && document.querySelector(":target") !== null`, target))
	})

	claim(t, "back and forward restore what was searched", func(t *testing.T) {
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

	claim(t, "the keyboard alone finds and opens an answer", func(t *testing.T) {
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
		tb.press(kb.Escape)
		tb.untilFocused("nothing", `document.body`)
		tb.press("/")
		tb.press("docker root")
		tb.untilShown(url.Values{"q": {"docker root"}})
		tb.press(kb.ArrowDown)
		tb.untilFocused("the first hit", hit(0))
		target := eval[string](tb, hit(0)+`.getAttribute("href")`)
		tb.press(kb.Enter)
		tb.untilAt("page of the first hit", fmt.Sprintf(`location.pathname + location.hash === %q`, target))
	})

	claim(t, "a filter can be reached with Tab and set with Space", func(t *testing.T) {
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

	claim(t, "without script the search, its filters and its pages are whole", func(t *testing.T) {
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

	claim(t, "the theme that was chosen stays on the next page", func(t *testing.T) {
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
