package web

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"

	"faqbase/index"
	"faqbase/kb"
)

const (
	openSearchType  = "application/opensearchdescription+xml"
	suggestionsType = "application/x-suggestions+json"
	shortName       = 16 // characters of an OpenSearch short name
)

// The OpenSearch 1.1 description of this site, by which browsers search it from
// their address bar.
type (
	openSearchXML struct {
		XMLName       xml.Name        `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
		ShortName     string          `xml:"ShortName"`
		Description   string          `xml:"Description"`
		URLs          []openSearchURL `xml:"Url"`
		Image         openSearchImage `xml:"Image"`
		Language      string          `xml:"Language"`
		InputEncoding string          `xml:"InputEncoding"`
	}
	openSearchURL struct {
		Type     string `xml:"type,attr"`
		Rel      string `xml:"rel,attr,omitempty"`
		Template string `xml:"template,attr"`
	}
	openSearchImage struct {
		Type string `xml:"type,attr"`
		URL  string `xml:",chardata"`
	}
)

// openSearch answers /opensearch.xml.
func (s *Server) openSearch(c *gin.Context, lib *kb.Library, origin string) error {
	site := origin + s.base
	return xmlDocument(c, openSearchType, openSearchXML{
		ShortName:   shortened(s.title),
		Description: describeLibrary(lib),
		URLs: []openSearchURL{
			{Type: "text/html", Template: site + "/?q={searchTerms}"},
			{Type: suggestionsType, Rel: "suggestions", Template: site + "/suggest?q={searchTerms}&format=opensearch"},
			{Type: openSearchType, Rel: "self", Template: site + "/opensearch.xml"},
		},
		Image:         openSearchImage{Type: "image/svg+xml", URL: site + "/favicon.ico"},
		Language:      ui.Lang,
		InputEncoding: "UTF-8",
	})
}

// shortened is a title as a short name.
func shortened(title string) string {
	runes := []rune(title)
	return strings.TrimSpace(string(runes[:min(shortName, len(runes))]))
}

// openSearchSuggestions writes completions in the form that address bars read: what
// was typed, then as lists of the same length the completions, what each is, and
// where it leads.
func (s *Server) openSearchSuggestions(c *gin.Context, typed string, found []index.Suggestion) error {
	completions, kinds, addresses := []string{}, []string{}, []string{}
	origin := s.siteOrigin(c.Request)
	for _, suggestion := range found {
		completions = append(completions, suggestion.Text)
		kinds = append(kinds, ui.Script.Kinds[suggestion.Kind])
		addresses = append(addresses, origin+suggestion.URL)
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode([]any{typed, completions, kinds, addresses}); err != nil {
		return fmt.Errorf("encode suggestions: %w", err)
	}
	s.send(c, suggestionsType, body.Bytes())
	return nil
}
