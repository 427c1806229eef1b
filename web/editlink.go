package web

import (
	"fmt"
	"net/url"
	"strings"
)

// editFile stands for the file of a page in [Config.EditURL].
const editFile = "{file}"

// checkEditURL refuses what gives no address of a page's file.
func checkEditURL(template string) error {
	if template == "" {
		return nil
	}
	want := fmt.Errorf("edit URL %q: want https://host/path/%s", template, editFile)
	before, after, found := strings.Cut(template, editFile)
	if !found || strings.ContainsAny(before+after, "{}") {
		return want
	}
	// Before the file comes the whole host.
	u, err := url.Parse(before)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !strings.HasPrefix(u.Path, "/") {
		return want
	}
	if _, err := url.Parse(before + "x" + after); err != nil {
		return want
	}
	return nil
}

// editURL is where a file of the knowledge base is edited, "" if that is not known.
func (s *Server) editURL(file string) string {
	before, after, found := strings.Cut(s.edit, editFile)
	if !found {
		return ""
	}
	if strings.ContainsAny(before, "?#") {
		return before + url.QueryEscape(file) + after
	}
	segments := strings.Split(file, "/")
	for i, segment := range segments {
		segments[i] = url.PathEscape(segment)
	}
	return before + strings.Join(segments, "/") + after
}
