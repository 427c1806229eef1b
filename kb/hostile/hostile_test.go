package hostile_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"faqbase/kb"
	"faqbase/kb/hostile"
)

// fewestCases are all techniques of the published lists of vectors, and more.
const fewestCases = 150

// library is the knowledge base of all cases.
func library(t *testing.T) (*kb.Library, []hostile.Case, fs.FS) {
	t.Helper()
	cases, err := hostile.Cases()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := hostile.Pages()
	if err != nil {
		t.Fatal(err)
	}
	lib, err := kb.Load(pages, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return lib, cases, pages
}

// TestNothingThatRunsIsLeft reads every case and looks at all HTML that is made of it.
func TestNothingThatRunsIsLeft(t *testing.T) {
	lib, cases, _ := library(t)
	if len(cases) < fewestCases {
		t.Errorf("%d cases, want %d", len(cases), fewestCases)
	}
	for _, c := range cases {
		if c.Question != "" && lib.Question(c.Question) == nil {
			t.Errorf("%v: it is no answer of its own, as the one before it has no end", c)
		}
	}
	look := func(where, markup string) {
		for _, fault := range hostile.Author.Fragment(markup) {
			t.Errorf("%s: %s in\n%s", where, fault, markup)
		}
	}
	for _, p := range lib.Pages {
		look(p.Path+", intro", p.IntroHTML())
		for _, b := range p.Blocks() {
			look(p.Path+", part", b.HTML)
		}
		for _, q := range p.Questions {
			look(q.ID, q.TextHTML())
			look(q.ID, q.HTML())
		}
		if p.Comparison != nil {
			for _, row := range p.Comparison.Rows {
				for _, cell := range row.Cells {
					look(p.Path+", comparison", cell.HTML)
				}
			}
		}
	}
	for _, tool := range lib.Tools {
		addresses := []string{tool.Homepage, tool.Repository, tool.Docs}
		for _, s := range tool.Skills {
			addresses = append(addresses, s.URL)
		}
		for _, address := range addresses {
			if scheme, _, _ := strings.Cut(strings.ToLower(address), "://"); address != "" && scheme != "http" && scheme != "https" {
				t.Errorf("tool %s leads to %s", tool.Name, address)
			}
		}
	}
}

// TestWhatRunsIsSeen shows the policy what it is there for.
func TestWhatRunsIsSeen(t *testing.T) {
	for _, markup := range []string{
		`<script>x</script>`, `<img src=x onerror=x>`, `<a href="javascript:x">y</a>`, `<a href=" JAVA&#9;SCRIPT:x">y</a>`, `<a href="&#1;data:x">y</a>`,
		`<img src="//x.example/y">`, `<img src="\\x.example/y">`, `<img src="https:x">`, `<p style="x">y</p>`, `<svg></svg>`, `<math></math>`, `<!-- x -->`,
		`<iframe></iframe>`, `<p id="x">y</p>`, `<span id="Q-q"></span>`, `<noscript><p title="</noscript><img src=x onerror=x>"></noscript>`, `<input>`,
		`<form action="x"></form>`, `<template><b>x</b></template>`, `<base href="/x">`,
	} {
		if hostile.Author.Fragment(markup) == nil {
			t.Errorf("nothing is seen in %s", markup)
		}
	}
	for _, markup := range []string{
		`<p>x <b>y</b> <a href="/z#w" title="t" rel="noopener noreferrer">v</a></p>`, `<img src="/kb/x.png" alt="y" loading="lazy">`, `<a href="mailto:x@example.com">y</a>`,
		`<ul><li><input type="checkbox" disabled aria-label="Done" checked> x</li></ul>`, `<a href="//x.example/">y</a>`,
	} {
		if faults := hostile.Author.Fragment(markup); faults != nil {
			t.Errorf("%s: %q", markup, faults)
		}
	}
	if faults := hostile.Author.Document(`<!doctype html><p>x`); !slices.Contains(faults, "an element: <html>") {
		t.Errorf("of a whole page: %q", faults)
	}
}
