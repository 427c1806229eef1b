package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	testscript.Main(leakFree{m}, map[string]func(){"faqbase": main})
}

// leakFree runs the tests and fails if they leave goroutines behind.
type leakFree struct{ m *testing.M }

func (l leakFree) Run() int {
	started := goleak.IgnoreCurrent() // the workers that Bleve starts with the process
	code := l.m.Run()
	http.DefaultClient.CloseIdleConnections()
	err := goleak.Find(started,
		goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"), // ends by itself when highlighting has
	)
	if code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// TestScripts runs the program itself. The scripts in testdata/script are in the
// language of testscript, with these words more:
//
//	serve [FLAG|DIR]...             start faqbase serve on a free port and wait until
//	                                it is ready; its ready line is there for stdout,
//	                                its address as $ADDR
//	shutdown [interrupt|terminate]  end it as a person does and want status 0; all
//	                                its output is there for stdout and stderr
//	crash                           end it without a chance to tidy up
//	get [STATUS] PATH [NAME:VALUE]...  get PATH from it, with headers; the body is there
//	                                for stdout, the headers for stderr
//	[!] wait-get PATH REGEXP        get PATH until the body matches, with ! until it
//	                                does not
//	wait-stderr REGEXP [PATH]       wait until the server has written it, and get PATH
//	                                meanwhile
//	exec-status N PROGRAM [ARG]...  exec that wants the exit status N
//	damage DIR                      overwrite the middle of every file below DIR
//	checkout DIR                    copy to DIR what --dev reads of a checkout
//
// testscript's own stop ends a script well wherever it stands, so that what follows
// is never run; TestScriptsRunToTheirEnd keeps it out.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, ".cache"))
			// With the race detector every process would sleep for a second before it ends.
			e.Setenv("GORACE", "atexit_sleep_ms=10")
			s := new(server)
			e.Values[serverKey{}] = s
			e.Defer(func() {
				if s.process != nil {
					// What the script wanted to know it has asked before.
					_ = s.end(os.Kill)
				}
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":       scriptServe,
			"shutdown":    scriptShutdown,
			"crash":       scriptCrash,
			"get":         scriptGet,
			"wait-get":    scriptWaitGet,
			"wait-stderr": scriptWaitStderr,
			"exec-status": scriptExecStatus,
			"damage":      scriptDamage,
			"checkout":    scriptCheckout,
		},
	})
}

type serverKey struct{}

// A server is the one that a script has started, nil before.
type server struct{ *process }

// scriptPatience is how long a script waits for what it wants to see.
const scriptPatience = 20 * time.Second

func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("serve waits until the server is ready; for one that fails, exec faqbase serve")
	}
	var env []string
	for _, name := range []string{"HOME", "PATH", "TMPDIR", "XDG_CACHE_HOME", "GORACE"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	p, err := startServe(processTimeout, "faqbase", ts.MkAbs("."), env, args...)
	ts.Check(err)
	ts.Value(serverKey{}).(*server).process = p
	ts.Setenv("ADDR", strings.TrimPrefix(p.url, "http://"))
	fmt.Fprint(ts.Stdout(), p.ready)
}

// running is the server of the script.
func running(ts *testscript.TestScript) *process {
	s := ts.Value(serverKey{}).(*server)
	if s.process == nil {
		ts.Fatalf("no server is running; start one with serve")
	}
	return s.process
}

func scriptShutdown(ts *testscript.TestScript, neg bool, args []string) {
	signal := os.Interrupt
	if len(args) == 1 && args[0] == "terminate" {
		signal = syscall.SIGTERM
	}
	p := running(ts)
	err := p.end(signal)
	ts.Logf("[server]\n%s", p.stderr.String())
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), p.stdout.String())
	fmt.Fprint(ts.Stderr(), p.stderr.String())
}

func scriptCrash(ts *testscript.TestScript, neg bool, args []string) {
	if err := running(ts).end(os.Kill); err == nil {
		ts.Fatalf("the server ended well although it was killed")
	}
}

func scriptGet(ts *testscript.TestScript, neg bool, args []string) {
	want := http.StatusOK
	if len(args) > 0 {
		if n, err := strconv.Atoi(args[0]); err == nil {
			want, args = n, args[1:]
		}
	}
	if neg || len(args) == 0 {
		ts.Fatalf("usage: get [STATUS] PATH [NAME:VALUE]...")
	}
	resp, body, err := getWith(running(ts).url+args[0], args[1:])
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), body)
	ts.Check(resp.Header.Write(ts.Stderr()))
	if resp.StatusCode != want {
		ts.Fatalf("GET %s: status %d, want %d\n%s", args[0], resp.StatusCode, want, body)
	}
}

// getWith gets url with headers, each as NAME:VALUE.
func getWith(url string, headers []string) (*http.Response, string, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, "", err
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ":")
		if req.Header.Add(name, value); name == "Host" {
			req.Host = value
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

func scriptWaitGet(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] wait-get PATH REGEXP")
	}
	re, err := regexp.Compile("(?s)" + args[1])
	ts.Check(err)
	p := running(ts)
	var body string
	ok := poll(func() bool {
		var status int
		body, status, err = get(p.url + args[0])
		return err == nil && status == http.StatusOK && re.MatchString(body) != neg
	})
	if !ok {
		ts.Fatalf("GET %s was not as wanted for %v (%v):\n%s\nstandard error of the server:\n%s", args[0], scriptPatience, err, body, p.stderr.String())
	}
}

func scriptWaitStderr(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: wait-stderr REGEXP [PATH]")
	}
	re, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	p := running(ts)
	written := poll(func() bool {
		if len(args) == 2 {
			_, _, err := get(p.url + args[1])
			ts.Check(err)
		}
		return re.MatchString(p.stderr.String())
	})
	if !written {
		ts.Fatalf("not on standard error within %v: %s\n%s", scriptPatience, args[0], p.stderr.String())
	}
}

func scriptExecStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exec-status N PROGRAM [ARG]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	status := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if status != want {
		ts.Fatalf("status %d, want %d", status, want)
	}
}

func scriptDamage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage DIR")
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteAt([]byte("this is no part of an index"), info.Size()/2)
		return errors.Join(err, f.Close())
	}))
}

func scriptCheckout(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: checkout DIR")
	}
	for _, folder := range []string{"templates", "assets"} {
		ts.Check(os.CopyFS(filepath.Join(ts.MkAbs(args[0]), "web", folder), os.DirFS(filepath.Join("..", "..", "web", folder))))
	}
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), "go.mod"), mod, 0o644))
}

// TestScriptsRunToTheirEnd finds scripts that stop, whereupon they pass without
// their rest.
func TestScriptsRunToTheirEnd(t *testing.T) {
	t.Run("no script stops before its end", func(t *testing.T) {
		scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*"))
		if err != nil || len(scripts) == 0 {
			t.Fatalf("no scripts: %v", err)
		}
		for _, name := range scripts {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range stops(string(archive.Comment)) {
				t.Errorf("%s:%d: stop ends the script here; to end the server, write shutdown", name, line)
			}
		}
	})
	t.Run("stop is found behind conditions and in quotes, and as a word alone", func(t *testing.T) {
		script := "stop\n  stop 'done'\n[unix] stop\n[unix] [!race] ! stop\n'stop'\n# stop\nshutdown\nexec stop\nstopped\n\n[unix]\n"
		if got, want := stops(script), []int{1, 2, 3, 4, 5}; !slices.Equal(got, want) {
			t.Errorf("stops on lines %v, want %v", got, want)
		}
	})
}

// condition is what may stand before the command of a line.
var condition = regexp.MustCompile(`^(\[[^\]]*\]|!)\s*`)

// stops are the lines of a script, from 1, with the command stop.
func stops(script string) (lines []int) {
	n := 0
	for line := range strings.Lines(script) {
		n++
		line = strings.TrimSpace(line)
		for rest := ""; rest != line; {
			rest, line = line, condition.ReplaceAllString(line, "")
		}
		if words := strings.Fields(line); len(words) > 0 && strings.Trim(words[0], "'") == "stop" {
			lines = append(lines, n)
		}
	}
	return lines
}

// get is the body and the status of the answer from url.
func get(url string) (string, int, error) {
	resp, body, err := getWith(url, nil)
	if err != nil {
		return "", 0, err
	}
	return body, resp.StatusCode, nil
}

// poll asks for a condition until it holds and tells whether it did in time.
func poll(holds func() bool) bool { return pollFor(scriptPatience, holds) }

// pollFor is poll with a patience of one's own.
func pollFor(patience time.Duration, holds func() bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			return false
		}
	}
	return true
}
