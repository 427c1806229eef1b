package kb

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Tool is a developer tool that pages are about: an entry of tools.yaml, or
// only a name that a page gives. Facts that are not known are zero.
type Tool struct {
	Name, Slug          string
	Aliases             []string
	Category, Ecosystem []string
	// Pattern is the tool's architecture in a few words.
	Pattern string
	// Maturity is established, modern, emerging, maintenance or archived.
	Maturity string
	// Since is the year of the first release.
	Since                               int
	License, Homepage, Repository, Docs string
	// Skills leads to the tool in a skills registry.
	Skills []Link
	// Line is that of the entry in tools.yaml, 0 if there is none.
	Line int
}

// digest covers what is served of t, which its line is not.
func (t *Tool) digest() Digest {
	parts := []string{t.Name, t.Slug, t.Pattern, t.Maturity, strconv.Itoa(t.Since), t.License, t.Homepage, t.Repository, t.Docs}
	for _, list := range [][]string{t.Aliases, t.Category, t.Ecosystem} {
		parts = append(append(parts, strconv.Itoa(len(list))), list...)
	}
	for _, s := range t.Skills {
		parts = append(parts, s.Label, s.URL)
	}
	return digest(parts...)
}

// A Link is a label and an address.
type Link struct{ Label, URL string }

var (
	toolKeys = []string{"name", "slug", "aliases", "category", "ecosystem", "pattern", "maturity", "since", "license",
		"homepage", "repository", "docs", "skills"}
	maturities = []string{"established", "modern", "emerging", "maintenance", "archived"}
)

// readTools reads tools.yaml.
func readTools(src []byte) (tools []*Tool, faults ErrorList) {
	readItems(toolsFile, src, "tools (- name: ...)", &faults, func(r *yamlReader, entry *yaml.Node) {
		if t := r.tool(entry); t != nil {
			tools = append(tools, t)
		}
	})
	return uniqueTools(tools, &faults), faults
}

// tool reads an entry, nil if it is no tool.
func (r *yamlReader) tool(entry *yaml.Node) *Tool {
	if entry.Kind != yaml.MappingNode {
		r.errorf(entry, "bad-value", "want a tool with %s, not %s", wanted(toolKeys), kindName(entry))
		return nil
	}
	t := &Tool{Line: r.line(entry)}
	for key, value := range r.pairs(entry, "", toolKeys) {
		switch key.Value {
		case "name":
			t.Name = r.text(key, value)
		case "slug":
			t.Slug = r.text(key, value)
		case "aliases":
			t.Aliases = r.list(key, value)
		case "category":
			t.Category = r.list(key, value)
		case "ecosystem":
			t.Ecosystem = r.list(key, value)
		case "pattern":
			t.Pattern = r.text(key, value)
		case "maturity":
			t.Maturity = r.maturity(key, value)
		case "since":
			t.Since = r.year(key, value)
		case "license":
			t.License = r.text(key, value)
		case "homepage":
			t.Homepage = r.url(key, value)
		case "repository":
			t.Repository = r.url(key, value)
		case "docs":
			t.Docs = r.url(key, value)
		case "skills":
			t.Skills = r.skills(key, value)
		}
	}
	if t.Name == "" {
		r.errorf(entry, "no-name", "tool has no name; add name:")
		return nil
	}
	if t.Slug != "" && Slug(t.Slug) != t.Slug {
		r.errorf(entry, "bad-slug", "slug of %s is %q, want %q", t.Name, t.Slug, Slug(t.Slug))
		t.Slug = Slug(t.Slug)
	}
	if t.Slug == "" {
		t.Slug = Slug(t.Name)
	}
	return t
}

func (r *yamlReader) maturity(key, value *yaml.Node) string {
	s := strings.ToLower(r.text(key, value))
	if s != "" && !slices.Contains(maturities, s) {
		r.errorf(value, "bad-value", "maturity is %q, want %s", abridge(s), wanted(maturities))
		return ""
	}
	return s
}

func (r *yamlReader) year(key, value *yaml.Node) int {
	s := r.text(key, value)
	if s == "" {
		return 0
	}
	year, err := strconv.Atoi(s)
	if err != nil || year < 1940 || year > 2100 {
		r.errorf(value, "bad-value", "since is %q, want the year of the first release, such as 2006", abridge(s))
		return 0
	}
	return year
}

func (r *yamlReader) url(key, value *yaml.Node) string {
	s := r.text(key, value)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		r.errorf(value, "bad-url", "%s is %q, want an address that begins with https://", key.Value, abridge(s))
		return ""
	}
	return s
}

// skills reads a list of {label: ..., url: ...}.
func (r *yamlReader) skills(key, value *yaml.Node) (links []Link) {
	if isNull(value) {
		return nil
	}
	entries := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		entries = value.Content
	}
	for _, entry := range entries {
		if entry.Kind != yaml.MappingNode {
			r.errorf(entry, "bad-value", "skills wants entries {label: ..., url: ...}, not %s", kindName(entry))
			continue
		}
		var l Link
		for key, value := range r.pairs(entry, "skills", []string{"label", "url"}) {
			switch key.Value {
			case "label":
				l.Label = r.text(key, value)
			case "url":
				l.URL = r.url(key, value)
			}
		}
		if l.Label == "" || l.URL == "" {
			r.errorf(entry, "bad-value", "an entry of skills wants a label and a url")
			continue
		}
		links = append(links, l)
	}
	return links
}

// uniqueTools drops tools whose name another one has before them, and aliases and
// slugs that stand for another tool already.
func uniqueTools(all []*Tool, faults *ErrorList) (tools []*Tool) {
	names := map[string]*Tool{}
	slugs := map[string]*Tool{}
	for _, t := range all {
		if first := names[foldName(t.Name)]; first != nil {
			faults.errorf(toolsFile, t.Line, "repeated-tool", "tool %q is already on line %d; make one entry of both", t.Name, first.Line)
			continue
		}
		names[foldName(t.Name)] = t
		tools = append(tools, t)
		if first := slugs[t.Slug]; first != nil {
			faults.errorf(toolsFile, t.Line, "slug-collision", "%s and %s (line %d) have the same slug %q; give one of them slug:", t.Name, first.Name, first.Line, t.Slug)
		} else if t.Slug == "" {
			faults.errorf(toolsFile, t.Line, "bad-slug", "%q has no letter or digit for its address; give it slug:", t.Name)
		} else {
			slugs[t.Slug] = t
		}
	}
	for _, t := range tools {
		t.Aliases = slices.DeleteFunc(t.Aliases, func(alias string) bool {
			first := names[foldName(alias)]
			if first != nil && first != t {
				faults.errorf(toolsFile, t.Line, "repeated-tool", "alias %q of %s already stands for %s (line %d)", alias, t.Name, first.Name, first.Line)
				return true
			}
			names[foldName(alias)] = t
			return false
		})
	}
	return tools
}

// titleTools are the tools that a title of the form "A vs B" names, nil for any
// other title.
func titleTools(title string) []string {
	if i := strings.IndexAny(title, ":?!(|–—"); i >= 0 {
		title = title[:i]
	}
	var names []string
	var name []string
	for _, word := range strings.Fields(title) {
		switch strings.ToLower(strings.TrimSuffix(word, ".")) {
		case "vs", "versus":
			names = append(names, strings.Join(name, " "))
			name = nil
			continue
		case "for", "in", "when", "which", "-": // what follows is no name
			if len(names) > 0 {
				return checkTools(append(names, strings.Join(name, " ")))
			}
		}
		name = append(name, strings.TrimSuffix(word, ","))
	}
	return checkTools(append(names, strings.Join(name, " ")))
}

// checkTools gives names back if they can be those of two to four tools.
func checkTools(names []string) []string {
	if len(names) < 2 || len(names) > 4 {
		return nil
	}
	for _, name := range names {
		if words := strings.Count(name, " ") + 1; name == "" || words > 4 {
			return nil
		}
	}
	return names
}
