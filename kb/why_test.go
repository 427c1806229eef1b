package kb

import "testing"

// What lies in an answer is told of once for each line, however it is nested.
func TestLinesInAnAnswerAreToldOfOnce(t *testing.T) {
	all, err := Why("faq.md", []byte("# FAQ\n\n## Why?\n\n- **So?**\n\n  - **And?**\n\n    Yes.\n\n> **Is it?**\n>\n> It is.\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	times := map[int]int{}
	for _, d := range all {
		times[d.Line]++
	}
	for _, line := range []int{5, 7, 11} {
		if times[line] != 1 {
			t.Errorf("line %d is told of %d times in %+v", line, times[line], all)
		}
	}
}
