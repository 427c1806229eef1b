package index

import (
	"context"
	"time"
)

// What tests of the package's outside need to see of its inside.

// A Work is what a query made the engine do.
type Work struct {
	Terms, Lists, Postings, Texts int
	// Kept are the postings that the state keeps.
	Kept int
	// Ranking is the time that putting in order took.
	Ranking time.Duration
}

// The bounds of a Work, by the number of entries.
func WorkLimit(entries int) Work {
	return Work{
		Lists:    maxLists + int(numFields)*(maxWords+1),
		Postings: maxWords * entries * int(numFields) * 4,
		Texts:    maxChecked,
		Kept:     maxKept,
	}
}

// Work searches and tells what it took.
func (b *Bleve) Work(ctx context.Context, q Query) (Work, error) {
	st := b.acquire()
	defer st.release()
	sc, _ := b.scratch.Get().(*scratch)
	if sc == nil {
		sc = &scratch{}
	}
	defer func() {
		sc.reset()
		b.scratch.Put(sc)
	}()
	r := readQuery(q, st.catalog)
	m := &match{scratch: sc, ctx: ctx, state: st, weights: b.weights}
	if err := m.run(&r); err != nil {
		return Work{}, err
	}
	r.tools = comparedIn(&r, m)
	listed, err := m.listed(&r)
	if err != nil {
		return Work{}, err
	}
	listed = r.tools.add(listed, &r, m)
	start := time.Now()
	m.arrange(&r, st.order(listed, &r, m), st, q.Size)
	w := Work{Ranking: time.Since(start), Lists: m.lists, Postings: m.work, Texts: m.checked}
	for _, word := range m.words {
		w.Terms += len(word.terms)
	}
	for i := range st.kept {
		if list := st.kept[i].Load(); list != nil {
			w.Kept += len(*list)
		}
	}
	return w, nil
}

// SetNow sets the clock by which curations end.
func (b *Bleve) SetNow(now func() time.Time) { b.now = now }

// Normalize is the normal form by which two texts are the same question.
func Normalize(s string) string { return normalize(s) }

// WriteBatchesOf makes b write a batch as soon as it has so many documents.
func (b *Bleve) WriteBatchesOf(documents int) { b.batchDocuments = documents }
