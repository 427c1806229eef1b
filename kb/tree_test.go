package kb

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A tree is a folder on disk that a test changes. Paths are relative to it.
type tree struct {
	t    testing.TB
	path string
}

func newTree(t testing.TB) tree {
	t.Helper()
	// Resolved, so that a system's own links (macOS: /var) are not part of the test.
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return tree{t, dir}
}

func (d tree) at(name string) string { return filepath.Join(d.path, filepath.FromSlash(name)) }

func (d tree) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// write writes a file in place, with the folders it needs.
func (d tree) write(name, content string) {
	d.t.Helper()
	d.mkdir(filepath.Dir(name))
	d.must(os.WriteFile(d.at(name), []byte(content), 0o666))
}

// save writes a file as editors do: a temporary file beside it takes its place.
func (d tree) save(name, content string) {
	d.t.Helper()
	d.write(name+"~tmp", content)
	d.move(name+"~tmp", name)
}

func (d tree) mkdir(name string) {
	d.t.Helper()
	d.must(os.MkdirAll(d.at(name), 0o777))
}

func (d tree) move(from, to string) {
	d.t.Helper()
	d.must(os.Rename(d.at(from), d.at(to)))
}

func (d tree) remove(name string) {
	d.t.Helper()
	d.must(os.RemoveAll(d.at(name)))
}

func (d tree) link(to, name string) {
	d.t.Helper()
	if err := os.Symlink(filepath.FromSlash(to), d.at(name)); err != nil {
		d.t.Skipf("no symbolic links here: %v", err)
	}
}

// relink makes a link lead elsewhere in one step.
func (d tree) relink(to, name string) {
	d.t.Helper()
	d.link(to, name+"~tmp")
	d.move(name+"~tmp", name)
}

// ask is a page with one question.
func ask(question string) string {
	return fmt.Sprintf("# Page\n\n## %s?\n\nAn answer to %s.\n", question, question)
}

// asked are the questions of a library: page path, "#" and the question.
func asked(l *Library) string {
	var all []string
	for _, p := range l.Pages {
		for _, q := range p.Questions {
			all = append(all, p.Path+"#"+strings.TrimSuffix(q.Text, "?"))
		}
	}
	return strings.Join(all, " ")
}

// faults are the faults of a library, one a line.
func faults(l *Library) string { return l.Faults.Error() }

// A countingFS counts how often each file is opened and fails where it is told to.
type countingFS struct {
	fs.FS
	mu     sync.Mutex // guards opened
	opened map[string]int
	fail   map[string]error
}

func (c *countingFS) Open(name string) (fs.File, error) {
	c.mu.Lock()
	c.opened[name]++
	c.mu.Unlock()
	if err := c.fail[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return c.FS.Open(name)
}
