package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"faqbase/kb"
)

// A decisionJSON is what list --why --json prints of everything that may be a question.
type decisionJSON struct {
	File string `json:"file"`
	kb.Decision
}

// runWhy prints for one page what was taken for a question and what was not, and by
// which rule.
func (c *listCommand) runWhy(con console) error {
	f, err := c.open()
	if err != nil {
		return err
	}
	file, src, err := f.read(c.Why)
	if err != nil {
		return err
	}
	decisions, err := kb.Why(file, src, kb.Options{})
	if err != nil {
		return err
	}
	if c.JSON {
		return printDecisionsJSON(newJSONLines(con.out), file, decisions)
	}
	return printDecisions(con.out, file, decisions)
}

// read reads a page of the folder, named relative to it or from the working
// directory. A file that is not in the folder is read as if it were in its root.
func (f folder) read(name string) (file string, src []byte, err error) {
	inside := filepath.ToSlash(filepath.Clean(name))
	if fs.ValidPath(inside) {
		if src, err = fs.ReadFile(f.fsys, inside); err == nil {
			return inside, src, nil
		}
	}
	if rel, err := filepath.Rel(f.dir, name); err == nil && f.dir != "" && filepath.IsLocal(rel) {
		inside = filepath.ToSlash(rel)
		if src, err := fs.ReadFile(f.fsys, inside); err == nil {
			return inside, src, nil
		}
	}
	if src, err = os.ReadFile(name); err != nil {
		return "", nil, usagef("no page %s in %s; name one as list prints it", name, f)
	}
	return filepath.Base(name), src, nil
}

// printDecisions prints one a line: place, what it is, whether it is a question, the
// rule, its text and the rule in words.
func printDecisions(w io.Writer, file string, decisions []kb.Decision) error {
	var b strings.Builder
	for _, d := range decisions {
		verdict := "no"
		if d.Question {
			verdict = "question"
		}
		fmt.Fprintf(&b, "%s:%d\t%s\t%s\t%s\t%s\t%s\n", printable(file), d.Line, verdict, d.Rule, d.Shape, printable(d.Text), d.Why)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func printDecisionsJSON(lines *json.Encoder, file string, decisions []kb.Decision) error {
	for _, d := range decisions {
		if err := lines.Encode(decisionJSON{file, d}); err != nil {
			return err
		}
	}
	return nil
}
