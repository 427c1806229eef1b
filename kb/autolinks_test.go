package kb

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// autolinkCases are texts with addresses in all the places where one is linked, and in
// those where none is.
var autolinkCases = []string{
	"https://a.example/x",
	"see http://a.example, or\nftp://b.example",
	"(https://a.example) *https://b.example* _https://c.example_ ~~https://d.example~~",
	"`code`https://a.example `https://b.example`",
	"[text](https://a.example) and https://b.example",
	"[text](https://a.example) [open https://b.example",
	"[text](https://a.example b) is no link",
	"[outer [inner](https://a.example)](https://b.example)",
	"![picture](https://a.example/x.png) <https://b.example>",
	"[one]: https://a.example\n\n[one] and [two]: https://b.example",
	"www.a.example and (www.b.example), xwww.c.example",
	"# Heading https://a.example {#why}\n\n> quoted www.a.example\n\n- item http://b.example",
	"| a | b |\n|---|---|\n| https://a.example | me@b.example |",
	"```sh\ncurl https://a.example\n```\n\n    www.b.example",
	"me@a.example, my_own*name@b.example and a`b@c.example`",
	"`me@a.example` user@host @name angular@1.2.3",
	`\(https://a.example \www.b.example <b>https://c.example</b>`,
	"a[^1]\n\n[^1]: note https://a.example",
	"no address: http, www, @",
}

func TestAddressesAreLinkedThoughAPageIsFirstReadWithout(t *testing.T) {
	linked := 0
	for _, src := range autolinkCases {
		linked += checkAutolinks(t, src)
	}
	if linked < 20 {
		t.Errorf("the cases have %d links, want 20 at least", linked)
	}
}

func FuzzAutolinks(f *testing.F) {
	for _, src := range autolinkCases {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if _, what := tooComplex([]byte(src)); what == "" {
			checkAutolinks(t, src)
		}
	})
}

// checkAutolinks compares the tree of src with that of the parser that links addresses,
// and gives the number of links.
func checkAutolinks(t *testing.T, src string) (links int) {
	t.Helper()
	got := outlineOf([]byte(src), parseMarkdown([]byte(src)))
	want := outlineOf([]byte(src), markdown.Parser().Parse(text.NewReader([]byte(src))))
	if got != want {
		t.Errorf("%q is read as\n%swant\n%s", src, got, want)
	}
	return strings.Count(want, "AutoLink")
}

// outlineOf is a tree as text, with neighbouring texts as one and without the spaces
// before a break, which no reader sees.
func outlineOf(src []byte, doc ast.Node) string {
	var b strings.Builder
	var said strings.Builder
	say := func(end string) {
		if said.Len() > 0 || end != "" {
			fmt.Fprintf(&b, "%q%s\n", strings.TrimRight(said.String(), " \t"), end)
			said.Reset()
		}
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if s, ok := n.(*ast.Text); ok {
			if entering {
				said.Write(s.Segment.Value(src))
				switch {
				case s.HardLineBreak():
					say(" hard break")
				case s.SoftLineBreak():
					say(" break")
				}
			}
			return ast.WalkContinue, nil
		}
		say("")
		if !entering {
			b.WriteString("end of ")
		}
		fmt.Fprintln(&b, n.Kind())
		if link, ok := n.(*ast.AutoLink); ok && entering {
			fmt.Fprintf(&b, "%s\n", link.URL(src))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
