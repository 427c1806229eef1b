package web

import (
	"crypto/sha1"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// maxEntries is how many pages the feed has at most.
const maxEntries = 50

// The document of the feed (RFC 4287).
type (
	atomFeed struct {
		XMLName   xml.Name      `xml:"http://www.w3.org/2005/Atom feed"`
		Language  string        `xml:"xml:lang,attr"`
		ID        string        `xml:"id"`
		Title     string        `xml:"title"`
		Updated   string        `xml:"updated"`
		Author    atomPerson    `xml:"author"`
		Links     []atomLink    `xml:"link"`
		Generator atomGenerator `xml:"generator"`
		Entries   []atomEntry   `xml:"entry"`
	}
	atomGenerator struct {
		Name string `xml:",chardata"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		Language  string         `xml:"xml:lang,attr,omitempty"`
		ID        string         `xml:"id"`
		Title     string         `xml:"title"`
		Updated   string         `xml:"updated"`
		Published string         `xml:"published,omitempty"`
		Author    *atomPerson    `xml:"author"`
		Links     []atomLink     `xml:"link"`
		Category  []atomCategory `xml:"category"`
		Summary   string         `xml:"summary,omitempty"`
	}
	atomCategory struct {
		Term string `xml:"term,attr"`
	}
)

// atom answers /feed.xml: the pages that were changed last.
func (s *Server) atom(c *gin.Context, lib *kb.Library, origin string) error {
	return xmlDocument(c, "application/atom+xml", s.newAtomFeed(lib, origin))
}

func (s *Server) newAtomFeed(lib *kb.Library, origin string) atomFeed {
	feed := atomFeed{
		Language: ui.Lang,
		ID:       s.atomID(""),
		Title:    s.title,
		// A feed without entries has changed no more lately than that.
		Updated: atomTime(time.Unix(0, 0)),
		Author:  atomPerson{Name: s.title},
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: origin + s.base + "/feed.xml"},
			{Rel: "alternate", Type: "text/html", Href: origin + s.base + "/"},
		},
		Generator: atomGenerator{Name: "faqbase"},
	}
	pages := newestPages(lib)
	for i, p := range pages[:min(maxEntries, len(pages))] {
		if i == 0 {
			feed.Updated = atomTime(p.Modified())
		}
		feed.Entries = append(feed.Entries, s.newAtomEntry(p, origin))
	}
	return feed
}

func (s *Server) newAtomEntry(p *kb.Page, origin string) atomEntry {
	entry := atomEntry{
		ID:      s.atomID(p.Path),
		Title:   p.Title,
		Updated: atomTime(p.Modified()),
		Links: []atomLink{
			{Rel: "alternate", Type: "text/html", Href: origin + p.URL()},
			{Rel: "alternate", Type: "text/markdown", Href: origin + sourceURL(p)},
		},
		Summary: describePage(p),
	}
	entry.Language, _ = language(p.Lang)
	if !p.Published.IsZero() {
		entry.Published = atomTime(p.Published)
	}
	if p.Author != "" {
		entry.Author = &atomPerson{Name: p.Author}
	}
	for _, name := range p.Category {
		entry.Category = append(entry.Category, atomCategory{Term: name})
	}
	return entry
}

// newestPages are the pages of which it is known when they were changed, the last
// first.
func newestPages(lib *kb.Library) []*kb.Page {
	dated := slices.DeleteFunc(slices.Clone(lib.Pages), func(p *kb.Page) bool { return p.Modified().IsZero() })
	slices.SortStableFunc(dated, func(a, b *kb.Page) int { return b.Modified().Compare(a.Modified()) })
	return dated
}

func atomTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// atomID is the id of a page in the feed, and with "" that of the feed itself: a name
// (UUID version 5, RFC 9562) made of the site's title and the page's path, so that it
// stays when the site moves to another address.
func (s *Server) atomID(path string) string {
	const space = "\x9a\x3f\x0c\x5e\x6b\x1d\x4e\x27\x8f\x40\x51\xd2\x77\xe9\x03\xb8" // of faqbase
	sum := sha1.Sum([]byte(strings.Join([]string{space + s.title, path}, "\n")))
	id := sum[:16]
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
