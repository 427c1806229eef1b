package kb

import (
	"cmp"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A move is an old address that a page says leads to it, or to one of its questions.
type move struct {
	old  string // as written
	line int
	to   string // the anchor of that question, "" for the page
}

// A place is a page, or one of its anchors.
type place struct {
	page   *Page
	anchor string // "" for all of it, or where the page does not have it
}

func (p place) id() string {
	if p.anchor == "" {
		return p.page.Path
	}
	return p.page.Path + "#" + p.anchor
}

func (p place) address() string { return p.page.base + pageAddress(p.page.Path, p.anchor) }

// An OldAnchor is one that a page had and that now leads elsewhere.
type OldAnchor struct {
	// Anchor is the old one, which no heading of its page has now.
	Anchor string
	// Page is the page that it leads to, Question the question there, nil where it
	// leads to the page as a whole or to a heading that is no question.
	Page     *Page
	Question *Question
	// URL is the address of that place, with the base.
	URL string
}

// Moved returns where an old path of a page leads, for good: the address of the
// place that names it under moved. path is as [Page.Path] is ("python/old"), or with
// an anchor ("python/old#why"); the address then has the anchor of the place that
// it leads to, where there is one. Browsers keep anchors to themselves, so
// that a server is asked for paths alone: one of which only anchors have moved
// leads to the first page, in path order, that has one of them.
func (l *Library) Moved(path string) (address string, ok bool) {
	path = norm.NFC.String(path)
	to, ok := l.movedTo(path)
	if !ok && l.pages[path] == nil {
		to.page, ok = l.movedParts[path], l.movedParts[path] != nil
	}
	if !ok {
		return "", false
	}
	return to.address(), true
}

// MovedID returns the id that the page or question has now which had that id. ok is
// false for ids of what is there, and for those that nothing names under moved. Of
// a page that has moved as a whole, the questions that kept their anchors have moved
// with it.
func (l *Library) MovedID(id string) (now string, ok bool) {
	id = norm.NFC.String(id)
	if l.pages[id] != nil || l.Question(id) != nil {
		return "", false
	}
	to, ok := l.movedTo(id)
	if !ok {
		return "", false
	}
	if now = to.id(); l.pages[now] == nil && l.Question(now) == nil {
		now = to.page.Path // the anchor is that of a heading
	}
	return now, true
}

// movedTo is the place that an old id leads to.
func (l *Library) movedTo(id string) (place, bool) {
	if to, ok := l.moved[id]; ok {
		return to, true
	}
	name, anchor, anchored := strings.Cut(id, "#")
	to, ok := l.moved[name]
	if !anchored || !ok {
		return place{}, false
	}
	if to.page.anchors[anchor] > 0 {
		return place{to.page, anchor}, true
	}
	if now, ok := l.moved[to.page.Path+"#"+anchor]; ok {
		return now, true
	}
	return place{}, false
}

// OldAnchors returns the anchors that p is asked for and does not have any more, each
// once: its own, which lead elsewhere on p or to another page, then those of pages
// that have moved to p, which browsers go on asking for.
func (l *Library) OldAnchors(p *Page) []OldAnchor { return l.oldAnchors[p.Path] }

// follow takes over what the pages say has moved to them, and reports what cannot
// lead there.
func (l *Library) follow() {
	l.moved, l.movedParts = map[string]place{}, map[string]*Page{}
	for _, p := range l.Pages {
		for _, m := range p.moves {
			name, anchor, mend := p.oldAddress(m)
			if mend != "" {
				l.Faults.errorf(p.File, m.line, "bad-move", "moved has %q, %s", abridge(m.old), mend)
				continue
			}
			old, to := name, place{page: p}
			if anchor != "" {
				old += "#" + anchor
			}
			switch {
			case m.to != "" && p.anchors[m.to] > 0:
				to.anchor = m.to
			case m.to == "" && p.anchors[anchor] > 0:
				to.anchor = anchor
			}
			live, first := l.pages[name], l.moved[old]
			switch {
			case live != nil && anchor == "":
				l.Faults.errorf(p.File, m.line, "live-address", "%s has not moved: %s is there; remove one of them", abridge(m.old), live.File)
			case live != nil && live.anchors[anchor] > 0:
				l.Faults.errorf(p.File, m.line, "live-address", "%s has not moved: it is on line %d of %s; remove one of them", abridge(m.old), live.anchors[anchor], live.File)
			case first == to: // named in two ways
			case first.page == p:
				l.Faults.errorf(p.File, m.line, "repeated-move", "%s leads to %s already; remove one of them", abridge(m.old), first.id())
			case first.page != nil:
				l.Faults.errorf(p.File, m.line, "repeated-move", "%s leads to %s already, which names it too; remove one of them", abridge(m.old), first.page.File)
			default:
				l.moved[old] = to
				if anchor != "" && l.movedParts[name] == nil {
					l.movedParts[name] = p
				}
			}
		}
	}
	l.lead()
}

// lead gives each page the old anchors that it is asked for, its own before those of
// pages that have moved to it.
func (l *Library) lead() {
	l.oldAnchors = map[string][]OldAnchor{}
	led := map[place]bool{}
	ids := slices.Sorted(maps.Keys(l.moved))
	for _, own := range []bool{true, false} {
		for _, id := range ids {
			name, anchor, _ := strings.Cut(id, "#")
			asked := l.pages[name]
			if anchor == "" || own != (asked != nil) {
				continue
			}
			if !own { // the browser is sent to where the path leads, with the anchor
				asked = cmp.Or(l.moved[name].page, l.movedParts[name])
			}
			if asked.anchors[anchor] > 0 || led[place{asked, anchor}] {
				continue
			}
			led[place{asked, anchor}] = true
			to := l.moved[id]
			l.oldAnchors[asked.Path] = append(l.oldAnchors[asked.Path],
				OldAnchor{Anchor: anchor, Page: to.page, Question: l.Question(to.id()), URL: to.address()})
		}
	}
}

// moves are those of the page and of each of its questions.
func (m frontMatter) moves() []move {
	all := slices.Clone(m.moved)
	for _, anchor := range m.anchors() {
		for _, old := range m.questions[anchor].moved {
			old.to = anchor
			all = append(all, old)
		}
	}
	return all
}

// oldAddress is the path, and the anchor if there is one, that p means by an entry
// under moved, or what the entry should be: a path as those of pages are, or the
// address or file that belongs to one, or an anchor of p alone. Where the entry is a
// question's, a plain name is such an anchor too.
func (p *Page) oldAddress(m move) (name, anchor, mend string) {
	const want = "want the path of a page that was, such as python/old-name, or #old-anchor"
	entry, ok := strings.CutPrefix(m.old, p.base+"/kb/")
	if !ok {
		entry = strings.TrimPrefix(m.old, "/kb/")
	}
	if m.to != "" && entry == m.old && !strings.ContainsAny(entry, "/#?:") && !isPage(entry) {
		entry = "#" + entry
	}
	name, anchor, anchored := strings.Cut(entry, "#")
	anchor = norm.NFC.String(unescapeURL(anchor))
	switch {
	case anchored && anchor == "":
		return "", "", want
	case ofFrame(anchor):
		return "", "", "which no anchor was: they do not begin with " + frame + "; " + want
	}
	if scheme, _, ok := strings.Cut(name, ":"); ok && isScheme(scheme) {
		return "", "", "which is an address on another site; " + want
	}
	if name == "" && anchored {
		return p.Path, anchor, ""
	}
	plain, err := url.PathUnescape(name)
	if err != nil || strings.Contains(name, "?") {
		return "", "", want
	}
	name = norm.NFC.String(strings.TrimSuffix(plain, "/"))
	if isPage(name) {
		name = strings.TrimSuffix(name, path.Ext(name))
	}
	if name == "" || name == ".." || strings.HasPrefix(name, "../") || path.Clean("/"+name) != "/"+name {
		return "", "", want
	}
	return name, anchor, ""
}
