package index

import (
	"context"
	"math"
	"time"
)

// What tests of the package's outside need to see of its inside.

// A Work is what a query made the engine do.
type Work struct {
	Terms, Lists, Postings, Texts int
	// Kept is what the lists take that the state keeps, in bytes.
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
		Kept:     int(newKeptLists(0, entries).room),
	}
}

// Work searches and tells what it took.
func (b *Bleve) Work(ctx context.Context, q Query) (work Work, err error) {
	err = b.ranked(ctx, q, func(m *match, _ []ranked, took time.Duration) {
		work = Work{Ranking: took, Lists: m.lists, Postings: m.work, Texts: m.checked}
		for _, word := range m.words {
			work.Terms += len(word.terms)
		}
		for word := range m.state.kept.of {
			if list := m.state.kept.list(int32(word)); list != nil {
				work.Kept += int(list.size())
			}
		}
	})
	return work, err
}

// Rank gives the ids of the first n questions that text finds, the best first.
func (b *Bleve) Rank(ctx context.Context, text string, n int) (ids []string, err error) {
	// Pages may stand between the questions.
	err = b.ranked(ctx, Query{Text: text, Size: 3 * n}, func(m *match, list []ranked, _ time.Duration) {
		for _, x := range list {
			if e := m.state.entries[x.entry]; e.question != nil && len(ids) < n {
				ids = append(ids, e.id)
			}
		}
	})
	return ids, err
}

// Bounds gives the scores without closeness of all that text finds, and of each the two
// bounds of it; many words have no second one.
func (b *Bleve) Bounds(ctx context.Context, text string) (scores, most, byWords []float64, err error) {
	err = b.ranked(ctx, Query{Text: text}, func(m *match, _ []ranked, _ time.Duration) {
		masks := m.mostByMask()
		for _, e := range m.matched {
			scores = append(scores, m.scoreOf(e))
			most = append(most, m.mostOf(e))
			if masks == nil {
				byWords = append(byWords, math.Inf(1))
			} else {
				byWords = append(byWords, masks[m.mask[e]])
			}
		}
	})
	return scores, most, byWords, err
}

// ranked puts in order what q finds, and calls f with it and the time that took.
func (b *Bleve) ranked(ctx context.Context, q Query, f func(m *match, list []ranked, took time.Duration)) error {
	st := b.acquire()
	defer st.release()
	r := readQuery(q, st.catalog, st.dictionary)
	m := b.newMatch(ctx, st)
	defer b.done(m)
	if err := m.run(&r); err != nil {
		return err
	}
	r.tools = comparedIn(&r, m)
	listed, err := m.listed(&r)
	if err != nil {
		return err
	}
	listed = r.tools.add(listed, &r, m)
	start := time.Now()
	list := st.order(listed, &r, m)
	m.arrange(&r, list, st, q.Size)
	f(m, list, time.Since(start))
	return nil
}

// Weights are the numbers of the ranking.
type Weights = weights

// DefaultWeights are those that are in use.
func DefaultWeights() Weights { return *defaultWeights() }

// SetWeights makes b rank by w what it holds. No search may go on meanwhile.
func (b *Bleve) SetWeights(w Weights) error {
	b.weights = &w
	s := b.state.Load()
	return b.swap(s.lib, b.store.current, b.pages, s.dictionary, b.classes)
}

// SetNow sets the clock by which curations end.
func (b *Bleve) SetNow(now func() time.Time) { b.now = now }

// Normalize is the normal form by which two texts are the same question.
func Normalize(s string) string { return normalize(s) }

// WriteBatchesOf makes b write a batch as soon as it has so many documents.
func (b *Bleve) WriteBatchesOf(documents int) { b.batchDocuments = documents }
