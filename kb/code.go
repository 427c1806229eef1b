package kb

import (
	"bytes"
	"html"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// mostHighlighted is the size of the largest page, in bytes, whose code is
// highlighted: that takes far longer than everything else.
const mostHighlighted = 512 << 10

// renderCode writes code with a line above it that names the language.
func renderCode(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	language, label := "text", "Code sample"
	if fenced, ok := n.(*ast.FencedCodeBlock); ok && fenced.Info != nil {
		if name := codeLanguage(string(fenced.Info.Segment.Value(src))); name != "" {
			language, label = name, "Code sample: "+name
		}
	}
	var code bytes.Buffer
	lines := n.Lines()
	for i := range lines.Len() {
		segment := lines.At(i)
		code.Write(segment.Value(src))
	}
	_, _ = w.WriteString(`<div class="codebox"><div><span>` + html.EscapeString(language) +
		`</span></div><pre tabindex="0" role="group" aria-label="` + html.EscapeString(label) + `"><code>`)
	if lexer := lexers.Get(language); lexer != nil && len(src) <= mostHighlighted {
		highlight(w, lexer, code.String())
	} else {
		_, _ = w.WriteString(html.EscapeString(code.String()))
	}
	_, _ = w.WriteString("</code></pre></div>\n")
	return ast.WalkSkipChildren, nil
}

// codeLanguage is the first word of what stands after the fence, without
// attributes: "js" of "js{1,3} title=x".
func codeLanguage(info string) string {
	info = strings.TrimLeft(info, " {.")
	if i := strings.IndexAny(info, " \t{},:;="); i >= 0 {
		info = info[:i]
	}
	return string(unescape([]byte(info)))
}

// highlight writes code with a span around each token that has a class.
func highlight(w util.BufWriter, lexer chroma.Lexer, code string) {
	tokens, err := chroma.Coalesce(lexer).Tokenise(&chroma.TokeniseOptions{State: "root", EnsureLF: true}, code)
	if err != nil {
		_, _ = w.WriteString(html.EscapeString(code))
		return
	}
	for t := tokens(); t != chroma.EOF; t = tokens() {
		text := html.EscapeString(t.Value)
		if class := codeClass(t.Type); class != "" && strings.TrimSpace(t.Value) != "" {
			text = `<span class="` + class + `">` + text + `</span>`
		}
		_, _ = w.WriteString(text)
	}
}

// codeClass is the class of a token, one of few, so that a style sheet is short:
// c comment, k keyword, s string, m number, nf function, nb built-in, nt tag, na
// attribute, gd and gi lines that a change takes away and adds.
func codeClass(t chroma.TokenType) string {
	switch {
	case t == chroma.NameFunction, t == chroma.NameFunctionMagic, t == chroma.NameClass, t == chroma.NameDecorator:
		return "nf"
	case t == chroma.NameBuiltin, t == chroma.NameBuiltinPseudo:
		return "nb"
	case t == chroma.NameTag:
		return "nt"
	case t == chroma.NameAttribute:
		return "na"
	case t == chroma.GenericDeleted:
		return "gd"
	case t == chroma.GenericInserted:
		return "gi"
	case t.InCategory(chroma.Comment):
		return "c"
	case t.InCategory(chroma.Keyword), t == chroma.OperatorWord:
		return "k"
	case t.InSubCategory(chroma.LiteralString):
		return "s"
	case t.InSubCategory(chroma.LiteralNumber):
		return "m"
	}
	return ""
}
