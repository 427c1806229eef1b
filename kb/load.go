package kb

import (
	"context"
	"io/fs"
)

// Load reads the whole knowledge base in fsys. The error is about the folder
// itself; faults in files are in the library. The result keeps fsys to serve the
// files beside the pages. For a folder on disk use [Dir].
func Load(fsys fs.FS, o Options) (*Library, error) {
	s := &scanner{fsys: fsys, options: o}
	if _, err := s.scan(context.Background(), nil); err != nil {
		return nil, err
	}
	s.update()
	return s.library, nil
}
