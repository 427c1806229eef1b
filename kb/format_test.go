package kb

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestFormat formats the first file of each archive in testdata/format, whose comment
// is the claim, and wants the second.
func TestFormat(t *testing.T) {
	archives, err := filepath.Glob("testdata/format/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives (%v)", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Format("page.md", archive.Files[0].Data)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				archive.Files[1].Data = got
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFormatTouchesNothingElse(t *testing.T) {
	for _, c := range []struct{ claim, file, before, after string }{
		{"line ends of Windows stay", "a.md",
			"---\r\ntitle: A\r\ntags: [ x ]\r\n---\r\n## Why?\r\n\r\nSo.\r\n",
			"---\r\ntitle: \"A\"\r\ntags: [x]\r\n---\r\n## Why? {#why}\r\n\r\nSo.\r\n"},
		{"a byte order mark stays", "a.md", "\uFEFF---\ntitle: A\n---\n## Why?\n\nSo.\n", "\uFEFF---\ntitle: \"A\"\n---\n## Why? {#why}\n\nSo.\n"},
		{"no line end is added at the end", "a.md", "## Why?\n\nSo.\n\n## How?\n\nSo", "## Why? {#why}\n\nSo.\n\n## How? {#how}\n\nSo"},
		{"repeated questions keep their numbers", "a.md", "## Why?\n\nSo.\n\n## Why?\n\nSo.\n", "## Why? {#why}\n\nSo.\n\n## Why? {#why-1}\n\nSo.\n"},
		{"front matter of another kind stays", "a.md", "+++\ntitle = \"A\"\n+++\n\n## Why?\n\nSo.\n", "+++\ntitle = \"A\"\n+++\n\n## Why? {#why}\n\nSo.\n"},
		{"a question in front matter is no heading, whatever line ends it", "a.md", "---\nquestion: Why?\norder: 2\n---\n\nSo.\n", "---\nquestion: \"Why?\"\norder: 2\n---\n\nSo.\n"},
		{"in MDX braces are code, so no anchors are written", "a.mdx", "---\ntitle: A\n---\n## Why?\n\nSo.\n", "---\ntitle: \"A\"\n---\n## Why?\n\nSo.\n"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			got, err := Format(c.file, []byte(c.before))
			if err != nil || string(got) != c.after {
				t.Errorf("got %q (%v)\nwant %q", got, err, c.after)
			}
		})
	}
}

func TestFormatRefuses(t *testing.T) {
	for claim, c := range map[string]struct{ src, rule string }{
		"broken front matter":      {"---\ntitle: a: b\n---\n## Why?\n\nSo.\n", "front-matter"},
		"front matter without end": {"---\ntitle: a\n\n## Why?\n\nSo.\n", "front-matter"},
		"what is not UTF-8":        {"## Why?\n\nSo\xff.\n", "invalid-utf8"},
		"what is no text":          {"a\x00b", "binary-file"},
	} {
		t.Run(claim, func(t *testing.T) {
			got, err := Format("a.md", []byte(c.src))
			faults, _ := err.(ErrorList)
			if len(faults) == 0 || faults[0].Rule != c.rule || string(got) != c.src {
				t.Errorf("got %q, %v; want the source and the rule %s", got, err, c.rule)
			}
		})
	}
}

// TestFormatKeepsPages holds for the starter pages and for what others have written,
// where that is there: the page stays what it is, and formatting twice is
// formatting once.
func TestFormatKeepsPages(t *testing.T) {
	folders := map[string]fs.FS{"starter": Starter(), "cases": os.DirFS("testdata")}
	if shared := filepath.FromSlash("../../shared/data"); isFolder(shared) {
		folders["shared"] = os.DirFS(shared)
	} else {
		t.Logf("no %s: only the starter pages and the cases are formatted", shared)
	}
	for name, fsys := range folders {
		t.Run(name, func(t *testing.T) {
			n := 0
			err := fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				src, err := fs.ReadFile(fsys, file)
				switch {
				case err != nil:
					return err
				case strings.HasSuffix(file, ".txtar"):
					for _, f := range txtar.Parse(src).Files {
						if n++; sampled(n-1) && isPage(f.Name) {
							formatsTo(t, file+":"+f.Name, f.Data)
						}
					}
				case isPage(file):
					if n++; sampled(n - 1) {
						formatsTo(t, file, src)
					}
				}
				return nil
			})
			if err != nil || n == 0 {
				t.Errorf("%d pages (%v)", n, err)
			}
		})
	}
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// formatsTo holds that formatting src keeps the page and is done once.
func formatsTo(t *testing.T, file string, src []byte) []byte {
	t.Helper()
	out, err := Format(file, src)
	if err != nil {
		if !bytes.Equal(out, src) {
			t.Errorf("%s: changed although it was refused: %v", file, err)
		}
		return out
	}
	before, after := readSource(file, src, Options{}).page, readSource(file, out, Options{}).page
	if after == nil || !reflect.DeepEqual(before.content(), after.content()) {
		t.Fatalf("%s is another page:\n%s", file, cmp.Diff(fmt.Sprintf("%+v", before.content()), fmt.Sprintf("%+v", after.content())))
	}
	if again, err := Format(file, out); err != nil || !bytes.Equal(again, out) {
		t.Errorf("%s: the second time differs (%v):\n%s", file, err, cmp.Diff(string(out), string(again)))
	}
	return out
}

func TestStarterPagesAreInTheUsualForm(t *testing.T) {
	files, err := Files(Starter())
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	for i, file := range files {
		if !sampled(i) {
			continue
		}
		src, err := fs.ReadFile(Starter(), file)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := Format(file, src); err != nil || !bytes.Equal(out, src) {
			t.Errorf("%s is not (%v); faqbase fmt --write kb mends it:\n%s", file, err, cmp.Diff(string(src), string(out)))
		}
	}
}

func FuzzFormat(f *testing.F) {
	for _, src := range []string{
		"---\ntitle: A\ntools: [a, 'b']\n# c\nx: &y 1\n---\n## Why?\n\nSo.\n\nHow?\n---\n\nSo.\n",
		"\uFEFF---\r\ntags:\r\n- a # b\r\nquestions:\r\n  why:\r\n    aliases: [x]\r\n---\r\n## Why? ##\r\n\r\nSo.\r\n",
		"\uFEFF",
		"> ## Why?\n>\n> So.\n\n- ## How?\n\n  So.\n",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) { formatsTo(t, "page.md", src) })
}
