package hostile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Policy has the elements that markup may have, each with the attributes that it
// may have. Everything else could run, reach out, or take the place of the frame. A
// field that may have no name has to be a box that nobody can tick.
type Policy map[string][]string

// Author is the policy for what package kb makes of pages.
var Author = Policy{
	"a":     {"href", "rel", "title", "class", "role", "aria-label"},
	"img":   {"src", "alt", "title", "loading"},
	"input": {"type", "disabled", "checked", "aria-label"},
	"h2":    {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
	"span": {"id", "class"}, "div": {"class"}, "p": {"class"}, "sup": {"id"}, "li": {"id"}, "ol": {"start"},
	"pre":     {"tabindex", "role", "aria-label"},
	"section": {"class", "role", "aria-label"},
	"table":   {"role"}, "thead": {"role"}, "tbody": {"role"}, "tr": {"role"},
	"th": {"role", "scope", "align"}, "td": {"role", "align"},
	"abbr": nil, "b": nil, "blockquote": nil, "br": nil, "caption": nil, "code": nil, "dd": nil, "del": nil, "dl": nil,
	"dt": nil, "em": nil, "hr": nil, "i": nil, "ins": nil, "kbd": nil, "mark": nil, "s": nil, "samp": nil, "small": nil,
	"strong": nil, "sub": nil, "tfoot": nil, "u": nil, "ul": nil, "var": nil,
}

// schemes are those of addresses that may be followed.
var schemes = []string{"http", "https", "mailto", "tel", "ftp"}

// Fragment tells what in the markup of a part of a page is not as p wants it. A link
// or a picture needs an address that nothing runs at; the ids that begin with "Q-" are
// those of the frame.
func (p Policy) Fragment(markup string) []string {
	var faults []string
	div := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	// Where scripts are off, what is in a noscript element is read as elements.
	for _, scripting := range []bool{true, false} {
		nodes, err := html.ParseFragmentWithOptions(strings.NewReader(markup), div, html.ParseOptionEnableScripting(scripting))
		if err != nil {
			return append(faults, err.Error())
		}
		for _, n := range nodes {
			faults = append(faults, p.check(n)...)
			for inner := range n.Descendants() {
				faults = append(faults, frameIDs(inner)...)
			}
			faults = append(faults, frameIDs(n)...)
		}
	}
	slices.Sort(faults)
	return slices.Compact(faults)
}

// frameIDs are the faults of an element that has the id of one of the frame.
func frameIDs(n *html.Node) (faults []string) {
	for _, a := range n.Attr {
		if a.Key == "id" && strings.HasPrefix(a.Val, frame) {
			faults = append(faults, fmt.Sprintf("<%s id=%q>: an id of the frame", n.Data, a.Val))
		}
	}
	return faults
}

// Document is Fragment for a whole page, which has each id of the frame once.
func (p Policy) Document(markup string) []string {
	doc, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		return []string{err.Error()}
	}
	faults := p.check(doc)
	seen := make(map[string]bool)
	for n := range doc.Descendants() {
		for _, fault := range frameIDs(n) {
			if seen[fault] {
				faults = append(faults, fault+" for the second time")
			}
			seen[fault] = true
		}
	}
	return faults
}

func (p Policy) check(n *html.Node) (faults []string) {
	switch n.Type {
	case html.CommentNode:
		faults = append(faults, fmt.Sprintf("a comment: %q", n.Data))
	case html.ElementNode:
		allowed, ok := p[n.Data]
		if !ok {
			faults = append(faults, fmt.Sprintf("an element: <%s>", n.Data))
		}
		if n.Data == "input" && !slices.Contains(allowed, "name") && !isShownBox(n) {
			faults = append(faults, "a field that can be filled in")
		}
		for _, a := range n.Attr {
			if !slices.Contains(allowed, a.Key) || a.Namespace != "" {
				faults = append(faults, fmt.Sprintf("an attribute of <%s>: %s=%q", n.Data, a.Key, a.Val))
			}
			if fault := attributeFault(n, a); fault != "" {
				faults = append(faults, fmt.Sprintf("<%s %s=%q>: %s", n.Data, a.Key, a.Val, fault))
			}
		}
	}
	for c := range n.ChildNodes() {
		faults = append(faults, p.check(c)...)
	}
	return faults
}

// isShownBox tells whether a field is a box that nobody can tick.
func isShownBox(n *html.Node) bool {
	has := func(key, value string) bool {
		return slices.Contains(n.Attr, html.Attribute{Key: key, Val: value})
	}
	return has("type", "checkbox") && has("disabled", "")
}

// frame is what the ids of the frame begin with, which every author leaves alone.
const frame = "Q-"

func attributeFault(n *html.Node, a html.Attribute) string {
	switch a.Key {
	case "href", "action":
		return addressFault(a.Val)
	case "src":
		if fault := addressFault(a.Val); fault != "" {
			return fault
		}
		if u := asRead(a.Val); scheme.MatchString(u) || strings.HasPrefix(strings.ReplaceAll(u, `\`, "/"), "//") {
			return "it is of another site"
		}
	}
	return ""
}

var scheme = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):`)

// asRead is an address as browsers read it (URL Standard, 4.4): without spaces and
// control characters around it, and without tabs and line breaks in it.
func asRead(address string) string {
	address = strings.TrimFunc(address, func(r rune) bool { return r <= ' ' })
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(address)
}

func addressFault(address string) string {
	m := scheme.FindStringSubmatch(asRead(address))
	if m != nil && !slices.Contains(schemes, strings.ToLower(m[1])) {
		return "an address with " + m[1] + ":"
	}
	return ""
}
