package kb

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A linkChecker reports what leads nowhere: links between files of the folder, and
// ids of pages and questions in the files in its root.
type linkChecker struct {
	*Library
	drafts  map[string]bool       // by path
	anchors map[*Page]*anchorList // of the pages that links with broken anchors lead to
	hints   int                   // how many more times a near path or anchor is looked for
	unknown []unknownID
}

// mostHints bounds the search for near paths and anchors, which looks at all of them: where
// links are broken by the thousand, the folder is at fault and not a letter.
const mostHints = 200

func newLinkChecker(l *Library) *linkChecker {
	c := &linkChecker{Library: l, drafts: map[string]bool{}, anchors: map[*Page]*anchorList{}, hints: mostHints}
	for _, p := range l.files {
		if p.Draft {
			c.drafts[p.Path] = true
		}
	}
	return c
}

func (l *linkChecker) links() {
	for _, p := range l.Pages {
		var strange []link // addresses from the root of another site
		for _, k := range p.links {
			if k.rooted != "" && !l.onSite(k.rooted) && l.mend(p, k, strings.TrimPrefix(k.rooted, "/")) == "" {
				strange = append(strange, k)
				continue
			}
			before := len(l.Faults)
			l.link(p, k)
			if len(l.Faults) > before {
				l.Faults.inColumn(k.column)
			}
		}
		l.strange(p, strange)
	}
}

func (l *linkChecker) link(p *Page, k link) {
	const rule = "broken-link"
	to := l.pages[k.page]
	switch {
	case k.refuse != "":
		l.Faults.errorf(p.File, k.line, "refused-link", "%s is not shown as a link: %s", abridge(k.dest), k.refuse)
	case k.mend != "":
		l.Faults.warnf(p.File, k.line, rule, "%s is no address, want %s", abridge(k.dest), k.mend)
	case k.page != "" && to == nil && l.drafts[k.page]:
		l.Faults.errorf(p.File, k.line, rule, "no page at %s: it is a draft; remove draft: there, or this link", abridge(k.dest))
	case k.page != "" && l.warnMoved(p, k):
	case k.page != "" && to == nil:
		want := "; write it, or remove the link"
		if near := l.pages[l.nearPath(k.page, maps.Keys(l.pages))]; near != nil {
			want = ", want " + relative(p.File, near.File)
		}
		l.Faults.errorf(p.File, k.line, rule, "no page at %s%s", abridge(k.dest), want)
	case to != nil && k.anchor != "" && to.anchors[k.anchor] == 0 && !isBuiltIn(k.anchor):
		l.Faults.errorf(p.File, k.line, rule, "no heading has the anchor of %s%s", abridge(k.dest), cmp.Or(l.nearAnchor(p, to, k.anchor), "; link to one of its headings"+orGive(k.anchor)))
	case k.asset != "" && l.assets[k.asset] == "":
		want := "; put it there, or remove the link"
		if near := l.nearPath(k.asset, maps.Keys(l.assets)); near != "" {
			want = ", want " + relative(p.File, near)
		}
		l.Faults.errorf(p.File, k.line, rule, "no file at %s%s", abridge(k.dest), want)
	case k.rooted != "" && !l.onSite(k.rooted):
		l.Faults.warnf(p.File, k.line, rule, "%s leads to nothing that is served, want %s", abridge(k.dest), l.mend(p, k, strings.TrimPrefix(k.rooted, "/")))
	case k.other != "" && l.pages[k.other] == nil:
		want := l.mend(p, k, k.other)
		if want == "" {
			want = "a page (" + strings.Join(pageExtensions, " ") + ") or a file (" + strings.Join(assetExtensions, " ") + ")"
		}
		l.Faults.warnf(p.File, k.line, rule, "%s leads to nothing that is served, want %s", abridge(k.dest), want)
	}
}

// strange reports addresses that begin at the root of a site which is not this one:
// as one fault, for it is the page that was written for another place.
func (l *linkChecker) strange(p *Page, all []link) {
	if len(all) == 0 {
		return
	}
	more := ""
	if len(all) > 1 {
		more = fmt.Sprintf(", and so do %d more links of this page", len(all)-1)
	}
	l.Faults.warnf(p.File, all[0].line, "broken-link", "%s leads to nothing on this site%s; write the whole address (https://…) or the way to a page (../page.md)",
		abridge(all[0].dest), more)
	l.Faults.inColumn(all[0].column)
}

// known tells whether id is that of a page or question, and if not reports it.
func (l *linkChecker) known(file string, line int, id string) bool {
	if l.pages[id] != nil || l.Question(id) != nil {
		return true
	}
	name, anchor, isQuestion := strings.Cut(id, "#")
	want := "; write an id that exists, or remove the entry"
	switch p := l.pages[name]; {
	case l.drafts[name] && p == nil:
		want = ": it is a draft; remove draft: there, or this entry"
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
		want = ": it is a heading and no question; write the id of a question"
	default:
		if near := l.nearQuestion(p, anchor); near != "" {
			want = ", want " + near
		}
	}
	about := name // what is missing: the page, whatever question of it is named
	if l.pages[name] != nil {
		about = id
	}
	l.unknown = append(l.unknown, unknownID{file, line, id, about, want})
	return false
}

// An unknownID is an entry of a file in the root that names what is not there.
type unknownID struct {
	file  string
	line  int
	id    string
	about string // the page or question that is missing
	mend  string
}

// ids reports what the files in the root name and is not there: a page or question
// that is missing once in each file, with all of the entries that name it.
func (l *linkChecker) ids() {
	type missing struct{ file, about string }
	entries := map[missing][]unknownID{}
	for _, u := range l.unknown {
		m := missing{u.file, u.about}
		entries[m] = append(entries[m], u)
	}
	for m, all := range entries {
		first, lines := all[0], []string{}
		for _, u := range all[1:] {
			if line := strconv.Itoa(u.line); u.line != first.line && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
		also := ""
		if len(lines) > 0 {
			also = "also wanted on " + linesOf(lines)
			if first.id != m.about {
				also = abridge(m.about) + " is " + also
			}
			also = " (" + also + ")"
		}
		l.Faults.errorf(m.file, first.line, "unknown-id", "no page or question has the id %s%s%s", abridge(first.id), also, first.mend)
	}
}

// linesOf lists lines as people do, the first few of many.
func linesOf(lines []string) string {
	const most = 10
	if len(lines) == 1 {
		return "line " + lines[0]
	}
	if more := len(lines) - most; more > 0 {
		lines = append(slices.Clone(lines[:most]), strconv.Itoa(more)+" more")
	}
	return "lines " + strings.Join(lines[:len(lines)-1], ", ") + " and " + lines[len(lines)-1]
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

// nearPath is the path that was probably meant: one a few edits away, else the only one
// of the same name in another folder.
func (l *linkChecker) nearPath(p string, paths iter.Seq[string]) string {
	if l.hints--; l.hints < 0 {
		return ""
	}
	if near := nearest(p, paths, few(path.Base(p))); near != "" {
		return near
	}
	near := ""
	for other := range paths {
		if path.Base(other) != path.Base(p) {
			continue
		}
		if near != "" {
			return "" // a README of many
		}
		near = other
	}
	if strings.EqualFold(path.Base(near), "readme") || strings.EqualFold(path.Base(near), "index") {
		return ""
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
