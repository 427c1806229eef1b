package evaluate

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// A Metric is one of the figures.
type Metric int

const (
	Success Metric = iota // Success@1
	MRR                   // MRR@10
	NDCG                  // nDCG@10
	Recall                // Recall@10
	numMetrics
)

// Metrics are all of them, in the order in which they are shown.
var Metrics = [numMetrics]Metric{Success, MRR, NDCG, Recall}

// String is the metric's name for people.
func (m Metric) String() string {
	return [numMetrics]string{"Success@1", "MRR@10", "nDCG@10", "Recall@10"}[m]
}

// An Estimate is a mean over queries with its 95 % interval.
type Estimate struct{ Value, Low, High float64 }

// Figures are the estimates of all metrics, each at its [Metric].
type Figures [numMetrics]Estimate

// scores are the figures of one query.
type scores [numMetrics]float64

// Figures says how well run answers the queries of s. There must be one at least.
func (s *Set) Figures(run Run) Figures {
	list := make([]scores, len(s.Queries))
	for i, q := range s.Queries {
		list[i] = score(q, run[q.ID])
	}
	return s.estimate(list)
}

// score gives the figures of one query. Answers after the first Depth do not count,
// nor does a question that was already answered.
func score(q Query, answers []Answer) (s scores) {
	found := 0
	seen := make(map[string]bool, Depth)
	for i, a := range answers[:min(len(answers), Depth)] {
		grade := q.Grades[a.Question]
		if grade == 0 || seen[a.Question] {
			continue
		}
		seen[a.Question] = true
		found++
		s[NDCG] += gain(grade, i+1)
	}
	first := firstRight(q, answers)
	if first == 1 {
		s[Success] = 1
	}
	s[MRR] = reciprocal(first)
	s[Recall] = float64(found) / float64(len(q.Grades))

	grades := make([]int, 0, len(q.Grades))
	for _, g := range q.Grades {
		grades = append(grades, g)
	}
	slices.SortFunc(grades, func(a, b int) int { return cmp.Compare(b, a) })
	best := 0.0
	for i, g := range grades[:min(len(grades), Depth)] {
		best += gain(g, i+1)
	}
	s[NDCG] /= best
	return s
}

// gain is what an answer of that grade at that rank adds to DCG.
func gain(grade, rank int) float64 { return float64(grade) / math.Log2(float64(rank+1)) }

// firstRight is the rank of the first right answer, 0 if it is not among the first
// Depth.
func firstRight(q Query, answers []Answer) int {
	for i, a := range answers[:min(len(answers), Depth)] {
		if q.Grades[a.Question] > 0 {
			return i + 1
		}
	}
	return 0
}

func reciprocal(rank int) float64 {
	if rank == 0 {
		return 0
	}
	return 1 / float64(rank)
}

// resamples is the number of means that an interval is taken from.
const resamples = 2000

// estimate gives the means of list, which has the scores of each query of s, and
// their intervals by bootstrap over groups.
func (s *Set) estimate(list []scores) Figures {
	type group struct {
		sum     scores
		queries float64
	}
	var groups []group
	number := make(map[string]int)
	var total group
	add := func(g *group, q *scores, n float64) {
		for m := range q {
			g.sum[m] += q[m]
		}
		g.queries += n
	}
	for i := range list {
		n, ok := number[s.Queries[i].group()]
		if !ok {
			n = len(groups)
			number[s.Queries[i].group()] = n
			groups = append(groups, group{})
		}
		add(&groups[n], &list[i], 1)
		add(&total, &list[i], 1)
	}
	draw := newDice(1, 1)
	var means [numMetrics][]float64
	for range resamples {
		var sample group
		for range groups {
			g := &groups[draw.below(len(groups))]
			add(&sample, &g.sum, g.queries)
		}
		for m := range means {
			means[m] = append(means[m], sample.sum[m]/sample.queries)
		}
	}
	var f Figures
	for m := range f {
		slices.Sort(means[m])
		f[m] = Estimate{total.sum[m] / total.queries, percentile(means[m], .025), percentile(means[m], .975)}
	}
	return f
}

// percentile is the value below which the share p of sorted lies, between two
// values in proportion.
func percentile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// dice are random numbers that are the same on every platform and for every
// release of Go.
type dice struct{ source *rand.PCG }

func newDice(seed, stream uint64) dice { return dice{rand.NewPCG(seed, stream)} }

// below is a number from 0 to n-1.
func (d dice) below(n int) int {
	high, _ := bits.Mul64(d.source.Uint64(), uint64(n))
	return int(high)
}
