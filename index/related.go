package index

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"faqbase/kb"
)

// What makes questions related: the less they share otherwise, the more alike their
// texts must be. Texts are alike from 0 to 1.
const (
	similarAlone     = .35 // where nothing else is shared
	similarEcosystem = .2  // where only the ecosystem is
	similarCategory  = .1  // where the category is, but no tool
	similarReason    = .5  // to be the reason
	relatedTools     = .5  // what sharing all tools is worth beside the same text
	relatedCategory  = .15
	relatedEcosystem = .05
	maxRelatedOfPage = 2
)

// relatedness is what questions are compared by, counted over a whole catalog.
// Immutable.
type relatedness struct {
	weight []float32 // of a class of words: the fewer questions have it the more
	norm   []float32 // length of an entry's text as a vector of weights
}

// appendSubject appends the distinct classes of words, which are those of a text in which
// an entry asks, stop words left out, in the order of the text: numbers of classes depend
// on what was indexed before, and sums of weights must not.
func appendSubject(subject []uint32, text string, words []word, l *language, classes *classes) []uint32 {
	for _, w := range words {
		if w.extra || l.isStop(w.text) {
			continue
		}
		c := classes.of(w.text)
		if l != nil {
			if forms := l.appendForms(nil, text[w.start:w.end], w.text); len(forms) > 0 {
				c = classes.ofForm(forms[0])
			}
		}
		if !slices.Contains(subject, c) {
			subject = append(subject, c)
		}
	}
	return subject
}

func newRelatedness(entries []*entry, numClasses int) *relatedness {
	r := &relatedness{weight: make([]float32, numClasses), norm: make([]float32, len(entries))}
	n := 0.0
	for _, e := range entries {
		if e.question != nil {
			n++
			for _, c := range e.subject {
				r.weight[c]++
			}
		}
	}
	for c, df := range r.weight {
		r.weight[c] = float32(math.Log(1 + n/(float64(df)+.5)))
	}
	for i, e := range entries {
		sum := 0.0
		for _, c := range e.subject {
			sum += float64(r.weight[c]) * float64(r.weight[c])
		}
		r.norm[i] = float32(math.Sqrt(sum))
	}
	return r
}

// lazyRelatedness counts when it is first wanted, once: most libraries that are
// applied while somebody writes are never asked.
func lazyRelatedness(entries []*entry, numClasses int) func() *relatedness {
	return sync.OnceValue(func() *relatedness { return newRelatedness(entries, numClasses) })
}

// Related implements [Relater].
func (b *Bleve) Related(ctx context.Context, id string, n int) (list []Related, err error) {
	err = b.read(ctx, func(_ context.Context, s *state) error {
		list = s.related(id, n)
		return nil
	})
	return list, err
}

// related gives the questions of other pages that are closest to the entry with that id.
func (c *catalog) related(id string, n int) []Related {
	of, ok := c.number(id)
	if !ok || n <= 0 {
		return nil
	}
	r := c.relatedness()
	e := c.entries[of]
	mine := make([]uint64, len(r.weight)/64+1)
	for _, class := range e.subject {
		mine[class/64] |= 1 << (class % 64)
	}
	type candidate struct {
		entry   int32
		score   float64
		similar float64
	}
	var found []candidate
	tools, categories, ecosystems := c.columns[kb.FacetTool].of, c.columns[kb.FacetCategory].of, c.columns[kb.FacetEcosystem].of
	for i, other := range c.entries {
		if other.question == nil || other.page == e.page {
			continue
		}
		dot := 0.0
		for _, class := range other.subject {
			if mine[class/64]&(1<<(class%64)) != 0 {
				dot += float64(r.weight[class]) * float64(r.weight[class])
			}
		}
		shared := countShared(tools[of], tools[i])
		category := countShared(categories[of], categories[i]) > 0
		ecosystem := countShared(ecosystems[of], ecosystems[i]) > 0
		if dot == 0 && shared == 0 {
			continue
		}
		x := candidate{entry: int32(i)}
		if dot > 0 {
			x.similar = dot / float64(r.norm[of]) / float64(r.norm[i])
		}
		enough := similarAlone
		switch {
		case shared > 0:
			enough = 0
		case category:
			enough = similarCategory
		case ecosystem:
			enough = similarEcosystem
		}
		if x.similar < enough {
			continue
		}
		x.score = x.similar
		if shared > 0 {
			x.score += relatedTools * float64(shared) / float64(len(tools[of])+len(tools[i])-shared)
		}
		if category {
			x.score += relatedCategory
		}
		if ecosystem {
			x.score += relatedEcosystem
		}
		found = append(found, x)
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.entry, b.entry))
	})
	var out []Related
	ofPage := make(map[*kb.Page]int)
	for _, x := range found {
		other := c.entries[x.entry]
		if ofPage[other.page]++; ofPage[other.page] > maxRelatedOfPage {
			continue
		}
		if out = append(out, newRelated(e, other, x.similar)); len(out) == n {
			break
		}
	}
	return out
}

func countShared(a, b []int32) int {
	n := 0
	for _, x := range a {
		if slices.Contains(b, x) {
			n++
		}
	}
	return n
}

// newRelated says what an entry has in common with a question like it. One that shares
// neither tools nor a category is there for its words.
func newRelated(e, other *entry, similar float64) Related {
	r := Related{Question: other.question, Shared: kb.Shared{
		Tools:     kb.InBoth(e.tools(), other.tools()),
		Category:  kb.InBoth(e.page.Category, other.page.Category),
		Ecosystem: kb.InBoth(e.page.Ecosystem, other.page.Ecosystem),
	}}
	r.Similar = similar >= similarReason || len(r.Tools)+len(r.Category) == 0
	return r
}
