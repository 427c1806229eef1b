package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// testHistory claims what the address says of a search and where Back leads.
func testHistory(t *testing.T, browser context.Context, s *site) {
	const back, field = `history.back()`, `document.querySelector("#Q-q")`
	// untilAsked waits until the address and the page are those of a search.
	untilAsked := func(tb *tab, query, words string) {
		t.Helper()
		tb.until("search "+query, fmt.Sprintf(`location.search === %q && %s.value === %q && !document.querySelector("[aria-busy]")`, query, field, words))
	}

	claim(t, "what is typed is one entry of the history, each choice another", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		before := eval[int](tb, "history.length")
		tb.run(chromedp.SendKeys("#Q-q", "sql"))
		untilAsked(tb, "?q=sql", "sql")
		tb.run(chromedp.SendKeys("#Q-q", "alchemy"))
		untilAsked(tb, "?q=sqlalchemy", "sqlalchemy")
		if got := eval[int](tb, "history.length"); got != before+1 {
			t.Errorf("typing made %d entries", got-before)
		}
		if got := eval[string](tb, "document.title"); got != "sqlalchemy - faq/base" {
			t.Errorf("the title is %q", got)
		}
		tb.run(chromedp.Click("#Q-f-ecosystem-python"))
		untilAsked(tb, "?q=sqlalchemy&ecosystem=python", "sqlalchemy")
		tb.run(chromedp.Focus("#Q-sort"))
		tb.press(kb.ArrowDown)
		untilAsked(tb, "?q=sqlalchemy&ecosystem=python&sort=updated", "sqlalchemy")
		if got := eval[int](tb, "history.length"); got != before+3 {
			t.Errorf("typing and two choices made %d entries", got-before)
		}
		tb.run(chromedp.Evaluate("history.go(-2)", nil))
		untilAsked(tb, "?q=sqlalchemy", "sqlalchemy")
		tb.until("order and filters of then", `document.querySelector("#Q-sort").value === "relevance" && !document.querySelector("#Q-f-ecosystem-python").checked`)
	})

	claim(t, "back leads from search to search, and the field has the words of each", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/tools")
		tb.open("/")
		for _, words := range []string{"django", "docker"} {
			tb.run(chromedp.Evaluate(field+`.select()`, nil), chromedp.SendKeys("#Q-q", words[:3]))
			untilAsked(tb, "?q="+words[:3], words[:3]) // a search of its own meanwhile
			tb.run(chromedp.SendKeys("#Q-q", words[3:]))
			untilAsked(tb, "?q="+words, words)
			tb.run(chromedp.SendKeys("#Q-q", kb.Enter))
		}
		tb.until("recent search", `localStorage.getItem("faqbase.searches/")?.includes("docker")`) // Enter has been heard
		tb.run(chromedp.Evaluate(back, nil))
		untilAsked(tb, "?q=django", "django")
		tb.untilFocused("the field", field)
		tb.run(chromedp.Click("#Q-f-ecosystem-python"))
		untilAsked(tb, "?q=django&ecosystem=python", "django") // of what is shown
		tb.run(chromedp.Evaluate(back, nil))
		untilAsked(tb, "?q=django", "django")
		tb.run(chromedp.Evaluate(back, nil))
		untilAsked(tb, "", "")
		tb.run(chromedp.Evaluate(back, nil))
		tb.untilAt("tools", `location.pathname === "/tools"`)
	})

	claim(t, "typing after Enter and after Back leaves what was found in the history", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		tb.run(chromedp.SendKeys("#Q-q", "django"+kb.Enter))
		untilAsked(tb, "?q=django", "django")
		for _, more := range []string{"faster", "sql"} {
			tb.run(chromedp.SendKeys("#Q-q", " "+more))
			untilAsked(tb, "?q=django+"+more, "django "+more)
			tb.run(chromedp.Evaluate(back, nil))
			untilAsked(tb, "?q=django", "django")
		}
	})

	claim(t, "a filter that is typed becomes a choice with Enter, a click or the next page", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		chips := func(n int) {
			tb.until(fmt.Sprint(n, " chips"), fmt.Sprintf(`document.querySelectorAll(".chip").length === %d`, n))
		}
		const typed = "?q=router+tool%3Agin"
		add := func() {
			tb.run(chromedp.SendKeys("#Q-q", " tool:gin"))
			untilAsked(tb, typed, "router tool:gin")
			chips(1)
		}
		tb.open("/")
		tb.run(chromedp.SendKeys("#Q-q", "router"))
		untilAsked(tb, "?q=router", "router")
		add()
		if !eval[bool](tb, `document.querySelector("#Q-f-tool-gin").checked`) {
			t.Error("its box is not checked")
		}
		tb.run(chromedp.SendKeys("#Q-q", kb.Enter))
		untilAsked(tb, "?q=router&tool=gin", "router")
		tb.run(chromedp.Click("#Q-f-tool-gin"))
		untilAsked(tb, "?q=router", "router")
		chips(0)

		add()
		tb.run(chromedp.Click("#Q-f-tool-gin"))
		untilAsked(tb, "?q=router", "router")
		chips(0)

		add()
		tb.run(chromedp.Click("#Q-f-ecosystem-go"))
		untilAsked(tb, "?q=router&ecosystem=go&tool=gin", "router")

		tb.run(chromedp.Navigate(tb.site.url + "/" + typed))
		untilAsked(tb, "?q=router&tool=gin", "router")
	})
}
