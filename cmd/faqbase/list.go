package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"faqbase/kb"
)

type listCommand struct {
	folderArg
	JSON  bool   `help:"One JSON object a line for each question."`
	Pages bool   `help:"With --json, also one for each page that has no questions."`
	Why   string `placeholder:"FILE" help:"Instead, say of everything in one page that may be a question why it is one or is not."`
}

// An entryJSON is a question, or a page without any, as list --json prints it.
type entryJSON struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	ID       string   `json:"id"`
	Page     string   `json:"page"`
	Question string   `json:"question"`
	Tools    []string `json:"tools"`
}

// Run lists all pages and questions in the order of their files. Their numbers are on
// standard error, so that scripts read one entry a line.
func (c *listCommand) Run(con console) error {
	if c.Why != "" {
		return c.runWhy(con)
	}
	_, lib, err := c.library()
	if err != nil {
		return err
	}
	if n := count(lib.Faults); n.errors > 0 {
		fmt.Fprintf(con.err, "faqbase: %s in the pages; \"faqbase check\" lists them\n", plural(n.errors, "error"))
	}
	if c.JSON {
		return c.printJSON(con.out, lib)
	}
	if err := c.print(con.out, lib); err != nil {
		return err
	}
	return printCounts(con.err, lib)
}

func (c *listCommand) print(w io.Writer, lib *kb.Library) error {
	var b strings.Builder
	for _, p := range lib.Pages {
		fmt.Fprintf(&b, "%s:1\t%s\t%s\n", printable(p.File), printable(p.Path), printable(p.Title))
		for _, q := range p.Questions {
			fmt.Fprintf(&b, "%s:%d\t%s\t%s\n", printable(p.File), q.Line, printable(q.ID), printable(q.Text))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// printCounts writes how many pages and questions there are in all, in each ecosystem
// and in each category. A page in two categories counts in both.
func printCounts(w io.Writer, lib *kb.Library) error {
	fmt.Fprintf(w, "faqbase: %s\n", size(lib))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	printFacet(table, lib, kb.FacetEcosystem)
	printFacet(table, lib, kb.FacetCategory)
	return table.Flush()
}

// printFacet writes a line for each value of a facet that is in use, and one for the
// pages without any.
func printFacet(table io.Writer, lib *kb.Library, f kb.Facet) {
	const none = "" // no value's name, as "(none)" may be
	pages, questions := map[string]int{}, map[string]int{}
	for _, p := range lib.Pages {
		values := p.Values(f)
		if len(values) == 0 {
			values = []string{none}
		}
		for _, v := range values {
			pages[v]++
			questions[v] += len(p.Questions)
		}
	}
	inUse := lib.Values(f)
	if len(inUse) > 0 && pages[none] > 0 {
		inUse = append(slices.Clip(inUse), kb.Value{Name: none})
	}
	for _, v := range inUse {
		name := printable(cmp.Or(v.Name, "(none)"))
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f, name, plural(pages[v.Name], "page"), plural(questions[v.Name], "question"))
	}
}

// size says how large a knowledge base is.
func size(lib *kb.Library) string {
	return plural(len(lib.Pages), "page") + " with " + plural(lib.NumQuestions(), "question")
}

func (c *listCommand) printJSON(w io.Writer, lib *kb.Library) error {
	lines := newJSONLines(w)
	for _, p := range lib.Pages {
		if c.Pages && len(p.Questions) == 0 {
			err := lines.Encode(entryJSON{p.File, 1, p.Path, p.Path, "", list(p.Tools)})
			if err != nil {
				return err
			}
		}
		for _, q := range p.Questions {
			err := lines.Encode(entryJSON{p.File, q.Line, q.ID, p.Path, q.Text, list(q.Tools)})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// list is s, never nil, so that JSON has [] and not null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// newJSONLines writes one JSON object a line, with <, > and & as they are.
func newJSONLines(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// printable is s on one line and without control characters: what a page says, and
// what a file is called, must not steer the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && !unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}
