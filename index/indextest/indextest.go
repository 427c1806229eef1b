// Package indextest is what every [index.Engine] promises, written down as tests.
//
// [Run] is the conformance suite. What a query finds is said in testdata/*.txtar:
// the pages of a small library, and a file named claims with blocks such as
//
//	# a word in the question outranks one in the answer
//	q: pool
//	tool: Django ORM
//	hits: python/orm#pool python/orm#slow
//	total: 2
//
// The comment is the claim. Before the expectations stand the parts of the query
// (q, category, ecosystem, tool, sort, page, size, group, exact, why for an id to
// explain), or suggest for a suggestion, or related for the id of which related
// questions are wanted. Expectations are:
//
//	hits         the ids of the hits, in order
//	first        the id of the first hit
//	has, hasnot  ids that are, or are not, among the hits
//	total        the total
//	grouped      the number of hits after grouping
//	category, … as "facet tool: Django ORM 3, Flask 0*": all values with their counts, * if selected
//	dropped, ignored
//	compared     the tools that are to be compared, "Gin, Echo"
//	pinned       the ids of pinned hits
//	reason       what one of the reasons of an explanation says
//	corrections  as "fastr faster"
//	question, snippet   the HTML of the first hit
//	more         the hidden hits by the first hit
//	selected     the selection of a facet as understood, "tool Django ORM"
//	blocked      the facets that block hits, "tool Flask 3, category ORMs 0, all 5"
//	without      the operators that leave out hits, "-slow 3 as pool, odd pool 2 as odd pool"
//	nearest      the ids of the nearest questions
//	texts        the texts of the suggestions with their kinds, "Django ORM (tool)"
//	questions    the ids of the related questions with the reasons, "a#b (tools Gin, Echo)"
package indextest

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"faqbase/index"
	"faqbase/kb"
)

//go:embed testdata/*.txtar
var cases embed.FS

// Library reads a library from the files of a txtar archive.
func Library(t testing.TB, archive string) *kb.Library {
	t.Helper()
	lib, _ := load(t, txtar.Parse([]byte(archive)))
	return lib
}

// load reads the pages of an archive and returns the text of its other files.
func load(t testing.TB, a *txtar.Archive) (lib *kb.Library, claims string) {
	t.Helper()
	files := make(fstest.MapFS)
	for _, f := range a.Files {
		if f.Name == "claims" {
			claims = string(f.Data)
			continue
		}
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	lib, err := kb.Load(files, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range lib.Faults {
		if fault.Severity == kb.SeverityError {
			t.Fatal(fault)
		}
	}
	return lib, claims
}

// Run tells whether the engines that open gives keep what all engines promise. An
// engine must be empty and be closed by the test's cleanup.
func Run(t *testing.T, open func(t *testing.T) index.Engine) {
	t.Run("claims", func(t *testing.T) { runClaims(t, open) })
	t.Run("apply", func(t *testing.T) { runApply(t, open) })
	t.Run("concurrency", func(t *testing.T) { runConcurrency(t, open) })
	t.Run("edits", func(t *testing.T) { runEdits(t, open) })
}

func runClaims(t *testing.T, open func(t *testing.T) index.Engine) {
	names, err := fs.Glob(cases, "testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		data, err := cases.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(strings.TrimPrefix(name, "testdata/"), ".txtar"), func(t *testing.T) {
			lib, claims := load(t, txtar.Parse(data))
			e := open(t)
			if err := e.Apply(t.Context(), lib); err != nil {
				t.Fatal(err)
			}
			for block := range strings.SplitSeq(strings.TrimSpace(claims), "\n\n") {
				c := parseClaim(t, block)
				t.Run(c.name, func(t *testing.T) { c.check(t, e) })
			}
		})
	}
}

// A claim is a query and what it must give.
type claim struct {
	name    string
	query   index.Query
	suggest string
	related string
	want    [][2]string
}

func parseClaim(t *testing.T, block string) claim {
	t.Helper()
	c := claim{query: index.Query{Size: 20}}
	for line := range strings.SplitSeq(block, "\n") {
		if text, ok := strings.CutPrefix(line, "# "); ok {
			c.name = strings.TrimSpace(c.name + " " + text)
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("claim %q: line %q, want key: value", c.name, line)
		}
		value = strings.TrimPrefix(value, " ")
		number := func() int {
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatalf("claim %q: %v", c.name, err)
			}
			return n
		}
		switch key {
		case "q":
			c.query.Text = value
		case "category":
			c.query.Category = append(c.query.Category, value)
		case "ecosystem":
			c.query.Ecosystem = append(c.query.Ecosystem, value)
		case "tool":
			c.query.Tool = append(c.query.Tool, value)
		case "sort":
			c.query.Sort = index.Sort(value)
		case "page":
			c.query.Page = number()
		case "size":
			c.query.Size = number()
		case "group":
			c.query.Group = value == "yes"
		case "exact":
			c.query.Exact = value == "yes"
		case "why":
			c.query.ExplainIDs = append(c.query.ExplainIDs, value)
		case "suggest":
			c.suggest = value
		case "related":
			c.related = value
		default:
			c.want = append(c.want, [2]string{key, strings.TrimSpace(value)})
		}
	}
	if c.name == "" || len(c.want) == 0 {
		t.Fatalf("claim without a name or an expectation:\n%s", block)
	}
	return c
}

func (c claim) check(t *testing.T, e index.Engine) {
	if c.suggest != "" {
		list, err := e.Suggest(t.Context(), c.suggest, 10)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, s := range list {
			texts = append(texts, fmt.Sprintf("%s (%s)", s.Text, s.Kind))
		}
		for _, w := range c.want {
			if got := strings.Join(texts, ", "); w[0] != "texts" || got != w[1] {
				t.Errorf("suggest %q: %s: got %s, want %s", c.suggest, w[0], got, w[1])
			}
		}
		return
	}
	if c.related != "" {
		list, err := e.Related(t.Context(), c.related, 5)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, r := range list {
			texts = append(texts, fmt.Sprintf("%s (%s)", r.Question.ID, why(r)))
		}
		for _, w := range c.want {
			if got := strings.Join(texts, ", "); w[0] != "questions" || got != w[1] {
				t.Errorf("related %q: %s:\n got %s\nwant %s", c.related, w[0], got, w[1])
			}
		}
		return
	}
	r, err := e.Search(t.Context(), c.query)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range c.want {
		if got, want := observe(t, r, w[0], w[1]); got != want {
			t.Errorf("%q: %s\n got %s\nwant %s\n(hits %s)", c.query.Text, w[0], got, want, ids(r))
		}
	}
}

// observe gives what a result has for an expectation, and what it should have.
func observe(t *testing.T, r *index.Results, key, want string) (string, string) {
	first := func(f func(h index.Hit) string) string {
		if len(r.Hits) == 0 {
			return ""
		}
		return f(r.Hits[0])
	}
	found := strings.Fields(ids(r))
	switch key {
	case "hits":
		return ids(r), want
	case "first":
		return first(ID), want
	case "has":
		for id := range strings.FieldsSeq(want) {
			if !slices.Contains(found, id) {
				return "no " + id, want
			}
		}
		return want, want
	case "hasnot":
		for id := range strings.FieldsSeq(want) {
			if slices.Contains(found, id) {
				return id, "without " + want
			}
		}
		return want, want
	case "total":
		return strconv.Itoa(r.Total), want
	case "grouped":
		return strconv.Itoa(r.Grouped), want
	case "facet category", "facet ecosystem", "facet tool":
		var list []string
		for _, v := range r.Facets[kb.Facet(strings.TrimPrefix(key, "facet "))] {
			s := fmt.Sprintf("%s %d", v.Name, v.Count)
			if v.Selected {
				s += "*"
			}
			list = append(list, s)
		}
		return strings.Join(list, ", "), want
	case "dropped":
		return strings.Join(r.Dropped, " "), want
	case "ignored":
		return strings.Join(r.Ignored, " "), want
	case "compared":
		return strings.Join(r.Compared, ", "), want
	case "corrections":
		var list []string
		for _, c := range r.Corrections {
			list = append(list, c.From+" "+c.To)
		}
		return strings.Join(list, ", "), want
	case "pinned":
		var list []string
		for _, h := range r.Hits {
			if h.Pinned != nil {
				list = append(list, ID(h))
			}
		}
		return strings.Join(list, " "), want
	case "reason":
		var list []string
		for _, x := range r.Explanations {
			for _, reason := range x.Reasons {
				if strings.Contains(reason.Text, want) {
					return want, want
				}
				list = append(list, reason.Text)
			}
		}
		return strings.Join(list, "; "), want
	case "question":
		return first(func(h index.Hit) string { return h.QuestionHTML }), want
	case "snippet":
		return first(func(h index.Hit) string { return h.SnippetHTML }), want
	case "blocked":
		var list []string
		for _, b := range r.Blocked {
			list = append(list, fmt.Sprintf("%s %s %d", b.Facet, strings.Join(b.Values, " or "), b.Total))
		}
		if r.Unfiltered > 0 {
			list = append(list, fmt.Sprintf("all %d", r.Unfiltered))
		}
		return strings.Join(list, ", "), want
	case "without":
		var list []string
		for _, o := range r.Without {
			list = append(list, fmt.Sprintf("%s %d as %s", o.Typed, o.Total, o.Text))
		}
		return strings.Join(list, ", "), want
	case "nearest":
		var list []string
		for _, h := range r.Nearest {
			list = append(list, ID(h))
		}
		return strings.Join(list, " "), want
	case "more":
		var list []string
		for _, h := range r.Hits {
			if h.More > 0 {
				list = append(list, fmt.Sprintf("%s %d", ID(h), h.More))
			}
		}
		return strings.Join(list, ", "), want
	case "selected":
		var list []string
		for _, v := range r.Query.Category {
			list = append(list, "category "+v)
		}
		for _, v := range r.Query.Ecosystem {
			list = append(list, "ecosystem "+v)
		}
		for _, v := range r.Query.Tool {
			list = append(list, "tool "+v)
		}
		return strings.Join(list, ", "), want
	}
	t.Fatalf("unknown expectation %q", key)
	return "", ""
}

// ID is the id of a hit: a question's, or a page's path.
func ID(h index.Hit) string {
	if h.Question != nil {
		return h.Question.ID
	}
	return h.Page.Path
}

func ids(r *index.Results) string {
	var list []string
	for _, h := range r.Hits {
		list = append(list, ID(h))
	}
	return strings.Join(list, " ")
}

// summary is everything about results that a reader can see, as text.
func summary(r *index.Results) string {
	var b strings.Builder
	fmt.Fprintf(&b, "total %d corrections %v dropped %v ignored %v blocked %v of %d\n", r.Total, r.Corrections, r.Dropped, r.Ignored, r.Blocked, r.Unfiltered)
	for _, h := range r.Nearest {
		fmt.Fprintf(&b, "nearest %s %.9f %s | %s\n", ID(h), h.Score, h.QuestionHTML, h.SnippetHTML)
	}
	for _, h := range r.Hits {
		fmt.Fprintf(&b, "%s %.9f %d %s | %s\n", ID(h), h.Score, h.More, h.QuestionHTML, h.SnippetHTML)
	}
	for _, f := range []kb.Facet{kb.FacetCategory, kb.FacetEcosystem, kb.FacetTool} {
		fmt.Fprintf(&b, "%s %v\n", f, r.Facets[f])
	}
	return b.String()
}

// search fails the test on an error.
func search(t testing.TB, e index.Engine, q index.Query) *index.Results {
	t.Helper()
	q.Size = cmp.Or(q.Size, 20)
	r, err := e.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func apply(t testing.TB, e index.Engine, lib *kb.Library) {
	t.Helper()
	if err := e.Apply(context.Background(), lib); err != nil {
		t.Fatal(err)
	}
}

func runApply(t *testing.T, open func(t *testing.T) index.Engine) {
	one := Library(t, `
-- a.md --
## FAQ
### How do I undo a commit?
With git revert.
### How do I rename a branch?
With git branch -m.
-- b.md --
## FAQ
### What is a monorepo?
One repository for many projects.
`)
	t.Run("before the first library nothing is found", func(t *testing.T) {
		e := open(t)
		if r := search(t, e, index.Query{Text: "commit"}); r.Total != 0 || r.Library == nil {
			t.Errorf("total %d, library %v", r.Total, r.Library)
		}
		if s, err := e.Suggest(t.Context(), "com", 5); err != nil || len(s) != 0 {
			t.Errorf("suggestions %v, error %v", s, err)
		}
		if r, err := e.Related(t.Context(), "a", 5); err != nil || len(r) != 0 {
			t.Errorf("related %v, error %v", r, err)
		}
	})
	t.Run("an edited answer is found by its new words and no longer by its old ones", func(t *testing.T) {
		e := open(t)
		apply(t, e, one)
		apply(t, e, Library(t, "-- a.md --\n## FAQ\n### How do I undo a commit?\nWith jujutsu abandon.\n"))
		if got := ids(search(t, e, index.Query{Text: "jujutsu"})); got != "a#how-do-i-undo-a-commit" {
			t.Errorf("new word: got %q", got)
		}
		if got := ids(search(t, e, index.Query{Text: "revert"})); got != "" {
			t.Errorf("old word: got %q", got)
		}
	})
	t.Run("a removed page and a removed question are gone", func(t *testing.T) {
		e := open(t)
		apply(t, e, one)
		apply(t, e, Library(t, "-- a.md --\n## FAQ\n### How do I undo a commit?\nWith git revert.\n"))
		r := search(t, e, index.Query{})
		if got, want := ids(r), "a#how-do-i-undo-a-commit"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := ids(search(t, e, index.Query{Text: "monorepo branch"})); got != "" {
			t.Errorf("got %q, want nothing", got)
		}
	})
	t.Run("a renamed page is found under its new id alone", func(t *testing.T) {
		e := open(t)
		apply(t, e, Library(t, "-- old.md --\n## FAQ\n### What is a monorepo?\nMany projects.\n"))
		apply(t, e, Library(t, "-- new.md --\n## FAQ\n### What is a monorepo?\nMany projects.\n"))
		if got := ids(search(t, e, index.Query{Text: "monorepo"})); got != "new#what-is-a-monorepo" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("an alias added in tools.yaml finds pages that did not change", func(t *testing.T) {
		e := open(t)
		page := "-- db.md --\n---\ntools: [PostgreSQL]\n---\n## FAQ\n### How do I vacuum?\nWith vacuumdb.\n"
		apply(t, e, Library(t, page))
		if got := ids(search(t, e, index.Query{Text: "elephantdb"})); got != "" {
			t.Errorf("before: got %q", got)
		}
		apply(t, e, Library(t, page+"-- tools.yaml --\n- name: PostgreSQL\n  aliases: [elephantdb]\n"))
		if got := search(t, e, index.Query{Text: "elephantdb"}); !strings.Contains(ids(got), "db#how-do-i-vacuum") {
			t.Errorf("after: got %q", ids(got))
		}
	})
	t.Run("results name the library that was searched", func(t *testing.T) {
		e := open(t)
		apply(t, e, one)
		if r := search(t, e, index.Query{Text: "commit"}); r.Library != one {
			t.Error("another library")
		}
	})
	t.Run("the same library again writes nothing", func(t *testing.T) {
		e := open(t)
		c, ok := e.(interface{ Indexed() uint64 })
		if !ok {
			t.Skip("engine does not count what it writes")
		}
		apply(t, e, one)
		n := c.Indexed()
		if n != 5 { // two pages and three questions
			t.Errorf("wrote %d documents, want 5", n)
		}
		apply(t, e, one)
		if c.Indexed() != n {
			t.Errorf("wrote %d documents again", c.Indexed()-n)
		}
	})
	t.Run("an empty library empties the index", func(t *testing.T) {
		e := open(t)
		apply(t, e, one)
		apply(t, e, Library(t, ""))
		if r := search(t, e, index.Query{}); r.Total != 0 {
			t.Errorf("total %d", r.Total)
		}
	})
	t.Run("a cancelled apply leaves the state before, and the next one succeeds", func(t *testing.T) {
		e := open(t)
		apply(t, e, one)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		two := Library(t, "-- c.md --\n## FAQ\n### What is a submodule?\nA repository in another.\n")
		if err := e.Apply(ctx, two); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v", err)
		}
		if r := search(t, e, index.Query{Text: "monorepo"}); r.Total != 1 {
			t.Errorf("total %d of the state before", r.Total)
		}
		apply(t, e, two)
		if got := ids(search(t, e, index.Query{})); got != "c#what-is-a-submodule" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a search whose context has ended says so", func(t *testing.T) {
		e := open(t)
		apply(t, e, one)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := e.Search(ctx, index.Query{Text: "commit"}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("closing twice is harmless, and a closed engine says that it is", func(t *testing.T) {
		e := open(t)
		apply(t, e, one)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Errorf("second: %v", err)
		}
		if _, err := e.Search(t.Context(), index.Query{Text: "commit"}); err == nil {
			t.Error("search: no error")
		}
		if err := e.Apply(t.Context(), one); err == nil {
			t.Error("apply: no error")
		}
	})
}

// runConcurrency searches while libraries alternate: each result must be of one of
// them as a whole.
func runConcurrency(t *testing.T, open func(t *testing.T) index.Engine) {
	even, odd := numbered(t, "even", 12), numbered(t, "odd", 7)
	e := open(t)
	apply(t, e, even)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var searches sync.WaitGroup
	for range 4 {
		searches.Go(func() {
			for ctx.Err() == nil {
				r, err := e.Search(context.Background(), index.Query{Text: "shared", Size: 20})
				if err != nil {
					t.Error(err)
					return
				}
				word, want := "even", 12
				if r.Library == odd {
					word, want = "odd", 7
				}
				if r.Total != want {
					t.Errorf("%s library: total %d, want %d", word, r.Total, want)
					return
				}
				for _, h := range r.Hits {
					if !strings.HasPrefix(h.Question.Text, "Shared "+word) || r.Library.Question(h.Question.ID) != h.Question {
						t.Errorf("%s library: hit %s of another one", word, h.Question.Text)
						return
					}
				}
				if _, err := e.Suggest(context.Background(), "sha", 5); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 10 {
		apply(t, e, odd)
		apply(t, e, even)
	}
	cancel()
	searches.Wait()
}

func numbered(t *testing.T, word string, n int) *kb.Library {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "-- p%02d.md --\n## FAQ\n### Shared %s question %d?\nAnswer.\n", i, word, i)
	}
	return Library(t, b.String())
}
