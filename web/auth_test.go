package web

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/crypto/bcrypt"
)

// hashed is the line of a user.
func hashed(t testing.TB, name, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return name + ":" + string(hash) + "\n"
}

// usersFile is a file with lines, and how to write it anew.
func usersFile(t testing.TB, lines string) (file string, write func(lines string)) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "users")
	write = func(lines string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(lines)
	return file, write
}

// signIn asks with a name and a password.
func signIn(s http.Handler, path, name, password string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.SetBasicAuth(name, password)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestAProtectedSite(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	file, write := usersFile(t, "# readers\n\n"+hashed(t, "ann", "long enough")+hashed(t, "böb", "geheim ü"))
	var told []string
	run := func(claim string, test func(t *testing.T, s *Server)) {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				users, err := OpenUsers(file, func(fault string) { told = append(told, fault) })
				if err != nil {
					t.Fatal(err)
				}
				s, err := New(Config{Searcher: empty(lib), Users: users, BaseURL: "https://faq.example"})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				s.Publish(lib)
				s.host = "" // of the tests
				test(t, s)
			})
		})
	}
	run("nothing but the probes is given to a stranger", func(t *testing.T, s *Server) {
		for _, r := range s.router.(*gin.Engine).Routes() {
			want := http.StatusUnauthorized
			if isProbe(r.Path) {
				want = http.StatusOK
			}
			w := asked(s, "192.0.2.1:1", r.Path)
			if w.Code != want {
				t.Errorf("%s: %d, want %d", r.Path, w.Code, want)
			}
			if want == http.StatusUnauthorized && (w.Header().Get("WWW-Authenticate") != `Basic realm="faqbase", charset="UTF-8"` || strings.Contains(w.Body.String(), "<")) {
				t.Errorf("%s: %v %s", r.Path, w.Header(), w.Body)
			}
		}
		for _, path := range []string{"/nowhere", "/tools/", "/kb/python/peewee.md", "/healthz/", "/static/../search"} {
			if w := asked(s, "192.0.2.1:1", path); w.Code != http.StatusUnauthorized {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		for _, header := range []string{"Basic", "Basic !", "Bearer x", "Basic YW5u"} {
			if w := asked(s, "192.0.2.1:1", "/search", "Authorization", header); w.Code != http.StatusUnauthorized {
				t.Errorf("%s: %d", header, w.Code)
			}
		}
	})
	run("a right name and password open it, no other", func(t *testing.T, s *Server) {
		for _, c := range []struct {
			name, password string
			want           int
		}{
			{"ann", "long enough", 200}, {"böb", "geheim ü", 200}, {"ann", "long enough", 200},
			{"ann", "long enoug", 401}, {"ann", "", 401}, {"böb", "long enough", 401}, {"Ann", "long enough", 401},
			{"eve", "long enough", 401}, {"", "", 401}, {"# readers", "", 401},
		} {
			if w := signIn(s, "/search?q=a", c.name, c.password); w.Code != c.want {
				t.Errorf("%s %s: %d, want %d", c.name, c.password, w.Code, c.want)
			}
		}
	})
	run("no shared cache keeps anything, and no other origin reads it", func(t *testing.T, s *Server) {
		for _, path := range []string{"/", "/search", "/openapi.json", "/favicon.ico", "/kb/notes.pdf", "/kb/python/peewee.md", "/feed.xml", "/nowhere", "/tools/", "/search?size=0"} {
			w := signIn(s, path, "ann", "long enough")
			cache := w.Header().Get("Cache-Control")
			if w.Code == 401 || !strings.Contains(cache, "private") && !strings.Contains(cache, "no-store") || strings.Contains(cache, "public") {
				t.Errorf("%s: %d, Cache-Control %q", path, w.Code, cache)
			}
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("%s may be read by %s", path, got)
			}
		}
	})
	run("a stranger who asks too often learns no more", func(t *testing.T, s *Server) {
		s.limiter = newLimiter(Rate{PerSecond: 0.1, Burst: 1})
		const stranger = "192.0.2.7:1"
		asked(s, stranger, "/")
		for _, path := range []string{"/", "/kb/python/peewee", "/nowhere", "/browse"} {
			w := asked(s, stranger, path, "Accept", "text/html")
			wantProblem(t, w, http.StatusTooManyRequests, "10")
			if body := w.Body.String(); strings.Contains(body, "<") || strings.Contains(body, fmt.Sprintf("%x", lib.Digest)) || strings.Contains(body, s.title) {
				t.Errorf("%s: %s", path, body)
			}
		}
		s.limiter = newLimiter(Rate{})
		if w := signIn(s, "/nowhere", "ann", "long enough"); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), s.title) {
			t.Errorf("who has signed in gets %d %s", w.Code, w.Body)
		}
	})
	run("whose password has no turn in time is told of passwords alone", func(t *testing.T, s *Server) {
		for range cap(s.hashes.places) {
			s.hashes.places <- struct{}{}
		}
		for _, room := range []int64{0, 1} { // at once, and after the time limit
			s.hashes.room = room
			w := signIn(s, "/", "ann", "long enough")
			wantProblem(t, w, http.StatusServiceUnavailable, "1")
			if body := w.Body.String(); strings.Contains(body, "search") || !strings.Contains(body, "passwords") {
				t.Errorf("%d may wait: %s", room, body)
			}
		}
	})
	run("a hash is made once for a reader", func(t *testing.T, s *Server) {
		signIn(s, "/search?q=a", "ann", "long enough")
		for range cap(s.hashes.places) {
			s.hashes.places <- struct{}{} // nobody can make one any more
		}
		s.hashes.room = 0
		if w := signIn(s, "/search?q=b", "ann", "long enough"); w.Code != 200 {
			t.Errorf("status %d", w.Code)
		}
		if w := signIn(s, "/search?q=b", "böb", "geheim ü"); w.Code != http.StatusServiceUnavailable {
			t.Errorf("another one: status %d", w.Code)
		}
	})
	run("who tries passwords is refused for a while, others and those who have signed in are not", func(t *testing.T, s *Server) {
		signIn(s, "/search", "ann", "long enough")
		for i := range guesses.Burst - 1 {
			if w := signIn(s, "/search", "ann", fmt.Sprint(i)); w.Code != 401 {
				t.Fatalf("guess %d: %d", i, w.Code)
			}
		}
		wantProblem(t, signIn(s, "/search", "ann", "x"), http.StatusTooManyRequests, "1")
		wantProblem(t, signIn(s, "/search", "böb", "geheim ü"), http.StatusTooManyRequests, "1")
		if w := signIn(s, "/search", "ann", "long enough"); w.Code != 200 {
			t.Errorf("who has signed in gets %d", w.Code)
		}
		r := httptest.NewRequest(http.MethodGet, "/search", nil)
		r.RemoteAddr = "198.51.100.1:1"
		r.SetBasicAuth("böb", "geheim ü")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != 200 {
			t.Errorf("another client gets %d", w.Code)
		}
		time.Sleep(time.Second)
		if w := signIn(s, "/search", "böb", "geheim ü"); w.Code != 200 {
			t.Errorf("after a second: %d", w.Code)
		}
	})
	run("a change of the file counts, and a fault in it leaves the users as they were", func(t *testing.T, s *Server) {
		told = nil
		before := s.users.list.Load()
		signIn(s, "/search", "ann", "long enough")
		for _, fault := range []string{"", "ann\n", "ann:plain\n", "ann:{SHA}x\n", "ann:$apr1$x$y\n"} {
			write(fault)
			for range 3 {
				time.Sleep(usersEvery)
				if w := signIn(s, "/search", "ann", "long enough"); w.Code != 200 {
					t.Errorf("with %q: %d", fault, w.Code)
				}
			}
		}
		if s.users.list.Load() != before {
			t.Error("the users are others")
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		time.Sleep(usersEvery)
		if w := signIn(s, "/search", "ann", "long enough"); w.Code != 200 {
			t.Errorf("without a file: %d", w.Code)
		}
		write(hashed(t, "ann", "another one"))
		time.Sleep(usersEvery)
		for password, want := range map[string]int{"long enough": 401, "another one": 200} {
			if w := signIn(s, "/search", "ann", password); w.Code != want {
				t.Errorf("when it is written anew, %s: %d, want %d", password, w.Code, want)
			}
		}
		if w := signIn(s, "/search", "böb", "geheim ü"); w.Code != 401 {
			t.Errorf("who is there no more gets %d", w.Code)
		}
		if len(told) != 5 || !strings.HasSuffix(told[0], "users:1: nobody is named; add somebody with htpasswd -B") || told[len(told)-1] != "" {
			t.Errorf("told %q", told) // three of the faults are one
		}
		for _, text := range told {
			if strings.Contains(text, "plain") {
				t.Errorf("what may be a password is told: %s", text)
			}
		}
	})
	run("whoever is a user no more is told of changes no more, the others are", func(t *testing.T, s *Server) {
		ann, bob := hashed(t, "ann", "long enough"), hashed(t, "böb", "geheim ü")
		write(ann + bob)
		time.Sleep(usersEvery)
		s.users.refresh() // while one request reads the file anew, others go by the users before
		stream := func(name, password string) *reader {
			return listen(t, s, "", "", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(name+":"+password)))
		}
		stays, leaves := stream("ann", "long enough"), stream("böb", "geheim ü")
		if stays.take() == "" || leaves.take() == "" {
			t.Fatal("no stream")
		}
		write(ann)
		time.Sleep(usersEvery)
		s.Publish(load(t, fixture(t, map[string]string{"new.md": "### Why?\n\nSo.\n"}), ""))
		if got := stays.take(); !strings.Contains(got, `"paths":["new"]`) {
			t.Errorf("who is still a user is told %q", got)
		}
		if got := leaves.take(); got != "" {
			t.Errorf("who is none any more is told %q", got)
		}
		<-leaves.ended
		write(bob)
		time.Sleep(pingEvery)
		<-stays.ended // also where nothing happens
	})
	t.Run("what opens a protected site to all is refused", func(t *testing.T) {
		users, err := OpenUsers(file, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		for _, origin := range []string{"*", "https://a.example"} {
			if _, err := New(Config{Searcher: empty(nil), Users: users, AllowOrigin: origin}); err == nil {
				t.Errorf("%s may read it", origin)
			}
		}
	})
}

func TestUsersFile(t *testing.T) {
	good := hashed(t, "ann", "x")
	for _, c := range []struct{ claim, text, want string }{
		{"a line without a hash", good + "bob\n", ":2: want name:hash"},
		{"a line without a name", ":$2a$04$x\n", ":1: want name:hash"},
		{"another kind of hash", "# x\r\n\r\nbob:$apr1$abc$def\r\n", ":3: want a hash of bcrypt"},
		{"half a hash", strings.TrimSpace(good)[:30], ":1: want a hash of bcrypt"},
		{"a hash that takes minutes", strings.Replace(good, "$04$", "$25$", 1), ":1: a cost of 25 makes"},
		{"a name twice", good + good, ":2: the name is there twice"},
		{"nobody", "# nobody\n", ":1: nobody is named"},
		{"too much", strings.Repeat("#\n", maxUsersFile), "want at most"},
	} {
		file, _ := usersFile(t, c.text)
		if _, err := OpenUsers(file, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.claim, err, c.want)
		}
	}
	if _, err := OpenUsers(filepath.Join(t.TempDir(), "none"), nil); err == nil {
		t.Error("a file that is not there is none")
	}
	for _, text := range []string{good, strings.TrimSpace(good), strings.Replace(good, "$2a$", "$2y$", 1), good + "\n\n"} {
		file, _ := usersFile(t, text)
		u, err := OpenUsers(file, nil)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if !u.right(u.credential("ann", "x")) || u.right(u.credential("ann", "y")) || u.right(u.credential("eve", "x")) {
			t.Errorf("%q: not the right one is right", text)
		}
	}
}

// TestANameThatNobodyHasTakesAsLong holds that the same work is done, not how long it
// takes: the hash that is compared has the cost of the others.
func TestANameThatNobodyHasTakesAsLong(t *testing.T) {
	file, _ := usersFile(t, hashed(t, "ann", "x"))
	u, err := OpenUsers(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	cost := func(name string) int {
		n, err := bcrypt.Cost(u.credential(name, "x").hash)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if known, unknown := cost("ann"), cost("eve"); known != unknown {
		t.Errorf("cost %d for a name, %d for one that nobody has", known, unknown)
	}
}

func TestNobodyWaitsForWhoeverReadsTheUsersAgain(t *testing.T) {
	file, write := usersFile(t, hashed(t, "ann", "x"))
	synctest.Test(t, func(t *testing.T) {
		reading, goOn := make(chan struct{}), make(chan struct{})
		u, err := OpenUsers(file, func(string) { close(reading); <-goOn })
		if err != nil {
			t.Fatal(err)
		}
		write("a fault, which is told while the file is looked at\n")
		time.Sleep(usersEvery)
		go u.credential("ann", "x")
		<-reading
		if !u.mu.TryLock() { // else nobody looks, and what follows claims nothing
			if !u.credential("ann", "x").known {
				t.Error("ann is known no more")
			}
		} else {
			t.Error("nobody looks at the file")
		}
		close(goOn)
	})
}
