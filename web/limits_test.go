package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"faqbase/index"
	"faqbase/kb"
)

// asked is a request of a client, whose headers are pairs of name and value.
func asked(s http.Handler, from, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.RemoteAddr = from
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// wantProblem holds an answer for a problem with Retry-After, as openapi.json has it.
func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, retry string) {
	t.Helper()
	var p problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Status != status || w.Header().Get("Retry-After") != retry {
		t.Errorf("got %d, Retry-After %q, %.200s; want %d and %q", w.Code, w.Header().Get("Retry-After"), w.Body, status, retry)
	}
	if err := described().valid(w.Body.Bytes(), "components", "schemas", "Problem"); err != nil {
		t.Error(err)
	}
}

// held is a searcher whose searches for "slow" last until they are let go.
func heldSearcher(lib *kb.Library) (fake, chan struct{}) {
	letGo := make(chan struct{})
	f := empty(lib)
	search := f.search
	f.search = func(ctx context.Context, q index.Query) (*index.Results, error) {
		if strings.HasPrefix(q.Text, "slow") {
			select {
			case <-letGo:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return search(ctx, q)
	}
	f.suggest = func(context.Context, string, int) ([]index.Suggestion, error) { return nil, nil }
	return f, letGo
}

func TestSearchesWaitInAQueue(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	run := func(claim string, test func(t *testing.T, s *Server, letGo chan struct{})) {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, letGo := heldSearcher(lib)
				s, err := New(Config{Searcher: f})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				s.queue = newQueue(2, 3)
				s.Publish(lib)
				test(t, s, letGo)
			})
		})
	}
	// slow makes searches that last, and gives the channel of their statuses.
	slow := func(s *Server, n int) chan int {
		statuses := make(chan int, n)
		for i := range n {
			go func() { statuses <- asked(s, "192.0.2.1:1", fmt.Sprintf("/search?q=slow%d", i)).Code }()
		}
		synctest.Wait()
		return statuses
	}
	run("who finds it full is told at once to come again, those in it are answered", func(t *testing.T, s *Server, letGo chan struct{}) {
		kept := asked(s, "192.0.2.1:1", "/search?q=kept")
		statuses := slow(s, 5)
		if running, waiting := len(s.queue.places), s.queue.waiting.Load(); running != 2 || waiting != 3 {
			t.Errorf("%d run and %d wait, want 2 and 3", running, waiting)
		}
		for _, path := range []string{"/search?q=more", "/results?q=more", "/suggest?q=more", "/facets/tool?q=more"} {
			wantProblem(t, asked(s, "192.0.2.1:1", path), http.StatusServiceUnavailable, "1")
		}
		if w := asked(s, "192.0.2.1:1", "/search?q=kept"); w.Code != 200 || kept.Code != 200 {
			t.Errorf("what is kept is answered with %d and then %d", kept.Code, w.Code)
		}
		for path, want := range map[string]int{"/readyz": 200, "/healthz": 200, "/tools": 200, "/nowhere": 404} {
			if w := asked(s, "192.0.2.1:1", path); w.Code != want {
				t.Errorf("%s: %d although it takes no place", path, w.Code)
			}
		}
		close(letGo)
		for range 5 {
			if status := <-statuses; status != 200 {
				t.Errorf("one in the queue is answered with %d", status)
			}
		}
		if w := asked(s, "192.0.2.1:1", "/search?q=more"); w.Code != 200 {
			t.Errorf("when it is empty again: %d", w.Code)
		}
	})
	run("to wait and to search take no longer than the time limit together", func(t *testing.T, s *Server, _ chan struct{}) {
		start := time.Now()
		statuses := slow(s, 5)
		for range 5 {
			if status := <-statuses; status != http.StatusServiceUnavailable {
				t.Errorf("status %d", status)
			}
		}
		if took := time.Since(start); took != searchTimeout {
			t.Errorf("it took %v, want %v", took, searchTimeout)
		}
	})
	run("a place is free again after a panic and when a visitor leaves", func(t *testing.T, s *Server, letGo chan struct{}) {
		ctx, leave := context.WithCancel(t.Context())
		for i := range 5 {
			go s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("/search?q=slow%d", i), nil))
		}
		synctest.Wait()
		leave()
		synctest.Wait()
		_, err := queued(t.Context(), s.queue, func(context.Context) (any, error) {
			defer func() { recover() }()
			panic("x")
		})
		if running, waiting := len(s.queue.places), s.queue.waiting.Load(); err != nil || running != 0 || waiting != 0 {
			t.Errorf("%d run and %d wait, %v", running, waiting, err)
		}
	})
}

func TestReadinessCostsOneSearchASecond(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	synctest.Test(t, func(t *testing.T) {
		searches := 0
		f := empty(lib)
		search := f.search
		f.search = func(ctx context.Context, q index.Query) (*index.Results, error) {
			searches++
			return search(ctx, q)
		}
		s, err := New(Config{Searcher: f})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		s.Publish(lib)
		for range 100 {
			asked(s, "192.0.2.1:1", "/readyz")
		}
		if searches != 1 {
			t.Errorf("%d searches", searches)
		}
		time.Sleep(readyFor)
		asked(s, "192.0.2.1:1", "/readyz")
		s.Publish(load(t, fixture(t, map[string]string{"new.md": "# New\n\nText.\n"}), ""))
		asked(s, "192.0.2.1:1", "/readyz")
		if searches != 3 {
			t.Errorf("%d searches, want one a second and one for each library", searches)
		}
	})
}

func TestAServerThatCannotBeSearchedIsNotReady(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	run := func(claim string, search func(ctx context.Context) error, test func(t *testing.T, s *Server, searches *atomic.Int32, log *strings.Builder)) {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var searches atomic.Int32
				var log strings.Builder
				s, err := New(Config{Log: slog.New(slog.NewTextHandler(&log, nil)), Searcher: fake{search: func(ctx context.Context, q index.Query) (*index.Results, error) {
					searches.Add(1)
					if err := search(ctx); err != nil {
						return nil, err
					}
					return &index.Results{Library: lib, Query: q}, nil
				}}})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				s.Publish(lib)
				test(t, s, &searches, &log)
			})
		})
	}
	hang := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	run("one search that hangs is waited for by all, no longer than the time limit", hang, func(t *testing.T, s *Server, searches *atomic.Int32, _ *strings.Builder) {
		start := time.Now()
		statuses := make(chan int, 10)
		for range cap(statuses) {
			go func() { statuses <- asked(s, "192.0.2.1:1", "/readyz").Code }()
			time.Sleep(time.Second / 10)
		}
		for range cap(statuses) {
			if status := <-statuses; status != http.StatusServiceUnavailable {
				t.Errorf("status %d", status)
			}
		}
		if n := searches.Load(); n != 1 || time.Since(start) != searchTimeout {
			t.Errorf("%d searches in %v", n, time.Since(start))
		}
	})
	run("a probe that leaves is no trouble, and its search goes on for the others", hang, func(t *testing.T, s *Server, searches *atomic.Int32, log *strings.Builder) {
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan struct{})
		go func() {
			s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/readyz", nil))
			close(left)
		}()
		synctest.Wait()
		start := time.Now()
		leave()
		if <-left; time.Since(start) != 0 || log.Len() > 0 {
			t.Errorf("it took %v to leave: %s", time.Since(start), log)
		}
		if w := asked(s, "192.0.2.1:1", "/readyz"); w.Code != http.StatusServiceUnavailable || searches.Load() != 1 {
			t.Errorf("the next gets %d after %d searches", w.Code, searches.Load())
		}
	})
	failing := true
	run("the log has that it is not ready any more and that it is again, however many ask", func(context.Context) error {
		if failing {
			return errors.New("broken")
		}
		return nil
	}, func(t *testing.T, s *Server, _ *atomic.Int32, log *strings.Builder) {
		for range 2 {
			for failing = true; ; failing = false {
				time.Sleep(readyFor)
				for range 5 {
					asked(s, "192.0.2.1:1", "/readyz")
					time.Sleep(readyFor)
				}
				if !failing {
					break
				}
			}
		}
		told := regexp.MustCompile(`level=\w+ msg="[^"]*"`).FindAllString(log.String(), -1)
		no, yes := `level=ERROR msg="not ready"`, `level=INFO msg="ready again"`
		if want := []string{no, yes, no, yes}; !slices.Equal(told, want) {
			t.Errorf("the log has %q, want %q", told, want)
		}
	})
	var fault error
	run("the log has each other reason, once while it lasts", func(context.Context) error {
		if fault == io.EOF {
			panic(fault)
		}
		return fault
	}, func(t *testing.T, s *Server, _ *atomic.Int32, log *strings.Builder) {
		full := &fs.PathError{Op: "open", Path: "index", Err: syscall.ENOSPC}
		for _, fault = range []error{errors.New("broken"), errors.New("broken"), full, full, io.EOF, io.EOF, nil, full} {
			time.Sleep(readyFor)
			asked(s, "192.0.2.1:1", "/readyz")
		}
		told := regexp.MustCompile(`msg="[^"]*"`).FindAllString(log.String(), -1)
		no, yes := `msg="not ready"`, `msg="ready again"`
		if want := []string{no, no, no, yes, no}; !slices.Equal(told, want) {
			t.Errorf("the log has %q, want %q\n%s", told, want, log)
		}
	})
	broken := true
	run("a failure is remembered for a second", func(context.Context) error {
		if broken {
			panic("broken")
		}
		return nil
	}, func(t *testing.T, s *Server, searches *atomic.Int32, _ *strings.Builder) {
		for range 10 {
			wantProblem(t, asked(s, "192.0.2.1:1", "/readyz"), http.StatusServiceUnavailable, "2")
		}
		if n := searches.Load(); n != 1 {
			t.Errorf("%d searches", n)
		}
		broken = false
		time.Sleep(readyFor)
		if w := asked(s, "192.0.2.1:1", "/readyz"); w.Code != http.StatusOK {
			t.Errorf("when it is mended: %d", w.Code)
		}
	})
}

func TestClientsAreLimited(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	var log strings.Builder
	run := func(claim string, c Config, test func(t *testing.T, s *Server)) {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log.Reset()
				c.Searcher = empty(lib)
				c.Log = slog.New(slog.NewTextHandler(&log, nil))
				s, err := New(c)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				s.Publish(lib)
				test(t, s)
			})
		})
	}
	const a, b = "192.0.2.1:1000", "192.0.2.2:1000"
	rate := Rate{PerSecond: 2, Burst: 5}
	run("one who asks too often is told when to come again, others are not", Config{Rate: rate}, func(t *testing.T, s *Server) {
		for i := range 5 {
			if w := asked(s, a, "/search?q=a"); w.Code != 200 {
				t.Fatalf("request %d: %d", i, w.Code)
			}
		}
		wantProblem(t, asked(s, a, "/search?q=a"), http.StatusTooManyRequests, "1")
		wantProblem(t, asked(s, "192.0.2.1:2000", "/results"), http.StatusTooManyRequests, "1")
		if w := asked(s, a, "/"); w.Code != http.StatusTooManyRequests || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("people get %d %v", w.Code, w.Header())
		}
		if w := asked(s, a, "/nowhere"); w.Code != http.StatusTooManyRequests {
			t.Errorf("what is not there costs nothing: %d", w.Code)
		}
		if w := asked(s, b, "/search?q=a"); w.Code != 200 {
			t.Errorf("another client gets %d", w.Code)
		}
		for _, path := range []string{"/healthz", "/readyz", "/favicon.ico"} {
			if w := asked(s, a, path); w.Code != 200 {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		time.Sleep(time.Second)
		for i, want := range []int{200, 200, 429} {
			if w := asked(s, a, "/search?q=a"); w.Code != want {
				t.Errorf("request %d of the next second: %d, want %d", i, w.Code, want)
			}
		}
	})
	run("a slow rate says how long to wait", Config{Rate: Rate{PerSecond: 0.1, Burst: 1}}, func(t *testing.T, s *Server) {
		asked(s, a, "/tools")
		w := asked(s, a, "/search")
		wantProblem(t, w, http.StatusTooManyRequests, "10")
		n, _ := strconv.Atoi(w.Header().Get("Retry-After"))
		time.Sleep(time.Duration(n) * time.Second)
		if w := asked(s, a, "/search"); w.Code != 200 {
			t.Errorf("after that time: %d", w.Code)
		}
	})
	run("nobody is limited without a rate", Config{}, func(t *testing.T, s *Server) {
		for range 1000 {
			if w := asked(s, a, "/search?q=a"); w.Code != 200 {
				t.Fatalf("status %d", w.Code)
			}
		}
	})
	run("the addresses of one IPv6 network are one client", Config{Rate: Rate{PerSecond: 1, Burst: 1}}, func(t *testing.T, s *Server) {
		for from, want := range map[string]int{"[2001:db8:1:2::1]:1": 200, "[2001:db8:1:3::1]:1": 200} {
			if w := asked(s, from, "/search"); w.Code != want {
				t.Errorf("%s: %d, want %d", from, w.Code, want)
			}
		}
		if w := asked(s, "[2001:db8:1:2:ffff::9]:1", "/search"); w.Code != 429 {
			t.Errorf("another address of the network: %d", w.Code)
		}
	})
	run("a proxy that is not named is one client, which is told once", Config{Rate: rate}, func(t *testing.T, s *Server) {
		limited := 0
		for i := range 10 {
			if asked(s, a, "/search", "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i)).Code == 429 {
				limited++
			}
		}
		if limited != 5 {
			t.Errorf("%d of 10 are limited, want 5", limited)
		}
		if n := strings.Count(log.String(), "--trusted-proxy"); n != 1 {
			t.Errorf("told %d times:\n%s", n, log.String())
		}
	})
	run("nobody is told of a proxy where neither requests nor passwords are limited", Config{}, func(t *testing.T, s *Server) {
		if asked(s, a, "/search", "X-Forwarded-For", "198.51.100.1"); log.Len() > 0 {
			t.Errorf("told: %s", log.String())
		}
	})
	file, _ := usersFile(t, hashed(t, "ann", "x"))
	users, err := OpenUsers(file, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	run("a proxy that is not named is told of where passwords are", Config{Users: users}, func(t *testing.T, s *Server) {
		for range 3 {
			asked(s, "127.0.0.1:1", "/", "X-Forwarded-For", "198.51.100.1")
		}
		if n := strings.Count(log.String(), "--trusted-proxy"); n != 1 {
			t.Errorf("told %d times:\n%s", n, log.String())
		}
	})
	run("the readers behind a proxy that is named are told apart", Config{Rate: rate, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, func(t *testing.T, s *Server) {
		for i := range 100 {
			if w := asked(s, a, "/search", "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i)); w.Code != 200 {
				t.Fatalf("reader %d: %d", i, w.Code)
			}
		}
		if log.Len() > 0 {
			t.Errorf("told: %s", log.String())
		}
	})
	run("one has so many event streams and no more, until one of them ends", Config{Rate: Rate{PerSecond: 1, Burst: 2 * maxStreamsOfOne}}, func(t *testing.T, s *Server) {
		var readers []*reader
		for range maxStreamsOfOne {
			readers = append(readers, listen(t, s, "", ""))
		}
		synctest.Wait()
		wantProblem(t, asked(s, "192.0.2.1:1", "/events"), http.StatusTooManyRequests, "30")
		if n := s.feed.streams.Load(); n != maxStreamsOfOne {
			t.Errorf("%d streams are counted", n)
		}
		readers[0].cancel()
		<-readers[0].ended
		readers[0] = listen(t, s, "", "")
		synctest.Wait()
		if got := readers[0].take(); !strings.Contains(got, "retry:") {
			t.Errorf("the place of one that ended is not free: %q", got)
		}
		for _, r := range readers {
			r.cancel()
			<-r.ended
		}
		if len(s.limiter.streams) != 0 {
			t.Errorf("clients without streams are counted: %v", s.limiter.streams)
		}
	})
}

func TestTheMemoryOfTheLimitsIsBounded(t *testing.T) {
	l := newLimiter(Rate{PerSecond: 1, Burst: 1})
	for i := range 3 * maxClients {
		l.take(newClient(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})))
	}
	l.buckets.CleanUp()
	if n := l.buckets.EstimatedSize(); n > maxClients {
		t.Errorf("%d clients are kept, want at most %d", n, maxClients)
	}
}

func TestClient(t *testing.T) {
	trusted := proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("127.0.0.1/32")}
	for _, c := range []struct{ claim, remote, xff, forwarded, want string }{
		{"a connection is its own", "203.0.113.9:1", "", "", "203.0.113.9/32"},
		{"whoever is not trusted says nothing", "203.0.113.9:1", "198.51.100.1", "for=198.51.100.1", "203.0.113.9/32"},
		{"a trusted proxy names the reader", "10.0.0.1:1", "198.51.100.1", "", "198.51.100.1/32"},
		{"what the reader wrote himself is on the left", "10.0.0.1:1", "1.1.1.1, 198.51.100.1", "", "198.51.100.1/32"},
		{"several proxies are passed", "10.0.0.1:1", "1.1.1.1, 198.51.100.1, 10.9.9.9, 10.0.0.7", "", "198.51.100.1/32"},
		{"all of them trusted, the first is the reader", "10.0.0.1:1", "10.0.0.3, 10.0.0.2", "", "10.0.0.3/32"},
		{"nonsense ends the way", "10.0.0.1:1", "198.51.100.1, nonsense, 10.0.0.2", "", "10.0.0.2/32"},
		{"nonsense alone", "10.0.0.1:1", "unknown", "", "10.0.0.1/32"},
		{"no header", "10.0.0.1:1", "", "", "10.0.0.1/32"},
		{"with a port", "10.0.0.1:1", "198.51.100.1:4711", "", "198.51.100.1/32"},
		{"IPv6 is its network", "10.0.0.1:1", "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"},
		{"IPv6 in brackets", "10.0.0.1:1", "[2001:db8::1]:80", "", "2001:db8::/64"},
		{"IPv4 written as IPv6", "10.0.0.1:1", "::ffff:198.51.100.1", "", "198.51.100.1/32"},
		{"a proxy written as IPv6", "[::ffff:10.0.0.1]:1", "198.51.100.1", "", "198.51.100.1/32"},
		{"an IPv6 proxy", "[fd00::1]:1", "198.51.100.1", "", "198.51.100.1/32"},
		{"the header of the standard", "10.0.0.1:1", "", `for=1.1.1.1, for="198.51.100.1:80";proto=https;by=10.0.0.1`, "198.51.100.1/32"},
		{"it with IPv6", "10.0.0.1:1", "", `For="[2001:db8:cafe::17]:4711"`, "2001:db8:cafe::/64"},
		{"it without a reader", "10.0.0.1:1", "", `for=1.1.1.1, proto=https`, "10.0.0.1/32"},
		{"it hidden", "10.0.0.1:1", "", `for=_hidden`, "10.0.0.1/32"},
		{"both the same", "10.0.0.1:1", "198.51.100.1", "for=198.51.100.1", "198.51.100.1/32"},
		{"one of both made up", "10.0.0.1:1", "198.51.100.1", "for=1.1.1.1", "10.0.0.1/32"},
		{"no address", "pipe", "", "", "invalid Prefix"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		if c.xff != "" {
			r.Header.Set("X-Forwarded-For", c.xff)
		}
		if c.forwarded != "" {
			r.Header.Set("Forwarded", c.forwarded)
		}
		if got := trusted.client(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.claim, got, c.want)
		}
	}
}

func TestABodyIsNotRead(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Config{Searcher: empty(lib)})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		s.Publish(lib)
		listener := make(pipes)
		server := &http.Server{Handler: s}
		go server.Serve(listener)
		for _, method := range []string{"GET", "POST"} {
			conn := listener.dial()
			fmt.Fprintf(conn, "%s /search HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n", method)
			in := bufio.NewReader(conn)
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !res.Close {
				t.Errorf("%s: the connection is kept for a body that nobody reads", method)
			}
			conn.Close()
		}
		close(listener)
		server.Close()
		time.Sleep(time.Second) // in which package http lets readers see the last bytes
	})
}
