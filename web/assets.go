package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
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
	"github.com/klauspost/compress/zstd"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed templates assets
var embedded embed.FS

// embeddedAssets are compressed once in a process: it takes a moment.
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
	bodies      map[string][]byte // by content coding, "" is none
}

var assetTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// codings are offered in this order.
var codings = []string{"br", "zstd", "gzip"}

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

// newAssets reads the folder assets of fsys. Compressing takes a moment, so it
// is not done in dev.
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
	f := &asset{contentType: contentType, hash: hash, bodies: map[string][]byte{"": body}}
	if compress && ext != ".woff2" {
		if err := f.compress(); err != nil {
			return fmt.Errorf("asset %s: %w", name, err)
		}
	}
	a.names[name], a.files[served] = served, f
	return nil
}

// compress adds the codings of the body that are smaller than it.
func (f *asset) compress() error {
	plain := f.bodies[""]
	var br, gz bytes.Buffer
	w := brotli.NewWriterLevel(&br, brotli.BestCompression)
	if _, err := w.Write(plain); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	g, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := g.Write(plain); err != nil {
		return err
	}
	if err := g.Close(); err != nil {
		return err
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	for coding, body := range map[string][]byte{"br": br.Bytes(), "gzip": gz.Bytes(), "zstd": z.EncodeAll(plain, nil)} {
		if len(body) < len(plain) {
			f.bodies[coding] = body
		}
	}
	return nil
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
	var offers []string
	for _, coding := range codings {
		if f.bodies[coding] != nil {
			offers = append(offers, coding)
		}
	}
	tag := f.hash
	coding := preferEncoding(c.Request.Header.Values("Accept-Encoding"), offers...)
	if coding != "" {
		h.Set("Content-Encoding", coding)
		tag += "-" + coding
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(f.bodies[coding]))
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
