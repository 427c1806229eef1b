// Package web serves a knowledge base and its search to browsers and programs.
package web

import (
	"log/slog"
	"net/http"

	"faqbase/index"
	"faqbase/kb"
)

// Config is what a [Server] is made of.
type Config struct {
	Searcher interface {
		index.Searcher
		index.Suggester
	}
	Title string // of the site; "" is faq/base
	// BaseURL is put before every address ("https://x/help/"); "" for addresses
	// that begin with "/".
	BaseURL     string
	AllowOrigin string // Access-Control-Allow-Origin on JSON reads
	Version     string // of the program, for ETag
	Dev         bool   // read templates and assets from the checkout on every request, show faults
	Log         *slog.Logger
}

// A Server is an http.Handler over the library that was last published.
type Server struct{}

// New makes a server. It answers 503 on /readyz until the first Publish.
func New(c Config) (*Server, error) { panic("skeleton") }

// Publish makes lib the one that is served and tells the open pages.
func (s *Server) Publish(lib *kb.Library) { panic("skeleton") }

// ServeHTTP answers every address of the contract.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("skeleton") }

// Close ends the event streams so that the HTTP server can shut down.
func (s *Server) Close() { panic("skeleton") }
