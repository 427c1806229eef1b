package web

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/net/html"

	"faqbase/kb"
)

// A crumb is one step of the way to a page, without URL where it is no page.
type crumb struct{ Name, URL string }

// trail is the way that begins where everything is listed.
func (s *Server) trail(values ...kb.Value) []crumb {
	return s.trailFrom(ui.Browse, "/browse", values...)
}

// trailFrom is the way that begins at a path of this site.
func (s *Server) trailFrom(name, path string, values ...kb.Value) []crumb {
	way := []crumb{{Name: name, URL: s.base + path}}
	for _, v := range values {
		way = append(way, crumb{Name: v.Name, URL: v.URL})
	}
	return way
}

// hostName is what a Host header may hold to become a part of an address.
var hostName = regexp.MustCompile(`^[A-Za-z0-9._-]+(:[0-9]+)?$|^\[[0-9A-Fa-f:.]+\](:[0-9]+)?$`)

// siteOrigin, put before an address of this site, makes it absolute. It is empty
// where the base URL has done so, and otherwise the scheme and host that were asked.
func (s *Server) siteOrigin(r *http.Request) string {
	if s.base != s.prefix || !hostName.MatchString(r.Host) {
		return ""
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// canonical is the one address of the page that a request asks for.
func (s *Server) canonical(c *gin.Context) string {
	return s.siteOrigin(c.Request) + s.base + (&url.URL{Path: c.Request.URL.Path}).EscapedPath()
}

// What a page says of itself to machines, as JSON-LD in the vocabulary of schema.org.
type (
	linkedData struct {
		Context string `json:"@context"`
		Graph   []any  `json:"@graph"`
	}
	siteData struct {
		Type     string     `json:"@type"`
		URL      string     `json:"url"`
		Name     string     `json:"name"`
		Language string     `json:"inLanguage"`
		Action   searchData `json:"potentialAction"`
	}
	searchData struct {
		Type   string `json:"@type"`
		Target string `json:"target"`
		Input  string `json:"query-input"`
	}
	faqData struct {
		Type          string         `json:"@type"`
		URL           string         `json:"url"`
		Name          string         `json:"name"`
		Language      string         `json:"inLanguage,omitempty"`
		DatePublished string         `json:"datePublished,omitempty"`
		DateModified  string         `json:"dateModified,omitempty"`
		MainEntity    []questionData `json:"mainEntity"`
	}
	questionData struct {
		Type           string     `json:"@type"`
		URL            string     `json:"url"`
		Name           string     `json:"name"`
		AcceptedAnswer answerData `json:"acceptedAnswer"`
	}
	answerData struct {
		Type string `json:"@type"`
		Text string `json:"text"`
	}
	breadcrumbData struct {
		Type            string      `json:"@type"`
		ItemListElement []crumbData `json:"itemListElement"`
	}
	crumbData struct {
		Type     string `json:"@type"`
		Position int    `json:"position"`
		Name     string `json:"name"`
		Item     string `json:"item"`
	}
)

// LinkedData describes the page from the values that it shows, nil where there is
// nothing to describe. html/template writes it, escaped, as JSON.
func (l layout) LinkedData() *linkedData {
	if l.NoIndex {
		return nil
	}
	data := linkedData{Context: "https://schema.org"}
	if l.Heading == "" {
		data.Graph = append(data.Graph, newSiteData(l))
	}
	if l.FAQ != nil && len(l.FAQ.Questions) > 0 {
		data.Graph = append(data.Graph, newFAQData(l))
	}
	if len(l.Trail) > 0 {
		data.Graph = append(data.Graph, newBreadcrumbData(l))
	}
	if len(data.Graph) == 0 {
		return nil
	}
	return &data
}

// newSiteData names the site, and how it is searched.
func newSiteData(l layout) siteData {
	return siteData{
		Type:     "WebSite",
		URL:      l.Canonical,
		Name:     l.Site,
		Language: ui.Lang,
		Action: searchData{
			Type:   "SearchAction",
			Target: l.Canonical + "?q={words}",
			Input:  "required name=words",
		},
	}
}

func newFAQData(l layout) faqData {
	p := l.FAQ
	data := faqData{
		Type:          "FAQPage",
		URL:           l.Canonical,
		Name:          p.Title,
		DatePublished: isoDay(p.Published),
		DateModified:  isoDay(p.Modified()),
	}
	data.Language, _ = language(p.Lang)
	for _, q := range p.Questions {
		address := l.Origin + q.URL()
		data.MainEntity = append(data.MainEntity, questionData{
			Type:           "Question",
			URL:            address,
			Name:           q.Text,
			AcceptedAnswer: answerData{Type: "Answer", Text: plainMarkup(q.HTML(), address)},
		})
	}
	return data
}

// newBreadcrumbData leads along the trail to the page itself.
func newBreadcrumbData(l layout) breadcrumbData {
	data := breadcrumbData{Type: "BreadcrumbList"}
	add := func(name, address string) {
		data.ItemListElement = append(data.ItemListElement, crumbData{
			Type:     "ListItem",
			Position: len(data.ItemListElement) + 1,
			Name:     name,
			Item:     address,
		})
	}
	for _, step := range l.Trail {
		if step.URL != "" { // a step that is no page has no address to give
			add(step.Name, l.Origin+step.URL)
		}
	}
	add(l.Heading, l.Canonical)
	return data
}

// isoDay is a day as machines read it, "" for none.
func isoDay(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

// plainTags are the elements that search engines show of the text of an answer.
var plainTags = map[string]bool{
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true,
	"p": true, "div": true, "br": true, "ul": true, "ol": true, "li": true,
	"a": true, "b": true, "strong": true, "i": true, "em": true,
}

// plainText escapes text for plainMarkup, no more than it needs.
var plainText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// plainMarkup is the HTML of an answer with the elements of [plainTags] alone: lines
// of code and rows of tables become lines, pictures become their words. Links are
// absolute, which makes them lead somewhere away from the page.
func plainMarkup(answer, address string) string {
	var b bytes.Buffer
	base, err := url.Parse(address)
	if err != nil {
		base = new(url.URL)
	}
	inCode, label := false, false // label is the line above the code that names its language
	for z := html.NewTokenizer(strings.NewReader(answer)); ; {
		kind := z.Next()
		if kind == html.ErrorToken { // the end
			return strings.TrimSpace(b.String())
		}
		token := z.Token()
		name, ends := token.Data, kind == html.EndTagToken
		switch {
		case label && (name != "pre" || ends):
		case kind == html.TextToken && inCode:
			b.WriteString(strings.ReplaceAll(plainText.Replace(token.Data), "\n", "<br>"))
		case kind == html.TextToken:
			b.WriteString(plainText.Replace(token.Data))
		case kind == html.CommentToken || kind == html.DoctypeToken:
		case name == "pre" && ends:
			inCode = false
			b.Truncate(len(bytes.TrimSuffix(b.Bytes(), []byte("<br>"))))
			b.WriteString("</p>")
		case name == "pre":
			inCode, label = true, false
			b.WriteString("<p>")
		case name == "tr" && ends:
			b.WriteString("<br>")
		case (name == "td" || name == "th") && ends:
			b.WriteString(" ")
		case name == "img":
			b.WriteString(plainText.Replace(attribute(token, "alt")))
		case name == "a" && !ends:
			b.WriteString(`<a href="` + html.EscapeString(resolved(base, attribute(token, "href"))) + `">`)
		case plainTags[name] && ends:
			b.WriteString("</" + name + ">")
		case plainTags[name]:
			label = name == "div" && attribute(token, "class") == "codebox"
			b.WriteString("<" + name + ">")
		}
	}
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// resolved is where an address in a page at base leads.
func resolved(base *url.URL, address string) string {
	to, err := base.Parse(address)
	if err != nil {
		return address
	}
	return to.String()
}
