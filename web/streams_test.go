package web

import (
	"bytes"
	"net"
	"net/http"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"testing/synctest"

	"faqbase/kb"
)

// follow opens a stream, as an open page has one, and reads what it begins with.
func follow(t testing.TB, conn net.Conn) {
	t.Helper()
	if _, err := conn.Write([]byte("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	hear(t, conn, "id: ")
}

// hear reads a stream up to a message that says what.
func hear(t testing.TB, conn net.Conn, what string) {
	t.Helper()
	var buf [1024]byte // a message is shorter, and is written at once
	for n := 0; !bytes.Contains(buf[:n], []byte(what)); {
		var err error
		if n, err = conn.Read(buf[:]); err != nil {
			t.Fatal(err)
		}
	}
}

// pipes is a listener whose connections are in memory, where synctest knows who
// waits for whom.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	conn, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.IPAddr{} }

func (p pipes) dial() net.Conn {
	near, far := net.Pipe()
	p <- far
	return near
}

func TestClosingPagesGivesEverythingBack(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Config{Searcher: empty(lib)})
		if err != nil {
			t.Fatal(err)
		}
		s.Publish(lib)
		listener := make(pipes)
		server := &http.Server{Handler: s}
		go server.Serve(listener)

		others := connections() // of the whole process: other tests may have some
		const pages = 100
		var open []net.Conn
		for range pages {
			conn := listener.dial()
			follow(t, conn)
			open = append(open, conn)
		}
		if n := s.feed.streams.Load(); n != pages {
			t.Errorf("%d streams are open, want %d", n, pages)
		}
		if n := connections() - others; n != pages {
			t.Errorf("%d connections are served for %d streams", n, pages)
		}
		for _, conn := range open {
			conn.Close()
		}
		synctest.Wait()
		if n := s.feed.streams.Load(); n != 0 {
			t.Errorf("%d streams are open after all pages were closed", n)
		}
		if n := connections() - others; n != 0 {
			t.Errorf("%d connections are served after all pages were closed", n)
		}
		close(listener)
		server.Close()
	})
}

// connections is how many connections are being served in this process.
func connections() int {
	var stacks bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&stacks, 2)
	n := 0
	for stack := range strings.SplitSeq(stacks.String(), "\n\n") {
		if strings.Contains(stack, "net/http.(*conn).serve(") {
			n++
		}
	}
	return n
}

// BenchmarkOpenPages tells what a thousand open pages cost over TCP: an operation
// is a change that all of them have heard of. The followers read one after the
// other, without goroutines, so that those that are counted are the server's.
func BenchmarkOpenPages(b *testing.B) {
	const pages = 1000
	first := load(b, fixture(b, nil), "")
	second := load(b, fixture(b, map[string]string{"new.md": "# New\n\nText.\n"}), "")
	s := serve(b, first, Config{Searcher: empty(first)})
	address := s.http.Listener.Addr().String()

	heap, stack, goroutines := held()
	open := make([]net.Conn, pages)
	for i := range open {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		follow(b, conn)
		open[i] = conn
	}
	heapNow, stackNow, goroutinesNow := held()

	libraries := [2]*kb.Library{second, first}
	for n := 0; b.Loop(); n++ {
		s.Publish(libraries[n%2])
		for _, conn := range open {
			hear(b, conn, "event: library")
		}
	}
	b.ReportMetric(float64(heapNow-heap)/pages, "heap-B/page")
	b.ReportMetric(float64(stackNow-stack)/pages, "stack-B/page")
	b.ReportMetric(float64(goroutinesNow-goroutines)/pages, "goroutines/page")
}

// held is what is in use once everything has been let go that may be.
func held() (heap, stack int64, goroutines int) {
	runtime.GC()
	runtime.GC() // which also empties the pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc), int64(m.StackInuse), runtime.NumGoroutine()
}
