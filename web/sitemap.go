package web

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// maxSitemap is how many addresses one sitemap may hold (sitemaps.org).
const maxSitemap = 50_000

// The documents of the sitemap protocol.
type (
	sitemapXML struct {
		XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []sitemapURL `xml:"url"`
	}
	sitemapURL struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod,omitempty"`
	}
	sitemapIndexXML struct {
		XMLName  xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
		Sitemaps []sitemapURL `xml:"sitemap"`
	}
)

// document answers with what is written for machines from a library, and changes with
// that alone and with origin, which makes the addresses in it absolute.
func (s *Server) document(write func(c *gin.Context, lib *kb.Library, origin string) error) handler {
	return func(c *gin.Context) error {
		lib, err := s.current()
		if err != nil {
			return err
		}
		origin := s.siteOrigin(c.Request)
		c.Header("Cache-Control", "no-cache")
		if s.notModified(c, lib, "document "+origin, time.Now()) {
			return nil
		}
		return write(c, lib, origin)
	}
}

// sitemap answers /sitemap.xml: every address that is worth finding, or where they
// are too many for one document the index of its parts, which ?part= names.
func (s *Server) sitemap(c *gin.Context, lib *kb.Library, origin string) error {
	all := s.sitemapURLs(lib, origin)
	parts := (len(all) + maxSitemap - 1) / maxSitemap
	part, err := readNumber(parseParams(c.Request.URL.RawQuery), "part", 0, parts)
	if err != nil {
		return err
	}
	return xmlDocument(c, "application/xml", newSitemap(all, part, origin+s.base+"/sitemap.xml"))
}

// newSitemap is a part of the list, counted from 1; part 0 is all of it, as an index
// where it is too long. address is that of part 0.
func newSitemap(all []sitemapURL, part int, address string) any {
	if part > 0 {
		first := min((part-1)*maxSitemap, len(all))
		return sitemapXML{URLs: all[first:min(first+maxSitemap, len(all))]}
	}
	if len(all) <= maxSitemap {
		return sitemapXML{URLs: all}
	}
	var list sitemapIndexXML
	for n := 1; (n-1)*maxSitemap < len(all); n++ {
		// A query, not a folder: a sitemap is only about what lies beside or below it.
		list.Sitemaps = append(list.Sitemaps, sitemapURL{Loc: fmt.Sprintf("%s?part=%d", address, n)})
	}
	return list
}

// sitemapURLs are the front page, the pages, and the lists of them. Only a page has
// a day of change, which is the one that its author gives. Comparisons are left out
// but for the form: any two tools can be compared.
func (s *Server) sitemapURLs(lib *kb.Library, origin string) []sitemapURL {
	var all []sitemapURL
	for _, path := range []string{"/", "/browse", "/tools", "/compare"} {
		all = append(all, sitemapURL{Loc: origin + s.base + path})
	}
	for _, p := range lib.Pages {
		all = append(all, sitemapURL{Loc: origin + p.URL(), LastMod: isoDay(p.Modified())})
	}
	for _, t := range lib.Tools {
		all = append(all, sitemapURL{Loc: origin + toolURL(lib, t)})
	}
	for _, v := range slices.Concat(lib.Categories, lib.Ecosystems) {
		all = append(all, sitemapURL{Loc: origin + v.URL})
	}
	return all
}

// robots answers /robots.txt: everything but the results of searches may be read,
// of which there is no end.
func (s *Server) robots(c *gin.Context, _ *kb.Library, origin string) error {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, path := range []string{"/?", "/results", "/search", "/suggest", "/facets/", "/events"} {
		b.WriteString("Disallow: " + s.prefix + path + "\n")
	}
	b.WriteString("Allow: " + s.prefix + "/\n")
	if address := origin + s.base + "/sitemap.xml"; strings.Contains(address, "://") {
		b.WriteString("\nSitemap: " + address + "\n")
	}
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(b.String()))
	return nil
}

// xmlDocument answers with a value as XML.
func xmlDocument(c *gin.Context, mediaType string, v any) error {
	body, err := xml.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %T: %w", v, err)
	}
	c.Data(http.StatusOK, mediaType+"; charset=utf-8", append([]byte(xml.Header), append(body, '\n')...))
	return nil
}
