package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"faqbase/kb"
	"faqbase/kb/sample"
)

// TestLongListsAreCutAndWholeElsewhere has a library that is long in every direction.
func TestLongListsAreCutAndWholeElsewhere(t *testing.T) {
	const pages, groups = 1200, 190
	fsys := make(fstest.MapFS)
	for i := range pages {
		var s strings.Builder
		fmt.Fprintf(&s, "---\ntitle: %q\ncategory: [All, Category %d]\ntools: [Common, Tool %d]\nupdated: 2026-01-%02d\n",
			strings.TrimSuffix(sample.Questions(i, 1)[0], "?"), i%groups, i%400, 1+i%28)
		if i >= pages/2 {
			fmt.Fprintf(&s, "ecosystem: [Earth, Ecosystem %d]\n", i%groups)
		}
		s.WriteString("---\n")
		if i%3 == 0 {
			fmt.Fprintf(&s, "\n## Comparison\n\n| Aspect | Common | Tool %d |\n|---|---|---|\n| Size | small | large |\n", i%400)
		}
		fmt.Fprintf(&s, "\n## What does it do %d times?\n\nIt runs.\n", i)
		fsys[fmt.Sprintf("p%d.md", i)] = &fstest.MapFile{Data: []byte(s.String()), Mode: 0o644}
	}
	tools := "- name: Common\n  category: All\n"
	for i := range 400 {
		tools += fmt.Sprintf("- name: Tool %d\n  category: [All, Category %d]\n", i, i%groups)
	}
	fsys["tools.yaml"] = &fstest.MapFile{Data: []byte(tools), Mode: 0o644}
	s := open(t, load(t, fsys, ""), Config{})
	for _, c := range []struct {
		path  string
		links map[string]int // text of a link to a whole list, and how many it has
	}{
		{"/categories/all", map[string]int{"All 1,200 pages": 1200, "All 401 tools": 401, "All 191 ecosystems": 191}},
		{"/ecosystems/earth", map[string]int{"All 600 pages": 600, "All 191 categories": 191}},
		{"/tools/common", map[string]int{"All 1,200 pages": 1200}},
		{"/browse", map[string]int{"All 1,200 pages": 1200, "All 191 ecosystems": 191, "All 191 categories": 191, "All 401 tools": 401, "All 600 pages": 600}},
		{"/tools", map[string]int{"All 401 tools": 401}},
	} {
		if n := sent(t, s, c.path); n > 15_000 {
			t.Errorf("%s has %d bytes, want 15,000 at most", c.path, n)
		} else {
			t.Logf("%-20s %6d bytes", c.path, n)
		}
		links := linksOf(t, s, c.path)
		for text, want := range c.links {
			if to := links[text]; to == "" {
				t.Errorf("%s has no link %q", c.path, text)
			} else if got := entriesOf(t, s, to); got != want {
				t.Errorf("%s: %q leads to %s, which lists %d", c.path, text, to, got)
			}
		}
	}
}

// TestCountsLeadToWhatTheyCount follows the values that a list of a selection has.
func TestCountsLeadToWhatTheyCount(t *testing.T) {
	s := open(t, load(t, fixture(t, nil), ""), Config{})
	for _, c := range []struct{ claim, path string }{
		{"ecosystems of a category", "/ecosystems?category=orms"},
		{"categories of an ecosystem", "/categories?ecosystem=python"},
		{"categories of a tool in an ecosystem", "/categories?tool=peewee&ecosystem=python"},
		{"those of the same facet that are chosen", "/ecosystems?ecosystem=python"},
		{"on the page of a category", "/categories/orms"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			followed := 0
			for _, n := range parseDocument(t, s.get(c.path).want(t, 200, "text/html").body).all {
				class, _ := attr(n, "class")
				to, _ := attr(n, "href")
				if class != "tag" || n.Data != "a" {
					continue
				}
				followed++
				var found struct{ Hits []struct{ Question string } }
				if err := json.Unmarshal([]byte(s.get("/search"+strings.TrimPrefix(to, "/")+"&size=100").want(t, 200, "application/json").body), &found); err != nil {
					t.Fatal(err)
				}
				questions := 0
				for _, hit := range found.Hits {
					if hit.Question != "" {
						questions++
					}
				}
				if count := text(n)[strings.LastIndex(text(n), " ")+1:]; count != strconv.Itoa(questions) {
					t.Errorf("%q leads to %s, which finds %d", text(n), to, questions)
				}
			}
			if followed == 0 {
				t.Errorf("%s has no values", c.path)
			}
		})
	}
}

// TestTheLargestGroupsOfToolsAreShown has more categories than are shown, the largest in
// the middle.
func TestTheLargestGroupsOfToolsAreShown(t *testing.T) {
	group := func(slug string, tools int) toolGroup {
		return toolGroup{Value: kb.Value{Slug: slug}, Tools: beginning[toolLine]{Total: tools}}
	}
	for _, c := range []struct {
		claim  string
		groups []toolGroup
		want   string
	}{
		{"few are all shown", []toolGroup{group("a", 1), group("b", 2), group("", 1)}, "a b _"},
		{"of many the largest, and the tools without a category", slices.Concat(slices.Repeat([]toolGroup{group("a", 1)}, 30), []toolGroup{group("x", 9), group("b", 1), group("y", 9), group("", 1)}),
			strings.Repeat("a ", shownLists-3) + "x y _"},
		{"of none none", nil, ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			var got []string
			for _, g := range largestGroups(c.groups) {
				got = append(got, cmp.Or(g.Slug, "_"))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("shown are %q, want %q", got, c.want)
			}
		})
	}
}

// linksOf are the links of a page, by their text.
func linksOf(t *testing.T, s *site, path string) map[string]string {
	t.Helper()
	links := make(map[string]string)
	for _, n := range parseDocument(t, s.get(path).want(t, 200, "text/html").body).all {
		if to, ok := attr(n, "href"); ok && n.Data == "a" {
			links[text(n)] = to
		}
	}
	return links
}

// entriesOf follows a list from its first part to the last, each of which is within the
// budget, and counts the entries, none of which comes twice.
func entriesOf(t *testing.T, s *site, path string) int {
	t.Helper()
	var seen []string
	for path != "" {
		if n := sent(t, s, path); n > 12_000 {
			t.Errorf("%s has %d bytes, want 12,000 at most", path, n)
		}
		next := ""
		for _, n := range parseDocument(t, s.get(path).want(t, 200, "text/html").body).all {
			to, _ := attr(n, "href")
			if rel, _ := attr(n, "rel"); rel == "next" {
				next = to
			}
			if class, _ := attr(n.Parent, "class"); n.Data == "li" && slices.Contains([]string{"pages", "tags", "tools"}, class) {
				seen = append(seen, firstLink(n))
			}
		}
		path = next
	}
	entries := len(seen)
	slices.Sort(seen)
	if distinct := len(slices.Compact(seen)); distinct != entries {
		t.Errorf("of %d entries %d are others", entries, distinct)
	}
	return entries
}

// firstLink is the address that the first link in an element leads to.
func firstLink(n *html.Node) string {
	for inner := range n.Descendants() {
		if to, ok := attr(inner, "href"); ok {
			return to
		}
	}
	return ""
}

func TestPartsOfLists(t *testing.T) {
	tools, err := fs.ReadFile(fixture(t, nil), "tools.yaml")
	if err != nil {
		t.Fatal(err)
	}
	more := map[string]string{"tools.yaml": string(tools) + "\n- name: Alone\n  category: Odd Things\n"}
	for i := range partSize {
		more[fmt.Sprintf("many/%d.md", i)] = fmt.Sprintf("---\ntitle: Number %d\necosystem: Counting\n---\n\n## What comes after %d?\n\nMore.\n", i, i)
	}
	s := open(t, load(t, fixture(t, more), ""), Config{})
	for _, c := range []struct {
		claim, path string
		status      int
		has         string
	}{
		{"a value may be named as in a search", "/browse?ecosystem=Python", 200, ">All pages: Python</h1>"},
		{"values of several facets have to fit", "/browse?ecosystem=python&tool=peewee", 200, ">All pages: Python, Peewee</h1>"},
		{"all pages are a list too", "/browse?page=1", 200, ">All pages</h1>"},
		{"so are all tools", "/tools?page=1", 200, ">All tools</h1>"},
		{"and those of a value", "/tools?ecosystem=python", 200, ">All tools: Python</h1>"},
		{"all categories", "/categories", 200, ">All categories</h1>"},
		{"all ecosystems", "/ecosystems", 200, ">All ecosystems</h1>"},
		{"the folder of categories is their list", "/categories/", 308, ""},
		{"what there is not has no list", "/browse?ecosystem=cobol", 404, "Nothing has cobol"},
		{"which is said by the names of what there is", "/ecosystems?ecosystem=python&category=cobol", 404, "Nothing has cobol, Python"},
		{"nor has a list more parts than it has", "/browse?page=3", 404, "There is no part 3 of this list; the last is 2"},
		{"a part after the first has its number in the title", "/browse?page=2", 200, "<title>All pages, part 2 - "},
		{"the first has none", "/browse?page=1", 200, "<title>All pages - "},
		{"a category that tools alone have is as they call it", "/tools?category=odd-things", 200, ">All tools: Odd Things</h1>"},
		{"a list is described by how long it is", "/browse?ecosystem=python", 200, `<meta name="description" content="All pages: Python (`},
		{"a part has a number", "/browse?page=x", 400, "Page is 1 to"},
		{"a name is short", "/tools?category=" + url.QueryEscape(strings.Repeat("x", 513)), 400, "Category is at most 512 bytes"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			r := s.get(c.path, "Accept", "text/html")
			if r.StatusCode != c.status || !strings.Contains(r.body, c.has) {
				t.Errorf("%s: status %d, want %d and %q\n%s", c.path, r.StatusCode, c.status, c.has, r.body)
			}
		})
	}
}

func TestTheValuesWithTheMostQuestionsAreShown(t *testing.T) {
	values := func(counts ...int) (list []countedValue) {
		for i, n := range counts {
			v := countedValue{Questions: n}
			v.Name = string(rune('a' + i))
			list = append(list, v)
		}
		return list
	}
	for _, c := range []struct {
		claim  string
		counts []int
		limit  int
		want   string
	}{
		{"few are all shown", []int{1, 2}, 2, "ab"},
		{"in the order in which they come", []int{1, 5, 3, 4}, 2, "bd"},
		{"of equals the first", []int{2, 5, 2, 2}, 3, "abc"},
		{"of none none", nil, 3, ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			got := ""
			shown := cutValues(values(c.counts...), c.limit, "/all")
			for _, v := range shown.Shown {
				got += v.Name
			}
			if got != c.want || shown.Total != len(c.counts) || shown.Shortened() != (len(c.counts) > c.limit) {
				t.Errorf("shown are %s of %d, want %s", got, shown.Total, c.want)
			}
		})
	}
}

func TestALongTableOfContentsHasTheHeadings(t *testing.T) {
	lines := func(headings, questions int) (list []content) {
		for range headings {
			list = append(list, content{})
			for range questions {
				list = append(list, content{Inner: true})
			}
		}
		return list
	}
	for _, c := range []struct {
		claim               string
		headings, questions int
		want                int
	}{
		{"a short one is whole", 2, 99, 200},
		{"a long one has the headings", 4, 500, 4},
		{"of one heading the first questions", 1, 2000, 200},
		{"of very many headings the first", 300, 1, 200},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := len(cutContents(lines(c.headings, c.questions))); got != c.want {
				t.Errorf("%d lines, want %d", got, c.want)
			}
		})
	}
}
