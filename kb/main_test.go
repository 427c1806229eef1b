package kb

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

var (
	update = flag.Bool("update", false, "write what the tests got into testdata")
	seed   = flag.Uint64("seed", 0, "the `seed` of what is random; 0 is another one each time")
)

// sampled tells whether the case n is tried. With -short, as under the race detector, it
// is one in ten: what reads one page after the other has little to race.
func sampled(n int) bool { return !testing.Short() || n%10 == 0 }

// TestMain finds goroutines that outlive the tests. The one that is ignored is the
// clock of the regular expressions of the highlighter, which ends by itself.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}
