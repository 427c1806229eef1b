package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

func TestAssets(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	s := serve(t, lib, Config{Searcher: empty(lib)})
	sheet := "/static/" + s.assets.names["app.css"]
	plain := s.get(sheet).want(t, 200, "text/css; charset=utf-8")
	t.Run("every coding gives the same file", func(t *testing.T) {
		readers := map[string]func(io.Reader) (io.Reader, error){
			"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
			"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		}
		tags := map[string]bool{plain.Header.Get("ETag"): true}
		for coding, open := range readers {
			r := s.get(sheet, "Accept-Encoding", coding).want(t, 200, "text/css")
			if r.Header.Get("Content-Encoding") != coding || r.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s: %v", coding, r.Header)
			}
			decoder, err := open(strings.NewReader(r.body))
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if _, err := got.ReadFrom(decoder); err != nil {
				t.Fatal(err)
			}
			if got.String() != plain.body {
				t.Errorf("%s: another file", coding)
			}
			tag := r.Header.Get("ETag")
			if tags[tag] {
				t.Errorf("%s: tag %s is that of another coding", coding, tag)
			}
			tags[tag] = true
			if r := s.get(sheet, "Accept-Encoding", coding, "If-None-Match", tag); r.StatusCode != http.StatusNotModified {
				t.Errorf("%s: %d for a file that is known", coding, r.StatusCode)
			}
		}
	})
	t.Run("files are kept for ever", func(t *testing.T) {
		if got := plain.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("Cache-Control %q", got)
		}
	})
	t.Run("the style sheet names the fonts as they are served", func(t *testing.T) {
		fonts := regexp.MustCompile(`url\("([^"]+)"\)`).FindAllStringSubmatch(plain.body, -1)
		if len(fonts) != 2 {
			t.Fatalf("%v", fonts)
		}
		for _, f := range fonts {
			s.get("/static/"+f[1]).want(t, 200, "font/woff2")
		}
	})
	t.Run("a part can be asked for", func(t *testing.T) {
		r := s.get(sheet, "Range", "bytes=0-9")
		if r.StatusCode != http.StatusPartialContent || r.body != plain.body[:10] {
			t.Errorf("%d %q", r.StatusCode, r.body)
		}
	})
	t.Run("a style sheet that names no asset is refused", func(t *testing.T) {
		fsys := fstest.MapFS{"assets/app.css": {Data: []byte(`@font-face { src: url("gone.woff2") }`)}}
		if _, err := newAssets(fsys, false); err == nil || !strings.Contains(err.Error(), "no asset gone.woff2") {
			t.Errorf("%v", err)
		}
	})
	t.Run("a name changes with the content", func(t *testing.T) {
		name := func(text string) string {
			a, err := newAssets(fstest.MapFS{"assets/app.js": {Data: []byte(text)}}, false)
			if err != nil {
				t.Fatal(err)
			}
			return a.names["app.js"]
		}
		first, again, other := name("a"), name("a"), name("b")
		if first != again || first == other {
			t.Error(first, again, other)
		}
	})
}

func TestCompression(t *testing.T) {
	lib := load(t, fixture(t, nil), "")
	s := serve(t, lib, Config{Searcher: empty(lib)})
	for _, path := range []string{"/kb/python/sqlalchemy-vs-django-orm", "/tools", "/kb/python/sqlalchemy-vs-django-orm.md"} {
		plain := s.get(path)
		r := s.get(path, "Accept-Encoding", "gzip")
		if r.Header.Get("Content-Encoding") != "gzip" || len(r.body) >= len(plain.body) {
			t.Errorf("%s: %d of %d bytes, coding %q", path, len(r.body), len(plain.body), r.Header.Get("Content-Encoding"))
		}
		if r.Header.Get("ETag") != plain.Header.Get("ETag") {
			t.Errorf("%s: weak tags differ by coding", path)
		}
		if got := s.get(path, "Accept-Encoding", "gzip", "If-None-Match", r.Header.Get("ETag")).StatusCode; got != http.StatusNotModified {
			t.Errorf("%s: %d for a page that is known", path, got)
		}
	}
}
