package lint

import (
	"cmp"
	"slices"
	"strings"

	"faqbase/kb"
)

// compares tells whether a page is a comparison.
func compares(p *kb.Page) bool {
	if len(p.Tools) < 2 {
		return false
	}
	return p.Comparison != nil || slices.ContainsFunc(words(p.Title), func(word string) bool { return word == "vs" || word == "versus" })
}

// Comparison is the page of lib, or the draft of one, that compares just these tools,
// nil if there is none. Their order makes no difference, nor which of its names stands
// for a tool, nor case, spaces and signs in them: NodeJS is Node.js.
func Comparison(lib *kb.Library, tools []string) *kb.Page {
	wanted := compared(lib, tools)
	if len(wanted) < 2 {
		return nil
	}
	for _, p := range append(lib.Drafts(), lib.Pages...) {
		if compares(p) && slices.Equal(compared(lib, p.Tools), wanted) {
			return p
		}
	}
	return nil
}

// SameTool tells whether two names are of one tool, as Comparison has it.
func SameTool(lib *kb.Library, a, b string) bool { return len(compared(lib, []string{a, b})) == 1 }

// compared are the slugs of tools in their order, each once, as letters and digits alone.
func compared(lib *kb.Library, tools []string) []string {
	all := make([]string, len(tools))
	for i, name := range tools {
		slug := kb.Slug(name)
		if t := lib.Tool(name); t != nil {
			slug = t.Slug
		}
		all[i] = strings.ReplaceAll(slug, "-", "")
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// language is the one that a page is compared with others in: what its front matter
// names, else English, which a search takes a page for too if its words leave a doubt.
func language(p *kb.Page) string { return cmp.Or(strings.ToLower(p.Lang), "en") }

// duplicateComparisons warns of pages in one language that compare the same tools.
func duplicateComparisons(lib *kb.Library) (faults kb.ErrorList) {
	first := map[string]*kb.Page{}
	for _, p := range lib.Pages {
		if !compares(p) {
			continue
		}
		tools := compared(lib, p.Tools)
		key := strings.Join(append(tools, language(p)), "\n")
		switch other := first[key]; {
		case len(tools) < 2:
		case other == nil:
			first[key] = p
		default:
			faults = append(faults, warning("duplicate-comparison", p.File, 0,
				"%q compares the same tools as %q in %s; make one page of both and name the other's path under moved", shorten(p.Title), shorten(other.Title), other.File))
		}
	}
	return faults
}
