package kb

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fsnotify/fsnotify"
)

func TestForward(t *testing.T) {
	matters := func(file string) bool { return file != "noise" }
	start := func(t *testing.T) (chan fsnotify.Event, chan error, chan struct{}) {
		events, errs, look, done := make(chan fsnotify.Event), make(chan error), make(chan struct{}, 1), make(chan struct{})
		go func() {
			defer close(done)
			forward(events, errs, matters, look)
		}()
		t.Cleanup(func() {
			close(events)
			<-done
		})
		return events, errs, look
	}
	t.Run("asks for a look when the queue of events overflowed", func(t *testing.T) {
		_, errs, look := start(t)
		errs <- fsnotify.ErrEventOverflow
		<-look
	})
	t.Run("asks once for many events that nobody has looked at", func(t *testing.T) {
		events, _, look := start(t)
		for range 1000 {
			events <- fsnotify.Event{Name: "a.md"}
		}
		events <- fsnotify.Event{Name: "noise"} // once received, those before are dealt with
		<-look
		select {
		case <-look:
			t.Error("asked twice")
		default:
		}
	})
	t.Run("does not ask for what does not matter", func(t *testing.T) {
		events, _, look := start(t)
		events <- fsnotify.Event{Name: "noise"}
		events <- fsnotify.Event{Name: "noise"}
		if len(look) != 0 {
			t.Error("asked for a look")
		}
	})
}

func TestListener(t *testing.T) {
	listenTo := func(t *testing.T, dir string) *listener {
		source, err := listen(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { source.Close() })
		return source.(*listener)
	}
	listed := func(t *testing.T, d tree, dir string) *listing {
		s := &scanner{fsys: Dir(d.at(dir))}
		_, l, done, err := s.list(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		done()
		return l
	}
	watched := func(t *testing.T, l *listener, d tree) []string {
		var all []string
		for _, folder := range l.watcher.WatchList() {
			rel, err := filepath.Rel(d.path, folder)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, filepath.ToSlash(rel))
		}
		slices.Sort(all)
		return all
	}
	t.Run("watches folders, those of links and of their targets, and the one that holds the folder", func(t *testing.T) {
		d := newTree(t)
		d.write("kb/x/y/a.md", ask("one"))
		d.write("kb/.store/z/b.md", ask("two"))
		d.write("kb/.git/objects/c.md", ask("three"))
		d.mkdir("kb/.pages")
		d.link(".store/z", "kb/z")
		d.link("../.pages/p", "kb/x/p.md")
		l := listenTo(t, d.at("kb"))
		added, err := l.watch(listed(t, d, "kb"))
		if err != nil || !added {
			t.Fatalf("added %v, %v", added, err)
		}
		if got, want := watched(t, l, d), []string{".", "kb", "kb/.pages", "kb/.store", "kb/.store/z", "kb/x", "kb/x/y"}; !slices.Equal(got, want) {
			t.Errorf("watched are %v, want %v", got, want)
		}
		if added, err := l.watch(listed(t, d, "kb")); added || err != nil {
			t.Errorf("the second time added %v, %v; want nothing new", added, err)
		}
		d.remove("kb/z")
		d.move("kb/x/y", "kb/y")
		d.remove("kb/x")
		if added, err := l.watch(listed(t, d, "kb")); !added || err != nil {
			t.Errorf("after a move added %v, %v", added, err)
		}
		if got, want := watched(t, l, d), []string{".", "kb", "kb/y"}; !slices.Equal(got, want) {
			t.Errorf("watched are %v, want %v", got, want)
		}
	})
	t.Run("a folder with the name of another one is watched anew, even before the event that tells", func(t *testing.T) {
		d := newTree(t)
		d.mkdir("kb/x")
		l := listenTo(t, d.at("kb"))
		if _, err := l.watch(listed(t, d, "kb")); err != nil {
			t.Fatal(err)
		}
		l.inodes[d.at("kb/x")]++ // the folder that was watched is another one than is there
		if added, err := l.watch(listed(t, d, "kb")); !added || err != nil {
			t.Errorf("added %v, %v; want that changes may have been missed", added, err)
		}
	})
	t.Run("an error names the limits of the system and the way without events", func(t *testing.T) {
		err := watchError("kb", errors.New("no space left on device"))
		for _, want := range []string{"kb: no space left on device", "fs.inotify.max_user_watches", "fs.inotify.max_user_instances", "--watch=poll"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error is %q, want %q in it", err, want)
			}
		}
	})
	t.Run("of the folder that holds it the name alone matters", func(t *testing.T) {
		d := newTree(t)
		d.mkdir("kb")
		l := listenTo(t, d.at("kb"))
		if _, err := l.watch(listed(t, d, "kb")); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]bool{"kb": true, "other": false, "kb/new.md": true, "kb/..data": true} {
			if got := l.matters(d.at(name)); got != want {
				t.Errorf("%s matters: %v, want %v", name, got, want)
			}
		}
	})
}

func TestTrail(t *testing.T) {
	d := newTree(t)
	d.write("real/sub/a.md", "")
	d.link("real", "one")
	d.link("one", "two")
	d.link("../real/sub", "real/up")
	d.link(d.at("real"), "absolute")
	d.link("loop", "loop")
	tests := []struct {
		file, real string
		steps      []string // in the tree
	}{
		{"real/sub", "real/sub", []string{"real/sub"}},
		{"two/sub/a.md", "real/sub/a.md", []string{"two", "one", "real/sub/a.md"}},
		{"one/up/a.md", "real/sub/a.md", []string{"one", "real/up", "real/sub/a.md"}},
		{"two/../real/./sub", "real/sub", []string{"two", "one", "real/sub"}},
		{"absolute/sub", "real/sub", []string{"absolute", "real/sub"}},
		{"one/missing/b.md", "real/missing/b.md", []string{"one", "real/missing"}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			real, steps := trail(d.path + string(filepath.Separator) + filepath.FromSlash(test.file))
			var got []string
			for _, s := range steps {
				rel, err := filepath.Rel(d.path, filepath.Join(s.folder, s.name))
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, filepath.ToSlash(rel))
			}
			if real != d.at(test.real) || !slices.Equal(got, test.steps) {
				t.Errorf("leads to %s by %v, want %s by %v", real, got, d.at(test.real), test.steps)
			}
		})
	}
	t.Run("a link to itself ends", func(t *testing.T) {
		if _, steps := trail(d.at("loop/a.md")); len(steps) != maxLinks+1 {
			t.Errorf("%d steps, want %d", len(steps), maxLinks+1)
		}
	})
}
