package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stops is what takes the focus with Tab, in the order of the document: what can be
// seen and is not turned off.
const stops = `[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex]")]
	.filter(e => e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" && e.checkVisibility({visibilityProperty: true}))`

// line is how far above its predecessor a stop may be that stands beside it.
const line = 48

// walk presses Tab through the whole page and fails the test where a stop is left
// out, hidden when it has the focus, or above the one before.
func (tb *tab) walk() {
	tb.t.Helper()
	const read = `(() => {
		const e = document.activeElement;
		if (e === document.body) return null;
		const box = e.getBoundingClientRect();
		const first = e.getClientRects()[0] ?? box; // of a link that goes on in the next line, the part in this one
		const at = document.elementFromPoint(first.left + Math.min(first.width, innerWidth) / 2, first.top + Math.min(first.height, 40) / 2);
		const own = e.labels?.[0] ?? e;
		return {
			Stop: (` + stops + `).indexOf(e),
			Seen: box.width > 1 && box.height > 1 && e.checkVisibility({opacityProperty: true, visibilityProperty: true})
				&& Boolean(at) && (own.contains(at) || at.contains(e)),
			Top: box.top + scrollY, Bottom: box.bottom + scrollY,
			Name: e.outerHTML.slice(0, 120),
		}
	})()`
	want := eval[int](tb, stops+".length")
	type stop struct {
		Stop        int
		Seen        bool
		Top, Bottom float64
		Name        string
	}
	var before *stop
	for n := range want {
		tb.press(kb.Tab)
		at := eval[*stop](tb, read)
		switch {
		case at == nil:
			tb.t.Fatalf("after %d of %d stops the focus is lost", n, want)
		case at.Stop != n:
			tb.t.Fatalf("stop %d is number %d in the document: %s", n, at.Stop, at.Name)
		case !at.Seen:
			tb.t.Errorf("is not seen: %s", at.Name)
		case before != nil && n > 1 && at.Bottom < before.Top-line:
			tb.t.Errorf("%s is above %s", at.Name, before.Name)
		}
		before = at
	}
}

// An axNode is what Chromium tells screen readers of an element.
type axNode struct {
	NodeID   string
	Ignored  bool
	Role     struct{ Value any }
	Name     struct{ Value any }
	ChildIDs []string
}

// tree is what Chromium tells screen readers of the page: below each node with the
// given role, in the order of reading, the "role name" of its descendants.
func (tb *tab) tree(role string) map[string][]string {
	tb.t.Helper()
	var full struct{ Nodes []axNode }
	// Not through cdproto, which fails on properties that are newer than itself.
	tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
		var raw json.RawMessage
		if err := cdp.Execute(ctx, "Accessibility.getFullAXTree", nil, &raw); err != nil {
			return err
		}
		return json.Unmarshal(raw, &full)
	}))
	nodes := make(map[string]axNode)
	for _, n := range full.Nodes {
		nodes[n.NodeID] = n
	}
	var below func(n axNode) []string
	below = func(n axNode) (said []string) {
		for _, id := range n.ChildIDs {
			child := nodes[id]
			if !child.Ignored {
				said = append(said, fmt.Sprintf("%v %v", child.Role.Value, child.Name.Value))
			}
			said = append(said, below(child)...)
		}
		return said
	}
	found := make(map[string][]string)
	for _, n := range full.Nodes {
		if !n.Ignored && n.Role.Value == role {
			found[fmt.Sprint(n.Name.Value)] = below(n)
		}
	}
	return found
}

// only are those that are of a role, without it.
func only(role string, said []string) (names []string) {
	for _, s := range said {
		if name, ok := strings.CutPrefix(s, role+" "); ok {
			names = append(names, name)
		}
	}
	return names
}

// testFocus claims where the focus goes and what screen readers are told.
func testFocus(t *testing.T, browser context.Context, s *site) {
	const few = "/?q=test&ecosystem=Python&size=2"
	phone := look{375, 812, "light", true}
	for name, l := range map[string]look{"on a desk": desktop, "on a phone": phone} {
		claim(t, "Tab leads through a search in the order of reading, "+name, func(t *testing.T) {
			tb := newTab(t, browser, s, l)
			tb.open(few)
			if l.width < desktop.width {
				tb.run(chromedp.Evaluate(`document.querySelector("#Q-facets").open = true`, nil))
				tb.walk()
				return
			}
			// Columns are read one after the other; within each it goes down.
			order := eval[[]string](tb, `(`+stops+`).map(e => e.closest("header, details.facets, main, aside, footer, .skip")?.className || "main").filter((name, i, all) => name !== all[i - 1])`)
			if want := []string{"skip", "top", "facets", "main", "foot"}; !slices.Equal(slices.DeleteFunc(order, func(part string) bool { return part == "rail" }), want) {
				t.Errorf("the parts come as %q, want %q", order, want)
			}
		})
	}
	claim(t, "Tab leads down a page on a phone, and to nothing hidden", func(t *testing.T) {
		tb := newTab(t, browser, s, phone)
		tb.open("/kb/python/pip-vs-uv")
		tb.walk()
	})

	claim(t, "the skip link leads past the header", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open(few)
		tb.press(kb.Tab)
		tb.untilFocused("the skip link", `document.querySelector(".skip")`)
		tb.press(kb.Enter)
		tb.untilFocused("the results", `document.querySelector("main")`)
		tb.press(kb.Tab)
		tb.until("next stop within", `document.querySelector("main").contains(document.activeElement)`)
	})

	claim(t, "the focus stays where it was, or goes to the count when a chip is gone", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open(few)
		tb.run(chromedp.Focus("#Q-sort"))
		tb.press(kb.ArrowDown)
		tb.until("sorted results", `location.search.includes("sort=") && !document.querySelector("[aria-busy]")`)
		tb.untilFocused("the order", `document.querySelector("#Q-sort")`)
		tb.run(chromedp.Focus(".chip"))
		tb.press(kb.Enter)
		tb.until("no chip", `!document.querySelector(".chip")`)
		tb.untilFocused("the count", `document.querySelector("h1")`)
	})

	claim(t, "what was found is said once, when the typing stops", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/")
		tb.run(chromedp.Evaluate(`
			window.said = [];
			new MutationObserver(() => said.push(document.querySelector("#Q-status").textContent)).observe(document.querySelector("#Q-status"), {childList: true});
			window.shown = new Set();
			new MutationObserver(() => shown.add(document.querySelector("#Q-count").textContent)).observe(document.querySelector("#Q-results"), {childList: true});
			(async () => {
				const field = document.querySelector("#Q-q");
				for (const letter of "docker") {
					field.value += letter;
					field.dispatchEvent(new InputEvent("input"));
					// The next letter comes with the results, before they are told.
					await new Promise(next => new MutationObserver(next).observe(document.querySelector("#Q-results"), {childList: true}));
				}
			})()`, nil))
		tb.until("what was found", `said.length > 0 && document.querySelector("#Q-count").textContent.endsWith("docker")`)
		if said := eval[[]string](tb, "said"); len(said) != 1 || !strings.HasSuffix(said[0], " answers for docker") {
			t.Errorf("it is said: %q", said)
		}
		if n := eval[int](tb, "shown.size"); n < 2 {
			t.Errorf("results were shown %d times, which tests nothing", n)
		}
	})

	claim(t, "filters are groups of checkboxes with counts, and chips say what they remove", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open(few)
		found := s.search(t, tb.location().Query())
		groups := tb.tree("group")
		v := found.Facets["ecosystem"][0]
		if want := fmt.Sprintf("%s , results: %d", v.Value, v.Count); !slices.Contains(only("checkbox", groups["Ecosystem"]), want) {
			t.Errorf("the group Ecosystem has %q, want %q among them", groups["Ecosystem"], want)
		}
		if links := only("link", tb.tree("main")[""]); !slices.Contains(links, "Remove filter Ecosystem: Python") {
			t.Errorf("the links are %q", links)
		}
	})

	claim(t, "a comparison is a table, in both layouts", func(t *testing.T) {
		tb := newTab(t, browser, s, desktop)
		tb.open("/kb/python/pip-vs-uv")
		count := func(l look) (counts map[string][4]int) {
			tb.show(l)
			counts = make(map[string][4]int)
			for name, said := range tb.tree("table") {
				if name == "" {
					continue // one within an answer
				}
				counts[name] = [4]int{len(only("row", said)), len(only("columnheader", said)), len(only("rowheader", said)), len(only("cell", said))}
			}
			return counts
		}
		wide, narrow := count(desktop), count(phone)
		if len(wide) == 0 || len(wide) != len(narrow) {
			t.Fatalf("tables: %v and %v", wide, narrow)
		}
		for name, n := range wide {
			// Rows with the head, three columns of which the first has the names of the rows.
			if want := [4]int{n[0], 3, n[0] - 1, 2 * (n[0] - 1)}; n != want || n[0] < 2 {
				t.Errorf("%s: %v, want %v", name, n, want)
			}
			n[1]-- // the corner is not shown
			if narrow[name] != n {
				t.Errorf("%s: %v on a phone, want %v", name, narrow[name], n)
			}
		}
	})
}
