package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"faqbase/index"
	"faqbase/kb"
)

// pageView is the view of templates/page.html.
type pageView struct {
	layout
	Page     *kb.Page
	Edit     string // the address where it is edited, if that is known
	Compare  string // the address of its tools beside others, if there is room
	Title    template.HTML
	Intro    template.HTML
	Facts    *tableView // where the page is about tools but no part of it is their table
	Parts    []part
	Contents []content
	Related  []kb.Related
	Further  []index.Related // questions of other pages
	Old      []string        // old anchors that lead to the page as a whole
	Gone     []kb.OldAnchor  // old anchors of what is on another page now
}

// A part is one block of a page; exactly one of its fields is set.
type part struct {
	Heading  *headingView
	Prose    template.HTML
	Question *questionView
	Table    *tableView
	Picks    []pickView
}

type headingView struct {
	Level        int
	Anchor, Text string
	HTML         template.HTML
}

type questionView struct {
	*kb.Question
	Level int      // of its heading
	Old   []string // old anchors that lead to it
}

// A pickView is one "Pick x when" section; consecutive ones stand side by side.
type pickView struct {
	headingView
	Body []template.HTML
}

// A content is a line of the table of contents.
type content struct {
	Anchor, Text string
	Inner        bool // is below the line before it
}

// A tableView is a comparison of tools: what tools.yaml says of them, then what
// the author says.
type tableView struct {
	Columns []columnView
	Facts   []factRow
	Rows    []kb.Row
}

// Wide tells whether the table has to be scrolled on a phone.
func (t *tableView) Wide() bool { return len(t.Columns) > 2 }

// Names are those of the columns.
func (t *tableView) Names() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

type columnView struct{ Name, URL string }

// A factRow is one fact of several tools.
type factRow struct {
	Label string
	Cells []factCell
}

// A factCell is what is known of one tool; none set means that nothing is.
type factCell struct {
	Text  string
	Links []kb.Link
	Kind  string // of what the links lead to, where their names alone may say little: "Go"
}

// Unknown tells whether nothing is known.
func (f factCell) Unknown() bool { return f.Text == "" && len(f.Links) == 0 }

// pick is the heading of a section that says when to take which tool.
var pick = regexp.MustCompile(`^(?i:pick|choose|use)\s.+\s(?i:when|if)\b`)

// page answers /kb/: pages, their sources and the files beside them.
func (s *Server) page(c *gin.Context) error {
	name := strings.TrimPrefix(c.Param("path"), "/")
	lib, err := s.current()
	if err != nil {
		return err
	}
	if name == "" {
		return s.home(c)
	}
	if trimmed := strings.TrimRight(name, "/"); trimmed != name {
		return s.redirect(c, "/kb/"+trimmed)
	}
	if p := lib.Page(name); p != nil {
		c.Writer.Header().Add("Vary", "Accept")
		if wantsSource(c.Request) {
			return s.pageSource(c, lib, p)
		}
		return s.pageHTML(c, lib, p)
	}
	if p := sourceNamed(lib, name); p != nil {
		return s.pageSource(c, lib, p)
	}
	if t, ok := fileTypes[strings.ToLower(path.Ext(name))]; ok {
		return s.file(c, lib, name, t)
	}
	old, isSource := strings.CutSuffix(name, ".md")
	if address, ok := lib.Moved(old); ok {
		address, _, _ = strings.Cut(address, "#")
		if isSource {
			address += ".md"
		}
		return redirectTo(c, address)
	}
	return notFound("there is no page %s", name)
}

// sourceNamed is the page whose source is meant by name: a path with .md
// appended, or the file itself.
func sourceNamed(lib *kb.Library, name string) *kb.Page {
	if base, ok := strings.CutSuffix(name, ".md"); ok {
		return lib.Page(base)
	}
	if p := lib.Page(strings.TrimSuffix(name, path.Ext(name))); p != nil && p.File == name {
		return p
	}
	return nil
}

// wantsSource tells whether a reader likes the source of a page better than the page.
func wantsSource(r *http.Request) bool {
	return prefer(r.Header.Values("Accept"), "text/html", "text/markdown") == "text/markdown"
}

// pageSource answers with a page as its author wrote it, and names the page to those
// who look for the one address of what it says.
func (s *Server) pageSource(c *gin.Context, lib *kb.Library, p *kb.Page) error {
	s.allowOrigin(c)
	c.Header("Cache-Control", "no-cache")
	origin := s.siteOrigin(c.Request)
	c.Header("Link", "<"+origin+p.URL()+`>; rel="canonical"`)
	if s.notModified(c, lib, "source "+origin, time.Now()) {
		return nil
	}
	c.Data(http.StatusOK, "text/markdown; charset=utf-8", p.Source)
	return nil
}

// pageHTML answers with a page.
func (s *Server) pageHTML(c *gin.Context, lib *kb.Library, p *kb.Page) error {
	if s.seen(c, lib) {
		return nil
	}
	v := pageView{
		layout:  s.layoutOf(c, lib),
		Page:    p,
		Edit:    s.editURL(p.File),
		Title:   template.HTML(template.HTMLEscapeString(p.Title)),
		Intro:   template.HTML(p.IntroHTML()),
		Related: lib.Related(p, 8),
	}
	v.Heading, v.Type, v.FAQ = p.Title, "article", p
	if s.dev != nil {
		v.Dev = s.dev.view(lib, p.File)
	}
	v.Canonical = v.Origin + p.URL()
	v.Trail = s.trail(crumbs(lib, p)...)
	if tools := toolsNamed(lib, p.Tools); len(tools) >= minCompared && len(tools) < maxCompared {
		v.Compare = s.choiceURL(toolChoice{Tools: tools})
	}
	if len(p.Tools) == 2 {
		v.Title = versus(string(v.Title))
	}
	v.Description = describePage(p)
	v.Live = "page:" + p.Path
	v.Source = sourceURL(p)
	v.Parts, v.Contents = newParts(lib, p)
	v.leadOn(lib.OldAnchors(p))
	// A comparison inside an answer is no block of its own, and has no facts.
	compared := slices.ContainsFunc(v.Parts, func(p part) bool { return p.Table != nil })
	if !compared && len(p.Tools) > 1 {
		table := newTable(lib, &kb.Table{Columns: p.Tools})
		if len(table.Facts) > 0 {
			v.Facts = table
		}
	}
	var err error
	if v.Further, err = s.related(c.Request.Context(), lib, p.Path, relatedToPage); err != nil {
		s.trouble(c, slog.LevelWarn, "related questions", err)
		untag(c) // the next visitor shall have them
	}
	return s.render(c, http.StatusOK, "page.html", v)
}

// leadOn puts the old anchors of the page where they lead.
func (v *pageView) leadOn(all []kb.OldAnchor) {
	for _, old := range all {
		here := func(p part) bool {
			return p.Question != nil && old.Question != nil && p.Question.ID == old.Question.ID
		}
		switch i := slices.IndexFunc(v.Parts, here); {
		case old.Page.Path != v.Page.Path:
			v.Gone = append(v.Gone, old)
		case i >= 0:
			v.Parts[i].Question.Old = append(v.Parts[i].Question.Old, old.Anchor)
		default:
			v.Old = append(v.Old, old.Anchor)
		}
	}
}

// describePage is a page in a sentence or two: its summary, else how it begins, with
// its first question if with that, else its title.
func describePage(p *kb.Page) string {
	switch {
	case p.Summary != "":
		return p.Summary
	case p.Intro != "":
		return opening(p.Intro, 160)
	case len(p.Questions) > 0:
		return opening(p.Questions[0].Text+" "+p.Questions[0].Answer, 160)
	}
	return p.Title
}

// sourceURL is the address of a page's Markdown.
func sourceURL(p *kb.Page) string { return p.URL() + ".md" }

// crumbs lead to a page: its first ecosystem and category.
func crumbs(lib *kb.Library, p *kb.Page) []kb.Value {
	var out []kb.Value
	for _, way := range []struct {
		facet kb.Facet
		names []string
	}{{kb.FacetEcosystem, p.Ecosystem}, {kb.FacetCategory, p.Category}} {
		if len(way.names) == 0 {
			continue
		}
		if v, ok := lib.Value(way.facet, way.names[0]); ok {
			out = append(out, v)
		}
	}
	return out
}

// newParts makes the parts of a page and its table of contents.
func newParts(lib *kb.Library, p *kb.Page) ([]part, []content) {
	var parts []part
	var contents []content
	level := 1       // of the last heading
	picking := false // inside a "Pick x when" section
	pickLevel := 0   // of its heading
	for _, b := range p.Blocks() {
		if picking && (b.Kind == kb.BlockProse || b.Kind == kb.BlockHeading && b.Level > pickLevel) {
			picks := parts[len(parts)-1].Picks
			body := &picks[len(picks)-1].Body
			if b.Kind == kb.BlockHeading {
				*body = append(*body, template.HTML(fmt.Sprintf(`<h%d id="%s">%s</h%[1]d>`, b.Level, template.HTMLEscapeString(b.Anchor), b.HTML)))
			} else {
				*body = append(*body, template.HTML(b.HTML))
			}
			continue
		}
		switch b.Kind {
		case kb.BlockProse:
			parts = append(parts, part{Prose: template.HTML(b.HTML)})
		case kb.BlockHeading:
			h := headingView{Level: b.Level, Anchor: b.Anchor, Text: b.Text, HTML: template.HTML(b.HTML)}
			level = b.Level
			if b.Level < 4 {
				contents = append(contents, content{Anchor: b.Anchor, Text: b.Text, Inner: b.Level > 2})
			}
			if pick.MatchString(b.Text) {
				if !picking {
					parts = append(parts, part{})
				}
				last := &parts[len(parts)-1]
				last.Picks = append(last.Picks, pickView{headingView: h})
				picking, pickLevel = true, b.Level
				continue
			}
			parts = append(parts, part{Heading: &h})
		case kb.BlockQuestion:
			if level == 1 { // questions are below a heading, always
				parts = append(parts, part{Heading: &headingView{Level: 2, HTML: template.HTML(template.HTMLEscapeString(ui.QuestionsH))}})
				level = 2
			}
			parts = append(parts, part{Question: &questionView{Question: b.Question, Level: b.Level}})
			contents = append(contents, content{Anchor: b.Question.Anchor, Text: b.Question.Text, Inner: true})
		case kb.BlockComparison:
			parts = append(parts, part{Table: newTable(lib, p.Comparison)})
		}
		picking = false
	}
	return parts, cutContents(contents)
}

// longestContents is how many lines a table of contents has before the questions are
// left out of it: they are in the page, where a reader looks for words.
const longestContents = 200

// cutContents is a table of contents of which a long one has the headings alone,
// if there are several.
func cutContents(contents []content) []content {
	if len(contents) <= longestContents {
		return contents
	}
	var outer []content
	for _, line := range contents {
		if !line.Inner {
			outer = append(outer, line)
		}
	}
	if len(outer) < 2 {
		return contents[:longestContents]
	}
	return outer[:min(longestContents, len(outer))]
}

// newTable puts the facts of the compared tools above the rows of the author.
func newTable(lib *kb.Library, table *kb.Table) *tableView {
	v := &tableView{Rows: table.Rows}
	var tools []*kb.Tool // nil for a column that names none
	for _, name := range table.Columns {
		tool := lib.Tool(name)
		column := columnView{Name: name}
		if tool != nil {
			column.URL = toolURL(lib, tool)
		}
		v.Columns = append(v.Columns, column)
		tools = append(tools, tool)
	}
	v.Facts = newFacts(lib, tools)
	return v
}

func toolURL(lib *kb.Library, t *kb.Tool) string {
	v, _ := lib.Value(kb.FacetTool, t.Name)
	return v.URL
}

// newFacts are the facts that are known of any of the tools.
func newFacts(lib *kb.Library, tools []*kb.Tool) []factRow {
	values := func(f kb.Facet, names []string) []kb.Link {
		var links []kb.Link
		for _, name := range names {
			v, _ := lib.Value(f, name)
			links = append(links, kb.Link{Label: name, URL: v.URL})
		}
		return links
	}
	address := func(url string) []kb.Link {
		if url == "" {
			return nil
		}
		return []kb.Link{{Label: host(url), URL: url}}
	}
	facts := []struct {
		label string
		of    func(t *kb.Tool) factCell
	}{
		{ui.Category, func(t *kb.Tool) factCell { return factCell{Links: values(kb.FacetCategory, t.Category)} }},
		{ui.Ecosystem, func(t *kb.Tool) factCell {
			return factCell{Links: values(kb.FacetEcosystem, t.Ecosystem), Kind: ui.EcosystemKind}
		}},
		{ui.Pattern, func(t *kb.Tool) factCell { return factCell{Text: t.Pattern} }},
		{ui.Maturity, func(t *kb.Tool) factCell { return factCell{Text: capital(t.Maturity)} }},
		{ui.FirstRelease, func(t *kb.Tool) factCell {
			if t.Since == 0 {
				return factCell{}
			}
			return factCell{Text: strconv.Itoa(t.Since)}
		}},
		{ui.Licence, func(t *kb.Tool) factCell { return factCell{Text: t.License} }},
		{ui.Homepage, func(t *kb.Tool) factCell { return factCell{Links: address(t.Homepage)} }},
		{ui.Repository, func(t *kb.Tool) factCell { return factCell{Links: address(t.Repository)} }},
		{ui.Documentation, func(t *kb.Tool) factCell { return factCell{Links: address(t.Docs)} }},
		{ui.Skills, func(t *kb.Tool) factCell { return factCell{Links: t.Skills} }},
	}
	var rows []factRow
	for _, fact := range facts {
		row := factRow{Label: fact.label, Cells: make([]factCell, len(tools))}
		known := false
		for i, t := range tools {
			if t != nil {
				row.Cells[i] = fact.of(t)
				known = known || !row.Cells[i].Unknown()
			}
		}
		if known {
			rows = append(rows, row)
		}
	}
	return rows
}

// capital writes a word of tools.yaml as the beginning of a cell.
func capital(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// fileTypes are the files beside the pages that are served, and as what.
var fileTypes = map[string]string{
	".avif": "image/avif",
	".gif":  "image/gif",
	".jpeg": "image/jpeg",
	".jpg":  "image/jpeg",
	".pdf":  "application/pdf",
	".png":  "image/png",
	".svg":  "image/svg+xml",
	".webp": "image/webp",
}

// file answers with a picture or other file beside the pages.
func (s *Server) file(c *gin.Context, lib *kb.Library, name, contentType string) error {
	f, err := lib.Open(name)
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("open %s: %w", name, fs.ErrNotExist)
	}
	body, ok := f.(io.ReadSeeker)
	if !ok {
		b, err := io.ReadAll(f)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		body = bytes.NewReader(b)
	}
	h := c.Writer.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-cache")
	switch contentType {
	case "image/svg+xml":
		h.Set("Content-Security-Policy", picturePolicy)
	case "application/pdf":
		h.Set("Content-Security-Policy", documentPolicy)
	}
	// Which file it is, not when it was made: one that takes the place of another may
	// be older. So there is no Last-Modified.
	if modified := info.ModTime(); modified.IsZero() { // embedded in this build of the program
		h.Set("ETag", s.tag(c, lib, "file", time.Now()))
	} else {
		h.Set("ETag", fmt.Sprintf(`W/"%x-%x-%x"`, info.Size(), modified.UnixNano(), inode(info)))
	}
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, body)
	return nil
}
