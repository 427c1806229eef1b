package web

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"faqbase/kb"
)

// TestLinksToTheSiteItselfAreNoFaults holds that package kb knows every address that
// a page may lead to from the root of the site.
func TestLinksToTheSiteItselfAreNoFaults(t *testing.T) {
	src, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	page.WriteString("# A page\n\n")
	routes := regexp.MustCompile(`\bget\("(/[^":*]*)`).FindAllStringSubmatch(string(src), -1)
	if len(routes) < 10 {
		t.Fatalf("%d routes", len(routes))
	}
	for _, m := range routes {
		page.WriteString("[x](" + m[1] + ")\n")
	}
	lib, err := kb.Load(fstest.MapFS{"a.md": {Data: []byte(page.String())}}, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range lib.Faults {
		t.Errorf("%s; add it to the paths of the site in package kb", e)
	}
}
