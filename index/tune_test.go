package index_test

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"testing"

	"faqbase/index"
	"faqbase/index/evaluate"
	"faqbase/kb"
)

var tune = flag.Bool("tune", false, "let TestTune measure the weights of the ranking on the judged sets (some twenty minutes)")

// A judgedSet is an engine that holds a library, and queries whose answers are known.
type judgedSet struct {
	name   string
	engine *index.Bleve
	set    *evaluate.Set
}

// loadJudged reads the judged set of that name, which is no part of the repository.
func loadJudged(t *testing.T, root, name string) judgedSet {
	t.Helper()
	dir := filepath.Join(root, name)
	lib, err := kb.Load(kb.Dir(filepath.Join(dir, "kb")), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	set, err := evaluate.ReadSet(filepath.Join(dir, "queries.jsonl"), filepath.Join(dir, "qrels.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := index.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	if err := engine.Apply(t.Context(), lib); err != nil {
		t.Fatal(err)
	}
	return judgedSet{name, engine, set}
}

// judgedSets is the folder of the judged sets; FAQBASE_RELEVANCE names another one.
// Without it the test is skipped.
func judgedSets(t *testing.T) string {
	t.Helper()
	root := os.Getenv("FAQBASE_RELEVANCE")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data", "relevance")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("relevance not measured: no judged sets in %s; set FAQBASE_RELEVANCE", root)
	}
	return root
}

// A foldScore is how many queries of a fold there are, how many have an answer first,
// and the sum of their reciprocal ranks among the first ten.
type foldScore struct{ n, first, reciprocal float64 }

func (f foldScore) plus(g foldScore) foldScore {
	return foldScore{f.n + g.n, f.first + g.first, f.reciprocal + g.reciprocal}
}

func (f foldScore) String() string {
	return fmt.Sprintf("%.4f/%.4f", f.first/f.n, f.reciprocal/f.n)
}

// measure ranks all queries by these weights. A query's fold is that of its group:
// paraphrases of one question stay together.
func (s judgedSet) measure(t *testing.T, w index.Weights) (folds [2]foldScore) {
	if err := s.engine.SetWeights(w); err != nil {
		t.Fatal(err)
	}
	run, err := evaluate.Measure(t.Context(), s.set, func(ctx context.Context, text string) ([]evaluate.Answer, error) {
		ids, err := s.engine.Rank(ctx, text, evaluate.Depth)
		answers := make([]evaluate.Answer, len(ids))
		for i, id := range ids {
			answers[i].Question = id
		}
		return answers, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range s.set.Queries {
		h := fnv.New32a()
		h.Write([]byte(q.Group))
		score := foldScore{n: 1}
		for i, a := range run[q.ID] {
			if q.Grades[a.Question] > 0 {
				score.reciprocal = 1 / float64(i+1)
				if i == 0 {
					score.first = 1
				}
				break
			}
		}
		fold := &folds[h.Sum32()%2]
		*fold = fold.plus(score)
	}
	return folds
}

// setWeight is what a set counts for in what is tuned for: datatalks, with most
// queries and the least to gain, twice.
var setWeight = map[string]float64{"stackfaq125": 1, "covidfaq": 1, "datatalks": 2}

// worth is what is tuned for: the mean of Success@1 and MRR@10 over the sets.
func worth(sets []judgedSet, of func(i int) foldScore) float64 {
	sum, total := 0.0, 0.0
	for i, s := range sets {
		f := of(i)
		sum += setWeight[s.name] * (f.first + f.reciprocal) / 2 / f.n
		total += setWeight[s.name]
	}
	return sum / total
}

// TestTune shows how the weights were chosen:
//
//	go test ./index -run TestTune -tune -v -timeout 2h
//
// First each weight's values with all others as they are, then two-fold
// cross-validation over groups: from a neutral start, each weight in turn takes the
// value that is best on one half, and the other half is measured.
func TestTune(t *testing.T) {
	if !*tune {
		t.Skip("weights not measured: it takes long; set -tune")
	}
	root := judgedSets(t)
	var sets []judgedSet
	for _, name := range []string{"stackfaq125", "covidfaq", "datatalks"} {
		sets = append(sets, loadJudged(t, root, name))
	}
	all := func(w index.Weights) [][2]foldScore {
		var out [][2]foldScore
		for _, s := range sets {
			out = append(out, s.measure(t, w))
		}
		return out
	}
	show := func(name string, f [][2]foldScore) {
		line := fmt.Sprintf("%-24s", name)
		for i := range sets {
			line += " " + f[i][0].plus(f[i][1]).String()
		}
		t.Logf("%s  %.4f", line, worth(sets, func(i int) foldScore { return f[i][0].plus(f[i][1]) }))
	}
	t.Log("Success@1/MRR@10 of stackfaq125, covidfaq, datatalks; what is tuned for")
	show("as chosen", all(index.DefaultWeights()))
	for _, c := range index.Choices {
		for _, v := range c.Values {
			w := index.DefaultWeights()
			if c.Set(&w, v); w != index.DefaultWeights() {
				show(fmt.Sprintf("%s %g", c.Name, v), all(w))
			}
		}
	}
	unseen := make([][2]foldScore, len(sets))
	for fold := range 2 {
		w := index.NeutralWeights()
		seen := func(f [][2]foldScore) float64 { return worth(sets, func(i int) foldScore { return f[i][fold] }) }
		best := all(w)
		for _, c := range index.Choices {
			start := w
			for _, v := range c.Values {
				next := start
				if c.Set(&next, v); next == start {
					continue
				}
				if f := all(next); seen(f) > seen(best) {
					w, best = next, f
				}
			}
		}
		for i := range sets {
			unseen[i][1-fold] = best[i][1-fold]
		}
		t.Logf("fold %d: %+v", fold, w)
	}
	show("cross-validated", unseen)
}
