package kb

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A Facet is one of the ways by which a reader narrows a search.
type Facet string

// The facets, by their names in addresses and JSON.
const (
	FacetCategory  Facet = "category"
	FacetEcosystem Facet = "ecosystem"
	FacetTool      Facet = "tool"
)

// folder is the first part of the addresses of a facet's values.
func (f Facet) folder() string {
	switch f {
	case FacetCategory:
		return "/categories/"
	case FacetEcosystem:
		return "/ecosystems/"
	default:
		return "/tools/"
	}
}

// A Value is one value of a facet.
type Value struct {
	Name string // the library's one spelling
	Slug string // its name in addresses
	URL  string // its page
}

// A vocabulary is the one spelling of each value of a facet.
type vocabulary struct {
	spellings map[string]string // by folded name or alias
	slugs     map[string]string // by slug, the first spelling that has it
}

// spellings are the vocabularies of all facets.
type spellings struct{ categories, ecosystems, tools *vocabulary }

// same tells whether both spell every name alike.
func (s spellings) same(t spellings) bool {
	return s.categories.same(t.categories) && s.ecosystems.same(t.ecosystems) && s.tools.same(t.tools)
}

// A usage counts how the pages spell the values of a facet.
type usage struct {
	counts map[string]int // by spelling
	order  []string       // spellings, in the order met
}

func (u *usage) add(names []string) {
	if u.counts == nil {
		u.counts = map[string]int{}
	}
	for _, name := range names {
		if u.counts[name] == 0 {
			u.order = append(u.order, name)
		}
		u.counts[name]++
	}
}

// newVocabulary decides on spellings: those given first, else those that pages
// write in front matter most often, else the first, else what is only derived
// from a folder or title. The latter is another spelling of a value with the
// same slug.
func newVocabulary(given, written, derived usage) *vocabulary {
	v := &vocabulary{spellings: map[string]string{}, slugs: map[string]string{}}
	decided := map[string]bool{} // folded names
	for _, name := range given.order {
		decided[foldName(name)] = true
	}
	for _, u := range []usage{given, written} {
		for _, name := range u.order {
			folded := foldName(name)
			best, known := v.spellings[folded]
			if !known || u.counts[name] > u.counts[best] && !decided[folded] {
				v.spellings[folded] = name
			}
		}
		for _, name := range u.order {
			v.addSlug(v.spellings[foldName(name)])
		}
	}
	for _, name := range derived.order {
		folded := foldName(name)
		if _, known := v.spellings[folded]; known {
			continue
		}
		if same, known := v.slugs[Slug(name)]; known {
			name = same
		}
		v.spellings[folded] = name
		v.addSlug(name)
	}
	return v
}

func (v *vocabulary) addSlug(name string) {
	if _, taken := v.slugs[Slug(name)]; !taken {
		v.slugs[Slug(name)] = name
	}
}

// resolve gives names in the library's spelling, each once.
func (v *vocabulary) resolve(names []string) []string {
	same := true
	for i, name := range names {
		if s := v.spell(name); s != name || slices.Contains(names[:i], name) {
			same = false
		}
	}
	if same {
		return names
	}
	var all []string
	for _, name := range names {
		if name = v.spell(name); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// same tells whether v and w spell every name alike.
func (v *vocabulary) same(w *vocabulary) bool { return maps.Equal(v.spellings, w.spellings) }

func (v *vocabulary) spell(name string) string {
	if s, ok := v.spellings[foldName(name)]; ok {
		return s
	}
	return name
}

// byName orders names without case, as people look them up.
func byName(a, b string) int {
	return cmp.Or(strings.Compare(foldName(a), foldName(b)), strings.Compare(a, b))
}

// Values are the page's values of f, in its order and the library's spelling.
func (p *Page) Values(f Facet) []string {
	switch f {
	case FacetCategory:
		return p.Category
	case FacetEcosystem:
		return p.Ecosystem
	default:
		return p.Tools
	}
}
