package web

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"faqbase/kb"
)

// A comparison is what the library says of several tools, side by side.
type comparison struct {
	Tools   []*kb.Tool
	Facts   []factRow
	Rows    []aspectRow
	Sources []*comparedSource
	Hidden  int // rows that were left out
}

// Wide tells whether the table has to be scrolled on a phone.
func (c *comparison) Wide() bool { return len(c.Tools) > 2 }

// Names are the names of the tools.
func (c *comparison) Names() string {
	names := make([]string, len(c.Tools))
	for i, t := range c.Tools {
		names[i] = t.Name
	}
	return ui.List(names)
}

// An aspectRow is one aspect in which pages compare the tools.
type aspectRow struct {
	Aspect string
	Lang   string       // of the first page that has it
	Cells  []aspectCell // one a tool
}

// An aspectCell has the values of a tool, none where no page says anything.
type aspectCell []aspectValue

// An aspectValue is what one or more pages say in the same words.
type aspectValue struct {
	Text    string
	HTML    template.HTML
	Sources []*comparedSource
}

// A comparedSource is a page that values come from.
type comparedSource struct {
	Number int // in the list of sources
	Page   *kb.Page
	URL    string // of the page's table
}

// newComparison collects the facts about the tools and what the quick comparisons
// of all pages say of them. Aspects are the same when they differ in case and
// spaces alone; their order is that of the pages, those about most of the tools
// first.
func newComparison(lib *kb.Library, tools []*kb.Tool) *comparison {
	c := &comparison{Tools: tools, Facts: newFacts(lib, tools)}
	places := make(map[string]int) // of aspects in the rows
	for _, p := range comparingPages(lib, tools) {
		source := &comparedSource{Number: len(c.Sources) + 1, Page: p, URL: comparisonURL(p)}
		for _, row := range p.Comparison.Rows {
			for i, cell := range row.Cells {
				column := slices.Index(tools, lib.Tool(p.Comparison.Columns[i]))
				name := fold(row.Aspect)
				if column < 0 || name == "" || fold(cell.Text) == "" {
					continue
				}
				place, known := places[name]
				if !known {
					place = len(c.Rows)
					places[name] = place
					c.Rows = append(c.Rows, aspectRow{Aspect: row.Aspect, Lang: p.Lang, Cells: make([]aspectCell, len(tools))})
				}
				c.Rows[place].Cells[column].add(cell, source)
				if len(c.Sources) < source.Number {
					c.Sources = append(c.Sources, source)
				}
			}
		}
	}
	return c
}

// comparingPages are the pages whose quick comparison has a column for one of the
// tools, those with most of them first.
func comparingPages(lib *kb.Library, tools []*kb.Tool) []*kb.Page {
	count := make(map[*kb.Page]int)
	var pages []*kb.Page
	for _, p := range lib.Pages {
		if p.Comparison == nil {
			continue
		}
		for _, column := range p.Comparison.Columns {
			if slices.Contains(tools, lib.Tool(column)) {
				count[p]++
			}
		}
		if count[p] > 0 {
			pages = append(pages, p)
		}
	}
	slices.SortStableFunc(pages, func(a, b *kb.Page) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(len(a.Tools), len(b.Tools)))
	})
	return pages
}

// add adds what a page says, to the same words of another page if there are such.
func (c *aspectCell) add(cell kb.Cell, source *comparedSource) {
	same := func(v aspectValue) bool { return fold(v.Text) == fold(cell.Text) }
	i := slices.IndexFunc(*c, same)
	if i < 0 {
		*c = append(*c, aspectValue{Text: cell.Text, HTML: htmlOf(cell, source.Page), Sources: []*comparedSource{source}})
		return
	}
	if v := &(*c)[i]; !slices.Contains(v.Sources, source) {
		v.Sources = append(v.Sources, source)
	}
}

// fold is a text without the differences that say nothing: case and spaces.
func fold(s string) string {
	return strings.ToLower(norm.NFC.String(strings.Join(strings.Fields(s), " ")))
}

// comparisonURL is the address of the part of a page that its quick comparison is
// in: the heading above it, or the question whose answer it is in.
func comparisonURL(p *kb.Page) string {
	anchor := ""
	for _, b := range p.Blocks() {
		switch b.Kind {
		case kb.BlockHeading:
			anchor = b.Anchor
		case kb.BlockComparison:
			return anchored(p, anchor)
		}
	}
	anchor = ""
	for _, q := range p.Questions {
		if q.Line <= p.Comparison.Line {
			anchor = q.Anchor
		}
	}
	return anchored(p, anchor)
}

func anchored(p *kb.Page, anchor string) string {
	if anchor == "" {
		return p.URL()
	}
	return p.URL() + "#" + (&url.URL{Fragment: anchor}).EscapedFragment()
}

// hideEqual leaves out the rows in which nothing differs, and sources of those alone.
func (c *comparison) hideEqual() {
	before := len(c.Facts) + len(c.Rows)
	c.Facts = slices.DeleteFunc(c.Facts, func(r factRow) bool { return !r.differs() })
	c.Rows = slices.DeleteFunc(c.Rows, func(r aspectRow) bool { return !r.differs() })
	c.Hidden = before - len(c.Facts) - len(c.Rows)
	cited := make(map[*comparedSource]bool)
	for _, row := range c.Rows {
		for _, cell := range row.Cells {
			for _, value := range cell {
				for _, source := range value.Sources {
					cited[source] = true
				}
			}
		}
	}
	c.Sources = slices.DeleteFunc(c.Sources, func(source *comparedSource) bool { return !cited[source] })
	for i, source := range c.Sources {
		source.Number = i + 1
	}
}

func (r factRow) differs() bool {
	var values []string
	for _, cell := range r.Cells {
		values = append(values, fold(cell.plain()))
	}
	return differ(values)
}

func (r aspectRow) differs() bool {
	var values []string
	for _, cell := range r.Cells {
		var texts []string
		for _, v := range cell {
			texts = append(texts, fold(v.Text))
		}
		values = append(values, strings.Join(slices.Sorted(slices.Values(texts)), "\n"))
	}
	return differ(values)
}

// differ tells whether two of the values that are known are not equal.
func differ(values []string) bool {
	known := slices.DeleteFunc(values, func(v string) bool { return v == "" })
	return len(slices.Compact(slices.Sorted(slices.Values(known)))) > 1
}

// plain is the cell as text; an address that is shown without its scheme is whole.
func (f factCell) plain() string {
	texts := make([]string, 0, 1+len(f.Links))
	if f.Text != "" {
		texts = append(texts, f.Text)
	}
	for _, l := range f.Links {
		if l.Label == host(l.URL) {
			texts = append(texts, l.URL)
		} else {
			texts = append(texts, l.Label)
		}
	}
	return strings.Join(texts, "; ")
}

// compareCSV answers with a comparison as a file for spreadsheets.
func (s *Server) compareCSV(c *gin.Context, lib *kb.Library, choice toolChoice) error {
	c.Header("Cache-Control", "no-cache")
	origin := s.siteOrigin(c.Request)
	if s.notModified(c, lib, "csv "+origin, time.Now()) {
		return nil
	}
	table := newComparison(lib, choice.Tools)
	if choice.Differences {
		table.hideEqual()
	}
	body, err := table.csv(origin)
	if err != nil {
		return fmt.Errorf("comparison as CSV: %w", err)
	}
	name := "compare-" + strings.Join(slugs(choice.Tools), "-") + ".csv"
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Header("X-Robots-Tag", "noindex")
	c.Data(http.StatusOK, "text/csv; charset=utf-8; header=present", body)
	return nil
}

// csv writes the table in the form of RFC 4180: a line for each row, with a gap as
// an empty cell and the addresses of the sources in the last one, after origin: a file
// is read far from the site.
func (c *comparison) csv(origin string) ([]byte, error) {
	head := []string{ui.Aspect}
	for _, t := range c.Tools {
		head = append(head, t.Name)
	}
	records := [][]string{append(head, ui.Sources)}
	for _, row := range c.Facts {
		record := []string{row.Label}
		for _, cell := range row.Cells {
			record = append(record, cell.plain())
		}
		records = append(records, append(record, ""))
	}
	for _, row := range c.Rows {
		record := []string{row.Aspect}
		var sources []string
		for _, cell := range row.Cells {
			var texts []string
			for _, v := range cell {
				texts = append(texts, v.Text)
				for _, source := range v.Sources {
					if address := origin + source.URL; !slices.Contains(sources, address) {
						sources = append(sources, address)
					}
				}
			}
			record = append(record, strings.Join(texts, "; "))
		}
		records = append(records, append(record, strings.Join(sources, " ")))
	}
	var body bytes.Buffer
	w := csv.NewWriter(&body)
	w.UseCRLF = true
	for _, record := range records {
		for i, text := range record {
			record[i] = harmless(text)
		}
	}
	if err := w.WriteAll(records); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

// harmless is a text that no spreadsheet takes for a formula: one that begins like
// a formula, be it after spaces or in full width, has an apostrophe before it.
func harmless(text string) string {
	trimmed := strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\uFEFF' })
	if trimmed != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(trimmed)[0]) || strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") {
		return "'" + text
	}
	return text
}
