package index

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"

	"faqbase/kb"
)

func TestNearestEndsWithItsContext(t *testing.T) {
	lib, err := kb.Load(fstest.MapFS{"a.md": {Data: []byte("## FAQ\n### What is a walrus?\nA mammal.\n")}}, kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := openTest(t, "", lib)
	ctx, cancel := context.WithCancel(t.Context())
	err = b.read(t.Context(), func(_ context.Context, s *state) error {
		r := readQuery(Query{Text: "walrus", Size: 1}, s.catalog, s.dictionary)
		m := &match{scratch: &scratch{}, ctx: ctx, state: s, weights: b.weights}
		if err := m.run(&r); err != nil {
			return err
		}
		cancel()
		return b.nearest(&Results{Query: r.query}, &r, m)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestNearestKnowsNoWordThatIsGone(t *testing.T) {
	load := func(question string) *kb.Library {
		lib, err := kb.Load(fstest.MapFS{
			"a.md": {Data: []byte("## FAQ\n### " + question + "\nA mammal.\n")},
			"b.md": {Data: []byte("## FAQ\n### What is a walnut?\nA fruit.\n")},
		}, kb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return lib
	}
	b := openTest(t, "", load("What is a walrusine?"))
	if err := b.Apply(t.Context(), load("What is a horse?")); err != nil {
		t.Fatal(err)
	}
	r, err := b.Search(t.Context(), Query{Text: "walrusine", Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Nearest) != 1 || r.Nearest[0].Page.Path != "b" {
		t.Errorf("nearest is %v, want what begins as the word does that is gone", r.Nearest)
	}
}
