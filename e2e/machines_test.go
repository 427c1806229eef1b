package e2e

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// foreign has a page in a language that is written from right to left.
var foreign = fstest.MapFS{
	"arabic.md": {Data: []byte(`---
title: "Gin أم Echo؟"
lang: ar
tools: [Gin, Echo]
published: 2026-01-02
updated: 2026-02-03
verified: 2026-03-04
---

كلاهما إطار عمل للويب بلغة Go.

## المقارنة السريعة

| الجانب | Gin | Echo |
|---|---|---|
| الترخيص | MIT | MIT |

## ما الفرق بينهما؟ {#difference}

لا فرق كبير </script> بينهما:

- السرعة
- التوثيق

> [!NOTE]
> قس بنفسك.

` + "```go\nr := gin.Default() // </script>\n```\n")},
}

func testMachines(t *testing.T, browser context.Context, s *site) {
	claim(t, "a page tells machines its questions and breaks no policy", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop) // which fails on every violation
		tb.open("/kb/arabic")
		const data = `JSON.parse(document.querySelector('script[type="application/ld+json"]').textContent)["@graph"]`
		if got := eval[string](tb, data+`[0].mainEntity[0].name`); got != "ما الفرق بينهما؟" {
			t.Errorf("the question is %q", got)
		}
		want := eval[[]string](tb, `[...[...document.querySelectorAll(".path a")].map(a => a.href), document.querySelector("link[rel=canonical]").href]`)
		if got := eval[[]string](tb, data+`[1].itemListElement.map(item => item.item)`); !slices.Equal(got, want) {
			t.Errorf("the breadcrumbs are %q, want %q", got, want)
		}
	})
	for _, l := range looks {
		claim(t, "a page from right to left "+l.String(), func(t *testing.T) {
			axe := readAxe(t)
			tb := newTab(t, browser, s, l)
			tb.open("/kb/arabic#difference")
			tb.loadAxe(axe)
			tb.checkAccessibility(axeTags)
			if got := eval[string](tb, `["article", ".faq > .prose", "article .meta", ".codebox pre", "body"].map(of => getComputedStyle(document.querySelector(of)).direction).join()`); got != "rtl,rtl,ltr,ltr,ltr" {
				t.Errorf("the directions are %s", got)
			}
			if got := eval[string](tb, `["paddingRight", "paddingLeft"].map(side => getComputedStyle(document.querySelector(".prose ul"))[side]).join()`); got[len(got)-4:] != ",0px" || got[:3] == "0px" {
				t.Errorf("a list is indented by %s on the right and on the left", got)
			}
			if wide := eval[bool](tb, `document.documentElement.scrollWidth > innerWidth`); wide {
				t.Error("the page is too wide")
			}
			if *screenshots != "" {
				var picture []byte
				tb.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
					picture, err = cdppage.CaptureScreenshot().WithCaptureBeyondViewport(true).Do(ctx)
					return err
				}))
				if err := os.WriteFile(filepath.Join(*screenshots, "arabic-"+l.String()+".png"), picture, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
