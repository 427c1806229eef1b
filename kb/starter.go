package kb

import (
	"embed"
	"io/fs"
)

// A new folder needs no line here; a picture beside the pages does (*/*.png).
//
//go:embed */*.md *.yaml
var starter embed.FS

// Starter is the knowledge base that comes with the program.
func Starter() fs.FS { return starter }
