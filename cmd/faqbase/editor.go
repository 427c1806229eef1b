package main

import (
	"path/filepath"
	"strings"
)

// editorAddresses are those under which editors open a line of a file, by the names
// of their programs.
var editorAddresses = map[string]string{
	"code":          "vscode://file/{path}:{line}",
	"code-insiders": "vscode-insiders://file/{path}:{line}",
	"codium":        "vscodium://file/{path}:{line}",
	"cursor":        "cursor://file/{path}:{line}",
	"windsurf":      "windsurf://file/{path}:{line}",
	"zed":           "zed://file/{path}:{line}",
	"subl":          "subl://open?url=file:///{path}&line={line}",
	"mate":          "txmt://open?url=file:///{path}&line={line}",
	"mvim":          "mvim://open?url=file:///{path}&line={line}",
	"idea":          "idea://open?file=/{path}&line={line}",
	"goland":        "goland://open?file=/{path}&line={line}",
	"pycharm":       "pycharm://open?file=/{path}&line={line}",
	"webstorm":      "webstorm://open?file=/{path}&line={line}",
}

// editorAddress is the address that opens a line of a file: named as it is or by the
// name of an editor, else that of $VISUAL or $EDITOR where it has one, else that of
// Visual Studio Code. "none" is none.
func editorAddress(named string, getenv func(string) string) (string, error) {
	switch {
	case named == "none":
		return "", nil
	case strings.Contains(named, ":"):
		return named, nil
	case named != "":
		if address := editorAddresses[named]; address != "" {
			return address, nil
		}
		return "", usagef("--editor %s: want an address with {path} and {line}, none, or one of code, cursor, zed, subl, idea and such", named)
	}
	for _, variable := range []string{"VISUAL", "EDITOR"} {
		program, _, _ := strings.Cut(strings.TrimSpace(getenv(variable)), " ") // "code --wait"
		name := strings.TrimSuffix(filepath.Base(filepath.ToSlash(program)), ".exe")
		if address := editorAddresses[name]; address != "" {
			return address, nil
		}
	}
	return editorAddresses["code"], nil
}
