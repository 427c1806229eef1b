package index_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"faqbase/index"
	"faqbase/index/indextest"
	"faqbase/kb"
)

func TestDamage(t *testing.T) {
	flip := func(at func(size int) int) func(t *testing.T, name string) {
		return func(t *testing.T, name string) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			data[at(len(data))] ^= 0x5a
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	truncate := func(size int64) func(t *testing.T, name string) {
		return func(t *testing.T, name string) {
			if err := os.Truncate(name, size); err != nil {
				t.Fatal(err)
			}
		}
	}
	damages := map[string]func(t *testing.T, name string){
		"first byte flipped":  flip(func(int) int { return 0 }),
		"middle byte flipped": flip(func(n int) int { return n / 2 }),
		"last byte flipped":   flip(func(n int) int { return n - 1 }),
		"emptied":             truncate(0),
		"cut":                 truncate(100),
		"halved": func(t *testing.T, name string) {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			truncate(info.Size()/2)(t, name)
		},
		"removed": func(t *testing.T, name string) {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		},
	}
	// Every file of an index, whatever Bleve names them.
	pristine, _ := filled(t)
	var files []string
	err := filepath.WalkDir(pristine, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(pristine, path)
			files = append(files, rel)
		}
		return err
	})
	if err != nil || len(files) < 4 {
		t.Fatalf("files %v, error %v", files, err)
	}
	for _, file := range files {
		for damage, do := range damages {
			t.Run(filepath.Base(file)+" "+damage, func(t *testing.T) {
				dir, lib := filled(t)
				do(t, filepath.Join(dir, file))
				fill(t, dir, lib)
				if n := fill(t, dir, lib); n != 0 {
					t.Errorf("the mended index was not kept: wrote %d documents", n)
				}
			})
		}
	}
	t.Run("a folder that lost its index", func(t *testing.T) {
		dir, lib := filled(t)
		if err := os.RemoveAll(filepath.Join(dir, "bleve-1")); err != nil {
			t.Fatal(err)
		}
		if n := fill(t, dir, lib); n != storeDocuments {
			t.Errorf("wrote %d documents", n)
		}
	})
	t.Run("a segment that was being written when the process ended", func(t *testing.T) {
		dir, lib := filled(t)
		if err := os.WriteFile(filepath.Join(dir, "bleve-1", "store", "0000000000ff.zap"), []byte("half of a segment"), 0o600); err != nil {
			t.Fatal(err)
		}
		if n := fill(t, dir, lib); n != 0 {
			t.Errorf("wrote %d documents", n)
		}
	})
	inUse := func(t *testing.T) (dir string, e *index.Bleve) {
		if os.PathSeparator == '\\' {
			t.Skip("Windows does not remove open files")
		}
		dir, lib := filled(t)
		e = openIndex(t, dir)
		if err := e.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
		return dir, e
	}
	t.Run("a folder that was removed while it was used is an index again", func(t *testing.T) {
		dir, e := inUse(t)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		changed := indextest.Library(t, strings.Replace(storeLibrary, "One repository", "A jujutsu", 1))
		if err := e.Apply(t.Context(), changed); err != nil {
			t.Fatal(err)
		}
		checkStore(t, e)
		if _, err := os.Stat(filepath.Join(dir, "faqbase.lock")); err != nil {
			t.Error(err)
		}
		if _, err := index.Open(dir); !errors.Is(err, index.ErrLocked) {
			t.Errorf("second open: error %v, want ErrLocked", err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if n := fill(t, dir, changed); n != 0 {
			t.Errorf("wrote %d documents", n)
		}
	})
	t.Run("an index whose files vanish while it is used", func(t *testing.T) {
		dir, e := inUse(t)
		if err := os.RemoveAll(filepath.Join(dir, "bleve-1")); err != nil {
			t.Fatal(err)
		}
		checkStore(t, e)
		changed := indextest.Library(t, strings.Replace(storeLibrary, "One repository", "A jujutsu", 1))
		if err := e.Apply(t.Context(), changed); err != nil {
			t.Fatal(err)
		}
		checkStore(t, e)
		if r, err := e.Search(t.Context(), index.Query{Text: "jujutsu"}); err != nil || r.Total != 1 {
			t.Errorf("the change is not found: %v, %v", r, err)
		}
	})
}

var damageRounds = flag.Int("damage-rounds", 40, "how many damaged indexes TestRandomDamage opens")

// worn returns a folder with a closed index that has been written to again and again:
// several segments and snapshots, of which documents are deleted. And its library.
func worn(t testing.TB) (string, *kb.Library) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "index")
	e, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var lib *kb.Library
	for edit := range 6 {
		var b strings.Builder
		for i := range 12 {
			fmt.Fprintf(&b, "-- p%d.md --\n## FAQ\n### What is number %d?\nAn answer", i, i)
			if i%(edit+1) == 0 {
				fmt.Fprintf(&b, " of edit%d", edit)
			}
			fmt.Fprintf(&b, " with word%d.\n### Where is place %d?\nBetween word%d and word%d.\n", i, i, i, i+1)
		}
		lib = indextest.Library(t, b.String())
		if err := e.Apply(t.Context(), lib); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, lib
}

// filesOf are the files of an index in dir, by the path from there.
func filesOf(t testing.TB, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// found is what e finds, in all its parts.
func found(t testing.TB, e *index.Bleve) string {
	t.Helper()
	var b strings.Builder
	for _, text := range []string{"", "number 3", "edit0", "edit5", "word7", "answer", "plce", "betw"} {
		r, err := e.Search(t.Context(), index.Query{Text: text, Size: 50})
		if err != nil {
			t.Fatal(err)
		}
		r.Library = nil
		fmt.Fprintf(&b, "%q: %d, corrected %v\n", text, r.Total, r.Corrections)
		for _, h := range r.Hits {
			fmt.Fprintln(&b, h.Page.Path, h.QuestionHTML, h.SnippetHTML, h.Score)
		}
		facets, err := json.Marshal(r.Facets)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(facets)
	}
	return b.String()
}

// checkOpened opens the index in dir, applies lib to it, and checks that it finds what
// an index in memory finds, now and after a restart. It returns what was told.
func checkOpened(t testing.TB, dir string, lib *kb.Library, want string) (told []string) {
	t.Helper()
	for i := range 2 {
		e, err := index.Open(dir, index.Tell(func(err error) { told = append(told, err.Error()) }))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Apply(t.Context(), lib); err != nil {
			t.Error(err)
		} else if got := found(t, e); got != want {
			t.Errorf("found\n%s\nwant\n%s", got, want)
		}
		if i == 1 && e.Indexed() != 0 {
			t.Errorf("the mended index was not kept: wrote %d documents; told %q", e.Indexed(), told)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	return told
}

// inMemory is what an index of lib in memory finds.
func inMemory(t testing.TB, lib *kb.Library) string {
	t.Helper()
	e, err := index.Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Apply(t.Context(), lib); err != nil {
		t.Fatal(err)
	}
	return found(t, e)
}

// TestRandomDamage changes bytes of the files of a closed index, and cuts them off. What
// is found afterwards is what the folder has. An index that was closed tells of every
// change; of one whose process was killed, which has no seal, some cannot be told.
func TestRandomDamage(t *testing.T) {
	pristine, lib := worn(t)
	want := inMemory(t, lib)
	files := filesOf(t, pristine)
	if n := len(files); n < 6 {
		t.Fatalf("%d files: %v", n, files)
	}
	kinds := []struct {
		name string
		do   func(r *rand.Rand, data []byte) []byte
	}{
		{"a bit is another", func(r *rand.Rand, data []byte) []byte {
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
			return data
		}},
		{"a byte is another", func(r *rand.Rand, data []byte) []byte {
			data[r.IntN(len(data))] ^= byte(1 + r.IntN(255))
			return data
		}},
		{"a byte of the first page is another", func(r *rand.Rand, data []byte) []byte {
			data[r.IntN(min(len(data), 256))] ^= byte(1 + r.IntN(255))
			return data
		}},
		{"many bytes are others", func(r *rand.Rand, data []byte) []byte {
			for range 50 {
				data[r.IntN(len(data))] ^= byte(1 + r.IntN(255))
			}
			return data
		}},
		{"a stretch is zero", func(r *rand.Rand, data []byte) []byte {
			at := r.IntN(len(data))
			data[at] ^= 1
			clear(data[at+1 : min(at+1+r.IntN(4096), len(data))])
			return data
		}},
		{"a stretch is a copy of another", func(r *rand.Rand, data []byte) []byte {
			n := min(len(data)/2, 4096)
			at := r.IntN(len(data) - n)
			copy(data[at:at+n], slices.Clone(data[len(data)-n-at/2:][:n]))
			data[at] ^= 1
			return data
		}},
		{"the end is cut off", func(r *rand.Rand, data []byte) []byte { return data[:r.IntN(len(data))] }},
		{"something is at the end", func(r *rand.Rand, data []byte) []byte { return append(data, byte(r.IntN(256))) }},
	}
	for round := range *damageRounds {
		r := rand.New(rand.NewPCG(7, uint64(round)))
		file, kind, sealed := files[round%len(files)], kinds[r.IntN(len(kinds))], r.IntN(2) == 0
		t.Run(fmt.Sprintf("%d: in %s %s, sealed %v", round, filepath.Base(file), kind.name, sealed), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "index")
			if err := os.CopyFS(dir, os.DirFS(pristine)); err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(dir, file)
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, kind.do(r, data), 0o600); err != nil {
				t.Fatal(err)
			}
			if !sealed {
				os.Remove(filepath.Join(dir, "bleve-1", "faqbase.sums"))
			}
			told := checkOpened(t, dir, lib, want)
			if strings.HasPrefix(file, "bleve-1/") && sealed && len(told) == 0 {
				t.Error("nothing was told")
			}
			for _, text := range told {
				if !strings.Contains(text, filepath.Join(dir, "bleve-")) || !strings.Contains(text, "built anew") {
					t.Errorf("told %q, want the folder and what is done", text)
				}
			}
		})
	}
}

// FuzzOpen opens an index of which a file is any bytes.
func FuzzOpen(f *testing.F) {
	pristine, lib := worn(f)
	want := inMemory(f, lib)
	files := filesOf(f, pristine)
	for i, name := range files {
		data, err := os.ReadFile(filepath.Join(pristine, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), false, data)
		f.Add(uint8(i), true, data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, file uint8, sealed bool, data []byte) {
		dir := filepath.Join(t.TempDir(), "index")
		if err := os.CopyFS(dir, os.DirFS(pristine)); err != nil {
			t.Fatal(err)
		}
		name := files[int(file)%len(files)]
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if !sealed {
			os.Remove(filepath.Join(dir, "bleve-1", "faqbase.sums"))
		}
		checkOpened(t, dir, lib, want)
	})
}
