package web

import "github.com/gin-gonic/gin"

// Policies for browsers about what a response may do (Content-Security-Policy). The
// threat is Markdown that becomes more than text; the rule: nothing runs but this
// site's own files.
const (
	// contentPolicy is that of pages. "faqbase" is the one Trusted Types policy,
	// through which app.js passes fragments of this site.
	contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types faqbase"
	// dataPolicy is that of everything that is no page.
	dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"
	// picturePolicy is that of SVG, which has styles in it.
	picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
	// documentPolicy is that of PDF, which a browser shows with a program of its own
	// that a sandbox would keep from running.
	documentPolicy = "frame-ancestors 'none'"
)

// secured sets the headers that every response has. Other sites neither frame it nor
// share a process with it, and learn nothing of it from referrers; its type is not
// guessed; and no page asks for a device.
func secured(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Content-Security-Policy", dataPolicy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
}

// bodiless closes the connection of a request that has a body. The threat is one that
// is sent for the sake of its size; the rule: no address reads one, and what
// package http would read to use the connection again is not read either.
func bodiless(c *gin.Context) {
	if c.Request.ContentLength != 0 {
		c.Header("Connection", "close")
	}
}
