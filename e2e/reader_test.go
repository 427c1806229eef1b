package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// testReader claims what a reader sees and does beside searching and filtering.
func testReader(t *testing.T, browser context.Context, s *site) {
	const field = `document.querySelector("#Q-q")`
	const page = "/kb/python/sqlalchemy-vs-django-orm"

	claim(t, "suggestions are a combobox that is opened, walked and closed with keys", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/tools")
		tb.press("/djan")
		tb.until("suggestions", `document.querySelectorAll("[role=listbox] > [role=option]").length > 0`)
		for claim, expression := range map[string]string{
			"the field is a combobox": `document.querySelector("input[role=combobox][aria-expanded=true][aria-autocomplete=list]").getAttribute("aria-controls") === document.querySelector("[role=listbox]").id`,
			"nothing is chosen":       `!document.querySelector("[aria-selected=true]")`,
			"the focus stays":         `document.activeElement === ` + field,
		} {
			if !eval[bool](tb, expression) {
				t.Error("it is not so that " + claim)
			}
		}
		tb.press(kb.ArrowDown)
		tb.until("first option", field+`.getAttribute("aria-activedescendant") === document.querySelector("[role=option][aria-selected=true]").id`)
		tb.press(kb.Escape)
		tb.until("closed list", `document.querySelector("[role=listbox]").hidden && `+field+`.ariaExpanded === "false" && `+field+`.value === "djan"`)
		tb.press(kb.ArrowDown)
		tb.until("list again", `!document.querySelector("[role=listbox]").hidden`)
		tb.press(kb.ArrowDown)
		target := eval[string](tb, `document.querySelector("[aria-selected=true]").getAttribute("href")`)
		tb.press(kb.Enter)
		tb.untilAt("what was chosen", fmt.Sprintf(`location.pathname + location.hash === %q`, target))
	})

	claim(t, "Enter without a choice is a plain search", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/tools")
		tb.press("/djan")
		tb.until("suggestions", `document.querySelectorAll("[role=option]").length > 0`)
		tb.press(kb.Enter)
		tb.untilAt("search", `location.pathname === "/" && location.search === "?q=djan"`)
	})

	claim(t, "the words searched for are marked on the page until Esc", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/?q=sqlalchemy+faster")
		tb.run(chromedp.Evaluate(hit(0)+`.click()`, nil))
		tb.untilAt("page", `location.pathname.startsWith("/kb/")`)
		tb.until("marks", `CSS.highlights.get("searched")?.size > 0`)
		tb.press(kb.Escape)
		tb.until("no marks", `!CSS.highlights.has("searched") && !document.querySelector("#Q-bar").innerText`)
		tb.open(page)
		if eval[bool](tb, `CSS.highlights.has("searched")`) {
			t.Error("a page that was not found by a search is marked")
		}
	})

	claim(t, "whole words are marked, whatever their letters and signs", func(t *testing.T) {
		s := serve(t, fstest.MapFS{"page.md": {Data: []byte("# Page\n\n## Cole?\n\nL'école, xcole, cole. C++ (x) and C+++. 日本語.\n")}})
		tb := newTab(t, browser, s, desktop)
		tb.onNewPages(`localStorage.setItem("faqbase.marks/", JSON.stringify([[location.href, Date.now(), "cole", "c++ (x)", "日本"]]))`)
		tb.open("/kb/page")
		tb.until("marks", `CSS.highlights.get("searched")?.size > 0`)
		const marked = `[...new Set([...CSS.highlights.get("searched")].map(r => r.startContainer.data.slice(Math.max(0, r.startOffset - 1), r.endOffset)))].join("|")`
		if got, want := eval[string](tb, marked), "Cole| cole| C++ (x)| 日本"; got != want {
			t.Errorf("marked is %q, want %q", got, want)
		}
	})

	claim(t, "the words of a search stay in the browser for a minute, and neither once it is cleared nor where nothing is kept", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.onNewPages(`
			window.minutes = [];
			const later = setTimeout;
			window.setTimeout = (act, ms, ...more) => ms === 60000 ? minutes.push(act) : later(act, ms, ...more);`)
		const none = `localStorage.getItem("faqbase.marks/") === null`
		const point = `.dispatchEvent(new MouseEvent("contextmenu", {bubbles: true}))`
		leave := func() {
			tb.open("/?q=docker+root")
			tb.run(chromedp.Evaluate(hit(0)+point, nil))
		}
		leave()
		if eval[bool](tb, none) {
			t.Fatal("nothing is handed over, which tests nothing")
		}
		tb.run(chromedp.Evaluate(`const now = Date.now; Date.now = () => now() + 60000; minutes.forEach(act => act())`, nil))
		if !eval[bool](tb, none) {
			t.Error("the words stay longer than a minute")
		}
		for _, control := range []string{"#Q-forget", "#Q-keep"} {
			leave()
			tb.press("/" + kb.Enter) // which is kept
			tb.until("kept search", `localStorage.getItem("faqbase.searches/")?.includes("docker")`)
			tb.open("/")
			tb.run(chromedp.Click(control))
			tb.until("no words after "+control, none)
		}
		leave()
		if !eval[bool](tb, none+` && !Object.values(localStorage).some(kept => kept.includes("docker"))`) {
			t.Error("words are kept though nothing is to be kept")
		}
		tb.run(chromedp.Evaluate(hit(0)+`.click()`, nil))
		tb.untilAt("page", `location.pathname.startsWith("/kb/")`)
		tb.until("marks in the same tab", `CSS.highlights.get("searched")?.size > 0`)
	})

	claim(t, "what others have put into the browser's storage breaks no page", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop) // which fails on what nothing catches
		for _, kept := range []string{`5`, `"a"`, `{`, `{"a": 1}`, `null`, `false`, `[5, null, ["a"], []]`, `[[location.href, Date.now(), 5, null]]`} {
			tb.open("/")
			tb.run(chromedp.Evaluate(fmt.Sprintf(`for (const key of ["marks", "searches", "slash"]) localStorage.setItem("faqbase." + key + "/", %q.replace("location.href", JSON.stringify(location.origin + %q)).replace("Date.now()", Date.now()))`, kept, page), nil))
			for _, path := range []string{"/", page} {
				tb.open(path)
				tb.until("whole script with "+kept, `document.querySelector(".copies") || document.querySelector("details.answer")`)
			}
		}
	})

	claim(t, "a question's link and its Markdown are copied", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open(page)
		tb.run(chromedp.Evaluate(`navigator.clipboard.writeText = async (text) => { window.copied = text }`, nil))
		const copies = `document.querySelectorAll("#faster .copies button")`
		tb.run(chromedp.Evaluate(copies+`[0].click()`, nil))
		tb.until("link", fmt.Sprintf(`window.copied === %q`, s.url+page+"#faster"))
		tb.run(chromedp.Evaluate(copies+`[1].click()`, nil))
		tb.until("Markdown", `window.copied.startsWith("### ") && window.copied.includes("{#faster}")`)
		if name := eval[string](tb, copies+`[0].ariaLabel`); !strings.HasPrefix(name, "Copy link: ") {
			t.Errorf("the button is named %q", name)
		}
	})

	claim(t, "recent searches are kept in the browser until they are cleared or not wanted", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		tb.until("script", `!document.documentElement.classList.contains("nojs")`)
		if eval[bool](tb, `document.querySelector("#Q-recent").checkVisibility()`) {
			t.Error("where nothing is kept there is a heading over nothing")
		}
		tb.press("/docker root" + kb.Enter)
		tb.until("search", `location.search === "?q=docker+root"`)
		tb.open("/")
		tb.until("recent search", `document.querySelector("#Q-recent a")?.textContent === "docker root"`)
		tb.run(chromedp.Click("#Q-forget"))
		tb.until("nothing", `document.querySelector("#Q-forget").hidden && !document.querySelector("#Q-recent a")`)
		tb.press("docker root" + kb.Enter)
		tb.until("search", `location.search === "?q=docker+root"`)
		tb.open("/")
		tb.run(chromedp.Click("#Q-keep"))
		tb.press("/docker root" + kb.Enter)
		tb.until("search", `location.search === "?q=docker+root"`)
		tb.open("/")
		tb.until("switch that is off", `!document.querySelector("#Q-keep").checked && !document.querySelector("#Q-recent a")`)
		tb.run(chromedp.Click("#Q-keep"))
		if !eval[bool](tb, `document.querySelector("#Q-keep").checkVisibility() && document.querySelector("#Q-keep").checked`) {
			t.Error("whoever turns it on does not see that it is")
		}
	})

	claim(t, "a value of a long facet is found and chosen", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		const summary = `document.querySelector("#Q-rest-tool > summary")`
		for _, says := range []string{"Show fewer", "Show all", "Show fewer"} {
			tb.run(chromedp.Focus("#Q-rest-tool > summary"))
			tb.press(kb.Enter)
			tb.until(says, summary+`.innerText === "`+says+`"`)
			tb.untilFocused("what closes it again", summary)
		}
		tb.run(chromedp.Focus("#Q-find-tool"))
		name := eval[string](tb, `document.querySelector("#Q-rest-tool .facet > span").textContent`)
		tb.press(strings.ToLower(name[:3]))
		const visible = `[...document.querySelectorAll("#Q-rest-tool .facet:not([hidden])")]`
		tb.until("fewer values", fmt.Sprintf(`%s.length < document.querySelectorAll("#Q-rest-tool .facet").length && %[1]s.some(l => l.children[1].textContent === %q)`, visible, name))
		tb.run(chromedp.Evaluate(fmt.Sprintf(`%s.find(l => l.children[1].textContent === %q).firstElementChild.click()`, visible, name), nil))
		tb.until("chip", fmt.Sprintf(`document.querySelector(".chip")?.textContent === %q`, name))
	})

	claim(t, "? opens the keys, not in the field, and can be turned off", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		const open = `document.querySelector("#Q-keys").open`
		tb.run(chromedp.Evaluate(`dispatchEvent(new KeyboardEvent("keydown", {key: "?", shiftKey: true, isComposing: true}))`, nil))
		if eval[bool](tb, open) {
			t.Error("an input method opens the dialog")
		}
		tb.press("?")
		tb.until("dialog", open)
		tb.run(chromedp.Click("#Q-keys-slash"))
		tb.press(kb.Escape)
		tb.until("closed dialog", "!"+open)
		tb.press("?/")
		if eval[bool](tb, open+` || document.activeElement === `+field) {
			t.Error("single keys work though they are turned off")
		}
	})

	claim(t, "what was found is said once", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		tb.run(chromedp.Evaluate(`
			window.said = [];
			new MutationObserver(() => said.push(document.querySelector("#Q-status").textContent)).observe(document.querySelector("#Q-status"), {childList: true})`, nil))
		tb.press("/docker root")
		tb.until("what was found", `said.length > 0 && said.at(-1) === document.querySelector("#Q-count").textContent && said.at(-1).includes("docker root")`)
		if n := eval[int](tb, `said.filter(text => text === said.at(-1)).length`); n != 1 {
			t.Errorf("it was said %d times", n)
		}
	})

	claim(t, "the theme is the system's again when that is chosen", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		tb.run(chromedp.Click("#Q-theme"))
		tb.until("dark", `document.documentElement.dataset.theme === "dark" && document.querySelector("#Q-scheme").value === "dark"`)
		tb.run(chromedp.Evaluate(`const s = document.querySelector("#Q-scheme"); s.value = ""; s.dispatchEvent(new Event("change"))`, nil))
		tb.open("/tools")
		if eval[bool](tb, `"theme" in document.documentElement.dataset`) {
			t.Error("the choice stays")
		}
	})
}
