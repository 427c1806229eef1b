package index

import (
	"slices"
	"time"

	"faqbase/kb"
)

// curations are an editor's decisions about queries, by the normal form of the query.
// Immutable.
type curations map[string][]curation

// A curation is what comes first for a query, in its order, and what is left out.
type curation struct {
	*kb.Curation
	pin, hide []int32
}

func newCurations(c *catalog) curations {
	numbers := func(ids []string) (list []int32) {
		for _, id := range ids {
			if n, ok := c.number(id); ok && !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
		return list
	}
	all := make(curations)
	for i := range c.lib.Curations {
		cur := &c.lib.Curations[i]
		for _, query := range cur.Queries {
			if norm := normalize(query); norm != "" {
				all[norm] = append(all[norm], curation{cur, numbers(cur.Pin), numbers(cur.Hide)})
			}
		}
	}
	return all
}

// of returns the curation of a query that holds now, the first if there are several;
// nil if there is none. Selections are no part of the query, be they typed or not; one
// with phrases or exclusions asks for more than its words, and has none.
func (c curations) of(r *request, now time.Time) *curation {
	if len(r.phrases) > 0 || len(r.excluded) > 0 {
		return nil
	}
	for i := range c[r.norm] {
		if cur := &c[r.norm][i]; !cur.Expired(now) {
			return cur
		}
	}
	return nil
}

// apply adds to the listed entries those that are pinned, and takes away those that
// are hidden.
func (c *curation) apply(listed []int32) []int32 {
	if c == nil {
		return listed
	}
	for _, e := range c.pin {
		if i, ok := slices.BinarySearch(listed, e); !ok {
			listed = slices.Insert(listed, i, e)
		}
	}
	return slices.DeleteFunc(listed, c.hides)
}

// hides tells whether an entry is left out. What is pinned is not hidden.
func (c *curation) hides(e int32) bool {
	return c != nil && slices.Contains(c.hide, e) && !slices.Contains(c.pin, e)
}

// place is the place of a pinned entry among them, -1 if it is not pinned.
func (c *curation) place(e int32) int {
	if c == nil {
		return -1
	}
	return slices.Index(c.pin, e)
}
