package main

import (
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

	"faqbase/kb"
)

type newCommand struct {
	Title     string `arg:"" help:"The title. One of the form \"A vs B\" makes a comparison of A and B."`
	KB        string `name:"kb" placeholder:"DIR" help:"The folder of pages (default: ./kb, which is made if need be)."`
	Ecosystem string `placeholder:"NAME" help:"The ecosystem, and the folder that the page goes into (default: that of the tools, if it is known)."`
	Category  string `placeholder:"NAME" help:"The category (default: that of the tools, if it is known)."`
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
	return nil
}

// A draft is what the template of a new page is filled with.
type draft struct {
	Title     string
	Category  string // "" if not known
	Ecosystem string // "" if not known
	Tools     []string
	Today     string
}

//go:embed page.md.tmpl
var pageTemplate string

// Run writes the page and prints its path. A file that is there is left as it is.
func (c *newCommand) Run(con console) error {
	dir := c.KB
	if dir == "" {
		dir = defaultDir
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	f, lib, err := openLibrary(dir)
	if err != nil {
		return err
	}
	d, err := c.draft(lib)
	if err != nil {
		return err
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
	_, err = fmt.Fprintln(con.out, file)
	return err
}

// draft fills in what the command line, the title and the library say. Tools that
// the library knows are spelled as there and give the ecosystem and the category
// that they agree on.
func (c *newCommand) draft(lib *kb.Library) (draft, error) {
	title, err := quote(c.Title)
	if err != nil {
		return draft{}, err
	}
	page, _ := kb.Parse("new.md", []byte("---\ntitle: "+title+"\n---\n"), kb.Options{})
	d := draft{
		Title:     c.Title,
		Category:  c.Category,
		Ecosystem: c.Ecosystem,
		Today:     time.Now().Format(time.DateOnly),
	}
	var categories, ecosystems [][]string
	if page != nil {
		for _, name := range page.Tools {
			if t := lib.Tool(name); t != nil {
				name = t.Name
				categories = append(categories, t.Category)
				ecosystems = append(ecosystems, t.Ecosystem)
			}
			d.Tools = append(d.Tools, name)
		}
	}
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
	return d, nil
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
			slugs[i] = kb.Slug(t)
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
	t, err := template.New("page.md.tmpl").Funcs(template.FuncMap{"quote": quote, "slug": kb.Slug}).Parse(pageTemplate)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := t.Execute(&b, d); err != nil {
		return "", err
	}
	return b.String(), nil
}

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
