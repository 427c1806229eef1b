package kb

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// parseMarkdown gives the tree of a page. Addresses that stand in a text by themselves
// are links there; to look for them is a fifth of the time, for goldmark tries at each
// space whether one follows. So a page is first read without, and again only if there is
// anything in its text that may be one.
//
// The two trees are the same up to the first such link, of which a page that is read
// without has "://" or "www." in a text that is neither code nor in a link: nothing that
// these consist of begins anything else. In an e-mail address something may, so these are
// looked for in the source.
func parseMarkdown(src []byte) ast.Node {
	if !mayHoldEmail(src) {
		if doc := unlinked.Parse(text.NewReader(src)); !mayHoldURL(src, doc) {
			return doc
		}
	}
	return markdown.Parser().Parse(text.NewReader(src))
}

// mayHoldURL tells whether there is a text in n that may have a URL to be linked.
func mayHoldURL(src []byte, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Text:
		s := n.Segment.Value(src)
		return bytes.Contains(s, []byte("://")) || bytes.Contains(s, []byte("www."))
	case *ast.CodeSpan, *ast.Link:
		return false
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if mayHoldURL(src, c) {
			return true
		}
	}
	return false
}

// mayHoldEmail tells whether there is an "@" in src with something before it that may be
// a name, and a name with a dot behind it.
func mayHoldEmail(src []byte) bool {
	for {
		at := bytes.IndexByte(src, '@')
		if at < 0 {
			return false
		}
		before, after := src[:at], src[at+1:]
		if len(before) > 0 && mayBeOfEmail(before[len(before)-1]) {
			end := bytes.IndexFunc(after, func(r rune) bool { return !mayBeOfDomain(r) })
			if end < 0 {
				end = len(after)
			}
			if bytes.IndexByte(after[:end], '.') > 0 {
				return true
			}
		}
		src = after
	}
}

// mayBeOfEmail tells whether c may be in what is before the "@".
func mayBeOfEmail(c byte) bool { return c > ' ' && c < 0x7F && c != '@' }

// mayBeOfDomain tells whether r may be in what is behind it.
func mayBeOfDomain(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.'
}
