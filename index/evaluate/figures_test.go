package evaluate

import (
	"fmt"
	"math"
	"testing"
)

// answers are questions in order, with falling scores.
func answers(ids ...string) []Answer {
	list := make([]Answer, len(ids))
	for i, id := range ids {
		list[i] = Answer{id, 1 - float64(i)/100}
	}
	return list
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// The figures are worked out by hand: log2(2)=1, log2(3)=1.584962501, log2(4)=2.
func TestScore(t *testing.T) {
	one := map[string]int{"a": 1}
	graded := map[string]int{"a": 3, "b": 1}
	eleven := make(map[string]int)
	var all []string
	for i := range 11 {
		id := fmt.Sprintf("q%02d", i)
		eleven[id] = 1
		all = append(all, id)
	}
	tests := []struct {
		claim   string
		grades  map[string]int
		answers []Answer
		want    scores
	}{
		{"the one right answer first is 1 everywhere", one, answers("a", "x"), scores{1, 1, 1, 1}},
		{"second", one, answers("x", "a"), scores{0, .5, 1 / 1.584962500721156, 1}},
		{"tenth still counts", one, answers("1", "2", "3", "4", "5", "6", "7", "8", "9", "a"),
			scores{0, .1, 1 / 3.4594316186372973, 1}},
		{"eleventh does not", one, answers("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "a"), scores{}},
		{"nothing found", one, nil, scores{}},
		{"graded answers in the best order", graded, answers("a", "b"), scores{1, 1, 1, 1}},
		// (1 + 3/1.584962501) / (3 + 1/1.584962501)
		{"the lesser answer first costs nDCG alone", graded, answers("b", "a"), scores{1, 1, 0.796707581, 1}},
		// (3/1.584962501) / (3 + 1/1.584962501)
		{"one of two found, at rank 2", graded, answers("x", "a"), scores{0, .5, 0.521296029, .5}},
		// (3/2) / (3 + 1/1.584962501)
		{"one of two found, at rank 3", graded, answers("x", "y", "a"), scores{0, 1. / 3, 0.413117329, .5}},
		{"an answer that comes twice counts once", graded, answers("a", "a"), scores{1, 1, 0.826234657, .5}},
		{"more right answers than places", eleven, answers(all...), scores{1, 1, 1, 10. / 11}},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			got := score(Query{ID: "q", Grades: test.grades}, test.answers)
			for _, m := range Metrics {
				if math.Abs(got[m]-test.want[m]) > 1e-8 {
					t.Errorf("%s is %.9f, want %.9f", m, got[m], test.want[m])
				}
			}
		})
	}
}

// drawn is a set of queries with a right answer "a" each, n to a group, and a run
// that has it at the ranks that rank says.
func drawn(queries, perGroup int, rank func(i int) int) (*Set, Run) {
	s, run := &Set{}, make(Run)
	for i := range queries {
		q := Query{ID: fmt.Sprint(i), Grades: map[string]int{"a": 1}}
		if perGroup > 0 {
			q.Group = fmt.Sprint(i / perGroup)
		}
		s.Queries = append(s.Queries, q)
		var list []string
		for len(list) < rank(i)-1 {
			list = append(list, fmt.Sprint("wrong", len(list)))
		}
		run[q.ID] = answers(append(list, "a")...)
	}
	return s, run
}

func TestFigures(t *testing.T) {
	t.Run("a perfect run is 1 everywhere, without doubt", func(t *testing.T) {
		s, run := drawn(30, 3, func(int) int { return 1 })
		for m, e := range s.Figures(run) {
			if e != (Estimate{1, 1, 1}) {
				t.Errorf("%s: %+v", Metric(m), e)
			}
		}
	})
	t.Run("a run without answers is 0 everywhere", func(t *testing.T) {
		s, _ := drawn(30, 3, func(int) int { return 1 })
		if f := s.Figures(nil); f != (Figures{}) {
			t.Errorf("%+v", f)
		}
	})
	t.Run("an interval has its estimate in it", func(t *testing.T) {
		for _, queries := range []int{2, 7, 40, 300} {
			for _, perGroup := range []int{0, 1, 4} {
				s, run := drawn(queries, perGroup, func(i int) int { return 1 + i*i%11 })
				for m, e := range s.Figures(run) {
					if !(e.Low <= e.Value && e.Value <= e.High) || Metric(m) == MRR && queries > perGroup && e.Low == e.High {
						t.Errorf("%d queries, %d a group, %s: %+v", queries, perGroup, Metric(m), e)
					}
				}
			}
		}
	})
	t.Run("the interval of independent queries is that of the normal distribution", func(t *testing.T) {
		s, run := drawn(1000, 0, func(i int) int { return 1 + i%2 })
		e := s.Figures(run)[Success]
		want := 1.96 * math.Sqrt(.25/1000) // of a share of one half
		if e.Value != .5 || math.Abs(e.Value-e.Low-want) > .004 || math.Abs(e.High-e.Value-want) > .004 {
			t.Errorf("%+v, want .5 and %.4f to both sides", e, want)
		}
	})
	t.Run("queries of a group are drawn together", func(t *testing.T) {
		together := func(i int) int { return 1 + i/10%2 } // groups of ten, all right or all wrong
		s, run := drawn(1000, 10, together)
		alone, _ := drawn(1000, 0, together)
		wide, narrow := s.Figures(run)[Success], alone.Figures(run)[Success]
		// A hundred draws in place of a thousand: wider by the root of ten.
		if ratio := (wide.High - wide.Low) / (narrow.High - narrow.Low); ratio < 2.8 || ratio > 3.6 {
			t.Errorf("wider by %.2f, want about 3.16: %+v, %+v", ratio, wide, narrow)
		}
	})
	t.Run("the same set and run give the same figures", func(t *testing.T) {
		s, run := drawn(200, 3, func(i int) int { return 1 + i%7 })
		if a, b := s.Figures(run), s.Figures(run); a != b {
			t.Errorf("%+v, then %+v", a, b)
		}
	})
	t.Run("a group and a query of the same name are two", func(t *testing.T) {
		s := &Set{Queries: []Query{{ID: "x", Grades: map[string]int{"a": 1}}, {ID: "y", Group: "x", Grades: map[string]int{"a": 1}}}}
		if e := s.Figures(Run{"x": answers("a")})[Success]; e != (Estimate{.5, 0, 1}) {
			t.Errorf("%+v", e)
		}
	})
}

func TestCompare(t *testing.T) {
	s, was := drawn(5, 0, func(i int) int { return []int{1, 2, 3, 4, 11}[i] })
	_, now := drawn(5, 0, func(i int) int { return []int{2, 1, 1, 4, 10}[i] })
	c := Compare(s, was, now)
	var got string
	for _, m := range c.Moves {
		got += fmt.Sprintf("%s: %d -> %d\n", m.Query.ID, m.Was, m.Now)
	}
	t.Run("first places gained come first, then those lost, the others last, greatest change first", func(t *testing.T) {
		want := "2: 3 -> 1\n1: 2 -> 1\n0: 1 -> 2\n4: 0 -> 10\n"
		if got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
	t.Run("the difference is that of the figures", func(t *testing.T) {
		before, after := s.Figures(was), s.Figures(now)
		for _, m := range Metrics {
			if d := c.Difference[m]; !near(d.Value, after[m].Value-before[m].Value) || d.Low > d.Value || d.High < d.Value {
				t.Errorf("%s: %+v between %.3f and %.3f", m, d, before[m].Value, after[m].Value)
			}
		}
	})
	t.Run("the same run moves nothing, without doubt", func(t *testing.T) {
		c := Compare(s, was, was)
		if len(c.Moves) > 0 || c.Difference != (Figures{}) {
			t.Errorf("%+v", c)
		}
	})
}

func BenchmarkFigures(b *testing.B) {
	s, run := drawn(5000, 5, func(i int) int { return 1 + i%11 })
	for b.Loop() {
		s.Figures(run)
	}
}
