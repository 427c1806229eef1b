package kb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// deadline is how long a test waits for what should come within a second.
const deadline = 20 * time.Second

// A yielded is what Watch yields at one time.
type yielded struct {
	lib *Library
	err error
}

// watchFolder watches dir until the test ends, or until stop is called.
func watchFolder(t testing.TB, dir string, o WatchOptions) (values <-chan yielded, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ch := make(chan yielded)
	go func() {
		defer close(ch)
		for lib, err := range Watch(ctx, dir, o) {
			select {
			case ch <- yielded{lib, err}:
			case <-ctx.Done():
			}
		}
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		for range ch {
		}
	})
	t.Cleanup(stop)
	return ch, stop
}

// until waits for a value with which ok is content.
func until(t testing.TB, values <-chan yielded, what string, ok func(yielded) bool) yielded {
	t.Helper()
	late := time.After(deadline)
	var last []string
	for {
		select {
		case v, more := <-values:
			if !more {
				t.Fatalf("watching ended before %s; so far:\n%s", what, strings.Join(last, "\n"))
			}
			if ok(v) {
				return v
			}
			if v.lib != nil {
				last = append(last, fmt.Sprintf("[%s] %v", asked(v.lib), v.err))
			} else {
				last = append(last, v.err.Error())
			}
		case <-late:
			t.Fatalf("no %s; so far:\n%s", what, strings.Join(last, "\n"))
		}
	}
}

func untilAsked(t testing.TB, values <-chan yielded, want string) *Library {
	t.Helper()
	return until(t, values, "library with "+want, func(v yielded) bool { return v.lib != nil && asked(v.lib) == want }).lib
}

// eventsAlone and pollingAlone each have to see everything without the other.
var (
	eventsAlone  = WatchOptions{Mode: WatchEvents, Quiet: 5 * time.Millisecond, Interval: time.Hour}
	pollingAlone = WatchOptions{Mode: WatchPoll, Quiet: 5 * time.Millisecond, Interval: 5 * time.Millisecond}
)

func TestWatchSees(t *testing.T) {
	type change struct {
		do   func(tree)
		want string // the questions afterwards
	}
	tests := []struct {
		claim   string
		dir     string // the watched folder in the tree, "kb" if empty
		start   func(tree)
		changes []change
	}{
		{
			claim: "a page that is edited in place",
			start: func(d tree) { d.write("kb/a.md", ask("old")) },
			changes: []change{
				{func(d tree) { d.write("kb/a.md", ask("new")) }, "a#new"},
				{func(d tree) { d.write("kb/a.md", ask("newer")) }, "a#newer"},
			},
		},
		{
			claim: "a page that is saved by way of a temporary file",
			start: func(d tree) { d.write("kb/a.md", ask("old")) },
			changes: []change{
				{func(d tree) { d.save("kb/a.md", ask("new")) }, "a#new"},
				{func(d tree) { d.save("kb/a.md", ask("newer")) }, "a#newer"},
			},
		},
		{
			claim: "a page that is deleted and written again to be saved",
			start: func(d tree) { d.write("kb/a.md", ask("old")) },
			changes: []change{
				{func(d tree) { d.remove("kb/a.md"); d.write("kb/a.md", ask("new")) }, "a#new"},
			},
		},
		{
			claim: "a page that changes while its size and time stay",
			start: func(d tree) { d.write("kb/a.md", ask("old")) },
			changes: []change{
				{func(d tree) {
					info, err := os.Stat(d.at("kb/a.md"))
					d.must(err)
					d.write("kb/a.md", ask("new"))
					d.must(os.Chtimes(d.at("kb/a.md"), time.Time{}, info.ModTime()))
				}, "a#new"},
			},
		},
		{
			claim: "pages that come, move and go",
			start: func(d tree) { d.mkdir("kb") },
			changes: []change{
				{func(d tree) { d.write("kb/a.md", ask("one")) }, "a#one"},
				{func(d tree) { d.write("kb/b.markdown", ask("two")) }, "a#one b#two"},
				{func(d tree) { d.move("kb/a.md", "kb/c.md") }, "b#two c#one"},
				{func(d tree) { d.remove("kb/b.markdown") }, "c#one"},
			},
		},
		{
			claim: "folders that come with pages in them, and what happens in them later",
			start: func(d tree) { d.mkdir("kb") },
			changes: []change{
				{func(d tree) { d.write("kb/x/y/z/a.md", ask("one")) }, "x/y/z/a#one"},
				{func(d tree) { d.write("kb/x/y/z/a.md", ask("two")) }, "x/y/z/a#two"},
				{func(d tree) { d.write("kb/x/b.md", ask("three")) }, "x/b#three x/y/z/a#two"},
			},
		},
		{
			claim: "a folder that is renamed, and what happens in it later",
			start: func(d tree) { d.write("kb/x/y/a.md", ask("one")) },
			changes: []change{
				{func(d tree) { d.move("kb/x", "kb/w") }, "w/y/a#one"},
				{func(d tree) { d.write("kb/w/y/a.md", ask("two")) }, "w/y/a#two"},
				{func(d tree) { d.write("kb/x/y/a.md", ask("three")) }, "w/y/a#two x/y/a#three"},
				{func(d tree) { d.write("kb/w/y/a.md", ask("four")) }, "w/y/a#four x/y/a#three"},
			},
		},
		{
			claim: "a folder that moves in from outside and out again",
			start: func(d tree) { d.mkdir("kb"); d.write("other/x/a.md", ask("one")) },
			changes: []change{
				{func(d tree) { d.move("other/x", "kb/x") }, "x/a#one"},
				{func(d tree) { d.write("kb/x/a.md", ask("two")) }, "x/a#two"},
				{func(d tree) { d.move("kb/x", "other/x") }, ""},
			},
		},
		{
			claim: "a folder that is deleted and made anew under its name",
			start: func(d tree) { d.write("kb/x/a.md", ask("one")) },
			changes: []change{
				{func(d tree) { d.remove("kb/x"); d.write("kb/x/a.md", ask("two")) }, "x/a#two"},
				{func(d tree) { d.write("kb/x/a.md", ask("three")) }, "x/a#three"},
				{func(d tree) { d.remove("kb/x") }, ""},
				{func(d tree) { d.write("kb/x/a.md", ask("four")) }, "x/a#four"},
				{func(d tree) { d.write("kb/x/a.md", ask("five")) }, "x/a#five"},
			},
		},
		{
			claim: "two folders that change places",
			start: func(d tree) { d.write("kb/x/a.md", ask("one")); d.write("kb/y/a.md", ask("two")) },
			changes: []change{
				{func(d tree) { d.move("kb/x", "kb/z"); d.move("kb/y", "kb/x"); d.move("kb/z", "kb/y") }, "x/a#two y/a#one"},
				{func(d tree) { d.write("kb/x/a.md", ask("three")) }, "x/a#three y/a#one"},
				{func(d tree) { d.write("kb/y/a.md", ask("four")) }, "x/a#three y/a#four"},
			},
		},
		{
			claim: "the swap of a Kubernetes ConfigMap",
			start: func(d tree) {
				d.write("kb/..2026_11_23/a.md", ask("one"))
				d.link("..2026_11_23", "kb/..data")
				d.link("..data/a.md", "kb/a.md")
			},
			changes: []change{
				{func(d tree) {
					d.write("kb/..2026_11_24/a.md", ask("two"))
					d.relink("..2026_11_24", "kb/..data")
					d.remove("kb/..2026_11_23")
				}, "a#two"},
				{func(d tree) {
					d.write("kb/..2026_11_25/a.md", ask("three"))
					d.write("kb/..2026_11_25/b.md", ask("four"))
					d.relink("..2026_11_25", "kb/..data")
					d.link("..data/b.md", "kb/b.md")
					d.remove("kb/..2026_11_24")
				}, "a#three b#four"},
			},
		},
		{
			claim: "the swap of a folder that is a link, as of git-sync",
			dir:   "current",
			start: func(d tree) { d.write("one/x/a.md", ask("one")); d.link("one", "current") },
			changes: []change{
				{func(d tree) { d.write("two/x/a.md", ask("two")); d.relink("two", "current"); d.remove("one") }, "x/a#two"},
				{func(d tree) { d.write("two/x/a.md", ask("three")) }, "x/a#three"},
				{func(d tree) { d.write("three/b.md", ask("four")); d.relink("three", "current") }, "b#four"},
			},
		},
		{
			claim: "the swap of a link above the folder",
			dir:   "current/docs/kb",
			start: func(d tree) { d.write("one/docs/kb/a.md", ask("one")); d.link("one", "current") },
			changes: []change{
				{func(d tree) { d.write("two/docs/kb/a.md", ask("two")); d.relink("two", "current") }, "a#two"},
				{func(d tree) { d.write("two/docs/kb/a.md", ask("three")) }, "a#three"},
			},
		},
		{
			claim: "a linked folder, what happens in it, and that it leads elsewhere",
			start: func(d tree) {
				d.write("kb/.store/one/a.md", ask("one"))
				d.write("kb/.store/two/sub/a.md", ask("two"))
				d.link(".store/one", "kb/x")
			},
			changes: []change{
				{func(d tree) { d.write("kb/.store/one/b.md", ask("three")) }, "x/a#one x/b#three"},
				{func(d tree) { d.write("kb/.store/one/sub/c.md", ask("four")) }, "x/a#one x/b#three x/sub/c#four"},
				{func(d tree) { d.write("kb/.store/one/sub/c.md", ask("five")) }, "x/a#one x/b#three x/sub/c#five"},
				{func(d tree) { d.relink(".store/two", "kb/x") }, "x/sub/a#two"},
				{func(d tree) { d.write("kb/.store/two/sub/a.md", ask("six")) }, "x/sub/a#six"},
			},
		},
		{
			claim: "a linked page whose target comes, changes and is replaced",
			start: func(d tree) { d.mkdir("kb/.store"); d.link(".store/target", "kb/a.md") },
			changes: []change{
				{func(d tree) { d.write("kb/.store/target", ask("one")) }, "a#one"},
				{func(d tree) { d.write("kb/.store/target", ask("two")) }, "a#two"},
				{func(d tree) { d.save("kb/.store/target", ask("three")) }, "a#three"},
			},
		},
		{
			claim: "the folder itself vanish and return",
			start: func(d tree) { d.write("kb/x/a.md", ask("one")) },
			changes: []change{
				{func(d tree) { d.remove("kb"); d.write("kb/x/a.md", ask("two")) }, "x/a#two"},
				{func(d tree) { d.write("kb/x/a.md", ask("three")) }, "x/a#three"},
				{func(d tree) { d.move("kb", "kb.old"); d.write("new/b.md", ask("four")); d.move("new", "kb") }, "b#four"},
				{func(d tree) { d.write("kb/b.md", ask("five")) }, "b#five"},
			},
		},
	}
	for _, mode := range []WatchOptions{eventsAlone, pollingAlone} {
		for _, test := range tests {
			t.Run(fmt.Sprintf("%s/%s", mode.Mode, test.claim), func(t *testing.T) {
				t.Parallel()
				d := newTree(t)
				test.start(d)
				dir := test.dir
				if dir == "" {
					dir = "kb"
				}
				values, _ := watchFolder(t, d.at(dir), mode)
				until(t, values, "first library", func(v yielded) bool { return v.lib != nil })
				for _, c := range test.changes {
					c.do(d)
					lib := untilAsked(t, values, c.want)
					loaded, err := Load(Dir(d.at(dir)), Options{})
					if err != nil || loaded.Digest != lib.Digest {
						t.Fatalf("Load gives [%s] %v, want what was watched: [%s]", asked(loaded), err, asked(lib))
					}
				}
			})
		}
	}
}

func TestWatchKeepsPages(t *testing.T) {
	// What takes a good page's content away when it is saved over it.
	for what, src := range map[string]string{
		"broken front matter and nothing else":        "---\ntitle: [\n---\n",
		"broken front matter and a title":             "---\ntitle: [\n---\n\n# A title\n",
		"the beginning of front matter":               "---\ntitle: A title\ncategory: OR",
		"broken front matter that says it is a draft": "---\ndraft: true\ntitle: [\n---\n",
		"nothing": "",
	} {
		t.Run("the last good version stays, with the fault, when what is saved is "+what, func(t *testing.T) {
			d := newTree(t)
			d.write("kb/a.md", "---\ntitle: A\n---\n\n## one?\n\nAn answer.\n")
			values, _ := watchFolder(t, d.at("kb"), eventsAlone)
			first := untilAsked(t, values, "a#one")
			d.save("kb/a.md", src)
			lib := until(t, values, "fault", func(v yielded) bool { return v.lib != nil && v.err != nil }).lib
			if lib.Page("a") != first.Page("a") || lib.Generation != first.Generation {
				t.Errorf("generation %d after %d, page a is %+v", lib.Generation, first.Generation, lib.Page("a"))
			}
			d.save("kb/a.md", ask("two"))
			untilAsked(t, values, "a#two")
		})
	}
}

func TestWatchFolderFaults(t *testing.T) {
	t.Run("a folder that cannot be read at first is told once and read when it comes", func(t *testing.T) {
		for _, o := range []WatchOptions{eventsAlone, pollingAlone} {
			d := newTree(t)
			values, _ := watchFolder(t, d.at("above/kb"), o)
			v := <-values
			if v.lib != nil || !errors.Is(v.err, fs.ErrNotExist) || !strings.Contains(v.err.Error(), d.at("above/kb")) {
				t.Fatalf("%s: first yielded %v, %v; want an error that names the folder", o.Mode, v.lib, v.err)
			}
			d.write("above/kb/a.md", ask("one"))
			if v := <-values; v.lib == nil || asked(v.lib) != "a#one" {
				t.Fatalf("%s: then yielded %+v, want the library", o.Mode, v)
			}
		}
	})
	t.Run("a folder that vanishes is told once, and the library comes again with the folder", func(t *testing.T) {
		for _, o := range []WatchOptions{eventsAlone, pollingAlone} {
			d := newTree(t)
			d.write("kb/a.md", ask("one"))
			values, _ := watchFolder(t, d.at("kb"), o)
			first := untilAsked(t, values, "a#one")
			d.move("kb", "gone")
			v := <-values
			if v.lib != nil || !errors.Is(v.err, fs.ErrNotExist) {
				t.Fatalf("%s: yielded %+v, want that the folder is gone", o.Mode, v)
			}
			d.move("gone", "kb")
			v = <-values
			if v.lib != first || v.err != nil {
				t.Fatalf("%s: yielded %+v, want the first library again", o.Mode, v)
			}
		}
	})
	t.Run("a file is not a folder", func(t *testing.T) {
		d := newTree(t)
		d.write("kb", "a file")
		values, _ := watchFolder(t, d.at("kb"), WatchOptions{Mode: WatchOff})
		if v := <-values; v.lib != nil || v.err == nil {
			t.Errorf("yielded %+v, want an error", v)
		}
	})
	t.Run("an unknown mode is refused and the known ones are named", func(t *testing.T) {
		values, _ := watchFolder(t, t.TempDir(), WatchOptions{Mode: "sometimes"})
		v, more := <-values
		if want := `unknown watch mode "sometimes", want auto, events, poll or off`; !more || v.err == nil || v.err.Error() != want {
			t.Errorf("yielded %+v, want %s", v, want)
		}
		if _, more := <-values; more {
			t.Error("watching went on")
		}
	})
}

func TestWatchEnds(t *testing.T) {
	d := newTree(t)
	d.write("a.md", ask("one"))
	t.Run("with mode off after the first library", func(t *testing.T) {
		values, _ := watchFolder(t, d.path, WatchOptions{Mode: WatchOff})
		if v := <-values; v.lib == nil || asked(v.lib) != "a#one" {
			t.Errorf("yielded %+v", v)
		}
		if v, more := <-values; more {
			t.Errorf("went on with %+v", v)
		}
	})
	t.Run("with the loop, and leaves no goroutine", func(t *testing.T) {
		for _, mode := range []WatchMode{WatchAuto, WatchEvents, WatchPoll} {
			for lib, err := range Watch(t.Context(), d.path, WatchOptions{Mode: mode}) {
				if err != nil || asked(lib) != "a#one" {
					t.Errorf("%s: yielded %v, %v", mode, lib, err)
				}
				break
			}
		}
	}) // TestMain finds goroutines that are left
	t.Run("with its context, while it waits", func(t *testing.T) {
		for _, mode := range []WatchMode{WatchAuto, WatchEvents, WatchPoll} {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			n := 0
			for range Watch(ctx, d.path, WatchOptions{Mode: mode}) {
				n++
				cancel()
			}
			if n != 1 {
				t.Errorf("%s: yielded %d times, want once", mode, n)
			}
		}
	})
	t.Run("with its context, before anything is read", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for lib, err := range Watch(ctx, d.path, WatchOptions{}) {
			t.Errorf("yielded %v, %v", lib, err)
		}
	})
	t.Run("with its context, while the first pages are read", func(t *testing.T) {
		d := newTree(t)
		for i := range 200 {
			d.write(fmt.Sprintf("%d.md", i), ask("one"))
		}
		ctx, cancel := context.WithCancel(t.Context())
		most := 0
		o := WatchOptions{Progress: func(done, total int) {
			most = done
			cancel()
		}}
		for lib, err := range Watch(ctx, d.path, o) {
			t.Errorf("yielded %v, %v", lib, err)
		}
		if most == 0 || most == 200 {
			t.Errorf("read %d of 200 pages, want to have stopped on the way", most)
		}
	})
}

func TestWatchProgress(t *testing.T) {
	d := newTree(t)
	const pages = 50
	for i := range pages {
		d.write(fmt.Sprintf("%d.md", i), ask("one"))
	}
	var told []int
	o := eventsAlone
	o.Progress = func(done, total int) {
		if total != pages {
			t.Errorf("total is %d, want %d", total, pages)
		}
		told = append(told, done)
	}
	n := 0
	for lib := range Watch(t.Context(), d.path, o) {
		if n++; n == 1 {
			d.write("0.md", ask("two"))
			continue
		}
		if len(lib.Pages) == pages {
			break
		}
	}
	for i, done := range told {
		if done != i+1 {
			t.Fatalf("told %v, want each number once and in order", told)
		}
	}
	if len(told) != pages {
		t.Errorf("told %d times, want %d: the first reading alone", len(told), pages)
	}
}

// A random walk through the states of a small tree: however it came about, what
// was watched is what is there.
func TestWatchEqualsLoad(t *testing.T) {
	names := []string{"a.md", "b.md", "x/a.md", "x/b.md", "x/y/a.md", ".h/a.md", "p.png"}
	folders := []string{"x", "x/y", ".h", "z"}
	ops := []string{"edit", "save", "delete", "move", "mkdir", "rmdir", "mvdir", "link", "linkdir", "swap", "tools", "no tools", "synonyms", "no synonyms"}
	rapid.Check(t, func(r *rapid.T) {
		base, err := filepath.EvalSymlinks(os.TempDir())
		if err != nil {
			r.Fatal(err)
		}
		dir, err := os.MkdirTemp(base, "kb")
		if err != nil {
			r.Fatal(err)
		}
		defer os.RemoveAll(dir)
		// Deep enough for every link that leads out of kb to end in dir: an edit writes to
		// what a link leads to.
		root := filepath.Join(dir, "v", "w", "kb")
		if err := os.MkdirAll(root, 0o777); err != nil {
			r.Fatal(err)
		}
		draw := func(label string, names []string) string {
			return filepath.Join(root, filepath.FromSlash(rapid.SampledFrom(names).Draw(r, label)))
		}
		o := eventsAlone
		if rapid.Bool().Draw(r, "poll") {
			o = pollingAlone
		}
		values, stop := watchFolder(t, root, o)
		defer stop()

		last := (<-values).lib
		edits := 0
		for range rapid.IntRange(1, 6).Draw(r, "rounds") {
			for range rapid.IntRange(1, 5).Draw(r, "changes") {
				edits++
				page := []byte(ask(fmt.Sprintf("question %d", edits)))
				// Changes that cannot be made as things are have no effect.
				switch rapid.SampledFrom(ops).Draw(r, "op") {
				case "edit":
					os.WriteFile(draw("file", names), page, 0o666)
				case "save":
					file := draw("file", names)
					os.WriteFile(file+"~", page, 0o666)
					os.Rename(file+"~", file)
				case "delete":
					os.Remove(draw("file", names))
				case "move":
					os.Rename(draw("file", names), draw("to", names))
				case "mkdir":
					os.Mkdir(draw("folder", folders), 0o777)
				case "rmdir":
					os.RemoveAll(draw("folder", folders))
				case "mvdir":
					os.Rename(draw("folder", folders), draw("to", folders))
				case "link":
					targets := []string{"a.md", "../a.md", "../.h/a.md", "../../outside", filepath.Join(dir, "elsewhere")}
					os.Symlink(rapid.SampledFrom(targets).Draw(r, "target"), draw("link", names))
				case "linkdir":
					targets := []string{".h", "x", "..", "../.h", "."}
					os.Symlink(rapid.SampledFrom(targets).Draw(r, "target"), draw("link", folders))
				case "swap":
					os.Rename(root, root+".old")
					os.Mkdir(root, 0o777)
					os.Rename(filepath.Join(root+".old", "x"), filepath.Join(root, "x"))
					os.RemoveAll(root + ".old")
				case "tools":
					os.WriteFile(filepath.Join(root, toolsFile), fmt.Appendf(nil, "- name: Tool %d\n", edits), 0o666)
				case "no tools":
					os.Remove(filepath.Join(root, toolsFile))
				case "synonyms":
					os.WriteFile(filepath.Join(root, synonymsFile), fmt.Appendf(nil, "- word => word %d\n", edits), 0o666)
				case "no synonyms":
					os.Remove(filepath.Join(root, synonymsFile))
				}
			}
			loaded, err := Load(Dir(root), Options{})
			if err != nil {
				r.Fatal(err)
			}
			diff := differences(last, loaded)
			late := time.After(deadline)
			for diff != "" {
				select {
				case v := <-values:
					if v.lib != nil {
						last, diff = v.lib, differences(v.lib, loaded)
					}
				case <-late:
					r.Fatalf("%s: what was watched is not what is there: %s", o.Mode, diff)
				}
			}
		}
	})
}

// differences tells where a watched library is not what is there. What cannot be
// read may still have its last version in it.
func differences(watched, there *Library) string {
	if a, b := faults(watched), faults(there); a != b {
		return fmt.Sprintf("faults\n%s\nwant\n%s", a, b)
	}
	unreadable := map[string]bool{}
	for _, e := range there.Faults {
		if e.Rule == "unreadable" {
			unreadable[e.File] = true
		}
	}
	kept := func(file string) bool {
		for ; file != "."; file = path.Dir(file) {
			if unreadable[file] {
				return true
			}
		}
		return false
	}
	for _, p := range there.Pages {
		if w := watched.Page(p.Path); w == nil || w.Digest != p.Digest {
			return fmt.Sprintf("%s is there; watched are [%s], want [%s]", p.File, asked(watched), asked(there))
		}
	}
	for _, p := range watched.Pages {
		if there.Page(p.Path) == nil && !kept(p.File) {
			return fmt.Sprintf("%s is not there; watched are [%s], want [%s]", p.File, asked(watched), asked(there))
		}
	}
	for _, t := range there.Tools {
		if watched.Tool(t.Name) == nil {
			return t.Name + " is not watched"
		}
	}
	if len(watched.Tools) != len(there.Tools) {
		return fmt.Sprintf("%d tools, want %d", len(watched.Tools), len(there.Tools))
	}
	if a, b := said(watched), said(there); a != b {
		return fmt.Sprintf("the files in the root say %q, want %q", a, b)
	}
	if !maps.Equal(watched.assets, there.assets) {
		return fmt.Sprintf("pictures are %v, want %v", watched.assets, there.assets)
	}
	return ""
}
