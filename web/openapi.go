package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed" // the description
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
)

// openAPISource is the description of all addresses, by OpenAPI 3.1. It is written by
// hand; the tests hold every answer of theirs against it, and its schemas and
// parameters against the types and names that the handlers have. Its version is that
// of the API: which program this is concerns no visitor.
//
//go:embed openapi.json
var openAPISource []byte

// An openAPI is the description as one site serves it.
type openAPI struct {
	body []byte
	tag  string // its entity tag
}

// newOpenAPI is the description of a site whose addresses begin with base.
func newOpenAPI(base string) (*openAPI, error) {
	server, err := json.Marshal(cmp.Or(base, "/"))
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := json.Compact(&body, openAPISource); err != nil {
		return nil, fmt.Errorf("openapi.json: %w", err)
	}
	const before, after = `"servers":[{"url":`, `}]`
	d := &openAPI{body: bytes.Replace(body.Bytes(), []byte(before+`"/"`+after), []byte(before+string(server)+after), 1)}
	sum := sha256.Sum256(d.body)
	d.tag = `W/"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
	return d, nil
}

// openAPI answers /openapi.json, also before the first library.
func (s *Server) openAPI(c *gin.Context) error {
	s.allowOrigin(c)
	c.Header("Cache-Control", "no-cache")
	if !has(c, s.description.tag) {
		c.Data(http.StatusOK, jsonType, s.description.body)
	}
	return nil
}
