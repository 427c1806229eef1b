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
