package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestTheImageNeedsNothingButTheProgram builds and starts the program as the Dockerfile
// does: alone in an empty root that it may not write to, as a user without rights.
func TestTheImageNeedsNothingButTheProgram(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may change the root folder and the user")
	}
	if testing.Short() {
		t.Skip("the program that is built here is the released one; -short leaves that out")
	}
	root := t.TempDir()
	command := regexp.MustCompile(`(?s)RUN (CGO_ENABLED=0 GOOS=.*?-o) /faqbase (\./cmd/faqbase)\n`).FindStringSubmatch(readDeploy(t, "Dockerfile"))
	if command == nil {
		t.Fatal("the Dockerfile builds the program no longer as this test knows it")
	}
	build := exec.Command("sh", "-c", command[1]+" "+filepath.Join(root, "faqbase")+" "+command[2])
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "TARGETOS=", "TARGETARCH=", "VERSION=v1")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	// The folders above belong to the test alone and must let the user through.
	for dir := root; dir != filepath.Dir(dir) && dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
	}
	image := readImage(t)
	c := exec.Command("/faqbase", image.args...)
	c.Dir = "/"
	c.Env = append(image.env, "FAQBASE_ADDR=127.0.0.1:0") // a free port; the last value holds
	c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	var complaints strings.Builder
	c.Stderr = &complaints
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = c.Process.Kill() // it has ended where the test has passed
		_ = c.Wait()
	}()
	ready, err := bufio.NewReader(out).ReadString('\n')
	address := regexp.MustCompile(`^http://\S+`).FindString(ready)
	if address == "" {
		t.Fatalf("no ready line (%v) but %q\n%s", err, ready, complaints.String())
	}
	pod := readManifests(t)["Deployment"].Spec.Template.Spec.Containers[0]
	for _, path := range []string{
		"/search?q=orm", pod.StartupProbe.HTTPGet.Path, pod.ReadinessProbe.HTTPGet.Path, pod.LivenessProbe.HTTPGet.Path,
	} {
		if status, err := statusOf(address + path); err != nil || status != http.StatusOK {
			t.Errorf("%s: status %d, error %v", path, status, err)
		}
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != 1 {
		t.Errorf("the root holds %v, want the program alone (error %v)", entries, err)
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("on SIGTERM: %v\n%s", err, complaints.String())
	}
}

func statusOf(url string) (int, error) {
	resp, err := http.Get(url)
	if err != nil {
		return 0, fmt.Errorf("get %s: %w", url, err)
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
