package kb

import (
	"io/fs"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// assemble makes a library of pages that were read, one source a file. Pages of
// last whose source and spellings are the same are shared; a source without a page
// keeps the page that last has of that file. last is nil for the first library.
func assemble(fsys fs.FS, sources []*source, c config, assets []string, o Options, last *Library) *Library {
	l := &Library{fsys: fsys, base: o.Base, Generation: 1, pages: make(map[string]*Page, len(sources)), files: make(map[string]*Page, len(sources)),
		tools: map[string]*Tool{}, values: map[Facet]map[string]Value{}, assets: map[string]string{}}
	sources = slices.SortedFunc(slices.Values(sources), func(a, b *source) int { return strings.Compare(a.file, b.file) })
	for _, file := range assets {
		l.assets[norm.NFC.String(file)] = file
	}
	read := l.served(sources, last)
	l.configure(c, last)
	l.spell(read, last)
	l.follow()
	check := newLinkChecker(l)
	check.links()
	check.curations(o.now())
	check.golden()
	check.ids()
	l.Faults = l.Faults.sort()
	l.Digest = l.digest()
	if last != nil {
		l.Generation = last.Generation
		if l.Digest != last.Digest {
			l.Generation++
		}
	}
	return l
}

// configure reads the files in the root. What stands in them about pages is
// checked once these are there.
func (l *Library) configure(c config, last *Library) {
	if last == nil {
		last = &Library{}
	}
	tools, faults := readTools(c.tools)
	l.fileTools = lasting(tools, faults, last.fileTools)
	l.Faults = append(l.Faults, faults...)

	synonyms, faults := readSynonyms(c.synonyms)
	l.Synonyms = lasting(synonyms, faults, last.Synonyms)
	l.Faults = append(l.Faults, faults...)

	curations, faults := readCurations(c.curations)
	l.fileCurations = lasting(curations, faults, last.fileCurations)
	l.Faults = append(l.Faults, faults...)

	golden, faults := readGolden(c.golden)
	l.fileGolden = lasting(golden, faults, last.fileGolden)
	l.Faults = append(l.Faults, faults...)
}

// served picks the pages to serve, in path order, and takes over the faults. A page
// with an address that is that of another page, of its source or of a picture is
// left out.
func (l *Library) served(sources []*source, last *Library) []*Page {
	var pages []*Page
	taken := make(map[string]string, len(l.assets)+3*len(sources)) // the file that has each address
	maps.Copy(taken, l.assets)
	for _, s := range sources {
		l.Faults = append(l.Faults, s.told()...)
		p := s.page
		if p == nil && last != nil {
			p = last.files[s.file]
		}
		if p == nil {
			continue
		}
		l.files[s.file] = p
		if p.Draft {
			l.drafts = append(l.drafts, p)
			continue
		}
		if first := firstTaken(taken, p.addresses()); first != "" {
			l.Faults.errorf(s.file, 0, "repeated-page", "not served, because %s has the same address; rename one of them", first)
			continue
		}
		for _, address := range p.addresses() {
			taken[address] = s.file
		}
		pages = append(pages, p)
	}
	slices.SortFunc(pages, func(a, b *Page) int { return strings.Compare(a.Path, b.Path) })
	return pages
}

// told are the faults of a source. What a draft lacks is yet to be written and no fault:
// it is told as a hint.
func (s *source) told() ErrorList {
	if s.page == nil || !s.page.Draft {
		return s.faults
	}
	told := make(ErrorList, len(s.faults))
	for i, e := range s.faults {
		if e.Rule == "no-answer" || e.Rule == "empty-page" {
			hint := *e
			hint.Severity = SeverityHint
			e = &hint
		}
		told[i] = e
	}
	return told
}

// addresses are the paths under which a page and its source are asked for.
func (p *Page) addresses() []string {
	return []string{p.Path, p.Path + ".md", norm.NFC.String(p.File)}
}

// firstTaken is the file that has one of addresses, "" if none is taken.
func firstTaken(taken map[string]string, addresses []string) string {
	for _, address := range addresses {
		if file := taken[address]; file != "" {
			return file
		}
	}
	return ""
}

// spell gives every facet value its one spelling and builds the look-up tables.
func (l *Library) spell(read []*Page, last *Library) {
	var given, written, derived struct{ category, ecosystem, tools usage }
	for _, t := range l.fileTools {
		given.category.add(t.Category)
		given.ecosystem.add(t.Ecosystem)
		given.tools.add([]string{t.Name})
	}
	for _, p := range read {
		written.category.add(p.Category)
		if p.weakEcosystem {
			derived.ecosystem.add(p.Ecosystem)
		} else {
			written.ecosystem.add(p.Ecosystem)
		}
		if p.weakTools {
			derived.tools.add(p.Tools)
		} else {
			written.tools.add(p.Tools)
		}
		for _, q := range p.narrowed {
			written.tools.add(q.Tools)
		}
	}
	categories := newVocabulary(given.category, written.category, derived.category)
	ecosystems := newVocabulary(given.ecosystem, written.ecosystem, derived.ecosystem)
	tools := newVocabulary(given.tools, written.tools, derived.tools)
	for _, t := range l.fileTools {
		for _, name := range append([]string{t.Slug}, t.Aliases...) {
			if other, taken := tools.spellings[foldName(name)]; !taken || l.isAlias(other, name) {
				tools.spellings[foldName(name)] = t.Name
			}
		}
	}
	l.spellings = spellings{categories, ecosystems, tools}
	same := last != nil && l.spellings.same(last.spellings)
	for _, p := range read {
		if old := p.spelledIn(last); old != nil && same {
			p = old
		} else {
			p = p.spelled(l.spellings, old)
		}
		l.Pages = append(l.Pages, p)
		l.pages[p.Path] = p
		if p.Comparison != nil {
			l.Faults = append(l.Faults, p.unnamedColumns()...)
		}
	}
	l.Categories = l.index(FacetCategory)
	l.Ecosystems = l.index(FacetEcosystem)
	l.indexTools()
}

// isAlias tells whether name, spelled so on a page, is an alias and not the name
// of a tool in tools.yaml.
func (l *Library) isAlias(spelling, name string) bool {
	return !slices.ContainsFunc(l.fileTools, func(t *Tool) bool { return t.Name == spelling }) && foldName(spelling) == foldName(name)
}

// spelledIn is what last made of p, nil if nothing.
func (p *Page) spelledIn(last *Library) *Page {
	if last == nil {
		return nil
	}
	if old := last.pages[p.Path]; old != nil && (old == p || old.read == p) {
		return old
	}
	return nil
}

// spelled gives the page with the library's spellings: old, which the last library made
// of it, if that is the same, p itself if it spells so, else a copy. old may be nil.
func (p *Page) spelled(in spellings, old *Page) *Page {
	tools := in.tools
	c := *p.choosing(tools, old)
	c.read = p
	c.Category, c.Ecosystem, c.Tools = in.categories.resolve(p.Category), in.ecosystems.resolve(p.Ecosystem), tools.resolve(p.Tools)
	c.Questions = make([]*Question, len(p.Questions))
	for i, q := range p.Questions {
		copied := *q
		copied.Page = &c
		if q.ownTools {
			copied.Tools = tools.resolve(q.Tools)
		} else {
			copied.Tools = c.Tools
		}
		c.Questions[i] = &copied
	}
	c.narrowed = narrowed(c.Questions)
	if c.Comparison != nil {
		c.Comparison = c.Comparison.named(c.Tools, tools)
	}
	c.Digest = c.digest()
	if c.Digest == p.Digest {
		return p
	}
	if old != nil && old.Digest == c.Digest {
		return old
	}
	return &c
}

// choosing gives p with the comparison that the library's names of tools make the
// first: p itself if it chose so, as it was chosen for old if that was the same,
// else read again. old is what the last library made of p, nil if nothing.
func (p *Page) choosing(tools *vocabulary, old *Page) *Page {
	own := tools.resolve(p.Tools)
	choice := firstNaming(p.tables, func(column string) bool { return slices.Contains(own, tools.spell(column)) })
	switch {
	case choice == p.choice:
		return p
	case old != nil && old.chosen != nil && old.choice == choice:
		c := *old.chosen
		c.chosen = old.chosen
		return &c
	}
	again := readChoosing(choice, p.File, p.Source, Options{Base: p.base}).page(p.Source)
	c := *again
	c.chosen = again
	return &c
}

// named is t with its columns in the library's spelling where they name a tool of
// the page.
func (t *Table) named(pageTools []string, tools *vocabulary) *Table {
	c := *t
	c.Columns = slices.Clone(t.Columns)
	for i, column := range c.Columns {
		if name := tools.spell(column); slices.Contains(pageTools, name) {
			c.Columns[i] = name
		}
	}
	if slices.Equal(c.Columns, t.Columns) {
		return t
	}
	c.Rows = slices.Clone(t.Rows)
	for i := range c.Rows {
		c.Rows[i].Cells = slices.Clone(c.Rows[i].Cells)
		for j := range c.Rows[i].Cells {
			c.Rows[i].Cells[j].Tool = c.Columns[j]
		}
	}
	return &c
}

// index collects the values of a facet from the pages and reports those that
// cannot have an address of their own.
func (l *Library) index(f Facet) []Value {
	table, slugs := map[string]Value{}, map[string]string{}
	met := map[string]bool{} // names as they are: folding takes far longer than looking up
	var all []Value
	for _, p := range l.Pages {
		for _, name := range p.Values(f) {
			if met[name] {
				continue
			}
			met[name] = true
			if _, known := table[foldName(name)]; known {
				continue
			}
			v := Value{Name: name, Slug: l.slug(f, name, p, slugs)}
			v.URL = l.base + f.folder() + escapePath(v.Slug)
			table[foldName(name)] = v
			all = append(all, v)
		}
	}
	for _, v := range all {
		if _, taken := table[v.Slug]; !taken {
			table[v.Slug] = v
		}
	}
	l.values[f] = table
	slices.SortFunc(all, func(a, b Value) int { return byName(a.Name, b.Name) })
	return all
}

// slug is the slug of a value that p names. slugs are those taken, with the value
// that has each.
func (l *Library) slug(f Facet, name string, p *Page, slugs map[string]string) string {
	slug := Slug(name)
	if slug == "" {
		l.Faults.errorf(p.File, 0, "bad-slug", "%s %q has no letter or digit for its address; name it otherwise", f, name)
		return "-"
	}
	if first, taken := slugs[slug]; taken {
		l.Faults.errorf(p.File, 0, "slug-collision", "%s %q and %q have the same address %s; write one of them everywhere", f, name, first, slug)
	} else {
		slugs[slug] = name
	}
	return slug
}

// indexTools adds the tools that only pages name to those of tools.yaml.
func (l *Library) indexTools() {
	slugs := map[string]string{}
	for _, t := range l.fileTools {
		l.Tools = append(l.Tools, t)
		l.tools[foldName(t.Name)] = t
		slugs[t.Slug] = t.Name
	}
	used, met := map[*Tool]bool{}, map[string]bool{}
	for _, p := range l.Pages {
		names := p.Tools
		for _, q := range p.narrowed {
			names = append(slices.Clip(names), q.Tools...)
		}
		for _, name := range names {
			if met[name] {
				continue
			}
			met[name] = true
			t := l.tools[foldName(name)]
			if t == nil {
				t = &Tool{Name: name, Slug: l.slug(FacetTool, name, p, slugs)}
				l.Tools = append(l.Tools, t)
				l.tools[foldName(name)] = t
			}
			used[t] = true
		}
	}
	slices.SortStableFunc(l.Tools, func(a, b *Tool) int { return byName(a.Name, b.Name) })
	for _, t := range l.Tools {
		if _, taken := l.tools[t.Slug]; !taken {
			l.tools[t.Slug] = t
		}
		if used[t] {
			l.used = append(l.used, l.toolValue(t))
		}
	}
	for _, t := range l.Tools {
		for _, alias := range t.Aliases {
			if _, taken := l.tools[foldName(alias)]; !taken {
				l.tools[foldName(alias)] = t
			}
		}
	}
}

// digest covers everything that is served. golden.yaml is not: it only says what
// ought to be. What counts is what was made of the files, not how they are written.
func (l *Library) digest() Digest {
	parts := []string{l.base}
	for _, p := range l.Pages {
		parts = append(parts, p.Path, string(p.Digest[:]))
	}
	parts = append(parts, "")
	for _, t := range l.Tools {
		sum := t.digest()
		parts = append(parts, string(sum[:]))
	}
	parts = append(append(parts, ""), slices.Sorted(maps.Keys(l.assets))...)
	for _, s := range l.Synonyms {
		sum := s.digest()
		parts = append(parts, string(sum[:]))
	}
	parts = append(parts, "")
	for _, c := range l.Curations {
		sum := c.digest()
		parts = append(parts, string(sum[:]))
	}
	return digest(parts...)
}
