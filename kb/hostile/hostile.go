// Package hostile has pages that are written to make a browser run something, load
// something from elsewhere or take the place of the page around them, and tells what in
// HTML could. Tests alone use it.
//
// A case is one attempt. Those in answers/ are answers: a file is a theme, which
// becomes a page with a question for each of its cases. Those in files/ are whole files
// of the knowledge base. In a case RAN stands for a call of the function ran with the
// number of the case, and N for that number. What reaches out does so to the host
// ran.example. \u{202e} is the character of that number, \x{ff} that byte.
package hostile

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

// Host is where whatever reaches out does so.
const Host = "ran.example"

// A Case is one attempt.
type Case struct {
	Number int    // from 1
	Theme  string // the name of its file here, without extension
	Name   string // in words, or the path of the file that it is
	Markup string // of an answer or a file
	// Question is the id of the question that has it as its answer, "" if it is a file.
	Question string
}

func (c Case) String() string { return fmt.Sprintf("%d, %s: %s", c.Number, c.Theme, c.Name) }

//go:embed answers files
var archives embed.FS

// Cases are all cases, in the order of their numbers. The error is one of this package.
func Cases() ([]Case, error) {
	var cases []Case
	for _, folder := range []string{"answers", "files"} {
		names, err := fs.Glob(archives, folder+"/*.txtar")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			data, err := archives.ReadFile(name)
			if err != nil {
				return nil, err
			}
			theme := strings.TrimSuffix(path.Base(name), ".txtar")
			for _, f := range txtar.Parse(data).Files {
				c := Case{Number: len(cases) + 1, Theme: theme, Name: f.Name}
				c.Markup = c.filled(string(f.Data))
				if folder == "answers" {
					c.Question = fmt.Sprintf("%s#case-%d", theme, c.Number)
				} else {
					c.Name = c.filled(f.Name)
				}
				cases = append(cases, c)
			}
		}
	}
	return cases, nil
}

var (
	mark      = regexp.MustCompile(`\bRAN\b|\bran(?:&lpar;|&#40;|\()N|\bran\.example/N\b`)
	character = regexp.MustCompile(`\\([ux])\{([0-9a-f]+)\}`)
)

// filled puts the number of the case, and characters that no editor shows, in their
// places.
func (c Case) filled(text string) string {
	number := strconv.Itoa(c.Number)
	text = mark.ReplaceAllStringFunc(text, func(m string) string {
		if m == "RAN" {
			return "ran(" + number + ")"
		}
		return strings.TrimSuffix(m, "N") + number
	})
	return character.ReplaceAllStringFunc(text, func(m string) string {
		parts := character.FindStringSubmatch(m)
		n, err := strconv.ParseUint(parts[2], 16, 21)
		switch {
		case err != nil:
			return m
		case parts[1] == "x":
			return string([]byte{byte(n)})
		}
		return string(rune(n))
	})
}

// Pages are a knowledge base of all cases.
func Pages() (fstest.MapFS, error) {
	cases, err := Cases()
	if err != nil {
		return nil, err
	}
	themes := make(map[string]*strings.Builder)
	pages := make(fstest.MapFS)
	for _, c := range cases {
		if c.Question == "" {
			pages[c.Name] = &fstest.MapFile{Data: []byte(c.Markup), Mode: 0o644}
			continue
		}
		b := themes[c.Theme]
		if b == nil {
			b = new(strings.Builder)
			themes[c.Theme] = b
			fmt.Fprintf(b, "---\ntitle: Hostile %s\ntools: [Ant, Bee]\nupdated: 2026-01-02\n---\n\n", c.Theme)
		}
		_, anchor, _ := strings.Cut(c.Question, "#")
		fmt.Fprintf(b, "## Does case %d run? {#%s}\n\nIt is written so:\n\n%s\n\nThat is all.\n\n", c.Number, anchor, c.Markup)
	}
	for theme, b := range themes {
		pages[theme+".md"] = &fstest.MapFile{Data: []byte(b.String()), Mode: 0o644}
	}
	return pages, nil
}
