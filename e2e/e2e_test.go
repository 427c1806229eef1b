package e2e

import (
	"testing"
	"testing/fstest"

	"faqbase/e2e/chromium"
)

// TestBrowser has one browser and a tab for each claim.
func TestBrowser(t *testing.T) {
	browser := chromium.Start(t)
	s := startSite(t)
	t.Run("search", func(t *testing.T) { testSearch(t, browser, s) })
	t.Run("reader", func(t *testing.T) { testReader(t, browser, s) })
	t.Run("pages", func(t *testing.T) { testPages(t, browser, s) })
	t.Run("compare", func(t *testing.T) { testCompare(t, browser, s) })
	t.Run("reload", func(t *testing.T) { testReload(t, browser, startSite(t)) })
	t.Run("hostile", func(t *testing.T) { testHostile(t, browser, serve(t, hostile)) })
	t.Run("empty", func(t *testing.T) { testEmpty(t, browser, serve(t, fstest.MapFS{})) })
	t.Run("machines", func(t *testing.T) { testMachines(t, browser, serve(t, foreign)) })
}
