package kb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxLinkNesting is how many symbolic links to folders a path may have in it.
// Folders that link to each other would otherwise have paths without number.
const maxLinkNesting = 4

// A listing is what a folder holds, by names and stats alone.
//
// Symbolic links are followed to wherever fsys lets them lead ([Dir]: inside the
// folder). A linked folder is listed under the link's name; one that is listed
// already above that name is left out, so that cycles end. Names that
// [skipName] tells are not listed, but may be what a link leads to.
type listing struct {
	files   []listed       // pages and the root's own files, in path order
	assets  []string       // pictures and files beside the pages, in path order
	folders []listedFolder // each after the one that holds it
	links   []string       // links that are followed, or will be once their target exists
	faults  []listFault    // in path order
	// blind are folders that could not be read to their end: what was known to lie
	// in them is still held to be there.
	blind []string
}

type listed struct {
	path string
	stat stat
}

type listedFolder struct {
	path  string
	link  bool
	inode uint64
}

type listFault struct {
	path string
	err  error
}

// A stat is what tells a file's states apart without reading it.
type stat struct {
	size  int64
	mtime int64 // Unix nanoseconds, as programs set it
	ctime int64 // the same as the file system tells, 0 where it does not
	inode uint64
	mode  fs.FileMode
}

func statOf(info fs.FileInfo) stat {
	return stat{info.Size(), info.ModTime().UnixNano(), changed(info), inode(info), info.Mode()}
}

// list walks fsys. The error is about its root, or that of ctx.
func list(ctx context.Context, fsys fs.FS) (*listing, error) {
	l := &listing{}
	if err := l.walk(ctx, fsys, listedFolder{path: "."}, nil, 0); err != nil {
		return nil, err
	}
	slices.SortFunc(l.files, func(a, b listed) int { return strings.Compare(a.path, b.path) })
	slices.SortFunc(l.faults, func(a, b listFault) int { return strings.Compare(a.path, b.path) })
	slices.Sort(l.assets)
	return l, nil
}

// walk lists a folder and those in it. above are the folders on the way to it,
// links how many of them were reached through a link.
func (l *listing) walk(ctx context.Context, fsys fs.FS, folder listedFolder, above []fs.FileInfo, links int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := fsys.Open(folder.path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: folder.path, Err: errors.New("not a folder")}
	}
	if err != nil {
		f.Close()
		return err
	}
	if slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }) {
		f.Close()
		return nil
	}
	d, ok := f.(fs.ReadDirFile)
	if !ok {
		f.Close()
		return &fs.PathError{Op: "readdir", Path: folder.path, Err: errors.ErrUnsupported}
	}
	entries, err := d.ReadDir(-1)
	if err != nil && len(entries) == 0 {
		f.Close()
		return err
	}
	if err != nil {
		l.cannotRead(folder.path, err)
	}
	folder.inode = inode(info)
	l.folders = append(l.folders, folder)
	var inside []listedFolder
	for _, e := range entries {
		if skipName(e.Name()) {
			continue
		}
		sub := l.entry(fsys, path.Join(folder.path, e.Name()), e)
		if sub != nil {
			inside = append(inside, *sub)
		}
	}
	f.Close() // before going deeper: one open folder at a time
	above = append(slices.Clip(above), info)
	slices.SortFunc(inside, func(a, b listedFolder) int { return strings.Compare(a.path, b.path) })
	for _, sub := range inside {
		nested := links
		if sub.link {
			nested++
		}
		if nested > maxLinkNesting {
			l.fault(sub.path, fmt.Errorf("lies behind more than %d symbolic links to folders", maxLinkNesting))
			continue
		}
		err := l.walk(ctx, fsys, sub, above, nested)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !errors.Is(err, fs.ErrNotExist): // else deleted since it was listed
			l.cannotRead(sub.path, err)
		}
	}
	return nil
}

// entry lists one entry of a folder; one that is itself a folder is returned.
func (l *listing) entry(fsys fs.FS, file string, e fs.DirEntry) *listedFolder {
	name := e.Name()
	if !utf8.ValidString(file) {
		if isPage(name) || e.IsDir() {
			l.fault(strings.ToValidUTF8(file, "\ufffd"), errors.New("name is not UTF-8: rename it"))
		}
		return nil
	}
	wanted := isPage(name) || isAsset(name) || isConfig(file)
	info, err := e.Info()
	link := err == nil && info.Mode()&fs.ModeSymlink != 0
	if link {
		info, err = fs.Stat(fsys, file)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			l.links = append(l.links, file)
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		// Without a link: deleted since the folder was read.
		if link && wanted {
			l.fault(file, fmt.Errorf("symbolic link to %q, which does not exist", target(fsys, file)))
		}
	case err != nil && link:
		l.blind = append(l.blind, file) // it may have led to a folder
		l.fault(file, fmt.Errorf("symbolic link to %q is not followed: %w; a link is followed by a relative path to what lies inside the folder", target(fsys, file), cause(err)))
	case err != nil:
		l.fault(file, cause(err))
	case info.IsDir():
		return &listedFolder{path: file, link: link}
	case !wanted:
	case !info.Mode().IsRegular():
		l.fault(file, errIrregular)
	case isPage(name) || isConfig(file):
		l.files = append(l.files, listed{file, statOf(info)})
	default:
		l.assets = append(l.assets, file)
	}
	return nil
}

func (l *listing) fault(file string, err error) {
	l.faults = append(l.faults, listFault{file, err})
}

func (l *listing) cannotRead(folder string, err error) {
	l.blind = append(l.blind, folder)
	l.fault(folder, fmt.Errorf("folder cannot be read: %w", cause(err)))
}

// keeps tells whether file lies in a folder that could not be read to its end.
func (l *listing) keeps(file string) bool {
	return slices.ContainsFunc(l.blind, func(folder string) bool {
		return folder == "." || strings.HasPrefix(file, folder+"/")
	})
}

// target is where a link leads, as its author wrote it.
func target(fsys fs.FS, link string) string {
	to, err := fs.ReadLink(fsys, link)
	if err != nil {
		return "?"
	}
	return to
}

// cause is err without the path, which a fault names already.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
