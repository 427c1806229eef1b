package kb

import (
	"slices"
	"testing"
)

func TestSectionsAreTheTextOutsideQuestions(t *testing.T) {
	p, err := Parse("a/b c.md", []byte("# T\n\nIntro.\n\n## Install {#in}\n\nOne.\n\nTwo.\n\n### Deeper\n\n## FAQ\n\n### Is it? {#q}\n\nYes.\n\n## Last\n\nEnd.\n"), Options{Base: "/x"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Section{{"in", "Install", "One.\nTwo."}, {"deeper", "Deeper", ""}, {"last", "Last", "End."}}
	if !slices.Equal(p.Sections, want) {
		t.Errorf("got %q, want %q", p.Sections, want)
	}
	if got, want := p.SectionURL(&p.Sections[0]), "/x/kb/a/b%20c#in"; got != want {
		t.Errorf("address %s, want %s", got, want)
	}
}
