package main

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"

	"faqbase/kb"
	"faqbase/kb/lint"
)

type newCommand struct {
	Title     string `arg:"" help:"The title. One of the form \"A vs B\" makes a comparison of A and B, unless there is one of them already."`
	KB        string `name:"kb" placeholder:"DIR" help:"The folder of pages, which is made if need be (default: ./kb)."`
	Ecosystem string `placeholder:"NAME" help:"The ecosystem, and the folder that the page goes into (default: that of the tools, if it is known)."`
	Category  string `placeholder:"NAME" help:"The category (default: that of the tools, if it is known)."`
	linksFlag
}

// Validate checks what the types of the flags leave open.
func (c *newCommand) Validate() error {
	if c.Title == "" {
		return errors.New("give the title of the page, as in faqbase new \"npm vs pnpm\"")
	}
	if kb.Slug(c.Title) == "" {
		return fmt.Errorf("a title has letters or digits, as \"npm vs pnpm\"; %q has none", c.Title)
	}
	if strings.ContainsAny(c.Title, "\r\n") {
		return errors.New("a title is one line")
	}
	for _, name := range []string{c.Ecosystem, c.Category} {
		if name != "" && kb.Slug(name) == "" {
			return fmt.Errorf("an ecosystem or a category has letters or digits; %q has none", name)
		}
	}
	if folder := c.Ecosystem; !kb.IsRead(kb.Slug(folder)) || folder == "node_modules" {
		return fmt.Errorf("no page is read in a folder %s; name the ecosystem otherwise", folder)
	}
	return nil
}

// A draft is what the template of a new page is filled with.
type draft struct {
	Title     string
	Category  string // "" if not known
	Ecosystem string // "" if not known
	Tools     []*kb.Tool
	Aspects   []string // rows of the comparison, "" for one to be named
	Today     string
}

//go:embed page.md.tmpl
var pageTemplate string

// Run writes the page and prints its path. A file that is there is left as it is.
func (c *newCommand) Run(con console) error {
	dir := c.KB
	if dir == "" {
		dir = defaultDir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, lib, err := c.openLibrary(dir)
	if err != nil {
		return err
	}
	d, err := c.draft(lib)
	if err != nil {
		return err
	}
	if p := lint.Comparison(lib, d.Names()); p != nil {
		return fmt.Errorf("%s is about the same tools already, %q; add to it", f.path(p.File), p.Title)
	}
	src, err := d.render()
	if err != nil {
		return err
	}
	file := f.path(d.file(lib))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and was left as it is", file)
	}
	if err != nil {
		return err
	}
	_, err = out.WriteString(src)
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	fmt.Fprintf(con.err, "faqbase: it is a draft, which nobody sees or finds; \"%s\" lists what is to be written. Then take draft: away\n", strings.TrimSpace("faqbase check --hints "+c.KB))
	_, err = fmt.Fprintln(con.out, file)
	return err
}

// draft fills in what the command line, the title and the library say. Tools that
// the library knows are spelled as there, in the title too, and give the ecosystem and
// the category that they agree on.
func (c *newCommand) draft(lib *kb.Library) (draft, error) {
	d := draft{
		Title:     strings.Join(strings.Fields(c.Title), " "),
		Category:  c.Category,
		Ecosystem: c.Ecosystem,
		Today:     time.Now().Format(time.DateOnly),
	}
	names, err := toolsOf(d.Title)
	if err != nil {
		return draft{}, err
	}
	var categories, ecosystems [][]string
	title, rest := "", d.Title // as far as its tools are spelled, and what follows
	for _, name := range names {
		t := lib.Tool(name)
		if t == nil {
			t = &kb.Tool{Name: name, Slug: kb.Slug(name)}
		} else {
			categories = append(categories, t.Category)
			ecosystems = append(ecosystems, t.Ecosystem)
		}
		// They stand in the title in this order, each as words of its own.
		if at := wordsAt(rest, name); at >= 0 {
			title, rest = title+rest[:at]+t.Name, rest[at+len(name):]
		}
		if slices.ContainsFunc(d.Tools, func(other *kb.Tool) bool { return lint.SameTool(lib, other.Name, t.Name) }) {
			return draft{}, usagef("%q names %s twice; a comparison is of two tools", c.Title, t.Name)
		}
		d.Tools = append(d.Tools, t)
	}
	d.Title = title + rest
	if d.Category == "" {
		d.Category = agreed(categories)
	}
	if d.Ecosystem == "" {
		d.Ecosystem = agreed(ecosystems)
	}
	if v, ok := lib.Value(kb.FacetCategory, d.Category); ok {
		d.Category = v.Name
	}
	if v, ok := lib.Value(kb.FacetEcosystem, d.Ecosystem); ok {
		d.Ecosystem = v.Name
	}
	d.Aspects = usualAspects(lib, d.Category)
	return d, nil
}

// wordsAt is where words stand in a text and are no part of longer ones, -1 if nowhere.
func wordsAt(text, words string) int {
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
	for from := 0; words != ""; {
		i := strings.Index(text[from:], words)
		if i < 0 {
			break
		}
		at := from + i
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(words):])
		if !inWord(before) && !inWord(after) {
			return at
		}
		from = at + 1
	}
	return -1
}

// toolsOf are the tools that a title of the form "A vs B" names, as it writes them.
func toolsOf(title string) ([]string, error) {
	quoted, err := quote(title)
	if err != nil {
		return nil, err
	}
	page, _ := kb.Parse("new.md", []byte("---\ntitle: "+quoted+"\n---\n"), kb.Options{})
	if page == nil {
		return nil, nil
	}
	return page.Tools, nil
}

// usualAspects are those in which other pages of a category compare their tools, the
// most usual first; empty ones where that is not known.
func usualAspects(lib *kb.Library, category string) []string {
	const rows = 5
	pages := map[string]int{}
	var names []string
	for _, p := range lib.Pages {
		if p.Comparison == nil || !slices.Contains(p.Category, category) {
			continue
		}
		for _, r := range p.Comparison.Rows {
			if pages[r.Aspect]++; pages[r.Aspect] == 2 {
				names = append(names, r.Aspect)
			}
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(pages[b], pages[a]) })
	names = names[:min(len(names), rows)]
	for len(names) < 3 {
		names = append(names, "")
	}
	return names
}

// agreed is the first value that all lists have, "" if there is none.
func agreed(lists [][]string) string {
	if len(lists) == 0 {
		return ""
	}
next:
	for _, v := range lists[0] {
		for _, other := range lists[1:] {
			if !slices.Contains(other, v) {
				continue next
			}
		}
		return v
	}
	return ""
}

// file is where the page belongs, relative to the folder of pages: named for its
// tools, else its title, in the folder that holds other pages of its ecosystem.
func (d draft) file(lib *kb.Library) string {
	name := kb.Slug(d.Title)
	if len(d.Tools) > 0 {
		slugs := make([]string, len(d.Tools))
		for i, t := range d.Tools {
			slugs[i] = t.Slug
		}
		name = strings.Join(slugs, "-vs-")
	}
	folder := kb.Slug(d.Ecosystem)
	for _, p := range lib.Pages {
		if first, _, nested := strings.Cut(p.File, "/"); nested && kb.Slug(first) == folder {
			folder = first
			break
		}
	}
	return path.Join(folder, name+".md")
}

func (d draft) render() (string, error) {
	t, err := template.New("page.md.tmpl").Funcs(template.FuncMap{"quote": quote, "cell": cell}).Parse(pageTemplate)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := t.Execute(&b, d); err != nil {
		return "", err
	}
	return b.String(), nil
}

// Names are those of the tools.
func (d draft) Names() []string {
	names := make([]string, len(d.Tools))
	for i, t := range d.Tools {
		names[i] = t.Name
	}
	return names
}

// cell is text as it is written in a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// quote writes v as JSON, which YAML reads as the same value.
func quote(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}
