package kb

import (
	"bytes"
	"fmt"
	"math/bits"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Each place of a long block of raw HTML is found by looking at a few of its lines.
func TestPlacesInRawHTMLAreFoundWithoutCountingLines(t *testing.T) {
	const lines = 10_000
	const line = "<details>\n"
	n := ast.NewHTMLBlock(ast.HTMLBlockType6)
	segments := text.NewSegments()
	for i := range lines {
		segments.Append(text.NewSegment(i*len(line), (i+1)*len(line)))
	}
	n.SetLines(segments)
	b := newHTMLBlock(n)
	for i := range lines {
		if got := b.position(i*len(line) + 3); got != i*len(line)+3 {
			t.Fatalf("offset %d is at %d", i*len(line)+3, got)
		}
		part := b.part(i*len(line)+1, (i+1)*len(line))
		if got := part.Lines(); got.Len() != 1 || got.At(0) != text.NewSegment(i*len(line)+1, (i+1)*len(line)) {
			t.Fatalf("line %d is cut to %v", i, got.Sliced(0, got.Len()))
		}
	}
	if most := lines * (3*bits.Len(lines) + 1); b.looked > most {
		t.Errorf("looked at %d lines for %d places, want at most %d", b.looked, 3*lines, most)
	}
}

// The lines of front matter are counted in one pass, also where it is asked for an
// earlier one now and then.
func TestLinesOfFrontMatterAreCountedOnce(t *testing.T) {
	src := bytes.Repeat([]byte("k = 1\n"), 10_000)
	c := lineCounter{src: src}
	for at := 0; at < len(src); at += 2 {
		if got, want := c.at(at), 1+at/6; got != want {
			t.Fatalf("offset %d is on line %d, want %d", at, got, want)
		}
		if got, want := c.at(at-6), max(1, at/6); got != want {
			t.Fatalf("offset %d is on line %d, want %d", at-6, got, want)
		}
	}
	if most := 7 * len(src); c.counted > most {
		t.Errorf("counted %d bytes of %d, want at most %d", c.counted, len(src), most)
	}
	if got, want := c.at(2*len(src)), 1+len(src)/6; got != want {
		t.Errorf("the end is on line %d, want %d", got, want)
	}
}

// The ends of boxes are looked for once, however many kinds of them there are.
func TestEndsOfBoxesAreFoundInOnePass(t *testing.T) {
	var page strings.Builder
	for i := range 2_000 {
		fmt.Fprintf(&page, "{{< details-%d \"Why?\" >}}\n\n{{< faq%d \"Why?\" >}}\n<Faq%d title=\"Why?\">\n::: math\n", i, i, i)
	}
	src := []byte(page.String())
	pc := parser.NewContext()
	markdown.Parser().Parse(text.NewReader(src), parser.WithContext(pc))
	ends, ok := pc.Get(endsKey).(*boxEnds)
	if !ok {
		t.Fatal("no ends were looked for")
	}
	if ends.read != len(src) {
		t.Errorf("read %d bytes for the ends of boxes in %d", ends.read, len(src))
	}
}

// A tag without an end is given up after so many bytes: twice as many of them take
// twice the work.
func TestTagsWithoutEndsAreGivenUp(t *testing.T) {
	work := func(lines int) int {
		pc := parser.NewContext()
		src := []byte(strings.Repeat("<Tab title=\"a\"\n", lines))
		markdown.Parser().Parse(text.NewReader(src), parser.WithContext(pc))
		return pc.Get(endsKey).(*boxEnds).inTags
	}
	const lines = 1_000
	once, twice := work(lines), work(2*lines)
	if once < lines || once > lines*longestTag {
		t.Errorf("looked at %d bytes in %d lines, want at most %d in each", once, lines, longestTag)
	}
	if most := 2*once + once/5; twice > most {
		t.Errorf("looked at %d bytes in %d lines and at %d in twice as many, want at most %d", once, lines, twice, most)
	}
}

// Terms and headings in raw HTML are cut out in one pass, with or without their ends.
func TestElementsOfRawHTMLAreFoundInOnePass(t *testing.T) {
	src := []byte("<dl>\n" + strings.Repeat("<dt>Why?\n<dd>So.\n<dt>How?</dt>\n<dd>So.</dd>\n", 1_000) + "</dl>\n" +
		strings.Repeat("<h2>Who?\n", 1_000) + strings.Repeat("<h2>When?</h2>\nNow.\n", 1_000))
	n := ast.NewHTMLBlock(ast.HTMLBlockType6)
	segments := text.NewSegments()
	at := 0
	for line := range bytes.Lines(src) {
		segments.Append(text.NewSegment(at, at+len(line)))
		at += len(line)
	}
	n.SetLines(segments)
	s := htmlStream{reading: &reading{src: src}}
	s.split(n)
	if s.read != len(src) {
		t.Errorf("read %d bytes for the tags in %d", s.read, len(src))
	}
	if want := 2*2_000 + 2 + 1_000; len(s.pieces) < want {
		t.Errorf("%d pieces, want at least %d", len(s.pieces), want)
	}
}

// BenchmarkParseLong has what is long in one piece; its speed is the same for all sizes.
func BenchmarkParseLong(b *testing.B) {
	pieces := map[string]func(n int) string{
		"boxes":     func(n int) string { return strings.Repeat(":::details Why?\n", n) },
		"open tags": func(n int) string { return strings.Repeat("<Tab title=\"a\"\n", n) },
		"tags":      func(n int) string { return strings.Repeat("<Tab title=\"a\">\n", n) + "</Tab>\n" },
		"kinds": func(n int) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "{{< faq-%d \"Why?\" >}}\n", i)
			}
			return b.String()
		},
		"terms":    func(n int) string { return "<dl>\n" + strings.Repeat("<dt>Why?\n<dd>So.\n", n) },
		"labels":   func(n int) string { return strings.Repeat("(a)=\n{: #b}\n", n) + "## Why?\n" },
		"html":     func(n int) string { return strings.Repeat("<details>\n", n) },
		"sections": func(n int) string { return strings.Repeat("Some text.\n\n", n) },
		"toml":     func(n int) string { return "+++\na = [" + strings.Repeat("\n1,", n) + "]\n+++\nText.\n" },
		"json":     func(n int) string { return "{\"a\": [" + strings.Repeat("\n1,", n) + "1]}\nText.\n" },
	}
	for _, what := range []string{"boxes", "tags", "open tags", "kinds", "terms", "labels", "html", "sections", "toml", "json"} {
		for _, n := range []int{1_000, 10_000} {
			src := []byte(pieces[what](n))
			b.Run(fmt.Sprintf("%s/%d", what, n), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				for b.Loop() {
					_, _ = Parse("a.md", src, Options{})
				}
			})
		}
	}
}

// The distance of names is that of all edits, and is given up as soon as it is too long.
func TestDistanceEndsWhereItIsTooLong(t *testing.T) {
	names := []string{"", "a", "ab", "ba", "abc", "acb", "cab", "tools", "tolos", "tool", "slots", "a-long-anchor", "a-logn-anchor", "another-anchor", "anchor-a-long"}
	for _, a := range names {
		for _, b := range names {
			whole := distance(a, b, 100)
			for limit := range 6 {
				if got, want := distance(a, b, limit), min(whole, limit+1); got != want {
					t.Errorf("%q and %q: %d within %d, want %d", a, b, got, limit, want)
				}
			}
		}
	}
}
