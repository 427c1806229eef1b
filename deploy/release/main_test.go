package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sample is an archive of two files.
func sample(zip bool) archive {
	return archive{
		name: "faqbase_v1_os_cpu", zip: zip, date: time.Date(2026, 11, 20, 8, 30, 0, 0, time.UTC),
		files: []file{{"faqbase", []byte("program"), 0o755}, {"LICENSE", []byte("licence"), 0o644}},
	}
}

func TestEqualArchivesHaveEqualBytes(t *testing.T) {
	for _, zip := range []bool{false, true} {
		first, err := sample(zip).pack()
		if err != nil {
			t.Fatal(err)
		}
		second, err := sample(zip).pack()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("zip=%v: two archives of the same files differ", zip)
		}
		other := sample(zip)
		other.files[1].content = []byte("another")
		if third, err := other.pack(); err != nil || bytes.Equal(first, third) {
			t.Errorf("zip=%v: another file makes no other archive (error %v)", zip, err)
		}
	}
}

// TestAnArchiveIsThatOfItsFilesContentAlone packs the same files from two folders, where
// they were made in another order, at other times and with other permissions.
func TestAnArchiveIsThatOfItsFilesContentAlone(t *testing.T) {
	build := func(zip bool, order []int, made time.Time, mode os.FileMode) []byte {
		t.Helper()
		dir, a := t.TempDir(), sample(zip)
		files := a.files
		for _, i := range order {
			path := filepath.Join(dir, files[i].name)
			if err := errors.Join(os.WriteFile(path, files[i].content, mode), os.Chmod(path, mode), os.Chtimes(path, made, made)); err != nil {
				t.Fatal(err)
			}
		}
		a.files = nil
		for _, f := range files {
			if err := a.add(f.name, filepath.Join(dir, f.name), f.mode); err != nil {
				t.Fatal(err)
			}
		}
		b, err := a.pack()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, zip := range []bool{false, true} {
		first := build(zip, []int{0, 1}, time.Unix(1e9, 0), 0o600)
		second := build(zip, []int{1, 0}, time.Unix(2e9, 0), 0o755)
		if !bytes.Equal(first, second) {
			t.Errorf("zip=%v: two archives of files with the same content differ", zip)
		}
	}
}

func TestATarHasItsFilesWithTheCommitsDateAndNoOwner(t *testing.T) {
	a := sample(false)
	b, err := a.pack()
	if err != nil {
		t.Fatal(err)
	}
	zr, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if !zr.ModTime.IsZero() || zr.Name != "" {
		t.Errorf("gzip has the time %v and the name %q, want none", zr.ModTime, zr.Name)
	}
	tr := tar.NewReader(zr)
	for _, f := range a.files {
		h, err := tr.Next()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		if h.Name != a.name+"/"+f.name || h.FileInfo().Mode() != f.mode || !h.ModTime.Equal(a.date) ||
			h.Uid != 0 || h.Gid != 0 || h.Uname != "" || !bytes.Equal(content, f.content) {
			t.Errorf("%s: %+v with %q", f.name, h, content)
		}
	}
	if _, err := tr.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last file: %v", err)
	}
}

func TestAZipHasItsFilesWithTheCommitsDate(t *testing.T) {
	a := sample(true)
	b, err := a.pack()
	if err != nil {
		t.Fatal(err)
	}
	zr, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if len(zr.File) != len(a.files) {
		t.Fatalf("%d files, want %d", len(zr.File), len(a.files))
	}
	for i, f := range a.files {
		h := zr.File[i]
		r, err := h.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if h.Name != a.name+"/"+f.name || h.Mode() != f.mode || !h.Modified.Equal(a.date) || !bytes.Equal(content, f.content) {
			t.Errorf("%s: %+v with %q", f.name, h.FileHeader, content)
		}
	}
}

func TestEveryModuleThatIsLinkedHasItsLicence(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := thirdParty(t.Context(), root, platform{"linux", "amd64"})
	if err != nil {
		t.Fatal(err)
	}
	for _, work := range []string{"github.com/blevesearch/bleve/v2 v", "github.com/gin-gonic/gin v", "Go and its standard library", "Atkinson Hyperlegible"} {
		if n := strings.Count(string(text), "\n"+work); n != 1 {
			t.Errorf("%q begins %d sections, want 1", work, n)
		}
	}
	if strings.Contains(string(text), root) {
		t.Error("the text names a folder of this machine")
	}
}

func TestAModuleWithoutALicenceIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte("words"), 0o666); err != nil {
		t.Fatal(err)
	}
	if text, err := licences(dir); err == nil {
		t.Errorf("got %q, want an error", text)
	}
}

func TestACheckoutIsReadWithItsCommitAndItsChanges(t *testing.T) {
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		day := "2026-11-20T08:30:00Z"
		if _, err := output(t.Context(), dir, []string{"GIT_AUTHOR_DATE=" + day, "GIT_COMMITTER_DATE=" + day},
			"git", append([]string{"-c", "user.name=n", "-c", "user.email=e"}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q")
	git("commit", "-q", "--allow-empty", "-m", "first")
	git("tag", "v1.2.3")
	git("worktree", "add", "-q", "linked")
	read := func(root string) commit {
		t.Helper()
		c, err := readCommit(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	want := commit{name: "v1.2.3", date: time.Date(2026, 11, 20, 8, 30, 0, 0, time.UTC), changes: "?? linked/"}
	if c := read(dir); c != want {
		t.Errorf("%+v, want %+v", c, want)
	}
	want.changes, want.linked = "", true
	if c := read(filepath.Join(dir, "linked")); c != want {
		t.Errorf("of a linked worktree %+v, want %+v", c, want)
	}
}

func TestPlatforms(t *testing.T) {
	for name, ok := range map[string]bool{"linux/amd64": true, "windows/arm64": true, "linux": false, "/amd64": false, "linux/": false, "": false} {
		if _, err := readPlatform(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name := range strings.SplitSeq(released, ",") {
		if _, err := readPlatform(name); err != nil {
			t.Error(err)
		}
	}
}
