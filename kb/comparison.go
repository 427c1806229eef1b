package kb

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// A Table is a quick comparison read as data.
type Table struct {
	// Line is the line of the table's head, from 1.
	Line int
	// Columns are the texts of the head after the first: tools in the library's
	// spelling where they name one of the page's tools.
	Columns []string
	Rows    []Row

	headed bool // under a heading that names it, so that every column wants a tool
}

// A Row compares all columns in one aspect.
type Row struct {
	Aspect string
	Line   int
	// Cells has one cell a column; a missing one is empty.
	Cells []Cell
}

// A Cell is what a row says of one tool. HTML is safe to show as it is.
type Cell struct {
	Tool, Text, HTML string
	Line             int
}

// State is "yes", "no" or "part" for a cell that begins with the word Yes, No or
// Partly, else "".
func (c Cell) State() string { return cellState(c.Text) }

// findComparison finds the quick comparison: the first table under a heading of
// that name, else the first table of the page whose other columns all name the
// page's tools. Which names stand for a tool only the library knows: its choice,
// if there is one, is the number of a table.
func (r *reading) findComparison(choice int) {
	under := 0 // the level of the heading of that name, 0 outside of its part
	var tables []*east.Table
	for n := r.doc.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			if under == 0 || n.Level <= under {
				under = 0
				if strings.EqualFold(strings.TrimRight(r.text(n), " :.?!"), "quick comparison") {
					under = n.Level
				}
			}
		case *east.Table:
			columns := r.columns(n)
			if len(columns) == 0 {
				continue
			}
			if under > 0 {
				r.comparison, r.headed, r.tables = n, true, nil
				return
			}
			tables, r.tables = append(tables, n), append(r.tables, columns)
		}
	}
	if choice == ownChoice {
		tools := r.front.tools
		if len(tools) == 0 {
			tools = titleTools(r.title)
		}
		choice = firstNaming(r.tables, func(column string) bool { return slices.ContainsFunc(tools, sameName(column)) })
	}
	if r.choice = choice; choice >= 0 {
		r.comparison = tables[choice]
	}
}

// Without a number the choice of a comparison is none, or left to the page itself.
const (
	noChoice  = -1
	ownChoice = -2
)

// firstNaming is the number of the first table whose columns all name a tool of
// the page.
func firstNaming(tables [][]string, isTool func(column string) bool) int {
	return slices.IndexFunc(tables, func(columns []string) bool {
		return !slices.ContainsFunc(columns, func(column string) bool { return !isTool(column) })
	})
}

// columns are the texts of a table's head after the first.
func (r *reading) columns(t *east.Table) []string {
	head, ok := t.FirstChild().(*east.TableHeader)
	if !ok {
		return nil
	}
	var all []string
	for cell := head.FirstChild(); cell != nil; cell = cell.NextSibling() {
		all = append(all, inlineText(r.src, cell))
	}
	if len(all) < 2 {
		return nil
	}
	return all[1:]
}

// table reads a table as data.
func (r *reading) table(t *east.Table) *Table {
	w := newWriter(r.src)
	data := &Table{Line: r.line(t), Columns: r.columns(t), headed: r.headed}
	for n := t.FirstChild(); n != nil; n = n.NextSibling() {
		row, ok := n.(*east.TableRow)
		if !ok {
			continue
		}
		d := Row{Line: r.line(row), Cells: make([]Cell, len(data.Columns))}
		for i := range d.Cells {
			d.Cells[i] = Cell{Tool: data.Columns[i], Line: d.Line}
		}
		i := -1
		for cell := row.FirstChild(); cell != nil && i < len(d.Cells); cell = cell.NextSibling() {
			if text := inlineText(r.src, cell); i < 0 {
				d.Aspect = text
			} else {
				d.Cells[i].Text = text
				d.Cells[i].HTML = cellHTML(text, w.inner(cell))
			}
			i++
		}
		data.Rows = append(data.Rows, d)
	}
	return data
}

// cellHTML marks a cell that begins with Yes, No or Partly.
func cellHTML(text, html string) string {
	if state := cellState(text); state != "" {
		return `<span class="` + state + `">` + html + `</span>`
	}
	return html
}

// cellState is "yes", "no" or "part" for a text that begins with such a word, else "".
func cellState(text string) string {
	word := text
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		word = text[:i]
	}
	if next, _ := utf8.DecodeRuneInString(text[len(word):]); next == '-' || next == '\'' || next == '’' || unicode.IsNumber(next) {
		return "" // "no-op"
	}
	switch strings.ToLower(word) {
	case "yes":
		return "yes"
	case "no":
		return "no"
	case "partly":
		return "part"
	}
	return ""
}

// unnamedColumns are the faults of a comparison under its own heading whose
// columns are no tools of the page.
func (p *Page) unnamedColumns() (faults ErrorList) {
	if !p.Comparison.headed {
		return nil
	}
	for _, column := range p.Comparison.Columns {
		if slices.Contains(p.Tools, column) || slices.ContainsFunc(p.Tools, sameName(column)) {
			continue
		}
		mend := "add it to tools: in the front matter"
		if near := nearest(foldName(column), func(yield func(string) bool) {
			for _, t := range p.Tools {
				if !yield(foldName(t)) {
					return
				}
			}
		}, 2); near != "" {
			mend = "want " + p.Tools[slices.IndexFunc(p.Tools, sameName(near))]
		}
		faults.errorf(p.File, p.Comparison.Line, "unknown-column", "column %q names no tool of this page; %s", abridge(column), mend)
	}
	return faults
}
