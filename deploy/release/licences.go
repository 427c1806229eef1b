package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// fonts is the licence of the fonts that are in the program, below the module.
const fonts = "web/assets/fonts/OFL.txt"

// thirdParty is one text with the licences of everything that is linked into the
// program on p: the modules in order of their path, Go and the fonts. A module without
// a licence is an error: it may not be handed out.
func thirdParty(ctx context.Context, root string, p platform) ([]byte, error) {
	list, err := output(ctx, root, p.environment(), "go", "list", "-deps", "-tags", tags,
		"-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/faqbase")
	if err != nil {
		return nil, err
	}
	goroot, err := output(ctx, root, nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("faqbase contains the works below, each under the licence that follows its name.\n")
	modules := slices.Compact(slices.Sorted(strings.Lines(list + "\n")))
	for _, line := range append(modules, "Go and its standard library\t"+goroot) {
		name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue // packages of the standard library have no module
		}
		texts, err := licences(dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		section(&b, name, texts)
	}
	ofl, err := os.ReadFile(filepath.Join(root, fonts))
	if err != nil {
		return nil, err
	}
	section(&b, "Atkinson Hyperlegible Next and Mono", ofl)
	return b.Bytes(), nil
}

func section(b *bytes.Buffer, name string, text []byte) {
	fmt.Fprintf(b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 78), name, bytes.TrimSpace(text))
}

// licences are the texts of the files in dir that are named as licences are.
func licences(dir string) ([]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var texts [][]byte
	for _, e := range entries {
		if e.IsDir() || !isLicence(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, bytes.TrimSpace(text))
	}
	if texts == nil {
		return nil, errors.New("no licence in " + dir)
	}
	return bytes.Join(texts, []byte("\n\n")), nil
}

// isLicence tells whether a file of that name has a licence or the notice that goes
// with one.
func isLicence(name string) bool {
	name = strings.ToUpper(name)
	return slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS"},
		func(word string) bool { return strings.HasPrefix(name, word) })
}
