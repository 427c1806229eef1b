package evaluate

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// Bleve starts its analysis workers when it is imported, once for all.
	goleak.VerifyTestMain(m, goleak.IgnoreCurrent())
}
