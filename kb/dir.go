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
func Dir(dir string) fs.FS { return dirFS{path: dir} }

// Linked is [Dir], but that a symbolic link in dir is followed wherever it leads: what
// lies there is served to every reader.
func Linked(dir string) fs.FS { return dirFS{path: dir, anywhere: true} }

type dirFS struct {
	path     string
	anywhere bool // links may lead out of it
}

// open holds the folder open until done is called.
func (d dirFS) open() (fsys rootFS, done func() error, err error) {
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return rootFS{}, nil, err
	}
	return rootFS{root, d.anywhere}, root.Close, nil
}

func (d dirFS) Open(name string) (fs.File, error) {
	root, done, err := d.open()
	if err != nil {
		return nil, err
	}
	defer done() // a file outlives the root it was opened in
	return root.Open(name)
}

// A rootFS is a folder that is held open.
type rootFS struct {
	root     *os.Root
	anywhere bool
}

// in gives what is at a path inside the folder, and where links may lead out of it and
// that fails, what is at the path as the operating system follows it.
func in[T any](r rootFS, local string, inside, anywhere func(string) (T, error)) (T, error) {
	v, err := inside(local)
	if err != nil && r.anywhere {
		return anywhere(filepath.Join(r.root.Name(), local))
	}
	return v, err
}

var errIrregular = errors.New("not a regular file")

func (r rootFS) Open(name string) (fs.File, error) {
	local, err := localize("open", name)
	if err != nil {
		return nil, err
	}
	f, err := in(r, local,
		func(name string) (*os.File, error) { return r.root.OpenFile(name, os.O_RDONLY|nonblock, 0) },
		func(name string) (*os.File, error) { return os.OpenFile(name, os.O_RDONLY|nonblock, 0) })
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
	return in(r, local, r.root.Stat, os.Stat)
}

func (r rootFS) Lstat(name string) (fs.FileInfo, error) {
	local, err := localize("lstat", name)
	if err != nil {
		return nil, err
	}
	return in(r, local, r.root.Lstat, os.Lstat)
}

func (r rootFS) ReadLink(name string) (string, error) {
	local, err := localize("readlink", name)
	if err != nil {
		return "", err
	}
	return in(r, local, r.root.Readlink, os.Readlink)
}

// localize gives name as the operating system writes it.
func localize(op, name string) (string, error) {
	local, err := filepath.Localize(name)
	if err != nil {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	return local, nil
}
