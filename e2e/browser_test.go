package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to become as a test wants it.
const patience = 15 * time.Second

// missing skips the test because something that it needs is not there, and fails
// it where REQUIRE_BROWSER says that it has to be.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("REQUIRE_BROWSER") == "1" {
		t.Fatalf("%s, and REQUIRE_BROWSER=1 wants it", what)
	}
	t.Skipf("browser test skipped: %s", what)
}

// findChromium is the path of the browser, "" if there is none.
func findChromium() string {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	if named := os.Getenv("CHROMIUM"); named != "" {
		names = []string{named}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// startBrowser starts a Chromium for the test and its subtests, without a window.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path := findChromium()
	if path == "" {
		missing(t, "no chromium found; install it or name it in CHROMIUM")
	}
	allocator, stop := chromedp.NewExecAllocator(t.Context(),
		chromedp.ExecPath(path),
		chromedp.NoFirstRun,
		chromedp.NoSandbox,
		chromedp.Headless,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	t.Cleanup(stop)
	browser, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Run(browser); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return browser
}

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

	mu     sync.Mutex
	faults []string
	absent string // the address whose 404 is wanted
}

// newTab opens an empty tab on the site.
func newTab(t *testing.T, browser context.Context, s *site, l look) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	tb := &tab{t: t, ctx: ctx, site: s}
	chromedp.ListenTarget(ctx, tb.listen)
	tb.run(
		audits.Enable(),
		chromedp.EmulateViewport(l.width, l.height),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}}),
		emulation.SetScriptExecutionDisabled(!l.script),
	)
	t.Cleanup(func() {
		tb.mu.Lock()
		defer tb.mu.Unlock()
		for _, fault := range tb.faults {
			t.Error(fault)
		}
	})
	return tb
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
		wanted := tb.absent != "" && e.Entry.URL == tb.absent && strings.Contains(e.Entry.Text, "404")
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

// until waits for a JavaScript expression to become true, whatever page the tab
// shows meanwhile.
func (tb *tab) until(what, expression string) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var ok bool
		err := chromedp.Run(ctx, chromedp.Evaluate("Boolean("+expression+")", &ok))
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if errors.Is(err, context.DeadlineExceeded) {
				err = nil
			}
			tb.t.Fatalf("no %s after %v: %s is not true (%v); the page says:\n%s", what, patience, expression, err, eval[string](tb, "document.body.innerText"))
		}
	}
}

// press presses keys, as chromedp.KeyEvent names them, wherever the focus is.
func (tb *tab) press(keys string, opts ...chromedp.KeyOption) {
	tb.t.Helper()
	tb.run(chromedp.KeyEvent(keys, opts...))
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
