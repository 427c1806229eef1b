package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"faqbase/kb"
)

// Gin prints its routes to standard output unless told otherwise, which is
// possible only process-wide.
func init() { gin.SetMode(gin.ReleaseMode) }

// How hard a response is compressed on its way: the least that keeps a fragment within
// its budget in either coding.
const (
	gzipLevel = 7
	zstdLevel = 3 // zstd.SpeedBetterCompression
)

// A handler answers a request or says why not, having written nothing.
type handler func(c *gin.Context) error

// route makes the router.
func (s *Server) route() error {
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.RedirectTrailingSlash = false // knows nothing of the base URL; see noRoute
	g.Use(s.identified, s.metrics.timed, s.logged, s.recovered, secured, bodiless, s.named, s.isolated, s.limited, s.signedIn)
	get := func(path string, h handler) {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			g.Handle(method, path, s.handle(h))
		}
	}
	get("/", s.searchPage)
	get("/results", s.searchFragment)
	get("/search", s.searchJSON)
	get("/suggest", s.suggestions)
	get("/facets/:facet", s.facetValues)
	get("/question", s.question)
	get("/kb", s.home)
	get("/kb/*path", s.page)
	get(browsePath, s.browse)
	get(comparePath, s.compare)
	get(toolsPath, s.tools)
	get(toolsPath+"/*slug", s.tool)
	get(categoriesPath, s.values(kb.FacetCategory))
	get(categoriesPath+"/*slug", s.value(kb.FacetCategory))
	get(ecosystemsPath, s.values(kb.FacetEcosystem))
	get(ecosystemsPath+"/*slug", s.value(kb.FacetEcosystem))
	get("/events", s.events)
	get("/sitemap.xml", s.document(s.sitemap))
	get("/feed.xml", s.document(s.atom))
	get("/robots.txt", s.document(s.robots))
	get("/opensearch.xml", s.document(s.openSearch))
	get("/openapi.json", s.openAPI)
	get("/metrics", s.showMetrics)
	get("/healthz", s.healthz)
	get("/readyz", s.readyz)
	get("/favicon.ico", s.favicon)
	get("/static/*name", s.static)
	g.NoRoute(s.handle(s.noRoute))
	g.NoMethod(s.handle(func(c *gin.Context) error {
		return &problem{
			Title:  "method not allowed",
			Status: http.StatusMethodNotAllowed,
			Detail: fmt.Sprintf("want GET or HEAD, not %s", c.Request.Method),
		}
	}))
	s.router = g
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(512), gzhttp.CompressionLevel(gzipLevel), gzhttp.ZstdCompressionLevel(zstdLevel))
	if err != nil {
		return fmt.Errorf("compression: %w", err)
	}
	s.compressed = compress(g)
	return nil
}

// streams are the addresses that are not compressed on the way: a stream that
// must not be held back, and files that are compressed already.
func streams(path string) bool {
	return path == "/events" || strings.HasPrefix(path, "/static/")
}

// withoutPrefix takes the base URL's path off a request that still has it. A
// path that only looks as if (the base is /kb/ and the proxy strips it) stays.
func (s *Server) withoutPrefix(r *http.Request) *http.Request {
	rest, ok := strings.CutPrefix(r.URL.Path, s.prefix)
	if s.prefix == "" || !ok || rest != "" && rest[0] != '/' {
		return r
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	switch first {
	case "", "results", "search", "suggest", "facets", "question", "kb", "browse", "compare", "tools", "categories", "ecosystems",
		"events", "sitemap.xml", "feed.xml", "robots.txt", "opensearch.xml", "openapi.json", "metrics", "healthz", "readyz", "favicon.ico", "static":
	default:
		return r
	}
	if rest == "" {
		rest = "/"
	}
	clone := *r
	clone.URL = new(url.URL)
	*clone.URL = *r.URL
	clone.URL.Path, clone.URL.RawPath = rest, ""
	return &clone
}

// handle makes a Gin handler of one that returns its error.
func (s *Server) handle(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			s.fail(c, err)
		}
	}
}

// recovered turns a panic into a logged 500.
func (s *Server) recovered(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		s.fail(c, &panicked{v, debug.Stack()})
		c.Abort()
	}()
	c.Next()
}

// noRoute redirects a path that ends in a slash to the one without.
func (s *Server) noRoute(c *gin.Context) error {
	path := c.Request.URL.Path
	if trimmed := strings.Trim(path, "/"); "/"+trimmed+"/" == path {
		return s.redirect(c, "/"+trimmed)
	}
	return notFound("there is nothing at %s", path)
}

// home redirects the folder of the pages to the page that lists them.
func (s *Server) home(c *gin.Context) error { return s.redirect(c, "/") }

// redirect sends the visitor to a path of this site for good, with the query
// that came.
func (s *Server) redirect(c *gin.Context, path string) error {
	to := s.base + (&url.URL{Path: path}).EscapedPath()
	return redirectTo(c, to)
}

func redirectTo(c *gin.Context, to string) error {
	if q := c.Request.URL.RawQuery; q != "" {
		to += "?" + q
	}
	return moved(c, to)
}

// moved sends the visitor to another address for good.
func moved(c *gin.Context, to string) error {
	c.Header("Cache-Control", "no-cache")
	c.Header("Location", to)
	c.Status(http.StatusPermanentRedirect)
	c.Writer.WriteHeaderNow()
	return nil
}

// tag is the entity tag of a response that is made from lib. variant tells
// apart what one address gives to different visitors; now is a time before whatever
// depends on the day is looked up.
func (s *Server) tag(c *gin.Context, lib *kb.Library, variant string, now time.Time) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%x\n%d\n%q", s.build, lib.Digest, expired(lib, now), []string{variant, c.Request.URL.Path, c.Request.URL.RawQuery})
	return `W/"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:15]) + `"`
}

// taggedLibrary is where Gin's context has the library that the response is tagged with.
const taggedLibrary = "tagged library"

// setTag tags the response and gives its tag.
func (s *Server) setTag(c *gin.Context, lib *kb.Library, variant string, now time.Time) string {
	tag := s.tag(c, lib, variant, now)
	c.Header("ETag", tag)
	c.Set(taggedLibrary, lib)
	return tag
}

// untag takes the tag of a response that is not made of its library alone, so that
// nobody keeps it.
func untag(c *gin.Context) { c.Writer.Header().Del("ETag") }

// expired is the number of curations whose last day is over: when one more is,
// searches answer otherwise although the library is the same.
func expired(lib *kb.Library, now time.Time) int {
	n := 0
	for _, c := range lib.Curations {
		if c.Expired(now) {
			n++
		}
	}
	return n
}

// notModified tags the response and tells whether the visitor has been answered: with
// 304 if he has it already, or with the response as it was made before.
func (s *Server) notModified(c *gin.Context, lib *kb.Library, variant string, now time.Time) bool {
	if s.dev != nil && variant != "" {
		c.Header("Cache-Control", "no-store") // the templates may have changed
		return false
	}
	tag := s.setTag(c, lib, variant, now)
	if has(c, tag) {
		return true
	}
	return s.dev == nil && s.replay(c, tag) // in dev every search is noted
}

// has tags the response and tells whether the visitor has it already, which he is
// then told by 304.
func has(c *gin.Context, tag string) bool {
	c.Header("ETag", tag)
	for _, value := range c.Request.Header.Values("If-None-Match") {
		for _, other := range strings.Split(value, ",") {
			other = strings.TrimSpace(other)
			if other == "*" || strings.TrimPrefix(other, "W/") == strings.TrimPrefix(tag, "W/") {
				c.Status(http.StatusNotModified)
				c.Writer.WriteHeaderNow()
				return true
			}
		}
	}
	return false
}

// allowOrigin lets scripts of other sites read the response, where configured.
func (s *Server) allowOrigin(c *gin.Context) {
	if s.origin != "" {
		c.Header("Access-Control-Allow-Origin", s.origin)
		c.Header("Access-Control-Expose-Headers", "ETag, Retry-After")
	}
}

const jsonType = "application/json"

// json writes a value. The markup in it is readable, not escaped: the type is
// JSON's and sniffing is off.
func (s *Server) json(c *gin.Context, v any) error {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode %T: %w", v, err)
	}
	s.send(c, jsonType, body.Bytes())
	return nil
}
