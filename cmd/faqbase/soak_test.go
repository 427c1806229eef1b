package main

import (
	"strings"
	"testing"
)

// partsOf are parts of a soak that have the given heap and are alike else.
func partsOf(heap ...uint64) (parts []soakPart) {
	for _, n := range heap {
		parts = append(parts, soakPart{Search: benchTimes{P50: 1, P99: 2}, Heap: n, RSS: 9e6, Goroutines: 20, Open: 30})
	}
	return parts
}

func TestASoakTellsWhatGrows(t *testing.T) {
	for _, c := range []struct {
		claim   string
		seconds float64
		parts   []soakPart
		want    string
	}{
		{"what stays is flat", 600, partsOf(8e6, 9e6, 8e6), ""},
		{"what is less in the end is flat", 600, partsOf(8e6, 9e6, 4e6), ""},
		{"what is more in the end has grown", 600, partsOf(8e6, 9e6, 16e6), "heap, least, MB: 2.00 times, at most 1.25"},
		{"a short soak tells nothing", 59, partsOf(8e6, 9e6, 16e6), ""},
		{"what this system does not know is not told", 600, partsOf(0, 0, 0), ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			r := soakReport{Seconds: c.seconds, Parts: c.parts}
			err := r.grown()
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.HasSuffix(err.Error(), ": "+c.want)):
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestAnotherAnswerIsTold(t *testing.T) {
	if got := lasting(`{"took_ms":1.5,"generation":7,"total":1}`); got != `{,,"total":1}` {
		t.Errorf("what lasts is %s", got)
	}
	got := difference("/search?q=a", `{"total":1}`, `{"total":2}`)
	if want := "GET /search?q=a\nhas      …{\"total\":2}…\nand not  …{\"total\":1}…"; got != want {
		t.Errorf("told as\n%s\nwant\n%s", got, want)
	}
}

func TestASoakHasPagesComeGoAndGetOtherNames(t *testing.T) {
	var comes, goes, renames, writes int
	there := make(map[int]bool)
	edits := new(soakEdits)
	for range 1000 {
		c := edits.next()
		if c.goes != 0 && !there[c.goes] || there[c.comes] {
			t.Fatalf("%+v where %v are there", c, there)
		}
		switch {
		case c.goes != 0 && c.comes != 0:
			renames++
		case c.goes != 0:
			goes++
		case c.comes != 0:
			comes++
		default:
			writes++
		}
		delete(there, c.goes)
		if c.comes != 0 {
			there[c.comes] = true
		}
		if len(there) > soakExtra {
			t.Fatalf("%d extra pages, want %d at most", len(there), soakExtra)
		}
	}
	if comes != 100 || renames != 100 || goes != 101-soakExtra || writes != 699+soakExtra {
		t.Errorf("%d come, %d go, %d get another name, %d are written anew", comes, goes, renames, writes)
	}
}
