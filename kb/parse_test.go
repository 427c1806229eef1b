package kb

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// proseAndMore has each kind of block.
const proseAndMore = `---
title: T
---

# T

The *intro* has
two lines.

- One item.

  Another &quot;one&quot;.

## A heading

| A cell | with text |
|---|---|
| and | more |

### Why?

The answer.

    code

` + "```\nmore code\n```" + `

> A quotation.

[^1]: The footnote.

A note[^1]\
with a break.

<p>raw HTML</p>
`

func TestParse(t *testing.T) {
	t.Run("faults come as a list", func(t *testing.T) {
		p, err := Parse("a/b.md", []byte("# T\n\n## Why?\n"), Options{})
		var faults ErrorList
		if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Rule != "no-answer" || faults[0].Line != 3 {
			t.Errorf("error %v", err)
		}
		if p == nil || p.Path != "a/b" {
			t.Errorf("page %v", p)
		}
	})
	t.Run("a sound page has no error", func(t *testing.T) {
		if _, err := Parse("a.md", []byte("# T\n\nx\n"), Options{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("an anchor and a numbered mark are no words of a line that asks", func(t *testing.T) {
		src := []byte("###PDoes it fold? {#custom}\n\nYes.\n\n\u95ee\u9898 1\uff1aWhy?\n\nSo.\n")
		p, err := Parse("faq/a.md", src, Options{})
		if p == nil {
			t.Fatal(err)
		}
		checkPage(t, src, p)
	})
	t.Run("prose is what is written in sentences, with its lines", func(t *testing.T) {
		p, err := Parse("a.md", []byte(proseAndMore), Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := []Passage{
			{Line: 7, Text: "The intro has two lines."}, {Line: 10, Text: "One item."}, {Line: 12, Text: "Another \"one\"."},
			{Line: 22, Text: "The answer."}, {Line: 30, Text: "A quotation."},
			{Line: 34, Text: "A note\nwith a break.", Cites: true}, {Line: 32, Text: "The footnote."},
		}
		if diff := cmp.Diff(want, p.Prose); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("prose knows where it has a link or a footnote", func(t *testing.T) {
		for src, want := range map[string]bool{
			"Plain `[a](b)`.": false, "A [link](https://x.example).": true, "**A [link](b.md)**.": true, "https://x.example is bare.": true,
			"A note[^1].\n\n[^1]: So.": true, "![A picture](a.png)": false,
		} {
			p, err := Parse("a.md", []byte("# T\n\n"+src+"\n"), Options{})
			if err != nil || len(p.Prose) == 0 || p.Prose[0].Cites != want {
				t.Errorf("%q: %+v, want %v (%v)", src, p.Prose, want, err)
			}
		}
	})
	t.Run("an unnamed column is a fault of the page alone too", func(t *testing.T) {
		_, err := Parse("a.md", []byte("# A vs B\n\n## Quick comparison\n\n| | A | C |\n|-|-|-|\n| x | y | z |\n"), Options{})
		if err == nil || !strings.Contains(err.Error(), `a.md:5: column "C" names no tool of this page`) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("what no author writes is not read", func(t *testing.T) {
		for what, src := range map[string]string{
			"quotations": strings.Repeat(">", 1<<20),
			"lists":      strings.Repeat("- ", 1<<16),
			"brackets":   strings.Repeat("[a](", 1<<16),
			"columns":    "|" + strings.Repeat("a|", 1000) + "\n|" + strings.Repeat("-|", 1000) + "\n" + strings.Repeat("|a\n", 1000),
		} {
			p, err := Parse("a.md", []byte("# T\n\n"+src), Options{})
			if p != nil || err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("%s: page %v, error %v", what, p != nil, err)
			}
		}
	})
	t.Run("code and rules are no such thing", func(t *testing.T) {
		src := "# T\n\n```\n" + strings.Repeat("[", 5000) + "\n```\n\n.........." + strings.Repeat(".", 200) + "\n"
		if _, err := Parse("a.md", []byte(src), Options{}); err != nil {
			t.Error(err)
		}
	})
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Django ORM": "django-orm", "C++": "cplusplus", "C#": "csharp", ".NET": "dotnet", "ASP.NET": "asp-net", "Node.js": "node-js",
		"  a  /  b  ": "a-b", "Größe": "größe", "!!!": "", "": "", "F# & C": "fsharp-c", "-x-": "x", "Vue 3.5": "vue-3-5",
	} {
		if got := Slug(name); got != want {
			t.Errorf("Slug(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestTitleTools(t *testing.T) {
	for title, want := range map[string][]string{
		"SQLAlchemy vs Django ORM: which one?": {"SQLAlchemy", "Django ORM"},
		"A VS. B":                              {"A", "B"},
		"A versus B vs C":                      {"A", "B", "C"},
		"React vs Vue in 2026":                 {"React", "Vue"},
		"npm vs pnpm (updated)":                {"npm", "pnpm"},
		"Gin":                                  nil,
		"vs B":                                 nil,
		"What to look for in a tool vs the many other things": nil,
	} {
		if got := titleTools(title); !slices.Equal(got, want) {
			t.Errorf("titleTools(%q) = %q, want %q", title, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"titel", "title"}, {"tilte", "title"}, {"tools", "tools"}, {"tool", "tools"}, {"licence", ""}, {"questions", "questions"}, {"pubished", "published"},
	} {
		if got := nearest(c.name, slices.Values(pageKeys), 2); got != c.want {
			t.Errorf("nearest(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCellState(t *testing.T) {
	for text, want := range map[string]string{
		"Yes": "yes", "yes, since 2.0": "yes", "NO.": "no", "No": "no", "Partly: x": "part", "": "",
		"None": "", "No-op": "", "Not yet": "", "Yesterday": "", "Maybe yes": "", "No2": "",
	} {
		if got := cellState(text); got != want {
			t.Errorf("cellState(%q) = %q, want %q", text, got, want)
		}
	}
}

// FuzzParse reads anything and holds what is promised of every page.
func FuzzParse(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	n := 0
	for _, name := range archives {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for part := range bytes.SplitSeq(src, []byte("\n-- ")) {
			if _, body, ok := bytes.Cut(part, []byte(" --\n")); ok {
				if n++; sampled(n) {
					f.Add(body)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := Parse("dir/page.md", src, Options{Base: "https://example.com"})
		checkFaults(t, src, err)
		if p != nil {
			checkPage(t, src, p)
		}
	})
}

// checkFaults holds that faults are in order and on lines of the file.
func checkFaults(t *testing.T, src []byte, err error) {
	var faults ErrorList
	if err != nil && !errors.As(err, &faults) {
		t.Fatalf("not an ErrorList: %v", err)
	}
	lines := bytes.Count(src, []byte("\n")) + 1
	for i, e := range faults {
		if e.Line < 0 || e.Line > lines {
			t.Errorf("fault on line %d of %d: %v", e.Line, lines, e)
		}
		if i > 0 && faults[i-1].Line > e.Line {
			t.Errorf("faults out of order: %v before %v", faults[i-1], e)
		}
		if e.Rule == "" || e.Msg == "" || e.Severity == "" || strings.Contains(e.Msg, "\n") {
			t.Errorf("fault %+v", e)
		}
	}
}

// checkPage holds what is promised of every page.
func checkPage(t *testing.T, src []byte, p *Page) {
	t.Helper()
	lines := bytes.Count(src, []byte("\n")) + 1
	if p.Title == "" || p.Path == "" {
		t.Errorf("no title or path: %q %q", p.Title, p.Path)
	}
	anchors := map[string]bool{}
	seen := 0
	for _, b := range p.Blocks() {
		switch b.Kind {
		case BlockHeading, BlockQuestion:
			if b.Anchor == "" || anchors[b.Anchor] {
				t.Errorf("anchor %q is empty or not unique", b.Anchor)
			}
			if b.Level < 2 || b.Level > 6 {
				t.Errorf("level %d", b.Level)
			}
			anchors[b.Anchor] = true
		}
		checkHTML(t, b.HTML)
		if b.Kind != BlockQuestion {
			continue
		}
		q := b.Question
		if q != p.Questions[seen] {
			t.Errorf("question %d is out of order", seen)
		}
		if p.question(q.Anchor) != q {
			t.Errorf("question %q is not found by its anchor", q.Anchor)
		}
		seen++
		if q.Line < 1 || q.Line > lines {
			t.Errorf("question on line %d of %d", q.Line, lines)
		}
		if q.Text == "" {
			t.Error("a question without text")
		}
		if q.Page != p || q.ID != p.Path+"#"+q.Anchor {
			t.Errorf("question %q of page %q", q.ID, p.Path)
		}
		checkHTML(t, q.HTML())
		checkHTML(t, q.TextHTML())
	}
	if seen != len(p.Questions) {
		t.Errorf("%d questions in the blocks, %d on the page", seen, len(p.Questions))
	}
	checkHTML(t, p.IntroHTML())
	if p.Comparison != nil {
		for _, r := range p.Comparison.Rows {
			if len(r.Cells) != len(p.Comparison.Columns) || r.Line < 1 || r.Line > lines {
				t.Errorf("row %+v", r)
			}
			for _, c := range r.Cells {
				checkHTML(t, c.HTML)
			}
		}
	}
	checkNothingLost(t, p)
}

// checkHTML holds that HTML has no element, attribute or address that could run
// anything, and that every element that it opens it closes.
func checkHTML(t *testing.T, s string) {
	t.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		if kind != html.StartTagToken && kind != html.EndTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		switch token.Data {
		case "script", "style", "iframe", "object", "embed", "form", "svg", "math", "link", "meta", "base", "template":
			t.Errorf("<%s> in %q", token.Data, s)
		}
		for _, a := range token.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				t.Errorf("attribute %s in %q", a.Key, s)
			}
			if a.Key == "src" && isRemote(a.Val) && !strings.HasPrefix(a.Val, "https://example.com/") { // the base
				t.Errorf("a picture from another site in %q", s)
			}
			if a.Key == "href" || a.Key == "src" {
				address := strings.ToLower(strings.Map(func(r rune) rune {
					if r <= ' ' {
						return -1
					}
					return r
				}, a.Val))
				for _, scheme := range []string{"javascript:", "data:", "vbscript:", "file:"} {
					if strings.HasPrefix(address, scheme) {
						t.Errorf("%s=%q in %q", a.Key, a.Val, s)
					}
				}
			}
		}
		switch {
		case token.Data == "br" || token.Data == "hr" || token.Data == "img" || token.Data == "input":
		case kind == html.StartTagToken:
			open = append(open, token.Data)
		case kind == html.EndTagToken && len(open) > 0 && open[len(open)-1] == token.Data:
			open = open[:len(open)-1]
		default:
			t.Errorf("<%s> closes nothing in %q", token.Data, s)
		}
	}
	if len(open) > 0 {
		t.Errorf("%v not closed in %q", open, s)
	}
}

// checkNothingLost holds that every word of the file's Markdown is somewhere in
// the text of the page, and every word of that text somewhere in its HTML.
func checkNothingLost(t *testing.T, p *Page) {
	t.Helper()
	r := newReading(p.File, p.Source, Options{})
	r.parse()
	all := markedWords(r.plain(r.doc)) // before anything is cut out of it
	r.divide(p.choice)
	parts := []string{p.Title, p.Intro, p.Text}
	for _, q := range p.Questions {
		// Where scripts have no spaces, an answer may begin right behind a bold question.
		parts = append(parts, q.Text, q.Answer, q.Text+q.Answer, q.Anchor)
	}
	if p.Comparison != nil {
		parts = append(parts, p.Comparison.Columns...)
		for _, row := range p.Comparison.Rows {
			parts = append(parts, row.Aspect)
			for _, c := range row.Cells {
				parts = append(parts, c.Text)
			}
		}
	}
	kept := map[string]bool{}
	for _, word := range words(strings.Join(parts, "\n")) {
		kept[word] = true
	}
	if r.comparison != nil { // the head of the first column is only a name for aspects
		head := r.comparison.FirstChild().FirstChild()
		for _, word := range words(inlineText(r.src, head)) {
			kept[word] = true
		}
	}
	for _, word := range all {
		if !kept[word] {
			t.Errorf("the word %q is lost", word)
		}
	}
}

// markedWords are the words of a text, without the "Q:" and "A:" that mark a question
// or an answer and go, also if they have a number of their own ("Question 1.").
func markedWords(text string) []string {
	numbered := regexp.MustCompile(`(?m)^\pL+ +#?\d+[^\pL\pN]`)
	text = numbered.ReplaceAllStringFunc(text, func(mark string) string {
		if questionPrefix.MatchString(mark) || answerPrefix.MatchString(mark) {
			return ""
		}
		return mark
	})
	return slices.DeleteFunc(words(text), func(word string) bool {
		return questionPrefix.MatchString(word+":") || answerPrefix.MatchString(word+":") || letterPrefix.MatchString(word+":") || letterAnswer.MatchString(word+":")
	})
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// wild is a folder of Markdown as other projects write it, which is not part of
// this repository.
func wild() string {
	if dir := os.Getenv("FAQBASE_WILD"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared", "data", "wild")
}

func TestWildFilesAreReadWithoutLoss(t *testing.T) {
	dir := wild()
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no files in the wild at %s; name a folder of Markdown in FAQBASE_WILD", dir)
	}
	l, err := Load(os.DirFS(dir), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Pages) == 0 {
		t.Errorf("no pages in %s", dir)
	}
	for i, p := range l.Pages {
		if sampled(i) {
			t.Run(p.Path, func(t *testing.T) { checkPage(t, p.Source, p) })
		}
	}
}

// TestRulesOfQuestionsAreDocumented holds that the package comment states every rule
// by which something is a question or none, and that each can be told in words.
func TestRulesOfQuestionsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(doc), "\n// # Questions\n")
	section, _, _ = strings.Cut(section, "\n// # ")
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^//\t([a-z-]+) +\S`).FindAllStringSubmatch(section, -1) {
		documented[m[1]] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(reasons))); diff != "" {
		t.Errorf("-documented +given:\n%s", diff)
	}
}
