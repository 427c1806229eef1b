package main

import "testing"

func TestEditorAddress(t *testing.T) {
	for _, c := range []struct{ claim, named, visual, editor, want string }{
		{"an address is taken as it is", "my://{file}#{line}", "code", "", "my://{file}#{line}"},
		{"an editor is known by name", "zed", "code", "", "zed://file/{path}:{line}"},
		{"none is none", "none", "code", "", ""},
		{"VISUAL counts first, with a path and flags", "", "/usr/bin/subl --wait", "code", "subl://open?url=file:///{path}&line={line}"},
		{"EDITOR counts where VISUAL has no address", "", "vi", "goland", "goland://open?file=/{path}&line={line}"},
		{"one that has no address is passed over", "", "", "nano", "vscode://file/{path}:{line}"},
		{"without any it is Visual Studio Code", "", "", "", "vscode://file/{path}:{line}"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			got, err := editorAddress(c.named, func(name string) string {
				return map[string]string{"VISUAL": c.visual, "EDITOR": c.editor}[name]
			})
			if err != nil || got != c.want {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
	if got, err := editorAddress("ed", func(string) string { return "" }); err == nil {
		t.Errorf("an unknown editor is %q", got)
	}
}
