package e2e

import (
	"testing"
	"testing/fstest"

	"faqbase/e2e/chromium"
)

// TestBrowser has one browser and a tab for each claim, several at a time.
func TestBrowser(t *testing.T) {
	browser := chromium.Start(t)
	s := startSite(t)
	claim(t, "pages", func(t *testing.T) { testPages(t, browser, s) })
	claim(t, "search", func(t *testing.T) { testSearch(t, browser, s) })
	claim(t, "history", func(t *testing.T) { testHistory(t, browser, s) })
	claim(t, "reader", func(t *testing.T) { testReader(t, browser, s) })
	claim(t, "focus", func(t *testing.T) { testFocus(t, browser, s) })
	claim(t, "keys", func(t *testing.T) { testKeys(t, browser, s) })
	claim(t, "shift", func(t *testing.T) { testShift(t, browser, s) })
	claim(t, "looks", func(t *testing.T) { testLooks(t, browser, s) })
	claim(t, "compare", func(t *testing.T) { testCompare(t, browser, s) })
	claim(t, "reload", func(t *testing.T) { testReload(t, browser, startSite(t)) })
	claim(t, "live", func(t *testing.T) { testLive(t, browser) })
	claim(t, "opened", func(t *testing.T) { testOpened(t, browser) })
	claim(t, "dev", func(t *testing.T) { testDev(t, browser) })
	claim(t, "hostile", func(t *testing.T) { testHostile(t, browser, serve(t, frameBreakers)) })
	claim(t, "untrusted", func(t *testing.T) { testUntrusted(t, browser) })
	claim(t, "empty", func(t *testing.T) { testEmpty(t, browser, serve(t, fstest.MapFS{})) })
	claim(t, "machines", func(t *testing.T) { testMachines(t, browser, serve(t, foreign)) })
}

// claim is a subtest that runs beside others.
func claim(t *testing.T, name string, holds func(t *testing.T)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		holds(t)
	})
}
