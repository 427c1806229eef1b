package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	keys "github.com/chromedp/chromedp/kb"

	"faqbase/e2e/chromium"
	"faqbase/index"
	"faqbase/kb"
)

// tab is a tab of a browser that fails the test on every error that the page
// reports.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func newTab(t *testing.T, browser context.Context) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var complaints []string
	chromedp.ListenTarget(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch event := event.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, event.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			if event.Entry.Level == log.LevelError {
				complaints = append(complaints, event.Entry.Text)
			}
		}
	})
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range complaints {
			t.Errorf("the browser complains: %s", c)
		}
	})
	b := &tab{t, ctx}
	b.run(emulation.SetFocusEmulationEnabled(true)) // each is seen, as if in a window of its own
	return b
}

func (b *tab) run(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// until waits for a JavaScript expression to be true.
func (b *tab) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	for {
		var ok bool // an error is one of the moment: the page is being left
		if err := chromedp.Run(ctx, chromedp.Evaluate(expression, &ok)); err == nil && ok {
			return
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("%s is not true; at %s: %.300s", expression, b.eval("location.href"), b.eval("document.querySelector('main').innerText"))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (b *tab) eval(expression string) string {
	b.t.Helper()
	var v any
	b.run(chromedp.Evaluate(expression, &v))
	return fmt.Sprint(v)
}

// is checks a JavaScript expression once.
func (b *tab) is(expression, want string) {
	b.t.Helper()
	if got := b.eval(expression); got != want {
		b.t.Errorf("%s is %q, want %q", expression, got, want)
	}
}

// press is a key as a keyboard sends it: its text arrives only where nobody
// prevents it.
func press(key string) chromedp.Action {
	down := input.DispatchKeyEvent(input.KeyDown).WithKey(key)
	switch {
	case len(key) == 1:
		down = down.WithText(key)
	case key == "Enter":
		down = down.WithText("\r")
	}
	return chromedp.Tasks{down, input.DispatchKeyEvent(input.KeyUp).WithKey(key)}
}

const shownHeading = `document.getElementById("Q-count").textContent`

func TestInTheBrowser(t *testing.T) {
	chrome := chromium.Start(t, chromedp.WindowSize(1440, 1000))
	lib := load(t, fixture(t, nil), "")

	t.Run("results follow what is typed, and the address too", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL+"/"), chromedp.SendKeys("#Q-q", "peewee"))
		b.until(shownHeading + `.startsWith("3 answers for")`)
		b.is("location.search", "?q=peewee")
		b.is("document.title", "peewee - faq/base")
		b.is("document.activeElement.id", "Q-q")
		b.until(`document.getElementById("Q-status").textContent.startsWith("3 answers")`)
		b.is("history.length", "3") // about:blank, the front page, and one for all that was typed

		b.run(chromedp.Click("#Q-f-category-orms"))
		b.until(`location.search === "?q=peewee&category=orms"`)
		b.until(`document.querySelectorAll(".chip").length === 1`)
		b.is("document.activeElement.id", "Q-f-category-orms")
		b.is("history.length", "4")

		b.run(chromedp.SetValue("#Q-sort", "updated"), chromedp.Evaluate(`document.getElementById("Q-sort").dispatchEvent(new Event("change", {bubbles: true}))`, nil))
		b.until(`location.search === "?q=peewee&category=orms&sort=updated"`)

		b.run(chromedp.Click("#Q-chip-category-orms"))
		b.until(`location.search === "?q=peewee&sort=updated"`)
		b.until(`document.activeElement.id === "Q-count"`)

		b.run(chromedp.Evaluate("history.go(-2)", nil))
		b.until(`location.search === "?q=peewee&category=orms" && document.getElementById("Q-sort").value === "relevance"`)
		b.until(`document.getElementById("Q-f-category-orms").checked`)
		b.run(chromedp.Evaluate("history.back()", nil))
		b.until(`location.search === "?q=peewee" && !document.getElementById("Q-f-category-orms").checked`)
	})

	t.Run("back leads from search to search, and the field has the words of each", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL+"/tools"), chromedp.Navigate(s.http.URL+"/"))
		for _, words := range []string{"django", "peewee"} {
			b.run(chromedp.Evaluate(`document.getElementById("Q-q").select()`, nil))
			b.run(chromedp.SendKeys("#Q-q", words[:3]))
			b.until(`location.search === "?q=` + words[:3] + `"`) // a search of its own meanwhile
			b.run(chromedp.SendKeys("#Q-q", words[3:]))
			b.until(`location.search === "?q=` + words + `"`)
			b.run(chromedp.SendKeys("#Q-q", keys.Enter))
		}
		shows := func(words string) {
			t.Helper()
			b.until(fmt.Sprintf(`document.getElementById("Q-q").value === %q && (document.querySelector("h1 q")?.textContent ?? "") === %[1]q`, words))
		}
		back := chromedp.Evaluate("history.back()", nil)
		shows("peewee")
		b.run(back)
		b.until(`location.search === "?q=django"`)
		b.is("document.activeElement.id", "Q-q")
		shows("django")
		b.run(chromedp.Click("#Q-f-category-orms"))
		b.until(`location.search === "?q=django&category=orms"`) // of what is shown
		b.run(back)
		b.until(`location.search === "?q=django"`)
		b.run(back)
		b.until(`location.pathname === "/" && location.search === ""`)
		shows("")
		b.run(back)
		b.until(`location.pathname === "/tools"`)
	})

	t.Run("typing after Enter and after Back leaves what was found in the history", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL+"/"), chromedp.SendKeys("#Q-q", "django"+keys.Enter))
		b.until(`location.search === "?q=django"`)
		b.run(chromedp.SendKeys("#Q-q", " faster"))
		b.until(`location.search === "?q=django+faster"`)
		b.run(chromedp.Evaluate("history.back()", nil))
		b.until(`location.search === "?q=django" && document.getElementById("Q-q").value === "django"`)
		b.run(chromedp.SendKeys("#Q-q", " sql"))
		b.until(`location.search === "?q=django+sql"`)
		b.run(chromedp.Evaluate("history.back()", nil))
		b.until(`location.search === "?q=django" && document.getElementById("Q-q").value === "django"`)
	})

	t.Run("a filter that is typed becomes a choice with Enter, a click or the next page", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		const typed, settled = "?q=orm+tool%3Apeewee", "?q=orm&tool=peewee"
		isTyped := func() {
			t.Helper()
			b.until(`location.search === "` + typed + `" && document.querySelectorAll(".chip").length === 1`)
			b.is(`document.getElementById("Q-q").value`, "orm tool:peewee")
			b.is(`document.getElementById("Q-f-tool-peewee").checked`, "true")
		}
		isSettled := func(query string) {
			t.Helper()
			b.until(`location.search === "` + query + `" && document.getElementById("Q-q").value === "orm"`)
		}
		b.run(chromedp.Navigate(s.http.URL+"/"), chromedp.SendKeys("#Q-q", "orm tool:peewee"))
		isTyped()
		b.run(chromedp.SendKeys("#Q-q", keys.Enter))
		isSettled(settled)
		b.is(`document.querySelectorAll(".chip").length`, "1")
		b.run(chromedp.Click("#Q-f-tool-peewee"))
		isSettled("?q=orm")
		b.until(`document.querySelectorAll(".chip").length === 0`)

		b.run(chromedp.SendKeys("#Q-q", " tool:peewee"))
		isTyped()
		b.run(chromedp.Click("#Q-f-tool-peewee"))
		isSettled("?q=orm")
		b.until(`document.querySelectorAll(".chip").length === 0`)

		b.run(chromedp.SendKeys("#Q-q", " tool:peewee"))
		isTyped()
		b.run(chromedp.Click("#Q-f-category-orms"))
		isSettled("?q=orm&category=orms&tool=peewee")

		b.run(chromedp.Navigate(s.http.URL + "/" + typed))
		isSettled(settled)
	})

	t.Run("leaving and coming back shows the results that were left", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL+"/"), chromedp.SendKeys("#Q-q", "maintained"))
		b.until(shownHeading + `.startsWith("1 answer")`)
		b.run(chromedp.Click(".hit h2 a"))
		b.until(`location.pathname === "/kb/python/peewee" && location.hash === "#is-peewee-still-maintained"`)
		b.run(chromedp.Evaluate("history.back()", nil)) // NavigateBack waits for a load, which a cached page has not
		b.until(`location.search === "?q=maintained" && ` + shownHeading + `.startsWith("1 answer") && document.getElementById("Q-q").value === "maintained"`)
	})

	t.Run("from a correction a link leads to the exact words, and typing on leaves them", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL + "/?q=mantained"))
		b.until(`document.querySelector(".note").textContent.startsWith("Searched for maintained instead of mantained.")`)
		b.run(chromedp.Evaluate("window.stayed = true", nil), chromedp.Focus(".note a"), press("Enter"))
		b.until(`location.search === "?q=mantained&exact=1" && ` + shownHeading + `.startsWith("No answers")`)
		b.is("window.stayed", "true")
		b.is("document.activeElement.id", "Q-count")
		b.run(chromedp.Evaluate("history.back()", nil))
		b.until(`location.search === "?q=mantained" && ` + shownHeading + `.startsWith("1 answer")`)
		b.run(chromedp.Evaluate("history.forward()", nil))
		b.until(`location.search === "?q=mantained&exact=1" && ` + shownHeading + `.startsWith("No answers")`)
		b.run(chromedp.SendKeys("#Q-q", "s"))
		b.until(`location.search === "?q=smantained" && ` + shownHeading + `.includes("smantained")`)
	})

	t.Run("why a result is there opens by keyboard, is fetched once and leaves with the query", func(t *testing.T) {
		var fetched atomic.Int32
		s := serve(t, lib, Config{Searcher: fake{search: func(ctx context.Context, q index.Query) (*index.Results, error) {
			if q.Explain {
				fetched.Add(1)
			}
			return explaining(lib).Search(ctx, q)
		}}})
		b := newTab(t, chrome)
		const why = `document.querySelectorAll(".hit footer details.why")`
		b.run(chromedp.Navigate(s.http.URL + "/?q=peewee"))
		b.until(why + `.length === 2`)
		b.is(`document.querySelectorAll(".reasons").length`, "0")
		b.run(chromedp.Focus(".why summary"), press("Enter"))
		b.until(why + `[0].open && ` + why + `[0].innerText.includes("“peewee” is in the question")`)
		b.is(why+`[0].innerText.includes("asked <daily>")`, "true")
		b.is(why+`[1].open`, "false")
		b.is(`document.activeElement.textContent`, "Why this result")
		b.run(chromedp.Evaluate(why+`[1].querySelector("summary").click()`, nil))
		b.until(why + `[1].open && ` + why + `[1].innerText.includes("Rank 2")`)
		if n := fetched.Load(); n != 1 {
			t.Errorf("fetched %d times, want once for all hits", n)
		}
		b.is("location.search", "?q=peewee")
		b.run(chromedp.SendKeys("#Q-q", "s"))
		b.until(`location.search === "?q=speewee" && ` + why + `.length === 2 && document.querySelectorAll(".reasons").length === 0`)
	})

	t.Run("reasons that cannot be had leave the result closed, to be tried again", func(t *testing.T) {
		var serving atomic.Pointer[kb.Library]
		serving.Store(lib)
		s := serve(t, lib, Config{Searcher: fake{search: func(ctx context.Context, q index.Query) (*index.Results, error) {
			r, err := explaining(serving.Load()).Search(ctx, q)
			if q.Explain && serving.Load() == lib {
				r.Hits = nil // as if others were found meanwhile
			}
			return r, err
		}}})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL+"/?q=peewee"), chromedp.Click(".why summary"))
		b.until(`document.getElementById("Q-status").textContent === "The reasons did not come. Try again." && !document.querySelector(".why").open`)
		next := load(t, fixture(t, map[string]string{"new.md": "# New\n"}), "")
		serving.Store(next)
		s.Publish(next)
		b.run(chromedp.Click(".why summary"))
		b.until(`document.querySelector(".why").innerText.includes("Rank 1")`)
	})

	t.Run("where a filter blocks, the page without it is one step away", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL + "/?q=maintained&tool=gin"))
		b.is(shownHeading, "No answers for maintained")
		b.is(`document.querySelector(".blocked").innerText`, "Without Tool: Gin: 1 answer")
		b.is(`document.querySelector(".nothing .questions a").textContent`, "Is Peewee still maintained?")
		b.run(chromedp.Evaluate("window.stayed = true", nil), chromedp.Focus(".blocked a"), press("Enter"))
		b.until(`location.search === "?q=maintained" && ` + shownHeading + `.startsWith("1 answer")`)
		b.is("window.stayed", "true")
		b.is("document.activeElement.id", "Q-count")
		b.is(`document.querySelectorAll("#Q-facets :checked").length`, "0")
	})

	t.Run("keys move through the results", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL+"/?q=peewee"), press("/"))
		b.is("document.activeElement.id", "Q-q")
		b.is(`document.getElementById("Q-q").value`, "peewee")
		b.run(press("ArrowDown"))
		b.is(`document.activeElement === document.querySelectorAll(".hit h2 a")[0]`, "true")
		b.run(press("ArrowDown"))
		b.is(`document.activeElement === document.querySelectorAll(".hit h2 a")[1]`, "true")
		b.run(press("ArrowUp"))
		b.run(press("ArrowUp"))
		b.is("document.activeElement.id", "Q-q")
		b.run(press("Escape"))
		b.until(`location.search === "" && document.getElementById("Q-q").value === ""`)
		b.run(press("Escape"))
		b.is("document.activeElement.tagName", "BODY")
	})

	t.Run("where storage is blocked everything works but the memory of the choice", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument(`Object.defineProperty(window, "localStorage", {
				get() { throw new DOMException("blocked", "SecurityError") }})`).Do(ctx)
			return err
		}))
		b.run(chromedp.Navigate(s.http.URL + "/"))
		b.run(chromedp.Click("#Q-keys-open"), chromedp.Click("#Q-keys-slash"), chromedp.Click("#Q-keys button"))
		b.is(`document.getElementById("Q-keys-slash").checked`, "false")
		b.run(chromedp.Evaluate("document.activeElement.blur()", nil), press("/"))
		b.is("document.activeElement.tagName", "BODY")
		b.run(chromedp.Click("#Q-keys-open"), chromedp.Click("#Q-keys-slash"), chromedp.Click("#Q-keys button"))
		b.run(chromedp.Evaluate("document.activeElement.blur()", nil), press("/"))
		b.is("document.activeElement.id", "Q-q")
	})

	t.Run("the theme is kept", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL+"/tools"), chromedp.Click("#Q-theme"))
		first := b.eval("document.documentElement.dataset.theme")
		b.run(chromedp.Navigate(s.http.URL + "/"))
		b.is("document.documentElement.dataset.theme", first)
		b.run(chromedp.Click("#Q-theme"))
		if again := b.eval("document.documentElement.dataset.theme"); again == first {
			t.Errorf("the theme stays %s", again)
		}
	})

	t.Run("a page that changed while it is read says so, another one does not", func(t *testing.T) {
		s := open(t, lib, Config{})
		changed, other := newTab(t, chrome), newTab(t, chrome)
		changed.run(chromedp.Navigate(s.http.URL+"/kb/python/peewee"), chromedp.Focus("main .path a"))
		other.run(chromedp.Navigate(s.http.URL+"/kb/databases"), chromedp.Focus("main .path a"))
		s.Publish(load(t, fixture(t, map[string]string{"python/peewee.md": "# Peewee\n\nAnother text.\n"}), ""))
		changed.until(`document.getElementById("Q-bar").textContent === "This page changed. Reload"`)
		s.Publish(load(t, fixture(t, map[string]string{"python/peewee.md": "# Peewee\n\nOnce more.\n", "databases.md": "# Databases\n\nOther text.\n"}), ""))
		other.until(`document.getElementById("Q-bar").textContent === "This page changed. Reload"`)
		changed.run(chromedp.Evaluate("window.stayed = true", nil), chromedp.Focus("#Q-bar a"), press("Enter"))
		changed.until(`document.querySelector(".lede").textContent.trim() === "Once more." && !document.getElementById("Q-bar").textContent`)
		changed.is("window.stayed", "true")
	})

	t.Run("a page that nobody has begun to read changes by itself and says so", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL+"/kb/python/peewee"), chromedp.Evaluate("window.stayed = true", nil))
		s.Publish(load(t, fixture(t, map[string]string{"python/peewee.md": "# Peewee, renamed\n\nAnother text.\n"}), ""))
		b.until(`document.querySelector(".lede").textContent.trim() === "Another text."`)
		b.until(`document.getElementById("Q-status").textContent === "This page was updated."`)
		b.is("document.title", "Peewee, renamed - faq/base")
		b.is("window.stayed", "true")
	})

	t.Run("a page that is not seen holds no connection and hears later what it missed", func(t *testing.T) {
		s := open(t, lib, Config{})
		var streams atomic.Int32
		counted := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/events" {
				streams.Add(1)
				defer streams.Add(-1)
			}
			s.ServeHTTP(w, r)
		}))
		t.Cleanup(func() {
			s.Close()
			counted.Close()
		})
		connected := func(want int32) {
			t.Helper()
			for deadline := time.Now().Add(5 * time.Second); streams.Load() != want; goruntime.Gosched() {
				if time.Now().After(deadline) {
					t.Fatalf("%d streams, want %d", streams.Load(), want)
				}
			}
		}
		see := func(hidden bool) chromedp.Action {
			return chromedp.Evaluate(fmt.Sprintf(`Object.defineProperty(document, "hidden", {value: %t, configurable: true});
				document.dispatchEvent(new Event("visibilitychange"))`, hidden), nil)
		}
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(counted.URL+"/kb/python/peewee"), chromedp.Focus("main .path a"))
		connected(1)
		b.run(see(true))
		connected(0)
		s.Publish(load(t, fixture(t, map[string]string{"python/peewee.md": "# Peewee\n\nAnother text.\n"}), ""))
		b.run(see(false))
		b.until(`document.getElementById("Q-bar").textContent === "This page changed. Reload"`)
		connected(1)
	})

	t.Run("in dev the page changes by itself and stays where it is", func(t *testing.T) {
		long := func(last string) map[string]string {
			return map[string]string{"long.md": "# Long\n\n## What?\n\n" + strings.Repeat("A line.\n\n", 200) + last + "\n"}
		}
		s := open(t, load(t, fixture(t, long("old end")), ""), Config{Dev: true})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL+"/kb/long"), chromedp.Evaluate(`scrollTo({top: 1500, behavior: "instant"})`, nil))
		b.until("scrollY === 1500")
		s.Publish(load(t, fixture(t, long("new end")), ""))
		b.until(`document.querySelector("main").textContent.includes("new end")`)
		b.is("scrollY", "1500")
	})

	t.Run("in dev an open page shows which faults there are and which first hits moved", func(t *testing.T) {
		c := openChanging(t)
		src := "# Django ORM\n\n## Is the Django ORM faster? {#faster}\n\nIt is.\n"
		c.publish(t, fstest.MapFS{"a.md": {Data: []byte(src)}})
		c.search("django orm faster")
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(c.http.URL + "/kb/a"))
		src = "# Django ORM\n\n## Is it good? {#faster}\n\nIt is.\n\n## Django ORM faster: when? {#speed}\n\nOften.\n\n## Empty?\n"
		c.publish(t, fstest.MapFS{"a.md": {Data: []byte(src)}})
		b.until(`document.getElementById("Q-dev").innerText.includes("“django orm faster”: was #faster, is now #speed")`)
		b.until(`document.querySelector("#Q-dev details[open] summary").textContent === "1 fault on this page"`)
	})

	t.Run("an old anchor leads to its question, also on another page", func(t *testing.T) {
		s := open(t, load(t, fixture(t, map[string]string{
			"go/new.md":  "---\ntitle: New\nquestions:\n  speed:\n    moved: [faster, \"go/left#slow\"]\n---\n" + strings.Repeat("Long.\n\n", 80) + "## Is it fast? {#speed}\n\nYes.\n",
			"go/left.md": "---\ntitle: Left\n---\n" + strings.Repeat("Long.\n\n", 80) + "## Why?\n\nSo.\n",
		}), ""), Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL + "/kb/go/new#faster"))
		b.until(`scrollY > 500 && document.getElementById("speed").getBoundingClientRect().top < innerHeight`)
		b.run(chromedp.Navigate(s.http.URL + "/kb/go/left"))
		b.is(`document.getElementById("slow").checkVisibility()`, "false")
		b.run(chromedp.Navigate(s.http.URL + "/kb/go/left#slow"))
		b.until(`scrollY > 500 && document.getElementById("slow").checkVisibility()`)
		b.run(chromedp.Click("#slow a"))
		b.until(`location.pathname + location.hash === "/kb/go/new#speed"`)
	})

	t.Run("the table of contents names the part that is read", func(t *testing.T) {
		s := open(t, load(t, fixture(t, map[string]string{
			"parts.md": "# Parts\n\n## First?\n\n" + strings.Repeat("A line.\n\n", 30) + "## Second?\n\n" + strings.Repeat("A line.\n\n", 30) + "## Third?\n\nThe end.\n\n" + strings.Repeat("A line.\n\n", 30),
		}), ""), Config{})
		b := newTab(t, chrome)
		current := `document.querySelector(".toc [aria-current]")?.hash === "#%s"`
		b.run(chromedp.Navigate(s.http.URL + "/kb/parts#second"))
		b.until(fmt.Sprintf(current, "second"))
		for _, part := range []string{"third", "first", "second"} {
			b.run(chromedp.Evaluate(fmt.Sprintf(`document.getElementById(%q).scrollIntoView({behavior: "instant"})`, part), nil))
			b.until(fmt.Sprintf(current, part))
		}
	})

	t.Run("code is copied", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.Navigate(s.http.URL + "/kb/python/sqlalchemy-vs-django-orm"))
		b.until(`document.querySelectorAll(".codebox .copy").length === 2`)
		b.run(chromedp.Evaluate(`navigator.clipboard.writeText = async (text) => { window.copied = text; }`, nil),
			chromedp.Click(".codebox .copy"))
		b.until(`document.querySelector(".codebox .copy").textContent === "Copied"`)
		if got := b.eval("window.copied"); !strings.HasPrefix(got, "# one round trip\nsession.execute(") {
			t.Errorf("copied %q", got)
		}
	})

	t.Run("nothing is wider than a phone", func(t *testing.T) {
		s := open(t, lib, Config{})
		b := newTab(t, chrome)
		b.run(chromedp.EmulateViewport(320, 700, chromedp.EmulateMobile))
		for _, path := range []string{"/", "/?q=faster&tool=gin", "/kb/python/sqlalchemy-vs-django-orm", "/kb/go/router-comparison", "/tools", "/tools/sqlalchemy", "/categories/orms"} {
			b.run(chromedp.Navigate(s.http.URL + path))
			if got := b.eval("document.documentElement.scrollWidth"); got != "320" {
				t.Errorf("%s is %s wide: %s", path, got, b.eval(`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > 320.5 && !e.closest(".scroll, pre, .vh, .skip")).map(e => e.tagName + "." + e.className).slice(0, 5).join(" ")`))
			}
		}
	})
}
