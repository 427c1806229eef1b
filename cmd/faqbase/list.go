package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"faqbase/kb"
)

type listCommand struct {
	Dir   string `arg:"" optional:"" name:"dir" env:"FAQBASE_KB" help:"The folder of pages (default: ./kb if it is there, else the starter pages)."`
	JSON  bool   `help:"One JSON object a line for each question."`
	Pages bool   `help:"With --json, also one for each page that has no questions."`
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

// Run lists all pages and questions in the order of their files.
func (c *listCommand) Run(con console) error {
	_, lib, err := openLibrary(c.Dir)
	if err != nil {
		return err
	}
	if errors, _ := count(lib.Faults); errors > 0 {
		fmt.Fprintf(con.err, "faqbase: %s in the pages; \"faqbase check\" lists them\n", plural(errors, "error"))
	}
	if c.JSON {
		return c.printJSON(con.out, lib)
	}
	return c.print(con.out, lib)
}

func (c *listCommand) print(w io.Writer, lib *kb.Library) error {
	var b strings.Builder
	for _, p := range lib.Pages {
		fmt.Fprintf(&b, "%s:1\t%s\t%s\n", p.File, p.Path, printable(p.Title))
		for _, q := range p.Questions {
			fmt.Fprintf(&b, "%s:%d\t%s\t%s\n", p.File, q.Line, q.ID, printable(q.Text))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
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

// printable is s on one line and without control characters: what a page says
// must not steer the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}
