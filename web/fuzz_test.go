package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/crypto/bcrypt"

	"faqbase/kb/hostile"
)

// framePolicy has the elements of whole pages: what authors may have, and the frame's.
// What runs is looked at one by one; see pageFaults.
var framePolicy = func() hostile.Policy {
	p := maps.Clone(hostile.Author)
	for name, attributes := range map[string]string{
		"html": "lang dir class data-theme data-library data-live", "head": "", "body": "", "title": "", "wbr": "",
		"meta":   "charset name content media property",
		"link":   "rel type href title as crossorigin",
		"script": "type src id",
		"header": "", "nav": "", "main": "id tabindex data-title data-words", "aside": "id aria-label", "footer": "", "article": "lang dir aria-labelledby",
		"search": "", "form": "id action method", "label": "for hidden", "button": "id type form hidden",
		"input":  "id name type value placeholder maxlength autocomplete autocapitalize spellcheck enterkeyhint form checked disabled hidden required list data-facet data-typed",
		"select": "id name form", "option": "value selected", "datalist": "id", "fieldset": "", "legend": "", "noscript": "",
		"details": "id open", "summary": "", "dialog": "id aria-labelledby", "time": "datetime", "q": "", "a": "href rel id data-id download lang dir",
		"svg": "width height viewBox", "circle": "cx cy r fill stroke stroke-width", "path": "d fill",
		"ol": "start", "ul": "", "li": "lang dir", "h1": "id", "h2": "id lang dir", "h3": "id", "p": "id lang dir", "span": "lang dir", "div": "id tabindex lang dir",
		"section": "id lang dir hidden", "kbd": "", "i": "", "table": "", "caption": "", "tbody": "", "th": "lang dir",
	} {
		p[name] = slices.Concat(p[name], strings.Fields(attributes), []string{"class", "role", "tabindex", "aria-label", "aria-labelledby",
			"aria-current", "aria-hidden", "aria-pressed", "aria-haspopup"})
	}
	return p
}()

// pageFaults tells what on a whole page or fragment of this site could run that is not
// the site's own.
func pageFaults(t testing.TB, markup string) []string {
	faults := framePolicy.Document(markup)
	for _, n := range parseDocument(t, markup).all {
		if n.Data != "script" {
			continue
		}
		src, _ := attr(n, "src")
		switch kind, _ := attr(n, "type"); kind {
		case "application/json", "application/ld+json":
			if !json.Valid([]byte(text(n))) {
				faults = append(faults, "data that is no JSON: "+text(n))
			}
		default:
			if kind != "module" || !strings.HasPrefix(src, "/static/") || text(n) != "" {
				faults = append(faults, "a script: "+src+text(n))
			}
		}
	}
	return faults
}

// hostileNames are the names of values in JSON that are markup.
var hostileNames = []string{"question_html", "snippet_html", "answer_html"}

// jsonFaults tells what in the markup that JSON carries could run.
func jsonFaults(v any) (faults []string) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			faults = append(faults, jsonFaults(inner)...)
		}
	case map[string]any:
		for name, inner := range v {
			faults = append(faults, jsonFaults(inner)...)
			if markup, ok := inner.(string); ok && slices.Contains(hostileNames, name) {
				faults = append(faults, hostile.Author.Fragment(markup)...)
			}
			if address, ok := inner.(string); ok && name == "url" && address != "" && !ownAddress(address) {
				faults = append(faults, "an address elsewhere: "+address)
			}
		}
	}
	return faults
}

// ownAddress tells whether an address that begins at the root is of the same site.
func ownAddress(address string) bool {
	return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\\r\n\t")
}

// bodyFaults tells what is wrong with a body for what its headers say that it is.
func bodyFaults(t testing.TB, header http.Header, body string) (faults []string) {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return []string{"content type " + header.Get("Content-Type")}
	}
	switch kind {
	case "application/json", "application/problem+json", "application/x-suggestions+json":
		var v any
		if err := json.Unmarshal([]byte(body), &v); err != nil || !utf8.ValidString(body) {
			return []string{"no JSON: " + body}
		}
		return jsonFaults(v)
	case "text/html":
		return pageFaults(t, body)
	case "application/xml", "application/atom+xml", "application/opensearchdescription+xml":
		for d := xml.NewDecoder(strings.NewReader(body)); ; {
			switch _, err := d.Token(); {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return []string{"no XML: " + err.Error()}
			}
		}
	case "text/csv":
		records, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil {
			return []string{"no CSV: " + err.Error()}
		}
		for _, cell := range slices.Concat(records...) {
			if text := strings.TrimSpace(cell); text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
				faults = append(faults, "a formula: "+cell)
			}
		}
	case "text/event-stream":
		for line := range strings.Lines(body) {
			name, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
			if !slices.Contains([]string{"", "retry", "id", "event", "data"}, name) {
				faults = append(faults, "no event: "+line)
			}
		}
	}
	return faults
}

// decoded is a body as it was before it was compressed on its way.
func decoded(t testing.TB, coding string, body []byte) []byte {
	t.Helper()
	var r io.Reader
	var err error
	switch coding {
	case "":
		return body
	case "gzip":
		r, err = gzip.NewReader(strings.NewReader(string(body)))
	case "zstd":
		r, err = zstd.NewReader(strings.NewReader(string(body)), zstd.WithDecoderConcurrency(1))
	case "br":
		r = brotli.NewReader(strings.NewReader(string(body)))
	default:
		t.Fatalf("a coding that nobody asked for: %s", coding)
	}
	if err != nil {
		t.Fatal(err)
	}
	body, err = io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// A hearer is a visitor who leaves when an event stream has begun.
type hearer struct {
	*httptest.ResponseRecorder
	leave func()
}

func (h hearer) Flush() {
	h.ResponseRecorder.Flush()
	h.leave()
}

// noErrors is a log in which an error fails the test: each is a fault of the program.
type noErrors struct{ t testing.TB }

func (n noErrors) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (n noErrors) WithAttrs([]slog.Attr) slog.Handler           { return n }
func (n noErrors) WithGroup(string) slog.Handler                { return n }
func (n noErrors) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		n.t.Errorf("%s: %v", r.Message, a)
		return true
	})
	return nil
}

// FuzzRequest asks for arbitrary addresses with arbitrary headers, as net/http lets
// them through. Nothing may fail: each answer is one that the package comment states,
// is what its type says, and has nothing in it that runs.
func FuzzRequest(f *testing.F) {
	const mark = `%3Cscript%3Eran(1)%3C/script%3E%22%27%3E%3Cimg%20src=x%20onerror=ran(1)%3E`
	for _, address := range []string{
		"/?q=" + mark, "/?q=maintained&tool=peewee&sort=updated&size=2&page=2", "/?q=orm+tool:sqla+-peewee+%22a+b%22", "/?q=zzzzqqq&category=" + mark,
		"/results?q=mantained&explain=1&id=" + mark, "/results?q=a&on=python/peewee", "/search?q=" + mark, "/search?page=0", "/search?size=" + mark,
		"/search?q=maintained&group=page&explain=1&id=python/peewee%23x", "/search?q=%ff%fe&tool=%zz;&&=", "/search?q=peewee&on=" + mark + "&exact=1",
		"/suggest?q=djan", "/suggest?q=" + mark, "/suggest?q=djan&format=opensearch", "/suggest?q=a&format=" + mark,
		"/facets/tool?match=orm", "/facets/" + mark, "/facets/category?q=a&match=" + mark,
		"/question?id=databases%23which-database-do-i-start-with", "/question?id=" + mark, "/question?id=python/peewee%23is-peewee-still-maintained&as=html",
		"/question?id=databases%23which-database-do-i-start-with&as=markdown", "/question?id=a&as=" + mark,
		"/kb/python/peewee", "/kb/python/peewee.md", "/kb/with%20space/%C3%9Cn%C3%AFcode%20page", "/kb/" + mark, "/kb/..%2f..%2fetc%2fpasswd", "/kb/pictures/pool.svg",
		"/kb/../../x", "/kb//", "/kb/python/peewee/", "/kb/%00", "/kb/notes.pdf", "/kb/tools.yaml",
		"/compare?tool=sqlalchemy&tool=django-orm", "/compare?tool=sqla&tool=django-orm&differences=1", "/compare?tool=peewee&tool=sqlalchemy&format=csv",
		"/compare?tool=" + mark + "&tool=sqla", "/compare?tool=a&tool=b&tool=c&tool=d&tool=e", "/compare?format=" + mark,
		"/tools", "/tools/", "/tools/sqla?a=b", "/tools/" + mark, "/categories/Web%20frameworks", "/ecosystems/" + mark, "/browse", "/browse/?a=%0d%0aX:y",
		"/categories", "/ecosystems", "/browse?page=1", "/tools?page=1",
		"/browse?category=" + mark, "/tools?ecosystem=" + mark, "/categories?tool=" + mark, "/ecosystems?page=" + mark,
		"/events", "/events?since=" + mark, "/sitemap.xml", "/sitemap.xml?part=1", "/sitemap.xml?part=" + mark, "/feed.xml", "/robots.txt", "/opensearch.xml",
		"/healthz", "/readyz", "/metrics", "/static/app.css", "/static/" + mark, "/favicon.ico", "//evil.example/", "/%5Cevil.example/", "/" + mark + "/",
	} {
		path, query, _ := strings.Cut(address, "?")
		f.Add(byte(0), path, query, "127.0.0.1", "", "", "", "")
		f.Add(byte(1), path, query, "a.example:80", "text/markdown", "*", "gzip", "x")
		f.Add(byte(0), path, query, "evil\"<script>", "application/json;q=0.9, text/html;q=0.1", `W/"x", "y"`, "zstd, br;q=0.5, *;q=0", "\x01")
	}
	s := open(f, load(f, fixture(f, nil), ""), Config{Log: slog.New(noErrors{f})})
	f.Fuzz(func(t *testing.T, method byte, path, query, host, accept, tag, coding, seen string) {
		target := path
		if query != "" {
			target += "?" + query
		}
		address, err := url.ParseRequestURI(target)
		if err != nil || address.Host != "" || !strings.HasPrefix(target, "/") {
			return // net/http refuses it, or it is none of ours
		}
		for _, value := range []string{host, accept, tag, coding, seen} {
			if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return
			}
		}
		for range 4 { // as many redirects as there may be
			ctx, leave := context.WithCancel(t.Context())
			req := (&http.Request{
				Method: []string{"GET", "HEAD", "POST"}[method%3], URL: address, RequestURI: target, Host: host, RemoteAddr: "192.0.2.1:1234",
				Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody, Header: http.Header{},
			}).WithContext(ctx)
			for name, value := range map[string]string{"Accept": accept, "If-None-Match": tag, "Accept-Encoding": coding, "Last-Event-ID": seen, "Accept-Language": accept, "Cookie": "theme=" + tag} {
				if value != "" {
					req.Header[http.CanonicalHeaderKey(name)] = []string{value}
				}
			}
			w := httptest.NewRecorder()
			s.Server.ServeHTTP(hearer{w, leave}, req)
			leave()
			address = checkReply(t, req, w)
			if address == nil {
				return
			}
		}
		t.Fatalf("%s is redirected again and again", target)
	})
}

// checkReply checks an answer, and gives where it leads if it is a redirect.
func checkReply(t *testing.T, req *http.Request, w *httptest.ResponseRecorder) *url.URL {
	t.Helper()
	for name, values := range w.Header() {
		if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
			t.Errorf("%s: header %s is %q", req.URL, name, values)
		}
	}
	body := string(decoded(t, w.Header().Get("Content-Encoding"), w.Body.Bytes()))
	switch w.Code {
	case http.StatusPermanentRedirect:
		to := w.Header().Get("Location")
		address, err := url.Parse(to)
		if err != nil || !ownAddress(to) {
			t.Fatalf("%s leads to %q, %v", req.URL, to, err)
		}
		return address
	case http.StatusNotModified:
		if body != "" {
			t.Errorf("%s: 304 with a body: %s", req.URL, body)
		}
	case http.StatusOK, http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed:
		if req.Method == http.MethodHead || body == "" {
			break
		}
		for _, fault := range bodyFaults(t, w.Header(), body) {
			t.Errorf("%s %s: %s", req.Method, req.URL, fault)
		}
	default:
		t.Errorf("%s: status %d\n%s", req.URL, w.Code, body)
	}
	return nil
}

// FuzzCompare reads arbitrary parameters of a comparison. What can be read is found
// again at its own address, with each tool once.
func FuzzCompare(f *testing.F) {
	for _, raw := range []string{
		"tool=ant&tool=the-bee", "tool=emmet&tool=BEE&tool=ant&differences=1", "tool=a&tool=b&tool=c&tool=d&tool=e", "tool=&tool=%20&tool=cat",
		"tool=dog&tool=elk&format=csv&differences=1", "tool=%ff&differences=2", "format=CSV&tool=ant", "tool=ant;tool=cat&&=", "tool=<script>&tool='\"",
	} {
		f.Add(raw)
	}
	s := sideBySide(f, "")
	lib := s.library.Load()
	f.Fuzz(func(t *testing.T, raw string) {
		choice, err := s.readChoice(t.Context(), lib, parseParams(raw))
		if err != nil {
			p, fault := problemOf(err)
			if fault {
				t.Fatalf("%q: %v", raw, err)
			}
			for _, other := range p.instead {
				if !ownAddress(other.URL) {
					t.Errorf("%q: instead of it %s is offered", raw, other.URL)
				}
			}
			return
		}
		if n := len(choice.Tools); n > maxCompared {
			t.Fatalf("%q: %d tools", raw, n)
		}
		address := s.choiceURL(choice)
		_, own, _ := strings.Cut(address, "?")
		again, err := s.readChoice(t.Context(), lib, parseParams(own))
		if err != nil || !slices.Equal(again.Tools, choice.Tools) || again.Differences != choice.Differences || again.CSV != choice.CSV || !ownAddress(address) {
			t.Fatalf("%q: own address %s means something else: %v, %v", raw, address, again, err)
		}
	})
}

// FuzzClient reads arbitrary headers of proxies. Whoever is no trusted proxy is himself
// the client, whatever he says; behind one it is an address that was named, or the proxy.
func FuzzClient(f *testing.F) {
	f.Add("203.0.113.7", "for=203.0.113.7", "")
	f.Add("203.0.113.7, 127.0.0.2", `for="[2001:db8::1]:80";proto=https, for=unknown`, "10.0.0.1:80")
	f.Add("[::1]:x, ,,::ffff:127.0.0.1", "for=_hidden;by=x;;=", "fe80::1%eth0")
	f.Add("127.0.0.1", `for="127.0.0.1`, "\"")
	trusted := proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	f.Fuzz(func(t *testing.T, x, forwarded, second string) {
		r := &http.Request{Header: http.Header{"X-Forwarded-For": {x, second}, "Forwarded": {forwarded, second}}}
		r.RemoteAddr = "192.0.2.1:1234"
		if got := trusted.client(r); got != newClient(netip.MustParseAddr("192.0.2.1")) {
			t.Fatalf("a stranger who says %q is %v", r.Header, got)
		}
		r.RemoteAddr = "127.0.0.1:1234"
		if got := trusted.client(r); !got.IsValid() {
			t.Fatalf("%q leaves nobody", r.Header)
		}
		r.Header = http.Header{"X-Forwarded-For": {x, second, "198.51.100.9"}}
		if got := trusted.client(r); got != newClient(netip.MustParseAddr("198.51.100.9")) {
			t.Fatalf("a proxy that names another after %q, %q passes on %v", x, second, got)
		}
	})
}

// FuzzUsers reads arbitrary files of users: what is not refused with the line has a name
// and a hash that a password can be held against.
func FuzzUsers(f *testing.F) {
	const hash = "$2y$04$abcdefghijklmnopqrstuuKXzqmZ0xmwvbVZzBQXhh0HUwGMIVhFq"
	f.Add([]byte("ann:" + hash + "\n"))
	f.Add([]byte("# x\n\nann:" + hash + "\r\nbob:" + hash + "\n"))
	f.Add([]byte("ann:" + hash + "\nann:" + hash))
	f.Add([]byte(":" + hash + "\nann\nann:$2y$99$\x00\xff:"))
	slow := regexp.MustCompile(`\$(?:0[5-9]|[1-9])`)
	f.Fuzz(func(t *testing.T, src []byte) {
		if slow.Match(src) {
			return
		}
		list, err := parseUsers("users", src)
		if err != nil {
			if !regexp.MustCompile(`^users:[1-9][0-9]*: `).MatchString(err.Error()) {
				t.Fatalf("%q: %v", src, err)
			}
			return
		}
		for name, hash := range list.hashes {
			if _, err := bcrypt.Cost(hash); err != nil || name == "" {
				t.Fatalf("%q: user %q, %v", src, name, err)
			}
		}
	})
}
