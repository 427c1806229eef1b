package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"faqbase/kb"
	"faqbase/web"
)

func TestWhoIsLimited(t *testing.T) {
	for _, c := range []struct {
		flag, addr string
		proxied    bool
		want       web.Rate
	}{
		{"auto", "127.0.0.1:8080", true, usualRate},
		{"auto", ":8080", true, usualRate},
		{"0", "127.0.0.1:8080", true, web.Rate{Burst: 1}},
		{"auto", "127.0.0.1:8080", false, web.Rate{}},
		{"auto", "localhost:8080", false, web.Rate{}},
		{"auto", "[::1]:8080", false, web.Rate{}},
		{"auto", ":8080", false, usualRate},
		{"auto", "0.0.0.0:8080", false, usualRate},
		{"auto", "[::]:8080", false, usualRate},
		{"auto", "192.0.2.1:80", false, usualRate},
		{"auto", "faq.example:80", false, usualRate},
		{"0", ":8080", false, web.Rate{Burst: 1}},
		{"7", "127.0.0.1:8080", false, web.Rate{PerSecond: 7, Burst: 28}},
		{"0.1", ":8080", false, web.Rate{PerSecond: 0.1, Burst: 1}},
		{"7:9", ":8080", false, web.Rate{PerSecond: 7, Burst: 9}},
	} {
		var f rateFlag
		if err := f.UnmarshalText([]byte(c.flag)); err != nil {
			t.Errorf("%s: %v", c.flag, err)
		}
		if got := f.on(c.addr, c.proxied); got != c.want || c.flag == "0" && !got.Off() {
			t.Errorf("--rate-limit %s --addr %s, behind a proxy %v: %+v, want %+v", c.flag, c.addr, c.proxied, got, c.want)
		}
	}
}

// wires is a listener whose connections are in memory.
type wires chan net.Conn

func (w wires) Accept() (net.Conn, error) {
	conn, ok := <-w
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (w wires) Close() error   { return nil }
func (w wires) Addr() net.Addr { return &net.TCPAddr{} }

// TestSlowAndLargeRequests holds what the limits of the HTTP server say, by a clock
// that waits for nobody.
func TestSlowAndLargeRequests(t *testing.T) {
	page := strings.Repeat("x", 1<<20)
	run := func(claim string, test func(t *testing.T, conn net.Conn)) {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newHTTPServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, page) }))
				listener := make(wires)
				go server.Serve(listener)
				near, far := net.Pipe()
				listener <- far
				test(t, near)
				near.Close()
				close(listener)
				server.Close()
				time.Sleep(time.Second) // in which package http lets readers see the last bytes
			})
		})
	}
	ends := func(t *testing.T, start time.Time, in io.Reader, want time.Duration) {
		t.Helper()
		io.Copy(io.Discard, in)
		if took := time.Since(start); took < want || took > want+time.Second {
			t.Errorf("it ended after %v, want %v", took, want)
		}
	}
	run("a head that does not end is waited for 10 seconds", func(t *testing.T, conn net.Conn) {
		start := time.Now()
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\nX: ")
		ends(t, start, conn, readHeaderTimeout)
	})
	run("a byte now and then gives no more time", func(t *testing.T, conn net.Conn) {
		start := time.Now()
		go func() {
			for _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nX: "); err == nil; _, err = fmt.Fprint(conn, "x") {
				time.Sleep(time.Second)
			}
		}()
		ends(t, start, conn, readHeaderTimeout)
		conn.Close()
		time.Sleep(2 * time.Second)
	})
	run("a head over 64 kB is refused", func(t *testing.T, conn net.Conn) {
		go fmt.Fprintf(conn, "GET /?q=%s HTTP/1.1\r\nHost: x\r\n\r\n", strings.Repeat("a", 2*maxHeaderBytes))
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%v, %v", res, err)
		}
	})
	run("who takes nothing of an answer is waited for 5 minutes", func(t *testing.T, conn net.Conn) {
		start := time.Now()
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		time.Sleep(writeTimeout)
		synctest.Wait()
		ends(t, start, conn, writeTimeout)
	})
	run("a connection that asks for nothing more is kept 2 minutes", func(t *testing.T, conn net.Conn) {
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		in := bufio.NewReader(conn)
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, res.Body); err != nil || n != int64(len(page)) {
			t.Errorf("%d bytes, %v", n, err)
		}
		ends(t, time.Now(), in, idleTimeout)
	})
}

func TestTheVersionIsForWhoeverRunsTheProgram(t *testing.T) {
	m := newMetrics(build{version: "v1.2.3"}, kb.WatchOff)
	page := func(h http.Handler) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return w.Body.String()
	}
	for range 2 { // what one leaves out the other still has
		if public := page(m.publicPage()); strings.Contains(public, "version=") || strings.Contains(public, "v1.2.3") ||
			!strings.Contains(public, "\nfaqbase_info 1\n") || !strings.Contains(public, "go_goroutines") {
			t.Errorf("beside the pages:\n%s", public)
		}
		if admin := page(m.admin()); !strings.Contains(admin, `faqbase_info{version="v1.2.3`) || !strings.Contains(admin, "go_info{version=") {
			t.Errorf("for whoever runs it:\n%s", admin)
		}
	}
}

func TestAdminAnswersToThisMachineAlone(t *testing.T) {
	h := toLoopbackAlone(newMetrics(build{}, kb.WatchOff).admin())
	for host, want := range map[string]int{
		"localhost:9090": 200, "127.0.0.1": 200, "[::1]:9090": 200, "[::1]": 200,
		"evil.example": 421, "evil.example:9090": 421, "192.0.2.1:9090": 421, "": 421,
	} {
		for _, path := range []string{"/metrics", "/debug/pprof/cmdline"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = host
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%q %s: %d, want %d", host, path, w.Code, want)
			}
		}
	}
}

func TestAdminAnswersToNoPageOfAnotherSite(t *testing.T) {
	h := newMetrics(build{}, kb.WatchOff).admin()
	for _, c := range []struct {
		who, site, mode, dest string
		want                  int
	}{
		{"a program", "", "", "", 200},
		{"somebody who types the address", "none", "navigate", "document", 200},
		{"a page of profiles", "same-origin", "no-cors", "image", 200},
		{"who follows a link", "cross-site", "navigate", "document", 200},
		{"a picture on a stranger's page", "cross-site", "no-cors", "image", 403},
		{"a frame on a stranger's page", "cross-site", "navigate", "iframe", 403},
		{"a script on a page of another port", "same-site", "cors", "empty", 403},
	} {
		for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/cmdline"} {
			if strings.HasSuffix(path, "cmdline") && c.site == "cross-site" {
				c.want = 403 // a link to a profile has it made, and leaves the page where it is
			}
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Sec-Fetch-Site", c.site)
			r.Header.Set("Sec-Fetch-Mode", c.mode)
			r.Header.Set("Sec-Fetch-Dest", c.dest)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%s, %s: %d, want %d", c.who, path, w.Code, c.want)
			}
		}
	}
}
