package e2e

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"faqbase/e2e/chromium"
)

// A page is a kind of page that the site has, in one of its states.
type page struct {
	Name, Path string
	Main       bool   // Lighthouse measures it too, in the folder audit
	Rare       bool   // left to the folder audit, so that tests stay quick
	Absent     bool   // answers 404
	Then       string // JavaScript that brings it into the state
	Until      string // a selector of what is there once it is
}

//go:embed pages.json
var pagesJSON []byte

// pages are those of pages.json.
var pages = func() (list []page) {
	d := json.NewDecoder(bytes.NewReader(pagesJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		panic("pages.json: " + err.Error())
	}
	return list
}()

// looks are the widths and the colour schemes that every page is checked in.
var looks = []look{
	{1440, 1000, "light", true},
	{1440, 1000, "dark", true},
	{375, 812, "light", true},
	{375, 812, "dark", true},
	{768, 1024, "light", true},
	{768, 1024, "dark", true},
}

func (l look) String() string { return fmt.Sprintf("%d-%s", l.width, l.scheme) }

// openPage opens a page in its state.
func (tb *tab) openPage(p page) {
	tb.t.Helper()
	if p.Absent {
		tb.openAbsent(p.Path)
	} else {
		tb.open(p.Path)
	}
	if p.Then != "" {
		tb.run(chromedp.Evaluate("{"+p.Then+"}", nil))
	}
	if p.Until != "" {
		tb.until("the state of "+p.Name, fmt.Sprintf("document.querySelector(%q)", p.Until))
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
		if p.Rare {
			continue
		}
		claim(t, p.Name, func(t *testing.T) {
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

// TestScreenshots writes pictures, and checks nothing but that the pages load. Each
// page is there from its top to its end, but for those that are brought into a state,
// which show what a reader sees; and one of every kind of page in print, in forced
// colours and with more contrast.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no pictures wanted; name a folder with -screenshots")
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	browser, s := chromium.Start(t), startSite(t)
	picture := func(p page, l look, name string, actions ...chromedp.Action) {
		t.Run(name, func(t *testing.T) {
			tb := newTab(t, browser, s, l)
			tb.openPage(p)
			tb.run(actions...)
			tb.until("loaded fonts", `document.fonts.status === "loaded"`)
			var picture []byte
			tb.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
				picture, err = cdppage.CaptureScreenshot().WithCaptureBeyondViewport(p.Then == "").Do(ctx)
				return err
			}))
			if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
	feature := func(name, value string) chromedp.Action {
		return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: name, Value: value}})
	}
	for _, p := range pages {
		for _, l := range looks {
			picture(p, l, p.Name+"-"+l.String())
		}
		if p.Main {
			paper := look{718, 1000, "light", true} // A4 at 96 dots an inch, less its margins
			picture(p, paper, p.Name+"-print", emulation.SetEmulatedMedia().WithMedia("print"))
			picture(p, desktop, p.Name+"-forced-colors", feature("forced-colors", "active"))
			picture(p, desktop, p.Name+"-more-contrast", feature("prefers-contrast", "more"))
		}
	}
}
