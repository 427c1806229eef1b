package kb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Dir is the folder dir as a file system, for [Load]. Nothing outside dir can be
// reached through it, whatever the symbolic links in dir say, and nothing but
// folders and regular files can be opened. dir is looked up anew at each call: a
// folder that was replaced, or a link that now leads elsewhere, is followed.
func Dir(dir string) fs.FS { return dirFS(dir) }

type dirFS string

func (d dirFS) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return nil, err
	}
	defer root.Close() // a file outlives the root it was opened in
	return rootFS{root}.Open(name)
}

// A rootFS is a folder that is held open.
type rootFS struct{ root *os.Root }

var errIrregular = errors.New("not a regular file")

func (r rootFS) Open(name string) (fs.File, error) {
	local, err := localize("open", name)
	if err != nil {
		return nil, err
	}
	f, err := r.root.OpenFile(local, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errIrregular}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (r rootFS) Stat(name string) (fs.FileInfo, error) {
	local, err := localize("stat", name)
	if err != nil {
		return nil, err
	}
	return r.root.Stat(local)
}

func (r rootFS) Lstat(name string) (fs.FileInfo, error) {
	local, err := localize("lstat", name)
	if err != nil {
		return nil, err
	}
	return r.root.Lstat(local)
}

func (r rootFS) ReadLink(name string) (string, error) {
	local, err := localize("readlink", name)
	if err != nil {
		return "", err
	}
	return r.root.Readlink(local)
}

// localize gives name as the operating system writes it.
func localize(op, name string) (string, error) {
	local, err := filepath.Localize(name)
	if err != nil {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	return local, nil
}
