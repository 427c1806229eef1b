// Package evaluate measures how well a search ranks, by queries whose right
// answers are known.
//
// # A set
//
// A [Set] is two files beside a knowledge base. queries.jsonl has one JSON object a
// line:
//
//	{"id": "q1", "text": "undo last commit", "group": "undo"}
//
// id and text are wanted; group marks queries that ask for the same thing in other
// words, and a query without one is a group by itself; other keys are left alone.
// qrels.tsv has one judgement a line, three columns between tabs:
//
//	query_id	doc_id	grade
//	q1	git/everyday#undo	2
//
// doc_id is the id of a question; grade is a whole number, 0 for a wrong answer and
// the more the better. The first line may be the heading. What is not so is a fault
// with file and line, and a set with faults is not measured. Queries without a right
// answer are left out. A right answer that the knowledge base does not have counts as
// not found. A text of more than [MaxQueryBytes] is cut there, because no server
// takes it.
//
// # The figures
//
// They look at the first [Depth] questions that a query finds; hits that are whole
// pages are skipped. Each is a mean over the queries, from 0 to 1:
//
//	Success@1   1 if the first question is right
//	MRR@10      1/rank of the first right one
//	nDCG@10     the sum of grade/log2(rank+1), over that of the best possible order
//	Recall@10   the right questions that were found, over all right ones
//
// Their 95 % intervals are those of a bootstrap over groups: groups are drawn with
// replacement, as many as there are, 2,000 times, a group with all its queries; the
// interval is from the 2.5th to the 97.5th percentile of the means. The draws are the
// same in every run and on every platform.
//
// # Variants
//
// A [Variant] is each query as a hasty person types it, made from a seed, the
// query's id and its text alone:
//
//	typo1    one typo in a word of five or more letters, if there is one
//	typo2    a typo each in two such words; both in one if there is only one
//	half     the last word cut in half, rounded up, at least two characters kept;
//	         what follows it is cut off
//	nostop   without the stop words of Snowball's English list and "will"; the query
//	         as it is if it has no other words
//
// A typo is, with equal chance, a letter put in, a letter left out, a letter replaced
// by a neighbour on an American keyboard, or two neighbouring letters swapped. Where it
// happens is chance, the first letter included, and nobody looks whether it makes
// another word: people's typos sometimes do.
//
// # Runs
//
// A [Run] is what a search answered. As a file it has four columns between tabs and no
// heading: query id, question id, rank from 1, score. [Compare] tells what moved
// between two of them.
package evaluate

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Depth is the number of questions that the figures look at.
const Depth = 10

// An Answer is a question that a search found. A greater score is a better answer.
type Answer struct {
	Question string // its id
	Score    float64
}

// A Run has what a search answered to each query, by the query's id, at most
// [Depth] answers each, the best first.
type Run map[string][]Answer

// A Ranker is a search that is measured. It returns the first [Depth] questions
// that text finds, the best first, and must be safe for concurrent use.
type Ranker func(ctx context.Context, text string) ([]Answer, error)

// Measure asks rank for the answers to each query of s, several at a time. The
// first error ends it.
func Measure(ctx context.Context, s *Set, rank Ranker) (Run, error) {
	answers := make([][]Answer, len(s.Queries))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, q := range s.Queries {
		g.Go(func() (err error) {
			answers[i], err = rank(ctx, q.Text)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	run := make(Run, len(answers))
	for i, q := range s.Queries {
		run[q.ID] = answers[i]
	}
	return run, nil
}

// A Move is a query whose first right answer is at another rank in a second run.
type Move struct {
	Query    Query
	Was, Now int // from 1, 0 where it is not among the first [Depth]
}

// Gained tells whether the right answer has become the first one, Lost whether it
// no longer is.
func (m Move) Gained() bool { return m.Now == 1 }
func (m Move) Lost() bool   { return m.Was == 1 }

// better is the change of the reciprocal rank.
func (m Move) better() float64 { return reciprocal(m.Now) - reciprocal(m.Was) }

// A Comparison is what a run changes against an older one.
type Comparison struct {
	// Moves are first places gained, then first places lost, then all else that
	// moved; of each the greatest change of 1/rank first, equal ones by query id.
	Moves []Move
	// Difference is new less old, with the interval of a paired bootstrap.
	Difference Figures
}

// Compare tells what moved between was and now over the queries of s.
func Compare(s *Set, was, now Run) Comparison {
	var c Comparison
	differences := make([]scores, len(s.Queries))
	for i, q := range s.Queries {
		old, new := score(q, was[q.ID]), score(q, now[q.ID])
		for m := range differences[i] {
			differences[i][m] = new[m] - old[m]
		}
		if m := (Move{q, firstRight(q, was[q.ID]), firstRight(q, now[q.ID])}); m.Was != m.Now {
			c.Moves = append(c.Moves, m)
		}
	}
	c.Difference = s.estimate(differences)
	kind := func(m Move) int {
		switch {
		case m.Gained():
			return 0
		case m.Lost():
			return 1
		default:
			return 2
		}
	}
	slices.SortFunc(c.Moves, func(a, b Move) int {
		size := func(m Move) float64 { return max(m.better(), -m.better()) }
		return cmp.Or(cmp.Compare(kind(a), kind(b)), cmp.Compare(size(b), size(a)), cmp.Compare(a.Query.ID, b.Query.ID))
	})
	return c
}
