package kb

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A move is an old address or anchor that a page says leads to it.
type move struct {
	old  string // as written
	line int
}

// A place is a page, or one of its anchors.
type place struct {
	page   *Page
	anchor string // "" for all of it, or where the page does not have it
}

// Moved returns where an old path of a page leads, for good: the address of the
// page that names it under moved. path is as [Page.Path] is ("python/old"), or with
// an anchor ("python/old#why") where that was moved by itself; the address then has
// the anchor too if the page still has it. Browsers keep anchors to themselves, so
// that a server is asked for paths alone: one of which only anchors have moved
// leads to the first page, in path order, that has one of them.
func (l *Library) Moved(path string) (address string, ok bool) {
	path = norm.NFC.String(path)
	to, ok := l.moved[path]
	if !ok && l.pages[path] == nil {
		to.page, ok = l.movedParts[path], l.movedParts[path] != nil
	}
	if !ok {
		return "", false
	}
	return to.page.base + pageAddress(to.page.Path, to.anchor), true
}

// follow takes over what the pages say has moved to them, and reports what cannot
// lead there.
func (l *Library) follow() {
	l.moved, l.movedParts = map[string]place{}, map[string]*Page{}
	for _, p := range l.Pages {
		for _, m := range p.moves {
			name, anchor, mend := p.oldAddress(m.old)
			if mend != "" {
				l.Faults.errorf(p.File, m.line, "bad-move", "moved has %q, %s", abridge(m.old), mend)
				continue
			}
			old, to := name, place{page: p}
			if anchor != "" {
				old += "#" + anchor
			}
			if p.anchors[anchor] > 0 {
				to.anchor = anchor
			}
			live, first := l.pages[name], l.moved[old].page
			switch {
			case live != nil && anchor == "":
				l.Faults.errorf(p.File, m.line, "live-address", "%s has not moved: %s is there; remove one of them", abridge(m.old), live.File)
			case live != nil && live.anchors[anchor] > 0:
				l.Faults.errorf(p.File, m.line, "live-address", "%s has not moved: it is on line %d of %s; remove one of them", abridge(m.old), live.anchors[anchor], live.File)
			case first == p: // named in two ways
			case first != nil:
				l.Faults.errorf(p.File, m.line, "repeated-move", "%s leads to %s already, which names it too; remove one of them", abridge(m.old), first.File)
			default:
				l.moved[old] = to
				if anchor != "" && l.movedParts[name] == nil {
					l.movedParts[name] = p
				}
			}
		}
	}
}

// oldAddress is the path, and the anchor if there is one, that p means by an entry
// under moved, or what the entry should be: a path as those of pages are, or the
// address or file that belongs to one, or an anchor of p alone.
func (p *Page) oldAddress(entry string) (name, anchor, mend string) {
	const want = "want the path of a page that was, such as python/old-name, or #old-anchor"
	if rest, ok := strings.CutPrefix(entry, p.base+"/kb/"); ok {
		entry = rest
	} else {
		entry = strings.TrimPrefix(entry, "/kb/")
	}
	name, anchor, anchored := strings.Cut(entry, "#")
	anchor = norm.NFC.String(unescapeURL(anchor))
	if anchored && anchor == "" {
		return "", "", want
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
