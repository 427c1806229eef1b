package index_test

import (
	"testing"

	"faqbase/index/evaluate"
)

// relevanceFloor are the figures below which a set must not fall: a little under
// what is reached, for sets of a few hundred questions.
var relevanceFloor = map[string]struct{ success, mrr float64 }{
	"stackfaq125": {.827, .885},
	"covidfaq":    {.632, .738},
	"datatalks":   {.844, .89},
}

// quickestSet is measured where tests are to be short: one query after the other has
// little to race.
const quickestSet = "covidfaq"

// TestRelevance ranks judged queries. The sets are not part of the repository;
// FAQBASE_RELEVANCE names the folder that has them.
func TestRelevance(t *testing.T) {
	t.Parallel()
	root := judgedSets(t)
	measured := 0
	for set, floor := range relevanceFloor {
		if testing.Short() && set != quickestSet {
			continue
		}
		measured++
		t.Run(set, func(t *testing.T) {
			judged := loadJudged(t, root, set)
			run, err := evaluate.Measure(t.Context(), judged.set, evaluate.Searcher(judged.engine))
			if err != nil {
				t.Fatal(err)
			}
			figures := judged.set.Figures(run)
			success, mrr := figures[evaluate.Success].Value, figures[evaluate.MRR].Value
			t.Logf("%s: Success@1 %.3f, MRR@10 %.3f", set, success, mrr)
			if success < floor.success || mrr < floor.mrr {
				t.Errorf("Success@1 %.3f, MRR@10 %.3f, want at least %.3f, %.3f", success, mrr, floor.success, floor.mrr)
			}
		})
	}
	if measured == 0 {
		t.Errorf("nothing was measured: %s is none of the sets that have a floor", quickestSet)
	}
}
