package kb

import (
	"errors"
	"io/fs"
	"path"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// Load reads the whole knowledge base in fsys. The error is about the folder
// itself; faults in files are in the library. The result keeps fsys to serve the
// files beside the pages.
func Load(fsys fs.FS, o Options) (*Library, error) {
	if _, err := fs.ReadDir(fsys, "."); err != nil {
		return nil, err
	}
	var pages, assets []string
	var faulty []*source
	_ = fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		switch name := path.Base(file); {
		case file == ".":
		case skipName(name):
			if d.IsDir() {
				return fs.SkipDir
			}
		case err != nil:
			faulty = append(faulty, unreadable(file, err, nil))
		case d.IsDir():
		case isPage(name):
			pages = append(pages, file)
		case isAsset(name):
			assets = append(assets, file)
		}
		return nil
	})
	sources := make([]*source, len(pages))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, file := range pages {
		group.Go(func() error {
			src, err := readFile(fsys, file)
			if err != nil {
				sources[i] = unreadable(file, err, nil)
			} else {
				sources[i] = readSource(file, src, o)
			}
			return nil
		})
	}
	_ = group.Wait()
	var c config
	tools, err := readFile(fsys, toolsFile)
	if err == nil {
		c.tools = tools
	} else if !errors.Is(err, fs.ErrNotExist) {
		faulty = append(faulty, unreadable(toolsFile, err, nil))
	}
	return assemble(fsys, append(sources, faulty...), c, assets, o, nil), nil
}
