package lint

import (
	"strings"
	"testing"
)

// TestEveryClaimHasAComparingWord holds that no sentence that the patterns find is left
// out because of its words.
func TestEveryClaimHasAComparingWord(t *testing.T) {
	for _, s := range []string{"It is faster.", "It IS MUCH MORE STABLE", "is the best", "has better docs", "has the strongest community", "offers superior support",
		"needs less memory", "uses more RAM", "A outperforms B", "are the least popular", "runs a little slower", "keeps the index smaller", "has lower latency"} {
		found := false
		for _, p := range comparatives {
			found = found || p.MatchString(s)
		}
		if !found || !mayClaim(s) {
			t.Errorf("%q: found %v, has a comparing word %v", s, found, mayClaim(s))
		}
	}
	for word := range comparingWords {
		if !mayClaim("It is x"+" "+strings.ToUpper(word)) || mayClaim(word+"x") {
			t.Errorf("%s is not told from other words", word)
		}
	}
	if mayClaim("It is what it is, and does what it says.") || mayClaim("") {
		t.Error("words that compare nothing are taken for such")
	}
}
