package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"faqbase/kb"
)

// liveList is [layout.Live] of what lists pages, which any change of them concerns.
const liveList = "list"

// layout is what templates/layout.html shows around every page; the view of
// each page embeds it.
type layout struct {
	Site                             string // the title of the site
	Heading                          string // the title of the page, "" on the front page
	Description                      string
	Path                             string   // within the site, for the navigation
	Origin                           string   // makes an address of this site absolute
	Canonical                        string   // the absolute address of the page
	Type                             string   // of the page in Open Graph
	Trail                            []crumb  // the way to the page
	FAQ                              *kb.Page // whose questions the page answers, if it is one
	Source                           string   // the address of the page's Markdown, if it has one
	NoIndex                          bool
	Theme                            string // light, dark or "" for what the visitor's system says
	Text                             string // in the search field
	NumPages, NumQuestions, NumTools int
	Digest                           string   // of the library that the page shows
	Live                             string   // which events concern the page: "page:" and a path, liveList or ""
	Dev                              *devView // nil unless in dev
}

// layout is filled from the request and the published library.
func (s *Server) layout(c *gin.Context) layout { return s.layoutOf(c, s.library.Load()) }

// layoutOf is filled from the request and the library that the page is made of,
// which is nil before the first.
func (s *Server) layoutOf(c *gin.Context, lib *kb.Library) layout {
	l := layout{
		Site:      s.title,
		Path:      c.Request.URL.Path,
		Origin:    s.siteOrigin(c.Request),
		Canonical: s.canonical(c),
		Type:      "website",
		Theme:     theme(c.Request),
	}
	if s.dev != nil {
		l.Dev = s.dev.view(lib, "")
	}
	if lib == nil {
		return l
	}
	l.NumPages, l.NumQuestions, l.NumTools = len(lib.Pages), lib.NumQuestions(), len(lib.Tools)
	l.Digest = digestText(lib)
	return l
}

// theme is what the visitor chose with the button, if so.
func theme(r *http.Request) string {
	cookie, err := r.Cookie("theme")
	if err != nil || cookie.Value != "light" && cookie.Value != "dark" {
		return ""
	}
	return cookie.Value
}

// templates has a set for each page: the layout, the partials and the page.
type templates map[string]*template.Template

// partials are templates that several pages use.
var partials = []string{"templates/layout.html", "templates/partials.html", "templates/results.html"}

// parseTemplates reads the folder templates of fsys.
func parseTemplates(fsys fs.FS, funcs template.FuncMap) (templates, error) {
	shared, err := template.New("").Funcs(funcs).ParseFS(fsys, partials...)
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(fsys, "templates/*.html")
	if err != nil {
		return nil, err
	}
	sets := make(templates)
	for _, file := range files {
		set, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if sets[path.Base(file)], err = set.ParseFS(fsys, file); err != nil {
			return nil, err
		}
	}
	return sets, nil
}

// templateFuncs are the functions of all templates.
func (s *Server) templateFuncs(a *assets) template.FuncMap {
	return template.FuncMap{
		// url is the address of a path of this site.
		"url": func(path string) string { return s.base + path },
		"asset": func(name string) (string, error) {
			path, err := a.url(name)
			return s.base + path, err
		},
		"link":      func(url, label string) kb.Link { return kb.Link{Label: label, URL: url} },
		"title":     s.documentTitle,
		"t":         func() *texts { return ui },
		"lang":      langOf,
		"own":       langOfInterface,
		"brand":     brand,
		"count":     ui.Number,
		"join":      func(list []string) string { return strings.Join(list, ", ") },
		"score":     func(n float64) string { return strconv.FormatFloat(n, 'f', 3, 64) },
		"day":       ui.Day,
		"iso":       isoDay,
		"html":      func(s string) template.HTML { return template.HTML(s) }, // of kb or index
		"versus":    versus,
		"host":      host,
		"breakable": breakable,
		"short":     shortTitle,
		"capital":   capital,
		"heading":   heading,
		"shared":    ui.shared,
		"related":   ui.related,
	}
}

// documentTitle is what windows and tabs are called where a page of that heading,
// "" on the front page, is open.
func (s *Server) documentTitle(heading string) string {
	if heading == "" {
		return s.title
	}
	return fmt.Sprintf(ui.DocumentTitle, heading, s.title)
}

// brand shows the first slash of the site's title as its mark.
func brand(title string) template.HTML {
	before, after, ok := strings.Cut(title, "/")
	if !ok {
		return template.HTML(template.HTMLEscapeString(title))
	}
	return template.HTML(template.HTMLEscapeString(before) + "<b>/</b>" + template.HTMLEscapeString(after))
}

var versusWord = regexp.MustCompile(`\s(?:<mark>)?(vs\.?|VS\.?|Vs\.?)(?:</mark>)?\s`)

// versus makes the first "vs" of an escaped title quiet.
func versus(title string) template.HTML {
	at := versusWord.FindStringSubmatchIndex(title)
	if at == nil {
		return template.HTML(title)
	}
	return template.HTML(title[:at[0]] + ` <i class="versus">` + title[at[2]:at[3]] + `</i> ` + title[at[1]:])
}

// shortTitle is the pair of a title such as "A vs B: which one for x?", where
// the title stands beside others of its kind.
func shortTitle(title string) string {
	before, _, ok := strings.Cut(title, ": ")
	if ok && versusWord.MatchString(before) {
		return before
	}
	return title
}

// heading is a heading with a link to itself, or without where it has no anchor;
// id is empty where an element around it has the anchor. Its inside is the HTML of package kb.
func heading(level int, id, anchor string, inside template.HTML, text string) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, "<h%d", level)
	switch {
	case anchor == "":
		fmt.Fprintf(&b, ` class="h-sec">%s</h%d>`, inside, level)
		return template.HTML(b.String())
	case id != "":
		fmt.Fprintf(&b, ` id="%s" class="h-sec"`, template.HTMLEscapeString(id))
	}
	fragment := (&url.URL{Fragment: anchor}).EscapedFragment()
	fmt.Fprintf(&b, `>%s<a class="anchor" href="#%s" aria-label="%s">#</a></h%d>`, inside,
		template.HTMLEscapeString(fragment), template.HTMLEscapeString(fmt.Sprintf(ui.LinkTo, text)), level)
	return template.HTML(b.String())
}

// breakable lets a long address go on after its slashes in a narrow column.
func breakable(label string) template.HTML {
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(label), "/", "/<wbr>"))
}

// host is the part of an address that tells a reader where it leads.
func host(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		rest = address
	}
	rest = strings.TrimPrefix(rest, "www.")
	return strings.TrimSuffix(rest, "/")
}

// execute renders a template of a page's set.
func (s *Server) execute(page, name string, view any) ([]byte, error) {
	sets := s.pages
	if s.dev != nil {
		a, err := s.currentAssets()
		if err != nil {
			return nil, err
		}
		if sets, err = parseTemplates(s.dev.files, s.templateFuncs(a)); err != nil {
			return nil, err
		}
	}
	set := sets[page]
	if set == nil {
		return nil, fmt.Errorf("no template %s", page)
	}
	var body bytes.Buffer
	if err := set.ExecuteTemplate(&body, name, view); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

// render answers with a whole page.
func (s *Server) render(c *gin.Context, status int, page string, view any) error {
	body, err := s.execute(page, "layout", view)
	if err != nil {
		return err
	}
	pageHeaders(c)
	if status == http.StatusOK {
		s.send(c, htmlType, body)
	} else {
		c.Data(status, htmlType, body)
	}
	return nil
}

const htmlType = "text/html; charset=utf-8"

// htmlVariant tells apart the HTML that one address gives to different visitors.
func (s *Server) htmlVariant(c *gin.Context) string {
	return "html " + theme(c.Request) + " " + s.siteOrigin(c.Request)
}

// seen sets the headers of a page and answers 304 if the visitor has it already.
func (s *Server) seen(c *gin.Context, lib *kb.Library) bool {
	pageHeaders(c)
	return s.notModified(c, lib, s.htmlVariant(c), time.Now())
}

// pageHeaders are those of HTML; the theme cookie keeps it out of shared caches.
func pageHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
}
