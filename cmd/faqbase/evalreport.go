package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"faqbase/index/evaluate"
)

// An evalReport is what eval has measured.
type evalReport struct {
	rows    []evalRow
	several bool // rows say what they are of
}

// An evalRow has the figures of a set in a variant.
type evalRow struct {
	set      string
	variant  evaluate.Variant
	fold     string
	queries  int
	figures  evaluate.Figures
	compared string // the file of the older run
	moved    *evaluate.Comparison
}

// print writes the figures as a table, and below it what moved.
func (r *evalReport) print(w io.Writer) error {
	head := []string{"set", "variant", "queries"}
	for _, m := range evaluate.Metrics {
		head = append(head, m.String())
	}
	table := [][]string{head}
	for _, row := range r.rows {
		set := printable(row.set)
		if row.fold != "" {
			set += " fold " + row.fold
		}
		line := []string{set, string(row.variant), strconv.Itoa(row.queries)}
		for _, m := range evaluate.Metrics {
			e := row.figures[m]
			line = append(line, fmt.Sprintf("%.3f [%.3f, %.3f]", e.Value, e.Low, e.High))
		}
		table = append(table, line)
	}
	var b strings.Builder
	writeTable(&b, "", table)
	for _, row := range r.rows {
		if row.moved != nil {
			writeMoves(&b, row.compared, row.moved)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeMoves writes what moved since the run in file.
func writeMoves(b *strings.Builder, file string, c *evaluate.Comparison) {
	var gained, lost, other [][]string
	for _, m := range c.Moves {
		line := []string{place(m.Was) + " -> " + place(m.Now), m.Query.ID, printable(m.Query.Text)}
		switch {
		case m.Gained():
			gained = append(gained, line)
		case m.Lost():
			lost = append(lost, line)
		default:
			other = append(other, line)
		}
	}
	fmt.Fprintf(b, "\nsince %s\n", file)
	for _, m := range comparedMetrics {
		d := c.Difference[m]
		fmt.Fprintf(b, "  %-9s %+.3f [%+.3f, %+.3f]\n", m, d.Value, d.Low, d.High)
	}
	for _, part := range []struct {
		what  string
		lines [][]string
	}{{"first places gained", gained}, {"first places lost", lost}, {"other moves", other}} {
		fmt.Fprintf(b, "\n%s: %d\n", part.what, len(part.lines))
		writeTable(b, "  ", part.lines)
	}
}

// comparedMetrics are those whose difference is shown.
var comparedMetrics = [...]evaluate.Metric{evaluate.Success, evaluate.MRR}

// place is a rank, "-" where there is none among the first.
func place(rank int) string {
	if rank == 0 {
		return "-"
	}
	return strconv.Itoa(rank)
}

// writeTable writes lines of columns, each as wide as its widest cell but the last.
func writeTable(b *strings.Builder, indent string, lines [][]string) {
	var width []int
	for _, line := range lines {
		for i, cell := range line {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, line := range lines {
		b.WriteString(indent)
		for i, cell := range line {
			b.WriteString(cell)
			if i+1 < len(line) {
				b.WriteString(strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		b.WriteByte('\n')
	}
}

// A figuresJSON is a row as eval --json prints it.
type figuresJSON struct {
	Set     string           `json:"set,omitempty"`
	Variant evaluate.Variant `json:"variant,omitempty"`
	Fold    string           `json:"fold,omitempty"`
	Queries int              `json:"queries"`
	metricsJSON[float64]
	CI95    metricsJSON[[2]float64] `json:"ci95"`
	Compare *compareJSON            `json:"compare,omitempty"`
}

// A metricsJSON has a value for each metric.
type metricsJSON[T any] struct {
	Success T `json:"success_at_1"`
	MRR     T `json:"mrr_at_10"`
	NDCG    T `json:"ndcg_at_10"`
	Recall  T `json:"recall_at_10"`
}

// A compareJSON is what moved since an older run: the difference of the figures,
// and each query whose first right answer is at another rank, null where it is not
// among the first ten.
type compareJSON struct {
	metricsJSON[float64]
	CI95  metricsJSON[[2]float64] `json:"ci95"`
	Moved []moveJSON              `json:"moved"`
}

type moveJSON struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Was  *int   `json:"was"`
	Now  *int   `json:"now"`
}

// printJSON writes one object a row.
func (r *evalReport) printJSON(w io.Writer) error {
	lines := newJSONLines(w)
	for _, row := range r.rows {
		f := figuresJSON{Fold: row.fold, Queries: row.queries}
		f.metricsJSON, f.CI95 = metricsOf(row.figures)
		if r.several {
			f.Set = row.set
		}
		if r.several || row.variant != evaluate.Clean {
			f.Variant = row.variant
		}
		if row.moved != nil {
			f.Compare = &compareJSON{Moved: []moveJSON{}}
			f.Compare.metricsJSON, f.Compare.CI95 = metricsOf(row.moved.Difference)
			for _, m := range row.moved.Moves {
				f.Compare.Moved = append(f.Compare.Moved, moveJSON{m.Query.ID, m.Query.Text, rankJSON(m.Was), rankJSON(m.Now)})
			}
		}
		if err := lines.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

func metricsOf(f evaluate.Figures) (metricsJSON[float64], metricsJSON[[2]float64]) {
	value := func(m evaluate.Metric) float64 { return rounded(f[m].Value) }
	interval := func(m evaluate.Metric) [2]float64 { return [2]float64{rounded(f[m].Low), rounded(f[m].High)} }
	return metricsJSON[float64]{value(evaluate.Success), value(evaluate.MRR), value(evaluate.NDCG), value(evaluate.Recall)},
		metricsJSON[[2]float64]{interval(evaluate.Success), interval(evaluate.MRR), interval(evaluate.NDCG), interval(evaluate.Recall)}
}

// rounded is f to six places, beyond which platforms may differ.
func rounded(f float64) float64 { return math.Round(f*1e6) / 1e6 }

func rankJSON(rank int) *int {
	if rank == 0 {
		return nil
	}
	return &rank
}
