package kb

import (
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A linkChecker reports what leads nowhere: links between files of the folder, and
// ids of pages and questions in the files in its root.
type linkChecker struct {
	*Library
	drafts map[string]bool // by path
	hints  int             // how many more times a near path is looked for
}

// mostHints bounds the search for near paths, which looks at all pages: where
// links are broken by the thousand, the folder is at fault and not a letter.
const mostHints = 200

func newLinkChecker(l *Library) *linkChecker {
	c := &linkChecker{Library: l, drafts: map[string]bool{}, hints: mostHints}
	for _, p := range l.files {
		if p.Draft {
			c.drafts[p.Path] = true
		}
	}
	return c
}

func (l *linkChecker) links() {
	for _, p := range l.Pages {
		for _, k := range p.links {
			l.link(p, k)
		}
	}
}

func (l *linkChecker) link(p *Page, k link) {
	const rule = "broken-link"
	to := l.pages[k.page]
	switch {
	case k.refuse != "":
		l.Faults.errorf(p.File, k.line, "refused-link", "%s is not shown as a link: %s", abridge(k.dest), k.refuse)
	case k.page != "" && to == nil && l.drafts[k.page]:
		l.Faults.errorf(p.File, k.line, rule, "no page at %s: it is a draft", abridge(k.dest))
	case k.page != "" && l.warnMoved(p, k):
	case k.page != "" && to == nil:
		want := ""
		if near := l.pages[l.nearPath(k.page, maps.Keys(l.pages))]; near != nil {
			want = ", want " + relative(p.File, near.File)
		}
		l.Faults.errorf(p.File, k.line, rule, "no page at %s%s", abridge(k.dest), want)
	case to != nil && k.anchor != "" && to.anchors[k.anchor] == 0:
		want := ""
		if near := nearest(k.anchor, maps.Keys(to.anchors), few(k.anchor)); near != "" {
			want = ", want #" + near
		}
		l.Faults.errorf(p.File, k.line, rule, "no heading has the anchor of %s%s", abridge(k.dest), want)
	case k.asset != "" && l.assets[k.asset] == "":
		want := ""
		if near := l.nearPath(k.asset, maps.Keys(l.assets)); near != "" {
			want = ", want " + relative(p.File, near)
		}
		l.Faults.errorf(p.File, k.line, rule, "no file at %s%s", abridge(k.dest), want)
	case k.other != "" && l.pages[k.other] == nil:
		l.Faults.warnf(p.File, k.line, rule, "%s leads to nothing that is served; want a page (%s) or a file (%s)", abridge(k.dest),
			strings.Join(pageExtensions, " "), strings.Join(assetExtensions, " "))
	}
}

// known tells whether id is that of a page or question, and if not reports it.
func (l *linkChecker) known(file string, line int, id string) bool {
	if l.pages[id] != nil || l.questions[id] != nil {
		return true
	}
	name, anchor, isQuestion := strings.Cut(id, "#")
	want := ""
	switch p := l.pages[name]; {
	case l.drafts[name] && p == nil:
		want = ": it is a draft"
	case p == nil:
		if isPage(name) {
			name = strings.TrimSuffix(name, path.Ext(name))
		}
		if p = l.pages[l.nearPath(name, maps.Keys(l.pages))]; p != nil {
			want = ", want " + p.Path
			if near := l.nearQuestion(p, anchor); isQuestion && near != "" {
				want = ", want " + near
			}
		}
	case anchor == "":
		want = ", want " + p.Path
	case p.anchors[anchor] > 0:
		want = ": it is a heading and no question"
	default:
		if near := l.nearQuestion(p, anchor); near != "" {
			want = ", want " + near
		}
	}
	l.Faults.errorf(file, line, "unknown-id", "no page or question has the id %s%s", abridge(id), want)
	return false
}

// warnMoved tells whether a link leads to what has moved, and if so reports it. Such a
// link works, and is one step longer than it has to be.
func (l *linkChecker) warnMoved(p *Page, k link) bool {
	id := k.page
	if k.anchor != "" {
		id += "#" + k.anchor
	}
	if to := l.pages[k.page]; to != nil && (k.anchor == "" || to.anchors[k.anchor] > 0) {
		return false
	}
	now, ok := l.movedTo(norm.NFC.String(id))
	if !ok {
		now, ok = l.movedTo(k.page)
	}
	if !ok {
		return false
	}
	want := ""
	if now.page.Path != p.Path || now.anchor == "" {
		want = relative(p.File, now.page.File)
	}
	if now.anchor != "" {
		want += "#" + now.anchor
	}
	l.Faults.warnf(p.File, k.line, "moved-link", "%s has moved; write %s", abridge(k.dest), want)
	return true
}

// present is ids as they are now, without those of nothing. Those that have moved and
// those that lead nowhere are reported.
func (l *linkChecker) present(file string, line int, ids []string) (now []string) {
	for _, id := range ids {
		if to, ok := l.MovedID(id); ok {
			l.Faults.warnf(file, line, "moved-id", "%s has moved; write %s", abridge(id), to)
			id = to
		} else if !l.known(file, line, id) {
			continue
		}
		if !slices.Contains(now, id) {
			now = append(now, id)
		}
	}
	return now
}

// nearQuestion is the id of the question of p that an anchor probably meant.
func (l *linkChecker) nearQuestion(p *Page, anchor string) string {
	near := nearest(anchor, func(yield func(string) bool) {
		for _, q := range p.Questions {
			if !yield(q.Anchor) {
				return
			}
		}
	}, max(2, few(anchor)))
	if near == "" {
		return ""
	}
	return p.Path + "#" + near
}

// few is the number of edits by which someone may have mistyped a name.
func few(name string) int { return min(3, len(name)/3) }

// nearPath is the path that was probably meant: one a few edits away, else one of
// the same name in another folder.
func (l *linkChecker) nearPath(p string, paths iter.Seq[string]) string {
	if l.hints--; l.hints < 0 {
		return ""
	}
	near := nearest(p, paths, few(p))
	if near != "" {
		return near
	}
	for other := range paths {
		if path.Base(other) == path.Base(p) && (near == "" || other < near) {
			near = other
		}
	}
	return near
}

// relative is the way from one file to another.
func relative(from, to string) string {
	here, there := strings.Split(path.Dir(from), "/"), strings.Split(to, "/")
	if here[0] == "." {
		here = nil
	}
	for len(here) > 0 && len(there) > 1 && here[0] == there[0] {
		here, there = here[1:], there[1:]
	}
	return strings.Repeat("../", len(here)) + strings.Join(there, "/")
}
