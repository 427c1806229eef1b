package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// untilOpened is the tab that opens beside this one at an address of the site.
func (tb *tab) untilOpened(path string) *tab {
	tb.t.Helper()
	browser := cdp.WithExecutor(tb.ctx, chromedp.FromContext(tb.ctx).Browser)
	var opened target.ID
	tb.wait(func() bool {
		all, err := target.GetTargets().Do(browser)
		if err != nil {
			tb.t.Fatal(err)
		}
		for _, info := range all {
			if info.BrowserContextID == tb.own && info.URL == tb.site.url+path {
				opened = info.TargetID
			}
		}
		return opened != ""
	}, func() string { return "no tab has opened " + path })
	ctx, cancel := chromedp.NewContext(tb.ctx, chromedp.WithTargetID(opened))
	tb.t.Cleanup(cancel)
	return &tab{t: tb.t, ctx: ctx, site: tb.site, own: tb.own}
}

// testKeys claims what keys do, and where they are left alone.
func testKeys(t *testing.T, browser context.Context, s *site) {
	const field = `document.querySelector("#Q-q")`
	const focused = `document.activeElement === ` + field

	claim(t, "Ctrl K and Cmd K lead to the field and select its text", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=docker")
		for _, modifier := range []input.Modifier{input.ModifierCtrl, input.ModifierMeta} {
			tb.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
			tb.pressWith(modifier, "k")
			tb.untilFocused("the field", field)
			if got := eval[string](tb, field+`.value.slice(`+field+`.selectionStart, `+field+`.selectionEnd)`); got != "docker" {
				t.Errorf("selected is %q", got)
			}
		}
	})

	claim(t, "text fields keep every key to themselves", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/tools/gin")
		tb.run(chromedp.Evaluate(`document.querySelector("main").insertAdjacentElement("beforeend", Object.assign(document.createElement("div"), {id: "own"}));
			for (const [name, more] of [["textarea", {}], ["select", {}], ["div", {contentEditable: true, tabIndex: 0}]]) document.querySelector("#own").append(Object.assign(document.createElement(name), more))`, nil))
		for _, place := range []string{"#Q-with", "#own > textarea", "#own > select", "#own > div"} {
			tb.run(chromedp.Focus(place))
			tb.press("/?")
			tb.pressWith(input.ModifierCtrl, "k")
			if !eval[bool](tb, fmt.Sprintf(`document.activeElement === document.querySelector(%q) && !document.querySelector("#Q-keys").open`, place)) {
				t.Errorf("%s loses a key to the page", place)
			}
		}
		if got := eval[string](tb, `document.querySelector("#Q-with").value + document.querySelector("#own > textarea").value`); got != "/?/?" {
			t.Errorf("typed is %q", got)
		}
	})

	claim(t, "an input method is let finish before anything is searched", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=docker")
		tb.run(chromedp.Evaluate(`
			window.asked = [];
			const real = fetch;
			window.fetch = (address, ...more) => (asked.push(new URL(address).searchParams.get("q")), real(address, ...more));
			const later = setTimeout;
			window.setTimeout = (act, ms, ...more) => later(act, 0, ...more)`, nil))
		// What was planned before comes first: no pause is longer than another here.
		pause := func() {
			tb.run(chromedp.Evaluate(`window.paused = false; setTimeout(() => (window.paused = true))`, nil))
			tb.until("pause", "paused")
		}
		tb.run(chromedp.Focus("#Q-q"), chromedp.Evaluate(field+`.select()`, nil), input.ImeSetComposition("にほ", 2, 2))
		pause()
		for key, code := range map[string]int{"Enter": 13, "Escape": 27, "ArrowDown": 40} {
			for _, how := range []string{`isComposing: true`, `keyCode: 229`} {
				if !eval[bool](tb, fmt.Sprintf(`%s.dispatchEvent(new KeyboardEvent("keydown", {key: %q, keyCode: %d, bubbles: true, cancelable: true, %s}))`, field, key, code, how)) {
					t.Errorf("%s with %s is taken from the input method", key, how)
				}
			}
		}
		if got := eval[[]string](tb, "asked"); len(got) > 0 || eval[string](tb, field+".value") != "にほ" {
			t.Errorf("asked for %q", got)
		}
		tb.run(input.InsertText("日本"))
		tb.until("search", `asked.length === 1 && asked[0] === "日本" && !document.querySelector("[aria-busy]")`)
		pause()
		if got := eval[[]string](tb, "asked"); len(got) != 1 {
			t.Errorf("asked for %q", got)
		}
	})

	claim(t, "where the keyboard composes every word, as on Android, results follow the typing", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.run(emulation.SetUserAgentOverride("Mozilla/5.0 (Linux; Android 16) Chrome/156.0.0.0 Mobile Safari/537.36"))
		tb.open("/")
		tb.run(chromedp.Focus("#Q-q"), input.ImeSetComposition("docker", 6, 6))
		tb.until("results", `document.querySelector("h1").textContent.endsWith("answers for docker")`)
	})

	claim(t, "an input method chooses no suggestion, and a choice is dropped when the typing goes on", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/tools")
		tb.press("/djan")
		tb.until("suggestions", `document.querySelectorAll("[role=option]").length > 0`)
		tb.press(kb.ArrowDown)
		tb.until("choice", `document.querySelector("[aria-selected=true]")`)
		for _, how := range []string{`isComposing: true`, `keyCode: 229`} {
			if !eval[bool](tb, fmt.Sprintf(`%s.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, %s}))`, field, how)) {
				t.Errorf("Enter with %s is taken from the input method", how)
			}
		}
		// The list of the text before is still shown when Enter comes.
		tb.run(chromedp.Evaluate(field+`.value = "djang"; `+field+`.dispatchEvent(new InputEvent("input")); `+
			`const enter = new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}); window.free = `+field+`.dispatchEvent(enter)`, nil))
		if !eval[bool](tb, "free") {
			t.Error("Enter opens the choice of the text before")
		}
		tb.press(kb.Enter)
		tb.untilAt("plain search", `location.pathname + location.search === "/?q=djang"`)
	})

	claim(t, "Ctrl Enter opens the chosen result in a new tab, in which the words are marked too", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=sqlalchemy+faster")
		tb.run(chromedp.Focus(".hit h2 a"))
		path := eval[string](tb, hit(0)+`.getAttribute("href")`)
		tb.pressWith(input.ModifierCtrl, kb.Enter)
		opened := tb.untilOpened(path)
		opened.until("marks", `CSS.highlights.get("searched")?.size > 0`)
		if got := eval[string](opened, `localStorage.getItem("faqbase.marks/")`); got != "" {
			t.Errorf("the words stay in the browser: %s", got)
		}
		if got := eval[string](tb, "location.pathname + location.search"); got != "/?q=sqlalchemy+faster" {
			t.Errorf("the search went to %s", got)
		}
		opened.run(chromedp.Evaluate(`document.querySelector("#Q-bar button").click()`, nil))
		opened.until("no marks", `!CSS.highlights.has("searched")`)
	})

	claim(t, "the middle button marks them as well", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=sqlalchemy+faster")
		path := eval[string](tb, hit(1)+`.getAttribute("href")`)
		at := eval[[]float64](tb, `(() => { `+hit(1)+`.scrollIntoView({block: "center"}); const b = `+hit(1)+`.getBoundingClientRect(); return [b.left + 8, b.top + 8] })()`)
		tb.run(chromedp.MouseClickXY(at[0], at[1], chromedp.ButtonMiddle))
		tb.untilOpened(path).until("marks", `CSS.highlights.get("searched")?.size > 0`)
	})

	claim(t, "Ctrl Enter opens the chosen suggestion in a new tab", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/tools")
		tb.press("/djan")
		tb.until("suggestions", `document.querySelectorAll("[role=option]").length > 0`)
		tb.press(kb.ArrowDown)
		path := eval[string](tb, `document.querySelector("[aria-selected=true]").getAttribute("href")`)
		tb.pressWith(input.ModifierCtrl, kb.Enter)
		tb.untilOpened(path)
		if !eval[bool](tb, `location.pathname === "/tools" && `+focused) {
			t.Error("the page before went away")
		}
	})
}
