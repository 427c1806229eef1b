package e2e

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a page may take to become as a test wants it.
const patience = time.Minute

// A look is how a tab shows a page.
type look struct {
	width, height int64
	scheme        string // light or dark
	script        bool
}

// desktop is what tests use that do not care.
var desktop = look{1440, 1000, "light", true}

// A tab is a browser tab with its own cookies. It fails its test when something
// goes wrong on a page.
type tab struct {
	t    *testing.T
	ctx  context.Context
	site *site
	own  cdp.BrowserContextID

	mu     sync.Mutex
	faults []string
	absent string // the address whose 404 is wanted
	lost   string // what addresses begin with whose loss is wanted
}

// newTab opens an empty tab on the site.
func newTab(t *testing.T, browser context.Context, s *site, l look) *tab {
	t.Helper()
	// chromedp.WithNewBrowserContext would not do: a new context wants a new window.
	ofBrowser := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	own, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(ofBrowser)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := target.DisposeBrowserContext(own).Do(ofBrowser); err != nil {
			t.Error(err)
		}
	})
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(own).WithNewWindow(true).Do(ofBrowser)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithTargetID(id))
	t.Cleanup(cancel)
	tb := &tab{t: t, ctx: ctx, site: s, own: own}
	chromedp.ListenTarget(ctx, tb.listen)
	tb.run(
		audits.Enable(),
		emulation.SetFocusEmulationEnabled(true), // each tab is seen, as a page that is not hears of no change
		emulation.SetScriptExecutionDisabled(!l.script),
	)
	tb.show(l)
	t.Cleanup(func() {
		tb.mu.Lock()
		defer tb.mu.Unlock()
		for _, fault := range tb.faults {
			t.Error(fault)
		}
	})
	return tb
}

// show makes the page look so.
func (tb *tab) show(l look) {
	tb.t.Helper()
	tb.run(
		chromedp.EmulateViewport(l.width, l.height),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: l.scheme},
			// A click that comes while the page scrolls or fades in goes elsewhere.
			{Name: "prefers-reduced-motion", Value: "reduce"},
		}),
	)
}

// of is the tab for a subtest.
func (tb *tab) of(t *testing.T) *tab {
	return &tab{t: t, ctx: tb.ctx, site: tb.site, own: tb.own}
}

// listen keeps what the browser complains about.
func (tb *tab) listen(event any) {
	var fault string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = "uncaught exception: " + e.ExceptionDetails.Error()
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.APITypeError && e.Type != runtime.APITypeWarning && e.Type != runtime.APITypeAssert {
			return
		}
		fault = fmt.Sprintf("console.%s:", e.Type)
		for _, arg := range e.Args {
			fault += " " + string(arg.Value) + arg.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != log.LevelError && e.Entry.Level != log.LevelWarning {
			return
		}
		fault = fmt.Sprintf("console: %s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		tb.mu.Lock()
		wanted := tb.absent != "" && e.Entry.URL == tb.absent && strings.Contains(e.Entry.Text, "404") ||
			tb.lost != "" && strings.HasPrefix(e.Entry.URL, tb.lost)
		tb.mu.Unlock()
		if wanted {
			return
		}
	case *audits.EventIssueAdded:
		d := e.Issue.Details
		if d == nil || d.ContentSecurityPolicyIssueDetails == nil {
			return
		}
		csp := d.ContentSecurityPolicyIssueDetails
		fault = fmt.Sprintf("content security policy: %s blocked %q (%s)", csp.ViolatedDirective, csp.BlockedURL, csp.ContentSecurityPolicyViolationType)
	default:
		return
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.faults = append(tb.faults, fault)
}

// run does the actions and fails the test if one fails or takes too long.
func (tb *tab) run(actions ...chromedp.Action) {
	tb.t.Helper()
	if err := chromedp.Run(tb.ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return chromedp.Tasks(actions).Do(ctx)
	})); err != nil {
		tb.t.Fatal(err)
	}
}

// open goes to an address of the site and waits until it has been loaded.
func (tb *tab) open(path string) {
	tb.t.Helper()
	tb.run(chromedp.Navigate(tb.site.url + path))
	tb.untilAt(path, "true")
}

// openAbsent is open for an address that the site has not got.
func (tb *tab) openAbsent(path string) {
	tb.t.Helper()
	tb.mu.Lock()
	tb.absent = tb.site.url + path
	tb.mu.Unlock()
	tb.open(path)
}

// eval is the value of a JavaScript expression on the page.
func eval[T any](tb *tab, expression string) T {
	tb.t.Helper()
	var v T
	if err := chromedp.Run(tb.ctx, chromedp.Evaluate(expression, &v)); err != nil {
		tb.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait asks for a condition until it holds, and fails the test with what excuse
// says if it does not hold in time.
func (tb *tab) wait(holds func() bool, excuse func() string) {
	tb.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			tb.t.Fatalf("after %v %s", patience, excuse())
		}
	}
}

// until waits for a JavaScript expression to become true, whatever page the tab
// shows meanwhile.
func (tb *tab) until(what, expression string) {
	tb.t.Helper()
	var err error
	tb.wait(func() bool {
		var ok bool
		err = chromedp.Run(tb.ctx, chromedp.Evaluate("Boolean("+expression+")", &ok))
		return ok
	}, func() string {
		return fmt.Sprintf("there is no %s: %s is not true (%v); the page says:\n%s", what, expression, err, eval[string](tb, "document.body.innerText"))
	})
}

// untilAt waits until the tab has arrived at an address of the site, which a
// JavaScript expression describes, and has loaded it.
func (tb *tab) untilAt(what, expression string) {
	tb.t.Helper()
	tb.until(what, "("+expression+`) && document.readyState === "complete"`)
}

// press presses keys one after the other, wherever the focus is: letters, and what
// chromedp's package kb names. Unlike chromedp.KeyEvent it types nothing where the
// page has taken the key for itself.
func (tb *tab) press(keys string) {
	tb.t.Helper()
	tb.pressWith(0, keys)
}

// pressWith is press while another key is held down.
func (tb *tab) pressWith(held input.Modifier, keys string) {
	tb.t.Helper()
	for _, r := range keys {
		k, ok := kb.Keys[r]
		if !ok {
			tb.t.Fatalf("no key for %q", r)
		}
		event := input.DispatchKeyEvent(input.KeyDown).WithKey(k.Key).WithCode(k.Code).
			WithWindowsVirtualKeyCode(k.Windows).WithNativeVirtualKeyCode(k.Native)
		event = event.WithModifiers(held)
		if held == 0 && (k.Print || k.Text != "") || k.Text == "\r" {
			event = event.WithText(k.Text).WithUnmodifiedText(k.Unmodified)
		}
		up := *event
		up.Type, up.Text, up.UnmodifiedText = input.KeyUp, "", ""
		tb.run(event, &up)
	}
}

// location is the path and the query of the page.
func (tb *tab) location() *url.URL {
	tb.t.Helper()
	u, err := url.Parse(eval[string](tb, "location.href"))
	if err != nil {
		tb.t.Fatal(err)
	}
	return u
}
