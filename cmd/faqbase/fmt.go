package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"faqbase/kb"
)

type fmtCommand struct {
	Paths []string `arg:"" optional:"" name:"path" help:"Folders of pages, and pages (default: ./kb if it is there, else the starter pages)."`
	Write bool     `xor:"how" help:"Write the pages that change, and print their paths instead of the diff."`
	Check bool     `xor:"how" help:"Exit with status 1 if a page would change."`
	linksFlag
}

// A formatted is a page in its usual form, and how it was.
type formatted struct {
	name     string // the file, as it is reached from the working directory
	old, new []byte
}

// Run prints how the pages would change, or changes them. A page that cannot be
// formatted is named, left as it is, and a failure in the end.
func (c *fmtCommand) Run(con console) error {
	pages, failed, err := c.read(con)
	if err != nil {
		return err
	}
	changed := 0
	for _, p := range pages {
		if bytes.Equal(p.old, p.new) {
			continue
		}
		changed++
		if !c.Write {
			if _, err := con.out.Write(diff.Diff(p.name+".orig", p.old, p.name, p.new)); err != nil {
				return err
			}
			continue
		}
		if err := p.write(); err != nil {
			failed++
			fmt.Fprintf(con.err, "faqbase: %v\n", err)
			continue
		}
		if _, err := fmt.Fprintln(con.out, p.name); err != nil {
			return err
		}
	}
	switch {
	case changed > 0 && !c.Write:
		fmt.Fprintf(con.err, "faqbase: %d of %s would change; --write changes them\n", changed, plural(len(pages), "page"))
	case changed == 0:
		fmt.Fprintf(con.err, "faqbase: %s in the usual form\n", plural(len(pages), "page"))
	}
	if failed > 0 || c.Check && changed > 0 {
		return errFaults
	}
	return nil
}

// read reads the pages and formats them. failed is the number of those that could
// not be; why was said.
func (c *fmtCommand) read(con console) (pages []formatted, failed int, err error) {
	paths := c.Paths
	if len(paths) == 0 {
		paths = []string{os.Getenv("FAQBASE_KB")}
	}
	seen := map[string]bool{} // a file may be reached by several names
	add := func(file, name string, src []byte) {
		out, err := kb.Format(file, src)
		if err != nil {
			failed++
			var faults kb.ErrorList
			if !errors.As(err, &faults) {
				faults = kb.ErrorList{{Msg: err.Error()}}
			}
			for _, e := range faults {
				said := *e
				said.File = name
				fmt.Fprintf(con.err, "%s\n", faultLine(&said))
			}
			return
		}
		pages = append(pages, formatted{name, src, out})
	}
	for _, name := range paths {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			if !kb.IsPage(filepath.Base(name)) {
				return nil, 0, usagef("%s is no page, and is left as it is; pages are .md, .markdown and .mdx files", name)
			}
			src, err := os.ReadFile(name)
			if err != nil {
				return nil, 0, usagef("the page cannot be read: %v", err)
			}
			if real := realPath(name); !seen[real] {
				seen[real] = true
				add(inFolders(name), name, src)
			}
			continue
		}
		f, err := c.openFolder(name)
		if err != nil {
			return nil, 0, err
		}
		if f.dir == "" && c.Write {
			return nil, 0, usagef("the starter pages are part of the program; name a folder of pages to write")
		}
		files, err := kb.Files(f.fsys)
		if err != nil {
			return nil, 0, fmt.Errorf("read %s: %w", f, err)
		}
		for _, file := range files {
			src, err := fs.ReadFile(f.fsys, file)
			if err != nil {
				failed++
				fmt.Fprintf(con.err, "faqbase: %v\n", err)
				continue
			}
			if real := realPath(f.path(file)); f.dir == "" || !seen[real] {
				seen[real] = true
				add(path.Join(f.name(), file), f.path(file), src)
			}
		}
	}
	return pages, failed, nil
}

// inFolders is the name of a page with those of all folders that it is in, which tell
// of some pages that they are FAQs. Which one is the folder of pages nobody has said.
func inFolders(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	return strings.TrimLeft(filepath.ToSlash(strings.TrimPrefix(abs, filepath.VolumeName(abs))), "/")
}

// realPath is a file's path without symbolic links, as far as it can be told.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path
}

// write puts the new text in the place of the old one at once. A file that is not as
// it was read is left alone, for someone is at work on it.
func (p formatted) write() error {
	file := realPath(p.name)
	now, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, p.old) {
		return fmt.Errorf("%s was changed meanwhile and is left as it is; run faqbase fmt again", p.name)
	}
	return writeFile(file, func(w io.Writer) error {
		_, err := w.Write(p.new)
		return err
	})
}
