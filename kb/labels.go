package kb

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
)

var kindSpot = ast.NewNodeKind("Spot")

// A spot is a place between blocks that a label names. It shows nothing.
type spot struct{ ast.BaseBlock }

func (s *spot) Kind() ast.NodeKind         { return kindSpot }
func (s *spot) Dump(src []byte, level int) { ast.DumpHelper(s, src, level, nil, nil) }

// labelHeadings gives headings without an anchor of their own the labels beside them,
// and gives the labels that are left.
func (r *reading) labelHeadings() (left []label) {
	if len(r.labels) == 0 {
		return nil
	}
	begins, ends := map[int]*ast.Heading{}, map[int]*ast.Heading{}
	for _, h := range r.headings {
		line := r.line(h)
		begins[line] = h
		ends[line+max(h.Lines().Len(), 1)-1] = h
	}
	next := r.nextText()
	taken := map[string]bool{}
	for _, l := range r.labels {
		h := begins[next[l.line]]
		if l.follow {
			h = ends[l.line-1]
			if h == nil && isUnderline(r.lineAtNumber(l.line-1)) {
				h = ends[l.line-2]
			}
			if alone := len(bytes.TrimSpace(r.lineAtNumber(l.line-1))) == 0; h == nil && alone && next[l.line] == l.line+1 {
				h = begins[l.line+1]
			}
		}
		if h == nil || taken[l.id] {
			left = append(left, l)
			continue
		}
		if _, named := explicitAnchor(h); named {
			left = append(left, l)
			continue
		}
		taken[l.id] = true
		h.SetAttributeString("place", l.id)
	}
	return left
}

// nextText is for each line the first one after it that is not blank, 0 if there is
// none.
func (r *reading) nextText() []int {
	next := make([]int, len(r.lineStarts)+1)
	after := 0
	for line := len(r.lineStarts); line > 0; line-- {
		next[line] = after
		if len(bytes.TrimSpace(r.lineAtNumber(line))) > 0 {
			after = line
		}
	}
	return next
}

// lineAtNumber is the text of a line, from 1.
func (r *reading) lineAtNumber(line int) []byte {
	if line < 1 || line > len(r.lineStarts) {
		return nil
	}
	end := len(r.src)
	if line < len(r.lineStarts) {
		end = r.lineStarts[line]
	}
	return r.src[r.lineStarts[line-1]:end]
}

func isUnderline(line []byte) bool { return underline.Match(line) }

// keepLabels makes places of the labels that no heading has: before the next block of
// the page, or at its end.
func (r *reading) keepLabels(left []label) {
	n := r.doc.FirstChild()
	for _, l := range left {
		if ofFrame(l.id) {
			r.refuseAnchor(l.line, l.id)
			continue
		}
		if _, taken := r.anchorLines[l.id]; taken {
			continue
		}
		for n != nil && r.line(n) <= l.line {
			n = n.NextSibling()
		}
		r.anchorLines[l.id] = l.line
		r.places[l.id] = true
		s := &spot{}
		s.SetPos(r.lineStarts[l.line-1])
		s.SetAttributeString("html", r.placeSpan(l.id))
		if n == nil {
			r.doc.AppendChild(r.doc, s)
		} else {
			r.doc.InsertBefore(r.doc, n, s)
		}
	}
}
