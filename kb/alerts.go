package kb

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// alertTitles are the kinds of alerts that GitHub knows, by the mark they begin with.
var alertTitles = map[string]string{
	"[!NOTE]": "Note", "[!TIP]": "Tip", "[!IMPORTANT]": "Important", "[!WARNING]": "Warning", "[!CAUTION]": "Caution",
}

var kindAlert = ast.NewNodeKind("Alert")

// An alert is a quotation that begins with a line such as [!NOTE].
type alert struct {
	ast.BaseBlock
	title string
}

func (a *alert) Kind() ast.NodeKind { return kindAlert }

func (a *alert) Dump(src []byte, level int) {
	ast.DumpHelper(a, src, level, map[string]string{"Title": a.title}, nil)
}

func newAlert(title string) *alert { return &alert{title: title} }

// makeAlert replaces a quotation by an alert if it begins with the mark of one.
func (r *reading) makeAlert(q *ast.Blockquote) {
	p, ok := q.FirstChild().(*ast.Paragraph)
	if !ok || p.Lines().Len() == 0 {
		return
	}
	first := p.Lines().At(0)
	title := alertTitles[strings.ToUpper(strings.TrimSpace(string(first.Value(r.src))))]
	if title == "" {
		return
	}
	for c := p.FirstChild(); c != nil; {
		next := c.NextSibling()
		if t, ok := c.(*ast.Text); ok && t.Segment.Start >= first.Stop {
			break
		}
		p.RemoveChild(p, c)
		c = next
	}
	rest := text.NewSegments()
	for i := 1; i < p.Lines().Len(); i++ {
		rest.Append(p.Lines().At(i))
	}
	p.SetLines(rest)
	if !p.HasChildren() {
		q.RemoveChild(q, p)
	}
	a := newAlert(title)
	a.SetPos(first.Start)
	for c := q.FirstChild(); c != nil; c = q.FirstChild() {
		a.AppendChild(a, c)
	}
	q.Parent().ReplaceChild(q.Parent(), q, a)
}
