package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// isProbe tells the addresses that are open to whoever runs the program, whatever host
// and password a request has: the first says nothing and the other how many pages
// there are.
func isProbe(route string) bool { return route == "/healthz" || route == "/readyz" }

// answersTo tells whether a request names a host of this site. The threat
// is DNS rebinding: a page of a stranger whose name suddenly leads to this machine, so
// that a browser here takes what this program answers for that page's own. The rule: a
// program that listens to this machine alone answers to the names and addresses of
// that, and to the host of the base URL. One that others reach too answers to that
// host, to what a trusted proxy passes on, and for probes and scrapers to addresses,
// which cannot be rebound; without a base URL its own name is not known, and it
// answers to any.
func (s *Server) answersTo(r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), ".")
	addr, err := netip.ParseAddr(host)
	switch {
	case s.host != "" && strings.EqualFold(host, s.host):
		return true
	case s.local:
		return strings.EqualFold(host, "localhost") || err == nil && addr.Unmap().IsLoopback()
	case s.host != "":
		return err == nil || s.proxies.trust(peer(r))
	}
	return true
}

// isShared tells whether a request is for JSON or for the source of a page, which other
// sites may read where that is allowed.
func isShared(c *gin.Context) bool {
	switch c.FullPath() {
	case "/kb/*path":
		return strings.HasSuffix(c.Param("path"), ".md") || wantsSource(c.Request)
	case "/search", "/suggest", "/facets/:facet", "/question", "/openapi.json":
		return true
	}
	return false
}

// isSharedPicture tells whether the picture of shared links is asked for, which other
// sites show beside them. That of a protected site would tell them who has signed in.
func (s *Server) isSharedPicture(c *gin.Context) bool {
	const file = "icon.png"
	if c.FullPath() != "/static/*name" || s.users != nil {
		return false
	}
	name := strings.TrimPrefix(c.Param("name"), "/")
	return name == s.assets.names[file] || s.dev != nil && name == file
}

// named answers 421 to requests for another host.
func (s *Server) named(c *gin.Context) {
	if isProbe(c.FullPath()) || s.answersTo(c.Request) {
		return
	}
	s.fail(c, &problem{
		Title:  "misdirected request",
		Status: http.StatusMisdirectedRequest,
		Detail: "this server does not answer to the host that was asked; whoever runs it names the site with --base-url, or a proxy before it with --trusted-proxy",
		bare:   true,
	})
	c.Abort()
}

// isolated answers 403 to what other sites ask through a reader's browser. The threat
// is a stranger's page that cannot read an answer, but learns from its size or time
// what a private knowledge base has. The rule, where browsers say who asks (Fetch
// Metadata): other sites may link here, and read JSON where that is allowed, and
// nothing else. Probes say nothing that could be learned, and the picture of the site is
// made to be shown where its links are.
func (s *Server) isolated(c *gin.Context) {
	h := c.Request.Header
	if isProbe(c.FullPath()) || s.isSharedPicture(c) {
		return
	}
	switch h.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
	default:
		return
	}
	switch mode := h.Get("Sec-Fetch-Mode"); {
	case mode == "navigate" && h.Get("Sec-Fetch-Dest") == "document", // a link
		mode == "cors" && isShared(c) && (s.origin == "*" || s.origin != "" && s.origin == h.Get("Origin")):
		return
	}
	s.fail(c, &problem{
		Title:  "cross-site request",
		Status: http.StatusForbidden,
		Detail: "other sites may link here and not use what is here; whoever runs this server may allow them to read JSON with --allow-origin",
		bare:   true,
	})
	c.Abort()
}

// hostOf is the host of a base URL without its port, "" if it names none.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
