package kb

import (
	"embed"
	"io/fs"
)

//go:embed */*.md
var starter embed.FS

// Starter is the knowledge base that comes with the program.
func Starter() fs.FS { return starter }
