package kb

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// madePage is a page in the full format with eight questions.
func madePage(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: \"Tool%d vs Tool%d: which one?\"\ncategory: Category %d\ntools: [Tool%d, Tool%d]\nupdated: 2026-11-20\nquestions:\n  q1:\n    aliases: [\"first of %d\"]\n---\n\n", n, n+1, n%20, n, n+1, n)
	fmt.Fprintf(&b, "Take Tool%d for one thing and [Tool%d](page-%d.md) for another.\n\n## Quick comparison\n\n| Aspect | Tool%d | Tool%d |\n|---|---|---|\n", n, n+1, n/2, n, n+1)
	for i := range 8 {
		fmt.Fprintf(&b, "| Aspect %d | Yes, `value %d` | No |\n", i, i)
	}
	b.WriteString("\n## Frequently asked questions\n")
	for i := range 8 {
		fmt.Fprintf(&b, "\n### How does Tool%d do task %d? {#q%d}\n\nIt *opens* a connection, then it calls `run(%d)` and waits until the answer comes back, which takes a while where the network is slow.\n\n- first it connects\n- then it asks\n\n```python\nengine = create_engine(\"sqlite://\")  # number %d\nwith engine.begin() as connection:\n    connection.execute(text(\"select %d\"))\n```\n\nRead [the manual](https://example.com/manual/%d) for more.\n", n, i, i, i, i, i, i)
	}
	return b.String()
}

func BenchmarkParse(b *testing.B) {
	src := []byte(madePage(1))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("page-1.md", src, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	src := []byte(madePage(1))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		h := rendering{file: "page-1.md", src: src}
		h.render()
		if len(h.answers) != 8 {
			b.Fatalf("%d answers", len(h.answers))
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	const pages = 1000
	files := fstest.MapFS{}
	for i := range pages {
		files[fmt.Sprintf("page-%d.md", i)] = &fstest.MapFile{Data: []byte(madePage(i))}
	}
	b.ReportAllocs()
	for b.Loop() {
		l, err := Load(files, Options{})
		if err != nil || len(l.Pages) != pages {
			b.Fatalf("%d pages, %v", len(l.Pages), err)
		}
	}
}

// BenchmarkHeld measures how many bytes a library of 1,000 pages takes in memory for
// each byte of their files, which it holds too.
func BenchmarkHeld(b *testing.B) {
	files := fstest.MapFS{}
	size := 0
	for i := range 1000 {
		page := madePage(i)
		files[fmt.Sprintf("page-%d.md", i)] = &fstest.MapFile{Data: []byte(page)}
		size += len(page)
	}
	inUse := func() float64 {
		runtime.GC()
		runtime.GC() // what pools held
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	held := 0.0
	for b.Loop() {
		before := inUse()
		l, err := Load(files, Options{})
		if err != nil {
			b.Fatal(err)
		}
		held = inUse() - before
		runtime.KeepAlive(l)
	}
	b.ReportMetric(held/float64(size), "bytes/source-byte")
}

func BenchmarkAssemble(b *testing.B) {
	files := map[string]string{}
	for i := range 1000 {
		files[fmt.Sprintf("page-%d.md", i)] = madePage(i)
	}
	sources := sourcesOf(files, Options{})
	last := assemble(fstest.MapFS{}, sources, config{}, nil, Options{}, nil)
	for b.Loop() {
		last = assemble(fstest.MapFS{}, sources, config{}, nil, Options{}, last)
	}
}
