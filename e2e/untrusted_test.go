package e2e

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"faqbase/kb"
	"faqbase/kb/hostile"
)

// escapes are what hostile markup has done in a tab.
type escapes struct {
	mu   sync.Mutex
	list []string
}

func (e *escapes) add(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, fmt.Sprintf(format, args...))
}

func (e *escapes) taken() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.list
	e.list = nil
	slices.Sort(list)
	return slices.Compact(list)
}

// guard notes whatever runs in the tab from now on, opens a dialog, asks another host
// than the site's for something or is kept from it by the policy that pages are sent
// with. Without policy the browser takes no heed of it.
func (tb *tab) guard(policy bool) *escapes {
	tb.t.Helper()
	e := new(escapes)
	own, err := url.Parse(tb.site.url)
	if err != nil {
		tb.t.Fatal(err)
	}
	chromedp.ListenTarget(tb.ctx, func(event any) {
		switch event := event.(type) {
		case *runtime.EventBindingCalled:
			e.add("%s", event.Payload)
		case *cdppage.EventJavascriptDialogOpening:
			e.add("a dialog: %s", event.Message)
			go chromedp.Run(tb.ctx, cdppage.HandleJavaScriptDialog(false)) // an error says that it is gone
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(event.Request.URL); err != nil || u.Host != "" && u.Host != own.Host {
				e.add("a request: %s", event.Request.URL)
			}
		}
	})
	tb.run(
		audits.Disable(), // newer browsers have issues that this one's protocol does not know
		network.Enable(),
		cdppage.SetBypassCSP(!policy),
		runtime.AddBinding("noteRun"),
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := cdppage.AddScriptToEvaluateOnNewDocument(`globalThis.ran = (n) => noteRun("case " + n + " ran");
				document.addEventListener("securitypolicyviolation", (e) => noteRun("the policy forbids " + e.effectiveDirective + " " + e.blockedURI));`).Do(ctx)
			return err
		}),
	)
	return e
}

// touch does to every element that a selector finds what a reader might: it points at
// it, gives it the focus, opens it and follows it, if that would not leave the page. It
// gives the elements and attributes that the browser has found there and that run.
const touch = `((selector) => {
	const leaves = new Set(["http:", "https:", "mailto:", "tel:", "ftp:", ":"]); // ":" is no address
	const names = "script style iframe frame object embed applet base link meta template noscript form math svg portal video audio";
	const runs = [];
	for (const element of document.querySelectorAll(selector)) {
		if (names.split(" ").includes(element.localName) && !element.matches(".choose")) runs.push("<" + element.localName + ">");
		for (const { name } of element.attributes) if (/^on|^style$|^srcdoc$|^formaction$|:/.test(name)) runs.push(name);
		for (const type of ["pointerover", "pointerenter", "mouseover", "mouseenter", "mousedown", "focus", "wheel", "copy", "drag", "touchstart", "toggle", "animationstart"])
			element.dispatchEvent(new Event(type));
		if (element.tabIndex >= 0) element.focus({ preventScroll: true });
		if (element.localName === "details") element.open = true;
		const goes = element instanceof HTMLAnchorElement && element.hasAttribute("href");
		if (goes && leaves.has(element.protocol)) element.addEventListener("click", (event) => event.preventDefault());
		else if (goes) runs.push(element.href);
		const follows = { bubbles: !goes || !leaves.has(element.protocol), cancelable: true };
		if (!element.matches("button, input, select, summary, label, .chip")) element.dispatchEvent(new MouseEvent("click", follows));
	}
	return runs;
})`

// insert puts all answers of a list into the page, as markup.
const insert = `(async () => {
	const on = new URLSearchParams(location.search).get("on");
	if (location.pathname !== "/" || !on) return;
	const { hits } = await (await fetch("/search?size=100&on=" + encodeURIComponent(on))).json();
	for (const { answer_html, question_html } of hits) {
		const details = document.createElement("details");
		details.className = "answer";
		details.innerHTML = "<summary>" + question_html + "</summary><div class=prose>" + answer_html + "</div>";
		document.querySelector("main").append(details);
	}
})()`

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// testUntrusted is about hostile pages: whatever they try, nothing of it runs, with the
// policy that pages are sent with and also where a browser knows of none.
func testUntrusted(t *testing.T, browser context.Context) {
	claim(t, "what runs would be seen", func(t *testing.T) { testEscapes(t, browser) })

	pages, err := hostile.Pages()
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, pages)
	lib, err := kb.Load(pages, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const echo = `%22%3E%3Cimg%20src=x%20onerror=ran(0)%3E%3C/script%3E%3Cscript%3Eran(0)%3C/script%3E`
	lists := []string{"/", "/browse", "/tools", "/tools/ant", "/tools/bee", "/compare?tool=ant&tool=bee", "/kb/nowhere" + echo, "/?q=" + echo, "/?q=ran&tool=" + echo, "/compare?tool=" + echo + "&tool=ant"}
	var read, themes, asked []string
	for _, p := range lib.Pages {
		read = append(read, p.URL())
		if len(p.Questions) > 3 { // the answers of the others are on the page alone
			themes = append(themes, p.URL())
			asked = append(asked, "/?on="+url.QueryEscape(p.Path))
		}
	}
	for _, c := range []struct {
		claim     string
		policy    bool
		addresses []string
	}{
		{"on pages, whatever they may do", false, read},
		{"in lists, whatever they may do", false, slices.Concat(asked, lists)},
		{"by the policy of pages and lists", true, slices.Concat(themes, lists)},
	} {
		claim(t, "nothing runs "+c.claim, func(t *testing.T) {
			tb := newTab(t, browser, s, desktop)
			tb.lost = s.url + "/" // pictures and pages that hostile addresses make up
			escaped := tb.guard(c.policy)
			for _, address := range c.addresses {
				tb.open(address)
				if runs := eval[[]string](tb, touch+`("main *")`); len(runs) > 0 {
					t.Errorf("%s has %q", address, runs)
				}
				tb.until("answers", `[...document.querySelectorAll("details.answer[open]")].every((answer) => answer.querySelector(".prose"))`)
				if !c.policy { // which forbids what follows
					tb.run(chromedp.Evaluate(insert, nil, awaited))
				}
				if runs := eval[[]string](tb, touch+`(".answer .prose *")`); len(runs) > 0 { // in what has come meanwhile
					t.Errorf("%s has %q in its answers", address, runs)
				}
				if !eval[bool](tb, `document.getElementById("Q-q") instanceof HTMLInputElement && document.documentElement.className === ""`) {
					t.Errorf("%s: the script of the frame does not work", address)
				}
				for _, what := range escaped.taken() {
					t.Errorf("%s: %s", address, what)
				}
			}
		})
	}

	claim(t, "nothing runs in suggestions", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		escaped := tb.guard(false)
		tb.open("/tools")
		for _, text := range []string{"<script>", `"onclick=`, `tool"on`, "<svg", "what is in"} {
			tb.run(chromedp.Evaluate(`document.getElementById("Q-q").value = ""`, nil), chromedp.Focus("#Q-q"))
			tb.press(text)
			tb.until("suggestion", `document.querySelectorAll("#Q-suggestions:not([hidden]) a").length > 0`)
			if eval[bool](tb, `[...document.querySelectorAll("#Q-suggestions *")].some((e) => !["A", "SPAN"].includes(e.tagName) || e.href && e.origin !== location.origin)`) {
				t.Errorf("%s is completed with %s", text, eval[string](tb, `document.getElementById("Q-suggestions").innerHTML`))
			}
		}
		for _, what := range escaped.taken() {
			t.Error(what)
		}
	})
}

// testEscapes shows the guard what it is there for, on a page that nobody has made
// harmless.
func testEscapes(t *testing.T, browser context.Context) {
	raw := []struct{ markup, seen string }{
		{`<script>ran(1)</script>`, "case 1 ran"},
		{`<img src="/x" onerror="ran(2)">`, "case 2 ran"},
		{`<a href="javascript:ran(3)">x</a>`, "case 3 ran"},
		{`<svg onload="ran(4)"></svg>`, "case 4 ran"},
		{`<iframe srcdoc="` + html.EscapeString(`<script>ran(5)</script>`) + `"></iframe>`, "case 5 ran"},
		{`<p onmouseover="ran(6)">x</p>`, "case 6 ran"},
		{`<details ontoggle="ran(7)"><summary>x</summary></details>`, "case 7 ran"},
		{`<svg><a><animate attributeName="href" values="javascript:ran(8)"></animate><text y="9">x</text></a></svg>`, "case 8 ran"},
		{`<input autofocus onfocus="ran(9)">`, "case 9 ran"},
		{`<iframe src="javascript:parent.ran(10)"></iframe>`, "case 10 ran"},
		{`<img src="https://` + hostile.Host + `/11">`, "a request: https://" + hostile.Host + "/11"},
		{`<style>@import "https://` + hostile.Host + `/12";</style>`, "a request: https://" + hostile.Host + "/12"},
		{`<a href="#x" onclick="ran(13)">x</a>`, "case 13 ran"},
		{`<script>alert(14)</script>`, "a dialog: 14"},
	}
	var page strings.Builder
	page.WriteString("<!doctype html><main>")
	for _, r := range raw {
		page.WriteString(r.markup)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page.String())
	}))
	defer server.Close()
	tb := newTab(t, browser, &site{url: server.URL}, desktop)
	tb.lost = "https://" + hostile.Host
	escaped := tb.guard(false)
	tb.run(chromedp.Navigate(server.URL))
	if runs := eval[[]string](tb, touch+`("main *")`); len(runs) < len(raw) {
		t.Errorf("the page is told to have %q alone", runs)
	}
	seen := make(map[string]bool)
	missed := func() (all []string) {
		for _, what := range escaped.taken() {
			seen[what] = true
		}
		for _, r := range raw {
			if !seen[r.seen] {
				all = append(all, r.markup)
			}
		}
		return all
	}
	tb.wait(func() bool { return missed() == nil }, func() string { return fmt.Sprintf("nothing was seen of %q", missed()) })
}
