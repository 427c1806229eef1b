package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"faqbase/e2e/chromium"
)

// axeTags are the rules that pages are held to: WCAG 2.2 at level AA, and what
// axe calls best practice.
var axeTags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}

// colourRules are those of them that a colour scheme can break.
var colourRules = []string{"color-contrast", "link-in-text-block"}

// readAxe is the source of axe-core, as npm installed it.
func readAxe(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	if errors.Is(err, fs.ErrNotExist) {
		chromium.Missing(t, "no axe-core; run npm ci --ignore-scripts in e2e")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// A violation is a rule that axe found broken.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

func (v violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "axe: %s (%s): %s", v.ID, v.Impact, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  %s\n    %s", n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", "\n    "))
	}
	return b.String()
}

// loadAxe brings axe-core to the page.
func (tb *tab) loadAxe(source string) {
	tb.t.Helper()
	tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
		_, exception, err := runtime.Evaluate(source).Do(ctx)
		if exception != nil {
			return exception
		}
		return err
	}))
}

// checkAccessibility fails the test on everything that axe finds on the page as
// it is by rules, which are axeTags or names of rules.
func (tb *tab) checkAccessibility(rules []string) {
	tb.t.Helper()
	only, err := json.Marshal(rules)
	if err != nil {
		tb.t.Fatal(err)
	}
	// Nothing plays by itself here, which is all that preloading is for.
	const run = `axe.run(document, {runOnly: %s, resultTypes: ["violations"], preload: false, selectors: false}).then(r => r.violations)`
	var found []violation
	tb.run(chromedp.Evaluate(fmt.Sprintf(run, only), &found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	for _, v := range found {
		tb.t.Error(v)
	}
}
