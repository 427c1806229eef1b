package kb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// scanTree starts a scanner on a tree.
func scanTree(d tree) (s *scanner, files *countingFS) {
	files = &countingFS{FS: os.DirFS(d.path), opened: map[string]int{}, fail: map[string]error{}}
	return &scanner{fsys: files}, files
}

// scan scans once and tells whether the library changed.
func scan(t *testing.T, s *scanner) bool {
	t.Helper()
	found, err := s.scan(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if found.changed {
		s.update()
	}
	return found.changed
}

// settle gives a file a time that is long past, another one each time.
func (d tree) settle(name string, n int) {
	d.t.Helper()
	when := time.Date(2020, 1, 1, 0, 0, n, 0, time.UTC)
	d.must(os.Chtimes(d.at(name), when, when))
}

func TestScanReads(t *testing.T) {
	t.Run("a changed file alone, and shares the other pages", func(t *testing.T) {
		d := newTree(t)
		for i, name := range []string{"a.md", "x/b.md", "x/c.md"} {
			d.write(name, ask("one"))
			d.settle(name, i)
		}
		s, files := scanTree(d)
		scan(t, s)
		first := s.library
		clear(files.opened)
		d.write("x/b.md", ask("two"))
		if !scan(t, s) {
			t.Fatal("no change seen")
		}
		if files.opened["x/b.md"] != 1 || files.opened["a.md"] != 0 || files.opened["x/c.md"] != 0 {
			t.Errorf("opened %v, want x/b.md alone", files.opened)
		}
		if s.library.Page("a") != first.Page("a") || s.library.Page("x/c") != first.Page("x/c") {
			t.Error("unchanged pages are not those of the library before")
		}
		if s.library.Generation != first.Generation+1 {
			t.Errorf("generation %d after %d", s.library.Generation, first.Generation)
		}
	})
	t.Run("nothing of a folder that is as it was", func(t *testing.T) {
		d := newTree(t)
		d.write("a.md", ask("one"))
		d.write(toolsFile, "- name: Go\n")
		d.settle("a.md", 1)
		d.settle(toolsFile, 2)
		s, files := scanTree(d)
		scan(t, s)
		clear(files.opened)
		if scan(t, s) {
			t.Error("a change where there is none")
		}
		if files.opened["a.md"]+files.opened[toolsFile] != 0 {
			t.Errorf("opened %v", files.opened)
		}
	})
	t.Run("a touched file, and finds that it is the same", func(t *testing.T) {
		d := newTree(t)
		d.write("a.md", ask("one"))
		d.settle("a.md", 1)
		s, files := scanTree(d)
		scan(t, s)
		d.settle("a.md", 2)
		if scan(t, s) {
			t.Error("a change where there is none")
		}
		if files.opened["a.md"] != 2 {
			t.Errorf("opened %d times, want 2", files.opened["a.md"])
		}
	})
	t.Run("a recently changed file again, until its time tells its state", func(t *testing.T) {
		now := time.Now()
		for age, want := range map[time.Duration]bool{
			0: true, time.Second: true, 2 * time.Second: true, 3 * time.Second: false, -time.Second: true, -time.Hour: false,
		} {
			if got := recent(stat{mtime: now.Add(-age).UnixNano()}, now); got != want {
				t.Errorf("recent of a file changed %v ago is %v, want %v", age, got, want)
			}
		}
		d := newTree(t)
		d.write("a.md", ask("one"))
		s, _ := scanTree(d)
		scan(t, s)
		info, err := os.Stat(d.at("a.md"))
		d.must(err)
		d.write("a.md", ask("two"))
		d.must(os.Chtimes(d.at("a.md"), info.ModTime(), info.ModTime()))
		if !scan(t, s) || asked(s.library) != "a#two" {
			t.Errorf("library is %s, want the new page", asked(s.library))
		}
	})
	t.Run("another file of the same size and time that took its place", func(t *testing.T) {
		d := newTree(t)
		d.write("a.md", ask("one"))
		d.write("b", ask("two"))
		d.settle("a.md", 1)
		d.settle("b", 1)
		info, err := os.Stat(d.at("a.md"))
		d.must(err)
		if inode(info) == 0 {
			t.Skip("no inodes here")
		}
		s, _ := scanTree(d)
		scan(t, s)
		d.move("b", "a.md")
		if !scan(t, s) || asked(s.library) != "a#two" {
			t.Errorf("library is %s, want the new page", asked(s.library))
		}
	})
	t.Run("tools.yaml of the root and of no other folder", func(t *testing.T) {
		d := newTree(t)
		d.write("x/"+toolsFile, "- name: Rust\n")
		d.write(toolsFile, "- name: Go\n")
		s, _ := scanTree(d)
		scan(t, s)
		if s.library.Tool("Go") == nil || s.library.Tool("Rust") != nil {
			t.Errorf("tools are %v, want Go alone", s.library.Tools)
		}
		d.write(toolsFile, "- name: Zig\n")
		if !scan(t, s) || s.library.Tool("Go") != nil || s.library.Tool("Zig") == nil {
			t.Errorf("tools are %v, want Zig alone", s.library.Tools)
		}
	})
	t.Run("nothing under a name that is to be left alone", func(t *testing.T) {
		d := newTree(t)
		for _, name := range []string{".a.md", ".git/a.md", "node_modules/a.md", "testdata/a.md", "x/.h/a.md"} {
			d.write(name, ask("no"))
		}
		s, files := scanTree(d)
		scan(t, s)
		if len(s.library.Pages) != 0 || len(files.opened) != 2 { // "." and x
			t.Errorf("pages %s, opened %v", asked(s.library), files.opened)
		}
	})
}

func TestScanKeeps(t *testing.T) {
	bad := map[string]string{
		"empty":     "",
		"binary":    "\x00\x01\x02\x03" + strings.Repeat("\x00", 100),
		"too large": strings.Repeat("x", maxSize+1),
	}
	for what, content := range bad {
		t.Run("the last good version of a page that became "+what, func(t *testing.T) {
			d := newTree(t)
			d.write("a.md", ask("one"))
			s, _ := scanTree(d)
			scan(t, s)
			d.write("a.md", content)
			if !scan(t, s) || asked(s.library) != "a#one" || !strings.Contains(faults(s.library), "a.md: ") {
				t.Errorf("library is %s with faults %q, want the page and a fault", asked(s.library), faults(s.library))
			}
			d.write("b.md", ask("two"))
			if !scan(t, s) || asked(s.library) != "a#one b#two" {
				t.Errorf("after another change the library is %s", asked(s.library))
			}
			d.write("a.md", ask("three"))
			if !scan(t, s) || asked(s.library) != "a#three b#two" || len(s.library.Faults) != 0 {
				t.Errorf("once mended the library is %s with faults %q", asked(s.library), faults(s.library))
			}
			d.write("a.md", content)
			scan(t, s)
			d.remove("a.md")
			if !scan(t, s) || asked(s.library) != "b#two" {
				t.Errorf("once deleted the library is %s", asked(s.library))
			}
		})
	}
	t.Run("a page that cannot be read any more, and tries again at each scan", func(t *testing.T) {
		d := newTree(t)
		d.write("a.md", ask("one"))
		s, files := scanTree(d)
		scan(t, s)
		files.fail["a.md"] = fs.ErrPermission
		d.write("a.md", ask("two"))
		if !scan(t, s) || asked(s.library) != "a#one" {
			t.Errorf("library is %s, want the page as it was", asked(s.library))
		}
		if want := "a.md: permission denied; see to its permissions"; faults(s.library) != strings.Replace(want, "permission denied", fs.ErrPermission.Error(), 1) {
			t.Errorf("fault is %q, want %q", faults(s.library), want)
		}
		if scan(t, s) {
			t.Error("the same fault is a change")
		}
		delete(files.fail, "a.md")
		if !scan(t, s) || asked(s.library) != "a#two" || len(s.library.Faults) != 0 {
			t.Errorf("library is %s with faults %q, want the new page", asked(s.library), faults(s.library))
		}
		files.fail["a.md"] = fs.ErrPermission
		scan(t, s)
		delete(files.fail, "a.md")
		if !scan(t, s) || asked(s.library) != "a#two" || len(s.library.Faults) != 0 {
			t.Errorf("library is %s with faults %q, want the page as it was, without fault", asked(s.library), faults(s.library))
		}
	})
	t.Run("the pages and pictures of a folder that cannot be listed any more", func(t *testing.T) {
		d := newTree(t)
		d.write("a.md", ask("one"))
		d.write("x/y/b.md", ask("two"))
		d.write("x/p.png", "picture")
		s, files := scanTree(d)
		scan(t, s)
		files.fail["x"] = fs.ErrPermission
		d.write("a.md", ask("three"))
		if !scan(t, s) || asked(s.library) != "a#three x/y/b#two" || s.library.assets["x/p.png"] == "" {
			t.Errorf("library is %s, pictures %v", asked(s.library), s.library.assets)
		}
		if want := "x: folder cannot be read: "; !strings.Contains(faults(s.library), want) {
			t.Errorf("faults are %q, want %q", faults(s.library), want)
		}
		d.remove("x/p.png")
		delete(files.fail, "x")
		if !scan(t, s) || asked(s.library) != "a#three x/y/b#two" || len(s.library.assets) != 0 || len(s.library.Faults) != 0 {
			t.Errorf("once mended the library is %s, pictures %v, faults %q", asked(s.library), s.library.assets, faults(s.library))
		}
	})
	t.Run("the tools when tools.yaml cannot be read any more", func(t *testing.T) {
		d := newTree(t)
		d.write(toolsFile, "- name: Go\n")
		s, files := scanTree(d)
		scan(t, s)
		files.fail[toolsFile] = errors.New("disk on fire")
		if !scan(t, s) || s.library.Tool("Go") == nil || faults(s.library) != toolsFile+": disk on fire" {
			t.Errorf("tools are %v, faults %q", s.library.Tools, faults(s.library))
		}
	})
	t.Run("everything when the folder itself cannot be read", func(t *testing.T) {
		d := newTree(t)
		d.write("a.md", ask("one"))
		s, files := scanTree(d)
		scan(t, s)
		first := s.library
		files.fail["."] = fs.ErrNotExist
		if _, err := s.scan(context.Background(), nil); !errors.Is(err, fs.ErrNotExist) || s.library != first {
			t.Errorf("error %v, library changed: %v", err, s.library != first)
		}
		delete(files.fail, ".")
		if scan(t, s) {
			t.Error("a change though the folder is as it was")
		}
	})
	t.Run("a page that is gone for a moment while it is being replaced", func(t *testing.T) {
		d := newTree(t)
		d.write("a.md", ask("one"))
		s, files := scanTree(d)
		scan(t, s)
		files.fail["a.md"] = fs.ErrNotExist
		found, err := s.scan(context.Background(), nil)
		if found.changed || !found.torn || err != nil || asked(s.library) != "a#one" {
			t.Errorf("found %+v, error %v, library %s; want another look soon", found, err, asked(s.library))
		}
	})
}

// secret is what no library may hold.
const secret = "secret of another folder"

func TestScanLinks(t *testing.T) {
	t.Run("a link that leads out of the folder is a fault and is never read", func(t *testing.T) {
		for _, target := range []string{"../out/a.md", "../out/../out/a.md", "x/../../out/a.md", "/absolute", "hop"} {
			d := newTree(t)
			d.write("out/a.md", ask(secret))
			d.mkdir("kb/x")
			to := target
			if target == "/absolute" {
				to = d.at("out/a.md")
			}
			if target == "hop" {
				d.link("../out/a.md", "kb/hop")
			}
			d.link(to, "kb/a.md")
			d.link("../out", "kb/folder")
			lib, err := Load(Dir(d.at("kb")), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(lib.Pages) != 0 {
				t.Errorf("%s: pages are %s, want none", target, asked(lib))
			}
			for _, want := range []string{"a.md: symbolic link to ", "folder: symbolic link to ", "inside the folder"} {
				if !strings.Contains(faults(lib), want) {
					t.Errorf("%s: faults are\n%s\nwant %q", target, faults(lib), want)
				}
			}
		}
	})
	t.Run("a linked folder keeps its last version when its link leads out of the folder", func(t *testing.T) {
		d := newTree(t)
		d.write("out/a.md", ask(secret))
		d.write("kb/.store/a.md", ask("one"))
		d.link(".store", "kb/x")
		s := &scanner{fsys: Dir(d.at("kb"))}
		scan(t, s)
		d.relink("../out", "kb/x")
		if !scan(t, s) || asked(s.library) != "x/a#one" || !strings.Contains(faults(s.library), "x: symbolic link to ") {
			t.Errorf("library is %s, faults %q", asked(s.library), faults(s.library))
		}
		d.remove("kb/x")
		if !scan(t, s) || asked(s.library) != "" || len(s.library.Faults) != 0 {
			t.Errorf("without the link the library is %s, faults %q", asked(s.library), faults(s.library))
		}
	})
	t.Run("a picture that is swapped for a link out of the folder is not opened", func(t *testing.T) {
		d := newTree(t)
		d.write("out/p.png", secret)
		d.write("kb/p.png", "picture")
		lib, err := Load(Dir(d.at("kb")), Options{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := lib.Open("p.png")
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		d.relink("../out/p.png", "kb/p.png")
		if f, err := lib.Open("p.png"); err == nil {
			f.Close()
			t.Error("opened a file outside the folder")
		}
	})
	t.Run("folders that link to each other are listed without their cycles", func(t *testing.T) {
		d := newTree(t)
		d.write("x/a.md", ask("one"))
		d.write("y/b.md", ask("two"))
		d.link("..", "x/up")
		d.link("../y", "x/y")
		d.link("../x", "y/x")
		d.link(".", "self")
		d.link("loop", "loop")
		d.link("loop", "loop.md")
		lib, err := Load(Dir(d.path), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if want := "x/a#one x/y/b#two y/b#two y/x/a#one"; asked(lib) != want {
			t.Errorf("library is %s, want %s", asked(lib), want)
		}
		if !strings.Contains(faults(lib), "loop.md: symbolic link to ") {
			t.Errorf("faults are %q, want one of loop.md", faults(lib))
		}
	})
	t.Run("links to folders within links to folders come to an end", func(t *testing.T) {
		d := newTree(t)
		const folders = 6
		for i := range folders {
			d.write(fmt.Sprintf("%d/a.md", i), ask("one"))
			for j := range folders {
				if i != j {
					d.link(fmt.Sprintf("../%d", j), fmt.Sprintf("%d/%d", i, j))
				}
			}
		}
		lib, err := Load(Dir(d.path), Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for n, ways := 0, folders; n <= maxLinkNesting; n++ {
			want += ways
			ways *= folders - 1 - n
		}
		if len(lib.Pages) != want {
			t.Errorf("%d pages, want %d", len(lib.Pages), want)
		}
		if !strings.Contains(faults(lib), "behind more than 4 symbolic links") {
			t.Error("no fault tells of the end")
		}
	})
	t.Run("a page that leads nowhere is a fault", func(t *testing.T) {
		d := newTree(t)
		d.link("nowhere.md", "a.md")
		d.link("nowhere", "other") // neither a page nor a folder: nothing to tell
		lib, err := Load(Dir(d.path), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if want := `a.md: symbolic link to "nowhere.md", which does not exist`; faults(lib) != want {
			t.Errorf("faults are %q, want %q", faults(lib), want)
		}
	})
	t.Run("a folder whose name is that of a page is a folder", func(t *testing.T) {
		d := newTree(t)
		d.write("x.md/a.md", ask("one"))
		lib, err := Load(Dir(d.path), Options{})
		if err != nil || asked(lib) != "x.md/a#one" {
			t.Errorf("library is %s, %v", asked(lib), err)
		}
	})
}

func TestDir(t *testing.T) {
	d := newTree(t)
	d.write("one/x/a.md", "one")
	d.write("two/x/a.md", "two")
	d.link("one", "current")
	fsys := Dir(d.at("current"))
	if err := fstest.TestFS(fsys, "x/a.md"); err != nil {
		t.Error(err)
	}
	t.Run("follows a folder that is swapped", func(t *testing.T) {
		d.relink("two", "current")
		if got, err := fs.ReadFile(fsys, "x/a.md"); err != nil || string(got) != "two" {
			t.Errorf("read %q, %v", got, err)
		}
	})
	t.Run("opens nothing by a path that is not one of io/fs", func(t *testing.T) {
		for _, name := range []string{"../one/x/a.md", "/etc/passwd", "x/../x/a.md", "", "x//a.md"} {
			if _, err := fsys.Open(name); !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("open %q: %v, want fs.ErrInvalid", name, err)
			}
		}
	})
}
