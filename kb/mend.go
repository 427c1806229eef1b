package kb

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// This file says what an address that leads nowhere was probably meant to be.

// sitePaths are the first parts of the addresses that a server has beside those of
// pages and of the values of facets.
var sitePaths = []string{"", "search", "results", "suggest", "facets", "question", "browse", "tools", "categories", "ecosystems", "compare",
	"events", "feed.xml", "sitemap.xml", "opensearch.xml", "openapi.json", "healthz", "readyz", "metrics", "robots.txt", "favicon.ico", "static"}

// onSite tells whether a path from the root is an address of the server: one of its
// own, or that of a page.
func (l *linkChecker) onSite(rooted string) bool {
	first, rest, _ := strings.Cut(strings.TrimPrefix(rooted, "/"), "/")
	if first == "kb" && rest == "" {
		return true
	}
	if first == "kb" {
		_, moved := l.Moved(rest)
		return l.pages[rest] != nil || moved
	}
	return slices.Contains(sitePaths, first)
}

// mend is what a link to a path, which is neither that of a page nor of a file that is
// served, was probably meant to be; "" if nobody knows.
func (l *linkChecker) mend(p *Page, k link, target string) string {
	dest := k.dest
	switch {
	case strings.Contains(dest, "{{") || strings.Contains(dest, "{%") || strings.Contains(dest, "%7B%7B") || strings.Contains(dest, "%7B%25"):
		return "an address in place of the {…}, which nothing fills in here"
	case k.rooted == "" && mailAddress.MatchString(dest):
		return "mailto:" + dest
	case brokenScheme.MatchString(dest):
		return brokenScheme.ReplaceAllString(dest, "$1://")
	case k.rooted == "" && isHost(dest):
		return "https://" + dest
	}
	plain := strings.TrimSuffix(strings.TrimSuffix(target, ".html"), ".htm")
	candidates := []string{plain, plain + "/index", plain + "/README", plain + "/readme", plain + "/_index"}
	if k.rooted != "" {
		candidates = append(candidates, strings.TrimPrefix(plain, "kb/"))
	}
	for _, name := range candidates {
		if to := l.pages[name]; to != nil {
			return way(p, to, k.anchor)
		}
	}
	if path.Ext(target) != "" && plain == target { // some other file
		return ""
	}
	if to := l.pages[l.nearPath(plain, maps.Keys(l.pages))]; to != nil {
		return way(p, to, k.anchor)
	}
	return ""
}

// way is a link from a page to another one, or to its anchor if it has that.
func way(from, to *Page, anchor string) string {
	if to.anchors[anchor] > 0 {
		return relative(from.File, to.File) + "#" + anchor
	}
	return relative(from.File, to.File)
}

var (
	mailAddress = regexp.MustCompile(`^[^/@\s:]+@[^/@\s:]+\.[A-Za-z]{2,}$`)
	// brokenScheme is one whose colon or slashes were mistyped.
	brokenScheme = regexp.MustCompile(`^(https?)(:?/|//|;//|:;//|\.//)/*`)
	// domains are the ends of names of sites that are no extensions of files. A short
	// list is enough for what people forget to write https:// before.
	domains = []string{"com", "org", "net", "io", "dev", "edu", "gov", "app", "info", "uk", "de", "fr", "eu", "ch", "nl", "jp", "cn", "br", "in", "ca", "au"}
)

// isHost tells whether an address without a scheme begins with the name of a site:
// example.com/x.
func isHost(dest string) bool {
	host := dest
	if i := strings.IndexAny(dest, "/?#"); i >= 0 {
		host = dest[:i]
	}
	labels := strings.Split(strings.ToLower(host), ".")
	if len(labels) < 2 || slices.Contains(labels, "") {
		return false
	}
	return labels[0] == "www" || slices.Contains(domains, labels[len(labels)-1])
}

// mendAddress is what an address with a known scheme should be, "" if it may be right.
func mendAddress(dest string) string {
	scheme, rest, _ := strings.Cut(dest, ":")
	switch strings.ToLower(scheme) {
	case "mailto":
		to, _, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
		switch {
		case strings.HasPrefix(rest, "//") && strings.Contains(to, "@"):
			return "mailto:" + strings.TrimPrefix(rest, "//")
		case to == "" && strings.HasPrefix(rest, "?"): // whom it goes to is left open
		case !strings.Contains(to, "@") && !strings.Contains(to, "%40"):
			return "mailto:name@example.com"
		}
	case "http", "https", "ftp":
		u, err := url.Parse(dest)
		switch {
		case strings.Trim(rest, "/") == "":
			return scheme + "://example.com"
		case !strings.HasPrefix(rest, "//"):
			return scheme + "://" + strings.TrimLeft(rest, "/")
		case strings.HasPrefix(rest, "///"):
			return scheme + "://" + strings.TrimLeft(rest, "/")
		case err == nil && (u.Host == "http" || u.Host == "https" || u.Host == "http:" || u.Host == "https:"):
			return u.Host[:len(strings.TrimSuffix(u.Host, ":"))] + "://" + strings.TrimLeft(u.Path, "/")
		}
	}
	return ""
}

// mendScheme is what an address with an unknown scheme should be.
func mendScheme(dest string) string {
	scheme, rest, _ := strings.Cut(dest, ":")
	if near := nearest(strings.ToLower(scheme), slices.Values(schemes), 2); near != "" && len(scheme) > 2 {
		return near + ":" + rest
	}
	if rest != "" && unicode.IsDigit(rune(rest[0])) && (scheme == "localhost" || isHost(scheme)) { // a port
		return "http://" + dest
	}
	return wanted(schemes)
}

// isBuiltIn tells whether browsers know an anchor by themselves: the top of a page, or a
// text to look for.
func isBuiltIn(anchor string) bool {
	return strings.EqualFold(anchor, "top") || strings.Contains(anchor, ":~:")
}

// nearAnchor says which anchor of a page was probably meant by one that it does not
// have: the same but for signs, that of the question that reads so, one a few edits
// away, one with most of its words; else one of that name on another page. Only the
// first two are looked for once hints are used up.
func (l *linkChecker) nearAnchor(from, to *Page, anchor string) string {
	if l.anchors[to] == nil {
		l.anchors[to] = to.anchorList()
	}
	all := l.anchors[to]
	if same, ok := all.squeezed[squeezed(anchor)]; ok {
		return ", want #" + same
	}
	if l.hints--; l.hints < 0 {
		return ""
	}
	if near := nearest(anchor, slices.Values(all.sorted), few(anchor)); near != "" {
		return ", want #" + near
	}
	if near := all.nearestByWords(anchor); near != "" {
		return ", want #" + near
	}
	var there *Page
	for _, p := range l.Pages {
		if p.anchors[anchor] == 0 {
			continue
		}
		if there != nil {
			return ""
		}
		there = p
	}
	if there == nil {
		return ""
	}
	return ", want " + relative(from.File, there.File) + "#" + anchor
}

// givenAnchor is what a heading can be given for an anchor.
var givenAnchor = regexp.MustCompile(`^` + anchorName + `$`)

// orGive is the mend of a missing anchor that a heading could be given, "" of any other.
func orGive(anchor string) string {
	if ofFrame(anchor) || !givenAnchor.MatchString(anchor) {
		return ""
	}
	return fmt.Sprintf(", or end one with {#%s}", abridge(anchor))
}

// squeezed is s in lower case with letters and digits alone.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// An anchorList is what a page has anchors for, made once for all links to it that
// are broken.
type anchorList struct {
	sorted   []string
	squeezed map[string]string // anchors by what they and their questions are without signs
	worded   []wordedAnchor
}

// A wordedAnchor is an anchor with its words, or those of its question.
type wordedAnchor struct {
	anchor string
	words  []string
}

func (p *Page) anchorList() *anchorList {
	all := &anchorList{sorted: slices.Sorted(maps.Keys(p.anchors)), squeezed: map[string]string{}}
	add := func(anchor, text string) {
		if plain := squeezed(text); all.squeezed[plain] == "" {
			all.squeezed[plain] = anchor
		}
		all.worded = append(all.worded, wordedAnchor{anchor, anchorWords(text)})
	}
	for _, q := range p.Questions {
		add(q.Anchor, q.Text)
	}
	for _, a := range all.sorted {
		add(a, a)
	}
	return all
}

// nearestByWords is the anchor that shares most words with one that is not there, at
// least half of those that either has. The words of a question are its anchor's too.
func (all *anchorList) nearestByWords(anchor string) string {
	want := anchorWords(anchor)
	best, bestShare := "", 0.5
	for _, a := range all.worded {
		both := len(InBoth(want, a.words))
		if share := float64(both) / float64(max(1, len(want)+len(a.words)-both)); share > bestShare || share == bestShare && best == "" {
			best, bestShare = a.anchor, share
		}
	}
	return best
}

// anchorWords are the words of an anchor or heading, each once.
func anchorWords(s string) []string {
	all := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	slices.Sort(all)
	return slices.Compact(all)
}
