package e2e

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// emulate makes the page believe what its reader, or a medium, is like.
func (tb *tab) emulate(medium string, features ...string) {
	tb.t.Helper()
	all := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
	for _, f := range features {
		name, value, _ := strings.Cut(f, ": ")
		all = append(all, &emulation.MediaFeature{Name: name, Value: value})
	}
	tb.run(emulation.SetEmulatedMedia().WithMedia(medium).WithFeatures(all))
}

// style is a computed property of the first element that a selector finds, or of
// its pseudo-element.
func (tb *tab) style(selector, pseudo, property string) string {
	tb.t.Helper()
	return eval[string](tb, fmt.Sprintf(`getComputedStyle(document.querySelector(%q), %q).getPropertyValue(%q)`, selector, pseudo, property))
}

// testLooks claims what pages look like for readers who asked their system for
// something, and on paper.
func testLooks(t *testing.T, browser context.Context, s *site) {
	const page = "/kb/python/sqlalchemy-vs-django-orm"

	claim(t, "in forced colours the focus, what is chosen and what is marked are seen", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.emulate("", "forced-colors: active")
		tb.open("/?q=sqlalchemy&ecosystem=Python")
		outlined := func(what, selector string) {
			t.Helper()
			style, width := tb.style(selector, "", "outline-style"), tb.style(selector, "", "outline-width")
			if px, err := strconv.ParseFloat(strings.TrimSuffix(width, "px"), 64); err != nil || px < 2 || style == "none" {
				t.Errorf("%s has an outline of %s %s", what, width, style)
			}
		}
		tb.press("/")
		outlined("the field that has the focus", ".search")
		tb.press(kb.ArrowDown)
		outlined("the hit that has the focus", ".hit a:focus")
		if tb.style("mark", "", "background-color") == tb.style("body", "", "background-color") || tb.style("mark", "", "box-shadow") == "none" {
			t.Error("a marked word looks as any other")
		}
		if tb.style(".chip", "", "border-top-style") != "solid" {
			t.Error("a chip has no border")
		}
		tb.open("/tools")
		if line := tb.style(".top nav a[aria-current]", "", "text-decoration-line"); line != "underline" {
			t.Errorf("the page that is shown has %s in the header", line)
		}
		tb.open(page + "#faster")
		outlined("the question that was linked to", ":target")
	})

	claim(t, "with more contrast every text has seven to one", func(t *testing.T) {
		axe := readAxe(t)
		tb := newTab(t, browser, s, desktop)
		for _, path := range []string{"/?q=is+sqlalchemy+faster+than+django+orm&ecosystem=Python", page, "/compare?tool=gin&tool=echo"} {
			tb.open(path)
			tb.loadAxe(axe)
			for _, scheme := range []string{"light", "dark"} {
				tb.emulate("", "prefers-contrast: more", "prefers-color-scheme: "+scheme)
				tb.checkAccessibility([]string{"color-contrast-enhanced"})
			}
		}
	})

	claim(t, "with reduced motion nothing moves by itself", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open(page)
		if got := tb.style("html", "", "scroll-behavior"); got != "auto" {
			t.Errorf("the page scrolls %s", got)
		}
		if moving := eval[[]string](tb, `[...document.querySelectorAll("*")].filter(e => { const s = getComputedStyle(e); return s.animationName !== "none" || s.transitionDuration !== "0s" }).map(e => e.outerHTML.slice(0, 80))`); len(moving) > 0 {
			t.Errorf("these move: %q", moving)
		}
		tb.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "no-preference"}}))
		if got := tb.style("html", "", "scroll-behavior"); got != "smooth" {
			t.Errorf("for others the page scrolls %s", got)
		}
	})

	claim(t, "on paper there are answers, whole, with the addresses of their links, and nothing to press", func(t *testing.T) {
		tb := newTab(t, browser, s, look{720, 1000, "dark", true}) // an A4 page has 718 px between its margins
		tb.open("/?q=is+sqlalchemy+faster+than+django+orm")
		tb.run(chromedp.Evaluate(`for (const d of document.querySelectorAll("details")) d.open = false`, nil))
		tb.emulate("print")
		gone := func(selectors ...string) {
			t.Helper()
			for _, selector := range selectors {
				if eval[bool](tb, fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.checkVisibility())`, selector)) {
					t.Errorf("%s is printed", selector)
				}
			}
		}
		gone(".search", ".top nav", ".facets", ".rail", ".pager", ".bar", "button", "select", ".why", ".anchor")
		if !eval[bool](tb, `document.querySelector(".answer.best .prose").checkVisibility() && document.querySelector(".answer.best .prose").getBoundingClientRect().height > 20`) {
			t.Error("the best answer is not printed")
		}
		if got := tb.style("body", "", "color-scheme"); got != "light" {
			t.Errorf("the paper is %s", got)
		}
		tb.emulate("")
		tb.open(page)
		tb.emulate("print")
		gone(".search", ".side", ".rail", ".copies", "button", "select", ".anchor")
		if got := tb.style(`.prose a[href^="http"]`, "::after", "content"); !strings.Contains(got, "http") {
			t.Errorf("after a link there is %s", got)
		}
		if got := tb.style(".cmp thead", "", "display"); got != "table-header-group" {
			t.Errorf("the head of a table is %s, which is not repeated on the next sheet", got)
		}
		for _, path := range []string{page, "/compare?tool=gin&tool=echo&tool=flask&tool=fastapi"} {
			tb.emulate("")
			tb.open(path)
			tb.emulate("print")
			if cut := eval[[]string](tb, `[...document.querySelectorAll("main *")].filter(e => e.checkVisibility() && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible").map(e => e.outerHTML.slice(0, 80))`); len(cut) > 0 {
				t.Errorf("%s: what the paper cuts off: %q", path, cut)
			}
			if wide := eval[int](tb, `document.documentElement.scrollWidth`); wide > 720 {
				t.Errorf("%s is %d px wide", path, wide)
			}
		}
	})
}
