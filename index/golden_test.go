package index_test

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"faqbase/index"
	"faqbase/kb"
)

// TestStarterGolden asks the golden queries of the starter pages.
func TestStarterGolden(t *testing.T) {
	t.Parallel()
	lib, err := kb.Load(kb.Starter(), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(lib.Golden) == 0 {
		t.Fatal("the starter pages have no golden queries")
	}
	faults, err := index.CheckGolden(t.Context(), openWith(t, lib), lib)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range faults {
		t.Error(e)
	}
}

func TestCheckGolden(t *testing.T) {
	const page = `---
title: Git
---

Everyday commands.

### How do I undo a commit? {#undo}

Reset it.

### How do I undo a merge? {#merge}

Abort it, before the commit.

### How do I sign a commit? {#sign}

With a key.
`
	tests := []struct {
		claim, golden string
		want          kb.ErrorList
	}{
		{"a query that finds its question is silent", `- {query: undo a commit, question: git#undo}`, nil},
		{"a question among the first hits is enough where that is asked",
			`- {query: undo a commit, question: git#merge, within: 3}`, nil},
		{"a page can be wanted", `- {query: git everyday commands, question: git}`, nil},
		{"a question at another place is an error that says where it is",
			"\n- {query: undo a commit, question: git#merge}", kb.ErrorList{{
				File: "golden.yaml", Line: 2, Severity: kb.SeverityError, Rule: "golden",
				Msg: `query "undo a commit": want git#merge among the first 1, got git#undo, git#merge (it is at place 2)`,
			}}},
		{"a question that is not found", `- {query: undo merge, question: git#sign, within: 5}`, kb.ErrorList{{
			File: "golden.yaml", Line: 1, Severity: kb.SeverityError, Rule: "golden",
			Msg: `query "undo merge": want git#sign among the first 5, got git#merge (it is not found)`,
		}}},
		{"nothing found", `- {query: wombat, question: git#undo}`, kb.ErrorList{{
			File: "golden.yaml", Line: 1, Severity: kb.SeverityError, Rule: "golden",
			Msg: `query "wombat": want git#undo among the first 1, got nothing`,
		}}},
		{"a known miss is silent", `- {query: wombat, question: git#undo, miss: no synonym}`, nil},
		{"a miss that succeeds is a warning",
			`- {query: undo a commit, question: git#undo, miss: no synonym}`, kb.ErrorList{{
				File: "golden.yaml", Line: 1, Severity: kb.SeverityWarning, Rule: "golden-miss",
				Msg: `query "undo a commit": git#undo is at place 1; remove miss`,
			}}},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			lib, err := kb.Load(fstest.MapFS{
				"git.md":      {Data: []byte(page)},
				"golden.yaml": {Data: []byte(test.golden)},
			}, kb.Options{})
			if err := errors.Join(err, lib.Faults.Err()); err != nil {
				t.Fatal(err)
			}
			faults, err := index.CheckGolden(t.Context(), openWith(t, lib), lib)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, faults); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	t.Run("a search that fails is an error and no fault", func(t *testing.T) {
		lib, err := kb.Load(fstest.MapFS{
			"git.md":      {Data: []byte(page)},
			"golden.yaml": {Data: []byte(`- {query: undo a commit, question: git#undo}`)},
		}, kb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e := openWith(t, lib)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if faults, err := index.CheckGolden(ctx, e, lib); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, %v", faults, err)
		}
	})
}

// openWith is an engine in memory that holds lib.
func openWith(t testing.TB, lib *kb.Library) *index.Bleve {
	t.Helper()
	e, err := index.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := e.Apply(t.Context(), lib); err != nil {
		t.Fatal(err)
	}
	return e
}
