package kb

import (
	"cmp"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A Library is a whole knowledge base at one moment. It is immutable and safe
// for concurrent use; libraries that follow each other share unchanged pages.
type Library struct {
	// Pages are in path order; drafts are left out.
	Pages []*Page
	// Tools are all tools that tools.yaml or a page names, by name.
	Tools []*Tool
	// Categories and Ecosystems are the values in use, by name.
	Categories, Ecosystems []Value
	// Synonyms, Curations and Golden are the sound entries of synonyms.yaml,
	// curations.yaml and golden.yaml, in the order of the file. Their pages and
	// questions are there. Curations that have expired are among them; of several
	// for one query the first that has not expired counts.
	Synonyms  []Synonym
	Curations []Curation
	Golden    []Golden
	// Faults are all faults of all files, sorted by file and line.
	Faults ErrorList
	// Digest changes with anything that is served: pages, files, tools, synonyms
	// and curations. Golden has no part in it.
	Digest Digest
	// Generation rises by one with each change of Digest. The first is 1.
	Generation uint64

	fsys      fs.FS
	base      string
	pages     map[string]*Page
	files     map[string]*Page // by file, as they were read
	tools     map[string]*Tool // by folded name, slug and alias
	values    map[Facet]map[string]Value
	spellings spellings
	used      []Value           // tools that a page names, by name
	assets    map[string]string // the file of each path in NFC
	fileTools []*Tool           // those of tools.yaml
	drafts    []*Page           // in the order of their files
	// moved are the places that old paths, and old paths with an anchor, lead to;
	// movedParts the pages that the paths of the latter do, if nothing better is known.
	moved      map[string]place
	movedParts map[string]*Page
	oldAnchors map[string][]OldAnchor // by the path of the page that is asked for them
	// fileCurations and fileGolden are those of their files, whatever pages there are.
	fileCurations []Curation
	fileGolden    []Golden
}

// Page returns the page with that path, or nil.
func (l *Library) Page(path string) *Page { return l.pages[path] }

// PageOf returns what was read of a file, also where it is a draft or not served, or nil.
func (l *Library) PageOf(file string) *Page { return l.files[file] }

// Drafts returns the pages that are kept out, in the order of their files, as their own
// front matter spells everything.
func (l *Library) Drafts() []*Page { return slices.Clone(l.drafts) }

// Question returns the question with that id, or nil.
func (l *Library) Question(id string) *Question {
	for at := strings.LastIndexByte(id, '#'); at >= 0; at = strings.LastIndexByte(id[:at], '#') {
		if p := l.pages[id[:at]]; p != nil {
			if q := p.question(id[at+1:]); q != nil {
				return q
			}
		}
	}
	return nil
}

// Tool returns the tool with that name, alias or slug, or nil. Case does not matter.
func (l *Library) Tool(name string) *Tool { return l.tools[foldName(name)] }

// Value returns the value of f with that name, alias or slug. Case does not matter.
func (l *Library) Value(f Facet, name string) (Value, bool) {
	if f == FacetTool {
		t := l.Tool(name)
		if t == nil {
			return Value{}, false
		}
		return l.toolValue(t), true
	}
	v, ok := l.values[f][foldName(name)]
	return v, ok
}

// NearValue returns the value of f that somebody may mean by a name that none has: one
// whose name or slug begins so, else one whose name, alias or slug is few edits away.
func (l *Library) NearValue(f Facet, name string) (Value, bool) {
	name = foldName(name)
	if name == "" {
		return Value{}, false
	}
	for _, v := range l.Values(f) {
		if strings.HasPrefix(foldName(v.Name), name) || strings.HasPrefix(v.Slug, name) {
			return v, true
		}
	}
	names := maps.Keys(l.values[f])
	if f == FacetTool {
		names = maps.Keys(l.tools)
	}
	return l.Value(f, nearest(name, names, few(name)))
}

// Values returns all values of f in use by a page, by name.
func (l *Library) Values(f Facet) []Value {
	switch f {
	case FacetCategory:
		return l.Categories
	case FacetEcosystem:
		return l.Ecosystems
	default:
		return l.used
	}
}

func (l *Library) toolValue(t *Tool) Value {
	return Value{Name: t.Name, Slug: t.Slug, URL: l.base + FacetTool.folder() + escapePath(t.Slug)}
}

// NumQuestions is the number of questions on all pages.
func (l *Library) NumQuestions() int {
	n := 0
	for _, p := range l.Pages {
		n += len(p.Questions)
	}
	return n
}

// Open opens a picture or other file beside the pages, by its path relative to
// the folder. The error is fs.ErrNotExist for everything that is not such a file.
func (l *Library) Open(path string) (fs.File, error) {
	file, ok := l.assets[norm.NFC.String(path)]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return l.fsys.Open(file)
}

// A Shared is what two pages or questions are both about, by names: what relates them.
type Shared struct {
	Tools, Category, Ecosystem []string
}

// A Related is a page that has to do with another one, and what both share.
type Related struct {
	Page *Page
	Shared
}

// Related returns at most n other pages that share tools, category or ecosystem
// with p, the closest first.
func (l *Library) Related(p *Page, n int) []Related {
	type scored struct {
		Related
		score int
	}
	var all []scored
	for _, other := range l.Pages {
		if other.Path == p.Path {
			continue
		}
		both := p.shared(other)
		score := 4*len(both.Tools) + 2*min(len(both.Category), 1) + min(len(both.Ecosystem), 1)
		if score > 0 {
			all = append(all, scored{Related{other, both}, score})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	related := make([]Related, 0, max(0, min(n, len(all))))
	for _, s := range all[:cap(related)] {
		related = append(related, s.Related)
	}
	return related
}

// shared is what two pages are both about.
func (p *Page) shared(other *Page) Shared {
	return Shared{
		Tools:     InBoth(p.Tools, other.Tools),
		Category:  InBoth(p.Category, other.Category),
		Ecosystem: InBoth(p.Ecosystem, other.Ecosystem),
	}
}

// InBoth are the names or words that are in both lists, in the order of the first; nil is none.
func InBoth(a, b []string) (both []string) {
	for _, name := range a {
		if slices.Contains(b, name) {
			both = append(both, name)
		}
	}
	return both
}
