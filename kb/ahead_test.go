package kb

import (
	"context"
	"testing"
	"testing/fstest"
)

func TestPagesAreRenderedAhead(t *testing.T) {
	const text = "# Page\n\n## Why?\n\nSo.\n"
	load := func() *Library {
		lib, err := Load(fstest.MapFS{"a.md": {Data: []byte(text)}, "b.md": {Data: []byte(text)}, "c.md": {Data: []byte(text)}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return lib
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		size int
		want int
	}{
		"all that there is room for":    {t.Context(), 3 * len(text), 3},
		"no page that is past the room": {t.Context(), 3*len(text) - 1, 2},
		"none once the context ends":    {ended, 3 * len(text), 0},
	} {
		t.Run(name, func(t *testing.T) {
			lib := load()
			lib.Render(c.ctx, c.size)
			rendered := 0
			for _, p := range lib.Pages {
				if len(p.rendered.blocks) > 0 {
					rendered++
				}
			}
			if rendered != c.want {
				t.Errorf("%d pages rendered, want %d", rendered, c.want)
			}
		})
	}
}
