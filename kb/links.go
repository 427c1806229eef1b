package kb

import (
	"bytes"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// pageExtensions are those of pages, assetExtensions those of the files beside
// them that are served.
var (
	pageExtensions  = []string{".md", ".markdown", ".mdx"}
	assetExtensions = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".pdf"}
	// schemes are those of the addresses outside that are kept.
	schemes = []string{"http", "https", "mailto", "tel", "ftp"}
)

// pageAddress is the address of a page, or of a place on it, without the base.
func pageAddress(pagePath, anchor string) string {
	address := "/kb/" + escapePath(pagePath)
	if anchor != "" {
		address += "#" + escapeAnchor(anchor)
	}
	return address
}

func escapePath(p string) string {
	segments := strings.Split(p, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

func escapeAnchor(anchor string) string { return (&url.URL{Fragment: anchor}).EscapedFragment() }

// A link is an address on a page that leads to a place in the same folder.
type link struct {
	line   int
	column int    // 0 where it is not known
	dest   string // as written
	page   string // path of a page
	anchor string // on that page, "" for all of it
	asset  string // path of another file
	other  string // path of something that is neither by its name
	rooted string // path on this server of something that is neither
	mend   string // what an address that cannot be meant so should be
	refuse string // why it is not shown as a link, "" if it is
}

// An address is where a link leads.
type address struct {
	link
	href    string // "" if the link is not to be shown
	outside bool
}

// resolve says where dest, written on this page, leads.
func (r *reading) resolve(dest string) address {
	a := address{link: link{dest: dest}}
	if scheme, _, ok := strings.Cut(dest, ":"); ok && isScheme(scheme) {
		if slices.Contains(schemes, strings.ToLower(scheme)) {
			a.href, a.outside, a.mend = dest, strings.Contains(dest, "//"), mendAddress(dest)
		} else {
			a.refuse = "address with " + scheme + ": is not shown, want " + mendScheme(dest)
		}
		return a
	}
	if strings.HasPrefix(dest, "//") {
		a.href, a.outside = dest, true
		return a
	}
	target, fragment, _ := strings.Cut(dest, "#")
	a.anchor = unescapeURL(fragment)
	if target == "" {
		a.page = pagePath(r.file)
		a.href = r.base + pageAddress(a.page, a.anchor)
		return a
	}
	target, query, hasQuery := strings.Cut(target, "?")
	target = norm.NFC.String(unescapeURL(target))
	ext := strings.ToLower(path.Ext(target))
	isPage, isAsset := slices.Contains(pageExtensions, ext), slices.Contains(assetExtensions, ext)
	if rooted := strings.HasPrefix(target, "/"); rooted && !isPage && !isAsset {
		a.href, a.rooted = r.base+dest, path.Clean(target) // an address of this server
		return a
	} else if !rooted {
		target = path.Join(path.Dir(norm.NFC.String(r.file)), target)
	}
	target = strings.TrimPrefix(path.Clean(target), "/")
	if target == ".." || strings.HasPrefix(target, "../") {
		a.refuse = "it leads out of the folder"
		return a
	}
	switch {
	case isPage:
		a.page = strings.TrimSuffix(target, path.Ext(target))
		target = a.page
	case isAsset:
		a.asset = target
	default:
		a.other = target
	}
	a.href = r.base + pageAddress(target, "")
	if hasQuery {
		a.href += "?" + query
	}
	if a.anchor != "" {
		a.href += "#" + escapeAnchor(a.anchor)
	}
	return a
}

func isScheme(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.')) {
			return false
		}
	}
	return s != ""
}

func unescapeURL(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return strings.ToValidUTF8(plain, "\uFFFD")
	}
	return s
}

// resolveLinks writes into every link of the tree where it leads, and takes those
// away that lead nowhere safe; their text stays.
func (r *reading) resolveLinks() {
	var all []ast.Node
	collect := func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n.Kind() {
			case ast.KindLink, ast.KindImage, ast.KindAutoLink, ast.KindHTMLBlock, ast.KindRawHTML:
				all = append(all, n)
			}
		}
		return ast.WalkContinue, nil
	}
	_ = ast.Walk(r.doc, collect)
	for _, index := range slices.Sorted(maps.Keys(r.footnotes)) {
		_ = ast.Walk(r.footnotes[index], collect)
	}
	for _, n := range all {
		var a address
		switch n := n.(type) {
		case *ast.Link:
			a = r.resolve(string(util.URLEscape(n.Destination, true)))
			n.Destination = []byte(a.href)
		case *ast.Image:
			a = r.resolve(string(util.URLEscape(n.Destination, true)))
			n.Destination = []byte(a.href)
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkEmail {
				continue
			}
			a = r.resolve(string(util.URLEscape(n.URL(r.src), false)))
		case *ast.HTMLBlock:
			r.noteRawLinks(htmlSource(r.src, n), r.line(n), 0)
			continue
		case *ast.RawHTML:
			r.noteRawLinks([]byte(rawTag(r.src, n)), r.line(n), r.column(n))
			continue
		}
		r.note(a, r.line(n), r.column(n))
		if a.outside {
			n.SetAttributeString("rel", []byte("noopener noreferrer"))
		}
		if a.href == "" {
			r.unlink(n)
		}
	}
}

// note keeps a link that the library has to check.
func (r *reading) note(a address, line, column int) {
	l := a.link
	if l.page != "" || l.asset != "" || l.other != "" || l.rooted != "" || l.refuse != "" || l.mend != "" {
		l.line, l.column = line, column
		r.links = append(r.links, l)
	}
}

// noteRawLinks notes the links and pictures in raw HTML that begins on a line. Those
// with a placeholder in braces are not HTML but a component's.
func (r *reading) noteRawLinks(src []byte, line, column int) {
	for z := html.NewTokenizer(bytes.NewReader(src)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		breaks := bytes.Count(z.Raw(), []byte("\n"))
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			t := z.Token()
			dest := ""
			switch t.DataAtom {
			case atom.A:
				dest = attribute(t.Attr, "href")
			case atom.Img:
				dest = attribute(t.Attr, "src")
			}
			if dest != "" && !strings.HasPrefix(dest, "{") {
				r.note(r.resolve(string(util.URLEscape([]byte(dest), false))), line, column)
			}
		}
		line += breaks
	}
}

// column is where on its line a node begins, from 1 in characters; 0 where that is not
// known.
func (r *reading) column(n ast.Node) int {
	pos := n.Pos()
	if pos < 0 || pos > len(r.src) {
		return 0
	}
	return utf8.RuneCount(r.src[bytes.LastIndexByte(r.src[:pos], '\n')+1:pos]) + 1
}

// unlink leaves the text of a link, and nothing else of it.
func (r *reading) unlink(n ast.Node) {
	parent := n.Parent()
	switch l := n.(type) {
	case *ast.AutoLink:
		label := ast.NewString(l.Label(r.src))
		label.SetRaw(true)
		parent.InsertBefore(parent, n, label)
	default:
		for c := n.FirstChild(); c != nil; c = n.FirstChild() {
			parent.InsertBefore(parent, n, c)
		}
	}
	parent.RemoveChild(parent, n)
}
