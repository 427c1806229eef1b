package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed templates assets
var embedded embed.FS

// embeddedAssets are read once in a process.
var embeddedAssets = sync.OnceValues(func() (*assets, error) { return newAssets(embedded, true) })

// checkout is the folder web of a checkout of this program, in the working directory
// or above, else what is embedded. Its sibling go.mod tells it from the folder web of
// another program.
func checkout() (fs.FS, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("--dev: %w", err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		web := filepath.Join(at, "web")
		if _, err := os.Stat(filepath.Join(web, "templates", "layout.html")); err == nil && isOurs(filepath.Join(at, "go.mod")) {
			return os.DirFS(web), nil
		}
		if at == filepath.Dir(at) {
			return embedded, nil
		}
	}
}

// isOurs tells whether a go.mod begins with the line that names this program's module.
func isOurs(file string) bool {
	mod, err := os.ReadFile(file)
	first, _, _ := strings.Cut(string(mod), "\n")
	return err == nil && strings.TrimSpace(first) == "module faqbase"
}

// assets are the files of the folder assets, each under a name that changes
// with its content, so that it can be kept for ever.
type assets struct {
	names map[string]string // app.css -> app.5Yx….css
	files map[string]*asset // by the latter
	cache string            // Cache-Control
}

// An asset is a file in all its codings.
type asset struct {
	contentType string
	hash        string
	plain       []byte
	// coded are the codings of plain that are smaller than it, by name. They are made
	// when first asked for, which takes a moment.
	coded func() map[string][]byte
}

var assetTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// codings are offered in this order. Zstandard is left out: it gains next to nothing over
// gzip here, and those who read it read Brotli too.
var codings = []string{"br", "gzip"}

// remarks are lines of a comment alone, and indentation.
var remarks = regexp.MustCompile(`(?m)^[ \t]*/\*.*\*/\n|^[ \t]+`)

// slim leaves out what is for the readers of a source alone: names and comments are
// a quarter of what a script would weigh.
func slim(ext string, body []byte) ([]byte, error) {
	switch ext {
	case ".css":
		return remarks.ReplaceAll(body, nil), nil
	case ".js":
		var out bytes.Buffer
		err := new(js.Minifier).Minify(minify.New(), &out, bytes.NewReader(body), nil)
		return out.Bytes(), err
	default:
		return body, nil
	}
}

var cssURL = regexp.MustCompile(`url\("([^":]+)"\)`)

// newAssets reads the folder assets of fsys. In dev they are not compressed, as each
// request reads them again.
func newAssets(fsys fs.FS, compress bool) (*assets, error) {
	a := &assets{names: make(map[string]string), files: make(map[string]*asset), cache: "public, max-age=31536000, immutable"}
	if !compress {
		a.cache = "no-cache"
	}
	var sheets []string // stylesheets name other assets and come last
	err := fs.WalkDir(fsys, "assets", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if path.Ext(file) == ".css" {
			sheets = append(sheets, file)
			return nil
		}
		return a.add(fsys, file, compress)
	})
	if err != nil {
		return nil, err
	}
	for _, file := range sheets {
		if err := a.add(fsys, file, compress); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *assets) add(fsys fs.FS, file string, compress bool) error {
	name := strings.TrimPrefix(file, "assets/")
	ext := path.Ext(name)
	contentType, ok := assetTypes[ext]
	if !ok {
		return fmt.Errorf("asset %s: unknown type %q", name, ext)
	}
	body, err := fs.ReadFile(fsys, file)
	if err != nil {
		return err
	}
	if compress {
		if body, err = slim(ext, body); err != nil {
			return fmt.Errorf("asset %s: %w", name, err)
		}
	}
	if ext == ".css" {
		var missing error
		body = cssURL.ReplaceAllFunc(body, func(m []byte) []byte {
			target := string(cssURL.FindSubmatch(m)[1])
			served, ok := a.names[target]
			if !ok {
				missing = errors.Join(missing, fmt.Errorf("asset %s: no asset %s", name, target))
			}
			return []byte(`url("` + served + `")`) // both lie in /static/
		})
		if missing != nil {
			return missing
		}
	}
	sum := sha256.Sum256(body)
	hash := base64.RawURLEncoding.EncodeToString(sum[:9])
	served := strings.TrimSuffix(path.Base(name), ext) + "." + hash + ext
	f := &asset{contentType: contentType, hash: hash, plain: body, coded: func() map[string][]byte { return nil }}
	if compress && !packed[ext] {
		f.coded = sync.OnceValue(func() map[string][]byte { return compressed(body) })
	}
	a.names[name], a.files[served] = served, f
	return nil
}

// packed are the types of files that are compressed in themselves.
var packed = map[string]bool{".png": true, ".woff2": true}

// window is the logarithm of how far back Brotli looks: no asset is longer, and its
// tables for more take tens of megabytes.
const window = 16

// compressed gives the codings of a file that are smaller than it. What cannot be made is
// not offered.
func compressed(plain []byte) map[string][]byte {
	bodies := make(map[string][]byte)
	var out bytes.Buffer
	write := func(coding string, w io.WriteCloser) {
		_, err := w.Write(plain)
		if err = errors.Join(err, w.Close()); err == nil && out.Len() < len(plain) {
			bodies[coding] = bytes.Clone(out.Bytes())
		}
		out.Reset()
	}
	write("br", brotli.NewWriterOptions(&out, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: window}))
	if w, err := gzip.NewWriterLevel(&out, gzip.BestCompression); err == nil {
		write("gzip", w)
	}
	return bodies
}

// compress makes all codings ahead of those who ask for them.
func (a *assets) compress() {
	for _, f := range a.files {
		f.coded()
	}
}

// url is the path of an asset within the site.
func (a *assets) url(name string) (string, error) {
	served, ok := a.names[name]
	if !ok {
		return "", fmt.Errorf("no asset %s", name)
	}
	return "/static/" + served, nil
}

// serve answers with an asset.
func (a *assets) serve(c *gin.Context, f *asset) {
	h := c.Writer.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", a.cache)
	if f.contentType == assetTypes[".svg"] {
		h.Set("Content-Security-Policy", picturePolicy)
	}
	h.Add("Vary", "Accept-Encoding")
	coded := f.coded()
	var offers []string
	for _, coding := range codings {
		if coded[coding] != nil {
			offers = append(offers, coding)
		}
	}
	tag, body := f.hash, f.plain
	coding := preferEncoding(c.Request.Header.Values("Accept-Encoding"), offers...)
	if coding != "" {
		h.Set("Content-Encoding", coding)
		tag += "-" + coding
		body = coded[coding]
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(body))
}

// currentAssets are those that were embedded, or in dev those of the checkout.
func (s *Server) currentAssets() (*assets, error) {
	if s.dev == nil {
		return s.assets, nil
	}
	return newAssets(s.dev.files, false)
}

// static answers /static/.
func (s *Server) static(c *gin.Context) error {
	a, err := s.currentAssets()
	if err != nil {
		return err
	}
	name := strings.TrimPrefix(c.Param("name"), "/")
	f := a.files[name]
	if f == nil {
		return notFound("no asset %s", name)
	}
	if s.isSharedPicture(c) {
		c.Header("Cross-Origin-Resource-Policy", "cross-origin")
	}
	a.serve(c, f)
	return nil
}

// favicon answers the address that browsers try by themselves.
func (s *Server) favicon(c *gin.Context) error {
	a, err := s.currentAssets()
	if err != nil {
		return err
	}
	f := a.files[a.names["favicon.svg"]]
	if f == nil {
		return notFound("no favicon")
	}
	short := *a
	short.cache = "public, max-age=86400"
	short.serve(c, f)
	return nil
}
