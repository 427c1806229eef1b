package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"faqbase/e2e/chromium"
)

// A page is a kind of page that the site has, in one of its states.
type page struct {
	name, path string
	absent     bool   // answers 404
	then       string // JavaScript that brings it into the state
	until      string // a JavaScript expression that is true once it is
}

var pages = []page{
	{name: "front", path: "/"},
	{name: "results", path: "/?q=django+orm+fastr"},
	{name: "filtered", path: "/?q=test&ecosystem=Python&ecosystem=JavaScript"},
	{name: "filters-open", path: "/?q=test", then: `for (const d of document.querySelectorAll("#Q-facets, #Q-facets details")) d.open = true`},
	{name: "answer-open", path: "/?q=test", then: `document.querySelector("details.answer").open = true`},
	{name: "keys", path: "/?q=test", then: `document.querySelector("#Q-keys-open").click()`},
	{name: "exact", path: "/?q=django+orm+fastr&exact=1"},
	{name: "explained", path: "/?q=django+orm+fastr&explain=1&id=python/sqlalchemy-vs-django-orm"},
	{name: "no-results", path: "/?q=xylophone"},
	{name: "blocked", path: "/?q=sqlalchemy&ecosystem=Go&category=orms-and-query-builders"},
	{name: "page", path: "/kb/python/sqlalchemy-vs-django-orm"},
	{name: "related", path: "/kb/python/sqlalchemy-vs-django-orm", then: `scrollTo({top: document.documentElement.scrollHeight, behavior: "instant"})`},
	{name: "best", path: "/?q=is+sqlalchemy+faster+than+django+orm"},
	{name: "suggestions", path: "/tools", then: `document.querySelector("#Q-q").focus(); document.querySelector("#Q-q").value = "djan"; document.querySelector("#Q-q").dispatchEvent(new Event("input"))`, until: `document.querySelector("[role=option]")`},
	{name: "compare-two", path: "/compare?tool=docker&tool=podman"},
	{name: "compare-four", path: "/compare?tool=gin&tool=echo&tool=flask&tool=fastapi"},
	{name: "compare-differences", path: "/compare?tool=gin&tool=echo&differences=1"},
	{name: "choose", path: "/compare?tool=gin"},
	{name: "no-such-tool", path: "/compare?tool=gin&tool=nothere", absent: true},
	{name: "browse", path: "/browse"},
	{name: "tools", path: "/tools"},
	{name: "tool", path: "/tools/sqlalchemy"},
	{name: "category", path: "/categories/web-frameworks"},
	{name: "ecosystem", path: "/ecosystems/python"},
	{name: "404", path: "/kb/nothing-here", absent: true},
}

// looks are the widths and the colour schemes that every page is checked in.
var looks = []look{
	{1440, 1000, "light", true},
	{1440, 1000, "dark", true},
	{375, 812, "light", true},
	{375, 812, "dark", true},
	{768, 1024, "light", true},
}

func (l look) String() string { return fmt.Sprintf("%d-%s", l.width, l.scheme) }

// openPage opens a page in its state.
func (tb *tab) openPage(p page) {
	tb.t.Helper()
	if p.absent {
		tb.openAbsent(p.path)
	} else {
		tb.open(p.path)
	}
	if p.then != "" {
		tb.run(chromedp.Evaluate(p.then, nil))
	}
	if p.until != "" {
		tb.until("the state of "+p.name, p.until)
	}
}

// narrowest is the width that WCAG 2.2 wants pages to reflow to (1.4.10).
var narrowest = look{320, 640, "light", true}

// testPages claims of each kind of page, in each look, that it raises no error in
// the console, keeps to the content security policy (both are checked by the tab)
// and has nothing that axe finds. A page is loaded once, as looks are of the style
// alone; the second colour scheme at a width is held to the rules about colour.
func testPages(t *testing.T, browser context.Context, s *site) {
	for _, p := range pages {
		claim(t, p.name, func(t *testing.T) {
			axe := readAxe(t)
			tb := newTab(t, browser, s, looks[0])
			tb.openPage(p)
			tb.loadAxe(axe)
			for i, l := range looks {
				rules := axeTags
				if i > 0 && looks[i-1].width == l.width {
					rules = colourRules
				}
				t.Run("axe finds nothing, "+l.String(), func(t *testing.T) {
					tb := tb.of(t)
					tb.show(l)
					tb.checkAccessibility(rules)
				})
			}
			t.Run("fits into 320 px", func(t *testing.T) {
				tb := tb.of(t)
				tb.show(narrowest)
				if width := eval[int64](tb, "document.documentElement.scrollWidth"); width > narrowest.width {
					t.Errorf("the page is %d px wide", width)
				}
			})
		})
	}
}

var screenshots = flag.String("screenshots", "", "write a picture of each kind of page to this `folder`")

// TestScreenshots writes pictures and checks nothing but that the pages load.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no pictures wanted; name a folder with -screenshots")
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	browser, s := chromium.Start(t), startSite(t)
	for _, l := range looks {
		for _, p := range pages {
			t.Run(p.name+"-"+l.String(), func(t *testing.T) {
				tb := newTab(t, browser, s, l)
				tb.openPage(p)
				tb.until("loaded fonts", `document.fonts.status === "loaded"`)
				var picture []byte
				tb.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
					picture, err = cdppage.CaptureScreenshot().Do(ctx)
					return err
				}))
				if err := os.WriteFile(filepath.Join(*screenshots, p.name+"-"+l.String()+".png"), picture, 0o644); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}
