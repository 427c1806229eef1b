package kb

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// isRemote tells whether a picture's address is one on another site. Browsers are
// told to load pictures from this one alone, so that nobody else learns who reads
// what.
func isRemote(dest string) bool {
	scheme, _, ok := strings.Cut(dest, ":")
	return strings.HasPrefix(dest, "//") || ok && slices.Contains(schemes, strings.ToLower(scheme))
}

func (r *reading) warnOfRemote(n ast.Node, dest string) {
	r.faults.warnf(r.file, r.line(n), "remote-picture", "%s is shown as a link: pictures from other sites are not shown; put it beside the page", abridge(dest))
}

// linkRemote makes a picture from another site a link to it: its description, else
// its address. In a link only these remain.
func (r *reading) linkRemote(n *ast.Image) {
	dest := string(n.Destination)
	if !isRemote(dest) {
		return
	}
	r.warnOfRemote(n, dest)
	if inlineText(r.src, n) == "" {
		label := ast.NewString(n.Destination)
		label.SetRaw(true)
		n.AppendChild(n, label)
	}
	if hasAncestor(n, ast.KindLink) {
		r.unlink(n)
		return
	}
	r.unlinkInside(n)
	l := ast.NewLink()
	l.Destination, l.Title = n.Destination, n.Title
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		l.AppendChild(l, c)
	}
	n.Parent().ReplaceChild(n.Parent(), n, l)
}

// unlinkInside leaves the text of the links and pictures inside n.
func (r *reading) unlinkInside(n ast.Node) {
	var all []ast.Node
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && c != n {
			switch c.Kind() {
			case ast.KindLink, ast.KindImage, ast.KindAutoLink:
				all = append(all, c)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, c := range all {
		r.unlink(c)
	}
}

func hasAncestor(n ast.Node, kind ast.NodeKind) bool {
	for n = n.Parent(); n != nil; n = n.Parent() {
		if n.Kind() == kind {
			return true
		}
	}
	return false
}

// warnRemote reports the pictures from other sites in the raw HTML of n.
func (r *reading) warnRemote(src []byte, n ast.Node) {
	for z := html.NewTokenizer(bytes.NewReader(src)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			if t := z.Token(); t.DataAtom == atom.Img && isRemote(attribute(t.Attr, "src")) {
				r.warnOfRemote(n, attribute(t.Attr, "src"))
			}
		}
	}
}
