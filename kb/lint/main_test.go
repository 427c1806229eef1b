package lint

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain finds goroutines that outlive the tests. The one that is ignored is the
// clock of the regular expressions of the highlighter, which ends by itself.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}
