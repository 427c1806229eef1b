package web

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"faqbase/kb"
)

// outsideWord is in every file that lies outside the folder, and nowhere in it.
const outsideWord = "plughxyzzy"

// outside is a folder of pages beside which lie secrets, with everything in it that
// could lead to them.
func outside(t *testing.T) (dir string, names []string) {
	t.Helper()
	top := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(top, name)
		must(os.MkdirAll(filepath.Dir(name), 0o755))
		must(os.WriteFile(name, []byte(text), 0o644))
	}
	secret := "# Secret\n\n## What is " + outsideWord + "?\n\n" + outsideWord + "\n"
	for _, name := range []string{"secret.md", "secret.png", "secret.pdf", "secret.svg", "private/page.md", "private/more/page.md", "kb-2/page.md", "tools.yaml"} {
		write(name, secret)
	}
	dir = filepath.Join(top, "kb")
	write("kb/page.md", "# Page\n\n## Is it open?\n\nYes. ![a](../secret.png) [b](../secret.md) [c]("+filepath.ToSlash(top)+"/secret.md) ![d](file://"+
		filepath.ToSlash(top)+"/secret.png) [e](..%2fsecret.md) ![f](..\\secret.png)\n")
	write("kb/.hidden.md", secret)
	write("kb/.hidden/page.md", secret)
	write("kb/notes.txt", secret)
	links := map[string]string{
		"file.md": "../secret.md", "absolute.md": filepath.Join(top, "secret.md"), "picture.png": "../secret.png", "paper.pdf": "../secret.pdf",
		"drawing.svg": "../secret.svg", "folder": "../private", "rooted": filepath.Join(top, "private"), "top": "..", "root": "/",
		"chain1.md": "chain2.md", "chain2.md": "chain3.md", "chain3.md": "../secret.md", "sibling": "../kb-2", "into": "folder/more",
		"loop1": "loop2", "loop2": "loop1", "self": ".", "self.md": "self.md", "around.md": "../kb/../secret.md", "hidden.md": ".hidden.md/../../secret.md",
		"tools.yaml": "../tools.yaml", "synonyms.yaml": "../secret.md",
	}
	for name, to := range links {
		must(os.Symlink(to, filepath.Join(dir, name)))
		names = append(names, name)
	}
	return dir, names
}

func TestNothingOutsideTheFolderIsServed(t *testing.T) {
	dir, links := outside(t)
	lib, err := kb.Load(kb.Dir(dir), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, lib, Config{})
	s.get("/kb/page").want(t, 200, "text/html")
	if got := decode(t, s.get("/search?q="+outsideWord)); got.Total != 0 {
		t.Errorf("%d hits for what is outside: %v", got.Total, got.Hits[0].ID)
	}
	for _, p := range lib.Pages {
		if strings.Contains(string(p.Source), outsideWord) {
			t.Errorf("%s is served", p.File)
		}
	}
	paths := []string{"secret.md", "secret.png", "private/page", "private/page.md", "tools.yaml", ".hidden", ".hidden.md", ".hidden/page", ".hidden/page.md", "notes.txt", "notes", ""}
	for _, name := range append(links, "self/page", "loop1/page") {
		paths = append(paths, name, strings.TrimSuffix(name, ".md"), name+".md", name+"/page", name+"/page.md", name+"/secret.png", name+"/secret.md", name+"/kb-2/page")
	}
	ways := []string{"../", "../../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%2e%2e%5c", ".%2e/", "..;/", "....//", "..%00/", "..%c0%af", "..%252f", "//", "/%2f", "./../", "page/../../", "page.md/../../", "pictures/%2e%2e/%2e%2e/", "page%00/../../", "%ef%bc%8e%ef%bc%8e/"}
	for _, way := range ways {
		for _, name := range []string{"secret.md", "secret.png", "secret.svg", "secret.pdf", "private/page", "private/page.md", "kb-2/page.md", "tools.yaml"} {
			paths = append(paths, way+name, way+strings.ReplaceAll(name, "/", "%2f"))
		}
	}
	absolute := filepath.ToSlash(filepath.Dir(dir)) + "/secret.png"
	paths = append(paths, absolute, "/"+absolute, strings.ReplaceAll(absolute, "/", "%2f"), "file://"+absolute, "C:%5csecret.png",
		"secret.png%00.md", "page%00.md", "page.md%00", "page%00.png", "..%2fsecret%2epng", "secret.png::$DATA", "secret.png%20", "secret.png.")
	for _, prefix := range []string{"/kb/", "/static/", "/", "/tools/", "/question?id=", "/search?on="} {
		for i, path := range paths {
			if !sampled(i) {
				continue
			}
			status, body := raw(t, s, prefix+path)
			if strings.Contains(body, outsideWord) {
				t.Errorf("%s%s: %s\n%.300s", prefix, path, status, body)
			}
			if strings.Contains(status, " 5") {
				t.Errorf("%s%s: %s", prefix, path, status)
			}
		}
	}
}

// raw asks for a path as it is written, which a client would tidy up.
func raw(t *testing.T, s *site, path string) (status, body string) {
	t.Helper()
	conn, err := net.Dial("tcp", s.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.0\r\nHost: x\r\n\r\n", strings.ReplaceAll(path, " ", "%20"))
	var all bytes.Buffer
	if _, err := all.ReadFrom(conn); err != nil {
		t.Fatal(err)
	}
	status, body, _ = strings.Cut(all.String(), "\r\n")
	// What a page of an error says of its own address is the reader's own word.
	return status, strings.ReplaceAll(body, "q="+outsideWord, "")
}

// TestAFileThatBecomesALink swaps what was looked at for a link before it is opened.
func TestAFileThatBecomesALink(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "kb")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "pictures"), 0o755))
	must(os.MkdirAll(filepath.Join(top, "private"), 0o755))
	must(os.WriteFile(filepath.Join(top, "private", "a.png"), []byte(outsideWord), 0o644))
	must(os.WriteFile(filepath.Join(dir, "page.md"), []byte("# Page\n\n## Is it open?\n\n![a](pictures/a.png)\n"), 0o644))
	must(os.WriteFile(filepath.Join(dir, "pictures", "a.png"), []byte("picture"), 0o644))
	lib, err := kb.Load(kb.Dir(dir), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, lib, Config{})
	if r := s.get("/kb/pictures/a.png").want(t, 200, "image/png"); r.body != "picture" {
		t.Fatalf("the picture is %q", r.body)
	}
	for claim, swap := range map[string]func(){
		"the file": func() {
			must(os.Remove(filepath.Join(dir, "pictures", "a.png")))
			must(os.Symlink("../../private/a.png", filepath.Join(dir, "pictures", "a.png")))
		},
		"its folder": func() {
			must(os.RemoveAll(filepath.Join(dir, "pictures")))
			must(os.Symlink("../private", filepath.Join(dir, "pictures")))
		},
	} {
		swap()
		if r := s.get("/kb/pictures/a.png"); r.StatusCode == 200 || strings.Contains(r.body, outsideWord) {
			t.Errorf("%s is a link now: %d %.100s", claim, r.StatusCode, r.body)
		}
		must(os.RemoveAll(filepath.Join(dir, "pictures")))
		must(os.MkdirAll(filepath.Join(dir, "pictures"), 0o755))
		must(os.WriteFile(filepath.Join(dir, "pictures", "a.png"), []byte("picture"), 0o644))
	}
}
