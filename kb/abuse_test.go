package kb

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

// rename gives a file another name, in the place of what has it.
func (m *memFS) rename(from, to string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f, ok := m.files[from]; ok {
		m.files[to] = f
		delete(m.files, from)
	}
}

func (m *memFS) remove(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
}

// However an editor saves a page, it is never seen to be gone, nor half written, nor
// twice there: it changes once.
func TestWatchEditors(t *testing.T) {
	const page = "faq/a.md"
	const swap = "not a page" // what is in files that only the editor reads
	write := func(name, content string) func(*bubble) {
		return func(b *bubble) { b.write(name, content) }
	}
	rename := func(from, to string) func(*bubble) {
		return func(b *bubble) { b.rename(from, to) }
	}
	remove := func(name string) func(*bubble) {
		return func(b *bubble) { b.remove(name) }
	}
	link := func(to, name string) func(*bubble) {
		return func(b *bubble) {
			b.write(name, to)
			b.set(func(m *memFS) { m.files[name].Mode |= fs.ModeSymlink })
		}
	}
	old, now, half := ask("one"), ask("two"), ask("two")[:20]
	tests := []struct {
		editor string
		steps  []func(*bubble)
	}{
		{"Vim, which tries out the folder and renames the old file", []func(*bubble){
			write("faq/.a.md.swp", swap), write("faq/.a.md.swx", swap), remove("faq/.a.md.swx"),
			write("faq/4913", ""), remove("faq/4913"),
			rename(page, page+"~"), write(page, now), remove(page + "~"), remove("faq/.a.md.swp"),
		}},
		{"Vim with backupcopy, which writes in place", []func(*bubble){
			write("faq/.a.md.swp", swap), write(page+"~", old), write(page, ""), write(page, half), write(page, now), remove("faq/.a.md.swp"),
		}},
		{"Emacs with its lock and its autosave", []func(*bubble){
			link("author@host.1234:1790000000", "faq/.#a.md"), write("faq/#a.md#", half),
			rename(page, page+"~"), write(page, ""), write(page, now), remove("faq/#a.md#"), remove("faq/.#a.md"),
		}},
		{"Emacs with numbered backups", []func(*bubble){
			rename(page, page+".~1~"), write(page, now),
		}},
		{"a JetBrains editor, which puts two files around", []func(*bubble){
			write(page+"___jb_tmp___", now), rename(page, page+"___jb_old___"), rename(page+"___jb_tmp___", page), remove(page + "___jb_old___"),
		}},
		{"VS Code, which empties the file and writes it", []func(*bubble){
			write(page, ""), write(page, now),
		}},
		{"VS Code, when it replaces the file", []func(*bubble){
			write(page+".vsctmp", now), rename(page+".vsctmp", page),
		}},
		{"Sublime Text, GNOME and Kate, with temporary names", []func(*bubble){
			write("faq/.sublaf3.tmp", swap), write("faq/.goutputstream-V9PJO2", half), write("faq/.a.md.kate-swp", swap),
			write("faq/.goutputstream-V9PJO2", now), rename("faq/.goutputstream-V9PJO2", page), remove("faq/.sublaf3.tmp"), remove("faq/.a.md.kate-swp"),
		}},
		{"an editor on a Mac, by way of a folder of its own", []func(*bubble){
			write("faq/a.md.sb-1a2b3c4d-xyz/a.md.tmp", now), rename("faq/a.md.sb-1a2b3c4d-xyz/a.md.tmp", page),
		}},
		{"sed and patch", []func(*bubble){
			write("faq/sedAbC123", now), write("faq/a.md.orig", old), write("faq/a.md.rej", swap), rename("faq/sedAbC123", page),
		}},
		{"an editor that deletes the file first", []func(*bubble){
			remove(page), write(page, half), write(page, now),
		}},
		{"programs that share folders between machines", []func(*bubble){
			write("faq/.syncthing.a.md.tmp", half), write("faq/~syncthing~a.md.tmp", half), write("faq/a.md.part", half), write("faq/._a.md", "Mac OS X\x00"),
			write("faq/.syncthing.a.md.tmp", now), rename("faq/.syncthing.a.md.tmp", page),
		}},
	}
	for _, mode := range []WatchMode{WatchEvents, WatchPoll} {
		for _, test := range tests {
			t.Run(string(mode)+"/"+test.editor, func(t *testing.T) {
				start := func(b *bubble) {
					b.remove("a.md")
					b.write(page, old)
				}
				const apart = 5 * time.Millisecond
				for moment := range len(test.steps) { // at which a poll comes
					inBubble(t, WatchOptions{Mode: mode}, start, func(b *bubble) {
						b.pass(defaultInterval - time.Duration(moment)*apart - apart/2)
						for _, step := range test.steps {
							step(b)
							b.source.send()
							b.pass(apart)
						}
						b.pass(10 * time.Second)
						if got, want := b.told(), []string{"faq/a#one", "faq/a#two"}; !slices.Equal(got, want) {
							t.Errorf("a look after step %d sees %q, want %q", moment+1, got, want)
						}
					})
				}
			})
		}
	}
}

// told is what was yielded, without the time.
func (b *bubble) told() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, y := range b.yields {
		_, what, _ := strings.Cut(y, " ")
		all = append(all, what)
	}
	return all
}

// Half of all events are lost, at random. What was missed is found at the next look
// that any event brings, or at the next one without.
func TestWatchLosesEvents(t *testing.T) {
	n := *seed
	for n == 0 {
		n = rand.Uint64() >> 32
	}
	t.Logf("again: -seed %d", n)
	rnd := rand.New(rand.NewPCG(n, 0))
	inBubble(t, WatchOptions{}, nil, func(b *bubble) {
		file := func() string { return fmt.Sprintf("%d/%d.md", rnd.IntN(5), rnd.IntN(10)) }
		for i := range 1000 {
			switch rnd.IntN(4) {
			case 0:
				b.remove(file())
			case 1:
				b.rename(file(), file())
			default:
				b.write(file(), ask(fmt.Sprintf("question %d", i)))
			}
			if rnd.IntN(2) == 0 {
				b.source.send()
			}
			b.pass(time.Duration(rnd.IntN(300)) * time.Millisecond)
			if i%100 < 99 {
				continue
			}
			b.pass(safetyInterval + maxQuiet)
			lib, err := Load(b.memFS, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := b.told(); got[len(got)-1] != asked(lib) {
				t.Fatalf("after %d changes:\n%s\nwant\n%s", i+1, got[len(got)-1], asked(lib))
			}
		}
	})
}

// A slowFS takes a second to open each file but the folder, and counts how many are
// being opened at the same time.
type slowFS struct {
	fs.FS
	opening, most atomic.Int32
}

func (s *slowFS) Open(name string) (fs.File, error) {
	if name != "." {
		n := s.opening.Add(1)
		for most := s.most.Load(); n > most && !s.most.CompareAndSwap(most, n); most = s.most.Load() {
		}
		<-time.After(time.Second)
		s.opening.Add(-1)
	}
	return s.FS.Open(name)
}

// However many processors there are, few large pages are read at the same time.
func TestScanReadsFewLargePagesAtOnce(t *testing.T) {
	const processors = 8
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
	for _, test := range []struct {
		size int
		want int32
	}{{maxSize + 1, maxReading / maxSize}, {1 << 10, processors}} { // one too large is read, and not parsed
		synctest.Test(t, func(t *testing.T) {
			files := fstest.MapFS{}
			page := []byte(ask("one") + strings.Repeat(" ", test.size))[:test.size]
			for i := range 2 * processors {
				files[fmt.Sprintf("%d.md", i)] = &fstest.MapFile{Data: page}
			}
			slow := &slowFS{FS: files}
			if _, err := Load(slow, Options{}); err != nil {
				t.Fatal(err)
			}
			if got := slow.most.Load(); got != test.want {
				t.Errorf("%d pages of %d bytes are read at once, want %d", got, test.size, test.want)
			}
		})
	}
}
