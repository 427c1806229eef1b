package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// birds are few pages, which a server has read soon.
func birds() fstest.MapFS {
	pages := fstest.MapFS{}
	for day, name := range []string{"galah", "kiwi", "emu"} {
		var b strings.Builder
		fmt.Fprintf(&b, "---\ntitle: %s\nupdated: 2025-01-0%d\n---\n\n", name, day+1)
		for i := range 5 {
			fmt.Fprintf(&b, "## What does the %[1]s of number %[2]d eat? {#%[1]s-%[2]d}\n\nSeeds.\n\n%[3]s", name, i, strings.Repeat("A line.\n\n", 10))
		}
		pages[name+".md"] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return pages
}

// onNewPages runs a script before those of every page that the tab opens.
func (tb *tab) onNewPages(script string) {
	tb.t.Helper()
	tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := cdppage.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}))
}

// isQuiet is true of a page that tells nothing.
const isQuiet = `!document.querySelector("#Q-bar").innerText && !document.querySelector("#Q-status").textContent`

// testLive claims what open pages do when the pages or the server change.
func testLive(t *testing.T, browser context.Context) {
	// How requests end while the server is away.
	lost := map[string]http.HandlerFunc{
		"cannot be reached": func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"is behind a proxy that says so": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "no", http.StatusBadGateway)
		},
	}
	for how, answer := range lost {
		claim(t, "a server that "+how+" for a while is not missed, and what changed meanwhile comes by itself", func(t *testing.T) {
			s := serve(t, birds())
			tb := newTab(t, browser, s, desktop)
			tb.lost = s.url
			// Five seconds of patience are over soon.
			tb.onNewPages(countEvents + `
				const later = setTimeout;
				window.setTimeout = (act, ms, ...more) => later(act, ms >= 5000 ? 50 : ms, ...more);`)
			tb.open("/kb/emu")
			const connected = `streams.at(-1)?.readyState === EventSource.OPEN`
			tb.until("stream", connected)
			s.goAway(answer)
			tb.until("loss", `streams.at(-1).readyState !== EventSource.OPEN`)
			s.start(t)
			tb.until("stream again", connected)
			s.edit(t, "kiwi.md", func(src string) string { return src + "\n## Does it fly? {#fly}\n\nNo.\n" })
			tb.until("news of another page", `events.length === 1 && events[0].paths.join() === "kiwi"`)
			if !eval[bool](tb, isQuiet) {
				t.Error("the page tells of a change that is not its own")
			}

			s.goAway(answer)
			tb.until("loss", `streams.at(-1).readyState !== EventSource.OPEN`)
			s.edit(t, "emu.md", func(src string) string { return src + "\n## Does it fly? {#fly}\n\nNo.\n" })
			s.start(t)
			tb.until("what changed meanwhile", `document.querySelector("#fly") !== null`)
		})
	}

	claim(t, "results change where they are read without moving them", func(t *testing.T) {
		s := serve(t, birds())
		tb := newTab(t, browser, s, look{1440, 400, "light", true})
		tb.open("/?q=eat&sort=updated&size=20")
		const read = `document.querySelector(".hit :is(h2, h3) > a[href^='/kb/kiwi#']")`
		const top = `Math.round(` + read + `.getBoundingClientRect().top)`
		tb.run(chromedp.Evaluate(read+`.scrollIntoView({block: "start", behavior: "instant"})`, nil))
		before, y := eval[int](tb, top), eval[int](tb, "scrollY")
		if y == 0 {
			t.Fatal("the page does not scroll")
		}
		s.edit(t, "galah.md", func(src string) string {
			return strings.Replace(src, "2025-01-01", "2026-01-01", 1)
		})
		tb.until("notice", `document.querySelector("#Q-bar").innerText.includes("The pages changed")`)
		if now := eval[int](tb, top); now != before {
			t.Errorf("what is read moved from %d to %d px", before, now)
		}
		tb.run(chromedp.Focus("#Q-bar a"))
		tb.press(kb.Enter)
		tb.until("the new order", hit(0)+`.getAttribute("href").startsWith("/kb/galah#")`)
		tb.untilFocused("the count", `document.querySelector("#Q-count")`)
		if after := eval[int](tb, top); after < before-2 || after > before+2 {
			t.Errorf("what is read moved from %d to %d px", before, after)
		}
		if now := eval[int](tb, "scrollY"); now == y {
			t.Error("nothing came above what is read, which tests nothing")
		}
	})

	claim(t, "a change of the pages loses no search that is under way", func(t *testing.T) {
		s := serve(t, birds())
		tb := newTab(t, browser, s, desktop)
		tb.onNewPages(countEvents)
		tb.open("/")
		tb.until("stream", `streams.at(-1)?.readyState === EventSource.OPEN`)
		tb.run(chromedp.Evaluate(`
			const real = fetch;
			const released = new Promise(release => (window.release = release));
			window.held = [];
			window.fetch = async (...asked) => {
				const answer = await real(...asked);
				held.push(String(asked[0]));
				await released;
				return answer;
			}`, nil))
		tb.press("/newest")
		tb.until("search under way", `held.length === 1 && held[0].endsWith("q=newest")`)
		s.edit(t, "galah.md", func(src string) string { return src + "\n## What does the newest eat? {#newest}\n\nSeeds.\n" })
		tb.until("event", `events.length === 1`)
		tb.run(chromedp.Evaluate(`release()`, nil))
		tb.until("search in the new pages", `location.search === "?q=newest" && document.querySelector(".hit a[href='/kb/galah#newest']")`)
	})

	claim(t, "a late answer replaces no newer page", func(t *testing.T) {
		s := serve(t, birds())
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/emu")
		tb.run(chromedp.Focus("main .path a")) // reading has begun
		tb.run(chromedp.Evaluate(`
			const real = fetch;
			const released = new Promise(release => (window.release = release));
			window.fetch = async (...asked) => {
				const answer = await real(...asked);
				const text = await answer.text();
				const late = !window.held;
				window.held = true;
				answer.text = async () => {
					if (late) await released;
					if (late) setTimeout(() => (window.over = true));
					return text;
				};
				return answer;
			}`, nil))
		add := func(id string) {
			s.edit(t, "emu.md", func(src string) string { return src + "\n## Does it " + id + "? {#" + id + "}\n\nNo.\n" })
			tb.until("notice", `document.querySelector("#Q-bar a")`)
			tb.run(chromedp.Evaluate(`document.querySelector("#Q-bar a").click()`, nil))
		}
		add("fly")
		tb.until("late answer", `window.held`)
		add("swim")
		tb.until("newer page", `document.querySelector("#swim")`)
		tb.run(chromedp.Evaluate(`release()`, nil))
		tb.until("end of the late answer", `window.over`)
		if !eval[bool](tb, `document.querySelector("#swim") !== null`) {
			t.Error("the page is the older one")
		}
	})

	claim(t, "values of a facet that cannot be looked up are told of, and the next key tries again", func(t *testing.T) {
		s := startSite(t)
		tb := newTab(t, browser, s, desktop) // which fails on what nothing catches
		tb.open("/")
		tb.run(chromedp.Click("#Q-rest-tool > summary"), chromedp.Evaluate(`
			const real = fetch;
			window.away = true;
			window.fetch = (...asked) => away && String(asked[0]).includes("/facets/") ? Promise.reject(new TypeError("no network")) : real(...asked)`, nil))
		tb.run(chromedp.Focus("#Q-find-tool"))
		tb.press("p")
		tb.until("word of it", `document.querySelector("#Q-status").textContent.startsWith("The values could not be looked up.")`)
		tb.run(chromedp.Evaluate(`away = false`, nil))
		tb.press("y")
		tb.until("values", `/^\d+ found$/.test(document.querySelector("#Q-status").textContent)`)
	})
}
