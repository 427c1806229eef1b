package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"faqbase/kb"
)

// defaultDir is the folder that is taken when none is named, if it is there.
const defaultDir = "kb"

// A folder is the knowledge base that a command works on: a folder on disk, or
// the starter pages.
type folder struct {
	// dir is the folder as it was named, "" for the starter pages.
	dir string
	// fsys lets a link lead out of dir only if linksFlag says so.
	fsys fs.FS
}

// linksFlag is the flag of all commands that read a folder, so that each of them reads
// what serve does.
type linksFlag struct {
	FollowLinks bool `name:"follow-symlinks" help:"Follow symbolic links in the folder wherever they lead; whoever reads its pages then reads what lies there. Without it nothing outside the folder is read."`
}

// A folderArg names the folder as an argument, for the commands that are about all of it.
type folderArg struct {
	Dir string `arg:"" optional:"" name:"dir" env:"FAQBASE_KB" help:"The folder of pages (default: ./kb if it is there, else the starter pages)."`
	linksFlag
}

func (a folderArg) open() (folder, error)                 { return a.openFolder(a.Dir) }
func (a folderArg) library() (folder, *kb.Library, error) { return a.openLibrary(a.Dir) }

// openFolder finds the knowledge base named dir: without a name that is
// [defaultDir] if it is there, else the starter pages. A folder that cannot be
// read is wrong usage.
func (l linksFlag) openFolder(dir string) (folder, error) {
	if dir == "" {
		info, err := os.Stat(defaultDir)
		if err != nil || !info.IsDir() {
			return folder{fsys: kb.Starter()}, nil
		}
		dir = defaultDir
	}
	if err := readable(dir); err != nil {
		return folder{}, err
	}
	if l.FollowLinks {
		return folder{dir: dir, fsys: kb.Linked(dir)}, nil
	}
	return folder{dir: dir, fsys: kb.Dir(dir)}, nil
}

// openLibrary finds the knowledge base named dir, as openFolder does, and reads it.
func (l linksFlag) openLibrary(dir string) (folder, *kb.Library, error) {
	f, err := l.openFolder(dir)
	if err != nil {
		return folder{}, nil, err
	}
	lib, err := f.load(kb.Options{})
	return f, lib, err
}

func readable(dir string) error {
	f, err := os.Open(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usagef("no folder %s; name a folder of Markdown pages, or one of the commands serve, check, list, search, eval, bench, new, fmt, schema and version", dir)
	case err != nil:
		return usagef("the folder cannot be read: %v", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return usagef("the folder cannot be read: %v", err)
	}
	if !info.IsDir() {
		return usagef("%s is a file; name the folder that it is in", dir)
	}
	return nil
}

// load reads the knowledge base once.
func (f folder) load(o kb.Options) (*kb.Library, error) {
	lib, err := kb.Load(f.fsys, o)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f, err)
	}
	return lib, nil
}

// path is a file of the knowledge base, given relative to it, as it is reached
// from the working directory.
func (f folder) path(file string) string {
	return filepath.Join(f.dir, filepath.FromSlash(file))
}

// name is the folder's own, which may say that its pages are FAQs; "" if it has none.
func (f folder) name() string {
	abs, err := filepath.Abs(f.dir)
	if name := filepath.Base(abs); err == nil && f.dir != "" && fs.ValidPath(name) {
		return name
	}
	return ""
}

// String names the knowledge base in messages.
func (f folder) String() string {
	if f.dir == "" {
		return "the starter pages"
	}
	return f.dir
}
