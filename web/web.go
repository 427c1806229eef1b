// Package web serves a knowledge base and its search to browsers and programs.
//
// It promises that every page is whole without script, that what a response
// says and the tag it is known by come from the same library, and that nothing a
// visitor sends makes it fail.
//
// # Addresses
//
//	/                        the search page; ?q=, facets, page, size, sort, group, exact, explain
//	/results                 the same results as an HTML fragment
//	/search                  the same results as JSON
//	/suggest?q=              completions; with format=opensearch as browsers' address bars read them
//	/facets/{facet}?match=   the values of a facet with their counts
//	/question?id=            one question
//	/kb/{page}               a page; with .md its source; files beside the pages
//	/browse                  all ecosystems, categories, tools and pages, with counts;
//	                         with category, ecosystem, tool or page a list of pages
//	/compare?tool=&tool=     two to four tools side by side; differences=1, format=csv
//	/tools, /categories, /ecosystems
//	                         all of them in parts; /tools without parameters by category
//	/tools/{slug}, /categories/{slug}, /ecosystems/{slug}
//	/events                  server-sent events about changes
//	/sitemap.xml, /robots.txt, /feed.xml, /opensearch.xml
//	/openapi.json            these addresses in full, as OpenAPI describes them
//	/healthz, /readyz        for whoever runs the program
//	/metrics                 counts and times as Prometheus reads them, where configured
//	/static/{name}           stylesheet, script, fonts, named by their content
//
// GET and HEAD are answered, everything else is 405. A name or alias in place
// of a slug is redirected (308) to the slug. A slash at the end is redirected
// away.
//
// # Parameters
//
// Those of a search, at /, /results, /search and /facets:
//
//	q           what is searched for, at most 512 bytes; "" is everything
//	category, ecosystem, tool
//	            a name, alias or slug, at most 512 bytes; each at most 32 times, of
//	            which one has to fit
//	page, size  1 and 10 unsaid; size is at most 100, and page × size 10,000
//	sort        relevance, updated or title
//	group=page  at most the three best questions of a page, the last with the number
//	            of "more"; the search page does so by itself where words are sorted
//	            by relevance and on is left out
//	on          the path of the one page whose hits are wanted, at most 1,024 bytes:
//	            where "more on this page" leads
//	exact=1     the words as they are typed, without corrections
//	explain=1   why each hit is where it is
//	id          with explain, what else to explain: at most 32, of 1,024 bytes each
//	match       at /facets alone: the beginning of a word of the values, at most 512 bytes
//
// /suggest has q; with format=opensearch the answer is the array of the OpenSearch
// suggestions extension instead of the object. /question has id, of a question; as=html is its
// answer for a place among others, without ids of elements, and as=markdown its part
// of the page's source, in place of JSON. /compare has tool, two to four times,
// differences=1 and format=csv; /events has since, a digest. An unknown parameter is
// ignored, another value of a known one is 400 and says what is wanted.
//
// # Lists
//
// A page that gives an overview of a large library shows the beginning of each list and
// a link to all of it, so that it stays within its budget. A whole list comes in parts
// of 100, by page; category, ecosystem and tool are as in a search, and so is what has
// to fit. A part or a selection that is empty is 404.
//
// # One search, three faces
//
// The search page, the fragment and the JSON are written from one value, so
// that they cannot disagree. The fragment is the partial that the page includes.
//
// # Tools side by side
//
// /compare has the facts of tools.yaml and, below them, what the quick comparisons of
// all pages say of the tools: an aspect once, whatever its case and spaces, each value
// with the pages that it is from, a gap by its name. The tools are columns in the
// order of the address; names, aliases and repeats are redirected (308), and the order
// of the slugs is the canonical address. With fewer than two it is a form, more than
// four are 400, an unknown one is 404 with those near to it. differences=1 leaves out
// the rows in which no two known values differ. format=csv is the same table by RFC
// 4180; there a gap is an empty cell, the last column has the absolute addresses of the sources,
// and a cell that a spreadsheet would take for a formula begins with an apostrophe.
//
// # Typed selections
//
// Values of facets may be typed into the query, as tool:gin; package index reads them
// (index.Selections). In JSON they stay in q, are selected, and count with the rule
// for chosen values: a value's count is the total of the same request with that value
// alone selected in its facet, in place of both the chosen and the typed ones. On
// the search page they become chosen values: every link has them as parameters,
// their boxes are checked and are sent by the form, and the field has the words
// that are left. Only while somebody types they stay in the field: the script
// leaves their boxes (data-typed) out of the query, until Enter or a choice.
// A value that there is not stays words, and "unknown" in the JSON tells of it, only
// where there is one; q is the query with the nearest value in its place:
//
//	"unknown": [{"facet": "tool", "typed": "tool:gni", "nearest": "Gin", "q": "tool:gin"}]
//
// # Sections of pages
//
// A hit that is a page has the heading of its text that the snippet is from, with its
// address, where the match is under one:
//
//	"section": {"heading": "Versions", "url": "/kb/a#versions"}
//
// # Explanations
//
// With exact=1 "query" has "exact": true. explain=1 gives each hit its explanation:
//
//	"explanation": {"rank": 1, "score": 1.42, "reasons": [{"text": "…", "value": 0.9}]}
//	"pinned": {"reason": "…"}         in a hit that an editor has put there
//	"explanations": [{"id": "…", …}]  for each id=, listed or not; rank 0 is not listed
//
// The page has it in full with explain=1, to which each hit links; with script the
// link is a disclosure, which fetches the explanations when it is first opened.
//
// # Nothing found
//
// Where total is 0, and only there, the JSON has four fields more:
//
//	"blocked": [{"facet": "category", "values": ["ORMs"], "total": 12}]
//	"unfiltered": 12
//	"without": [{"typed": "-podman", "excluded": true, "q": "docker", "total": 9}]
//	"nearest": [{"id": "…", "url": "…", "question": "…"}]
//
// blocked has each facet with a selection, and the total of the same request without
// that selection; it is empty where there are no hits without any. unfiltered is the
// total without any selection. Where that is 0 too, without has the exclusions and the
// phrases (excluded is false) but for which there are hits: total of them for the text
// q, with the same selections. nearest has a few questions that have some of the words.
// The page offers the same as links.
//
// # Related questions
//
// /question has at most three as "related": [{"id", "url", "question", "reason"}], a
// page at most five below its own questions. They are of other pages, always. A
// page is whole without them: where they cannot be had it is served untagged.
//
// # What has moved
//
// An old path of a page, also with .md, and an old id in /question?id= are redirected
// (308) to where the front matter says that they have moved; an old path in on= is read
// as the new one. Browsers keep anchors to themselves, so
// a page has an empty element with each old one at the question that it leads to. One
// that leads to another page has a line at the end of the page, with a link there,
// that is shown only to those who ask for it.
//
// # Ids of elements
//
// Anchors belong to the authors of pages. Every id that the frame of a page needs
// begins with "Q-", with which package kb lets no anchor begin.
//
// # Freshness
//
// [Server.Publish] swaps one pointer. A response carries a weak entity tag made
// of the library's digest, the number of its curations that have expired, the program
// (its version, configuration, templates and assets) and the request.
// If-None-Match is compared with the published library before anything is searched or
// rendered; a body that was made is tagged with the library it was made from, which may
// already be the next one, and with the day on which the request came. HTML also
// depends on the theme cookie, hence "Cache-Control: private, no-cache" there.
//
// Bodies are kept in memory by their tags, the last used of them, until the next
// library is published; with Dev none is. Who asks the index for what another is
// asking it waits for that answer.
//
// # For machines
//
// A page says what it is in its head: title, description, canonical address, Open
// Graph, and as JSON-LD the questions that it answers (FAQPage) and the way to it
// (BreadcrumbList), from the values that the page itself shows. Results of a search
// are not to be indexed. A shared link and a home screen have the mark of the icon: it
// is square and without words, as the title of a site is its own. There is no web
// manifest: pages are to be read in a browser, and are no application. /sitemap.xml has every other page, with the day that its
// author gives as that of its last change; past 50,000 it is an index of its parts,
// ?part=1 and so on. /feed.xml (Atom) has the 50 pages that were changed last; their
// ids are made of the site's title and the page's path, so that they outlast a change
// of the base URL. /robots.txt allows all but the results. /opensearch.xml lets
// browsers search here from their address bar.
//
// All addresses in these are absolute. They begin with the base URL, or where it
// names no host with http (or https, where this program does the encryption itself)
// and the host that was asked, which the entity tag then depends on. A site
// behind a proxy needs a base URL to be known by one address. Crawlers look for
// robots.txt at the root of a host: one for a base URL with a path is to be served there by the
// proxy, to which end its lines have that path.
//
// # Texts and languages
//
// What the interface says is in texts.go, in one typed value that templates know as t
// and handlers as ui; the script has its own as JSON in each page; a test finds what a
// template or the script says by itself. English always are the details of problems,
// which pages of errors repeat, and the reasons of explanations, which are package
// index's. The html element has the language and direction of the interface; the article of a page, and
// its questions in lists, those of its front matter's lang. Styles follow the
// direction of the text.
//
// # Live updates
//
// Each publication that changes something is one event: the library's digest
// as its id, its generation and the paths of the pages that changed as its data. A
// stream begins where its reader left off: Last-Event-ID, or ?since= with the
// digest that is written into each page. The same digest is silent, also after a
// restart; a digest that is known leads through the events since; an unknown one gets
// one event that names every page. The event is encoded once, however many
// streams there are; a stream that takes nothing for ten seconds is ended.
//
// # Development
//
// With [Config].Dev each page shows its faults and the line of each question, with
// links that open an editor there, and the number of other faults. After each
// publication the golden queries and the last searches are asked again; which first
// hits have moved is told, shown on every page until the next change, and an event
// "dev" makes open pages show it. Without Dev no page names a file on disk.
//
// # Limits
//
// A few searches run at a time, some wait in a queue, and those that find no room there
// get 503 with Retry-After; so does one that is not done within five seconds, with the
// time that it waits. With [Config].Rate each client has a bucket of requests and a
// number of event streams, past which it gets 429 with Retry-After. A client is an
// IPv4 address or the /64 of an IPv6 one, that of the connection or, behind one of
// [Config].TrustedProxies, the one that it names. No body of a request is read. What
// cannot be told apart is limited for all together: event streams are at most 4,096.
//
// # Errors
//
// Handlers return errors and one function maps them: a [problem] to its status,
// [fs.ErrNotExist] to 404, a deadline to 503, all else to 500, which is logged
// and never shown. Programs get application/problem+json (RFC 9457), people a page
// with the search field. Output is rendered before the first byte is sent.
//
// # Logs
//
// Each answer has an X-Request-Id, made here or by a trusted proxy, and so has each
// line of the log: the route as a pattern, status, duration and bytes before
// compression. Addresses, referrers and the texts of errors, which may quote a request,
// are in no line, since they have what readers search for: of an error there is its
// kind, of a panic where it was. [Config].LogQueries puts path, q and those texts in.
//
// # Security
//
// No inline script or style anywhere; the policies are in headers.go, and a table in
// the tests has the headers of each address. Pictures and files of the knowledge base
// are served with a type that follows from their name, and SVG in a sandbox. HTML of
// answers comes from package kb, which escapes what authors write; HTML of hits from
// package index.
//
// A request for a host that is not the site's is 421, which keeps other sites from
// becoming this one by DNS, and what the browsers of readers are made to ask by other
// sites is 403, but for links and what AllowOrigin lets them read. /healthz and
// /readyz are open to every probe.
//
// With [Config].Users all else wants a name and password (401), no shared cache may
// keep an answer, and no other origin may read the JSON. Wrong passwords are limited
// always, for each client. The event stream of whoever is a user no more ends before
// anything else is written to it. No response names the program's version.
package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"faqbase/index"
	"faqbase/kb"
)

// searchTimeout ends searches that take too long; their reader is told to retry.
const searchTimeout = 5 * time.Second

// Config is what a [Server] is made of.
type Config struct {
	Searcher interface {
		index.Searcher
		index.Suggester
		index.Relater
	}
	Title string // of the site; "" is faq/base
	// BaseURL is put before every address ("https://x/help/"); "" for addresses
	// that begin with "/". The library must be read with the same base, without
	// the slash at its end.
	BaseURL string
	// EditURL is where a page is edited, with {file} for its file relative to the
	// folder ("https://x/edit/main/{file}"); "" for no such links.
	EditURL     string
	AllowOrigin string // Access-Control-Allow-Origin on JSON reads: scheme://host[:port], "*" or "" for none
	Version     string // of the program, for ETag
	// Users are those who may read the site, nil for everybody. With them AllowOrigin
	// has to be "".
	Users *Users
	// Local tells that the server is reached from the same machine alone. It then
	// answers to that machine's own names and to the host of BaseURL only.
	Local bool
	// Rate limits each client, and with it the event streams of each; see [Rate].
	Rate Rate
	// TrustedProxies are the networks of proxies whose X-Forwarded-For or Forwarded
	// tells who a client is, and whose X-Request-Id which request it is.
	TrustedProxies []netip.Prefix
	// Metrics is where the server registers what it counts, nil for nowhere.
	Metrics prometheus.Registerer
	// MetricsPage answers /metrics, nil for nothing there.
	MetricsPage http.Handler
	// Dev is for whoever writes the pages: faults and lines are shown, and which first
	// hits a change has moved; templates and assets are read from the checkout of this
	// program that the working directory is in, on every request, if it is in one.
	Dev bool
	// Dir is the folder of pages on disk, absolute, "" if there is none; Editor the
	// address that opens a line of a file, with {path} (absolute) or {file} (relative to
	// Dir) and {line}, "" for none; Told gets each first hit that has moved, as a
	// sentence, and must be safe for concurrent use. All three are for Dev alone.
	Dir, Editor string
	Told        func(text string)
	// Log gets what goes wrong, with LogRequests a line for each request too; nil for
	// nowhere. Only with LogQueries it gets what readers have searched for.
	Log                     *slog.Logger
	LogRequests, LogQueries bool
}

// A Server is an http.Handler over the library that was last published. It is
// safe for concurrent use.
type Server struct {
	searcher index.Searcher
	suggest  index.Suggester
	relate   index.Relater
	log      *slog.Logger

	logRequests, logQueries bool

	title  string
	base   string // before every address: "" or "https://x/help"
	prefix string // the path of base: "" or "/help"
	host   string // the host of base without its port, "" for none
	local  bool   // it is reached from the same machine alone
	edit   string // where a page is edited, "" if nowhere; see editURL
	origin string // Access-Control-Allow-Origin, "" for none
	build  string // what responses depend on beside library and request

	dev         *workshop // nil unless in dev
	description *openAPI
	assets      *assets
	pages       templates

	router     http.Handler // Gin
	compressed http.Handler // the same, compressing

	publishing sync.Mutex
	library    atomic.Pointer[kb.Library]
	overviews  atomic.Pointer[overview]
	feed       *feed
	// compressing makes the codings of the assets ahead of those who ask for them. It
	// begins with the first Publish, so that a start need not wait for it.
	compressing sync.WaitGroup

	queue        *queue
	limiter      *limiter
	proxies      proxies
	unnamedProxy sync.Once // for its warning
	ready        readiness

	users   *Users   // nil for everybody
	guesses *limiter // of passwords
	hashes  *queue   // of those that are made of passwords

	asking      singleflight.Group                 // of the searcher
	kept        *otter.Cache[string, keptResponse] // by entity tag
	metrics     *metrics
	metricsPage http.Handler // nil for none
}

// New makes a server. It answers 503 on /readyz until the first Publish. The
// error is one of the configuration.
func New(c Config) (*Server, error) {
	if c.Searcher == nil {
		return nil, errors.New("web: no searcher")
	}
	base, prefix, err := splitBase(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := checkOrigin(c.AllowOrigin); err != nil {
		return nil, err
	}
	if err := checkEditURL(c.EditURL); err != nil {
		return nil, err
	}
	s := &Server{
		searcher: c.Searcher,
		suggest:  c.Searcher,
		relate:   c.Searcher,
		log:      c.Log,

		logRequests: c.LogRequests,
		logQueries:  c.LogQueries,

		title:  c.Title,
		base:   base,
		prefix: prefix,
		host:   hostOf(base),
		local:  c.Local,
		edit:   c.EditURL,
		origin: c.AllowOrigin,
		feed:   newFeed(),

		queue:       searchQueue(),
		limiter:     newLimiter(c.Rate),
		proxies:     c.TrustedProxies,
		users:       c.Users,
		guesses:     newLimiter(guesses),
		hashes:      hashQueue(),
		kept:        newKept(),
		metrics:     newMetrics(),
		metricsPage: c.MetricsPage,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.title == "" {
		s.title = "faq/base"
	}
	switch {
	case s.users != nil && s.origin != "":
		return nil, errProtected
	case s.users == nil && s.origin == "" && base != "":
		s.origin = "*"
	}
	if c.Dev {
		if err := checkEditor(c.Editor); err != nil {
			return nil, err
		}
		s.dev = &workshop{dir: c.Dir, editor: c.Editor, told: c.Told}
		if s.dev.files, err = checkout(); err != nil {
			return nil, err
		}
	}
	if s.assets, err = embeddedAssets(); err != nil {
		return nil, err
	}
	if s.pages, err = parseTemplates(embedded, s.templateFuncs(s.assets)); err != nil {
		return nil, err
	}
	if s.description, err = newOpenAPI(base); err != nil {
		return nil, err
	}
	sum, err := embeddedDigest()
	if err != nil {
		return nil, err
	}
	s.build = fmt.Sprintf("%q", []string{c.Version, s.title, base, s.origin, s.edit, sum})
	if err := s.route(); err != nil {
		return nil, err
	}
	s.metrics.register(s, c.Metrics) // last: what failed is made again with the same registry
	return s, nil
}

// splitBase checks a base URL and gives it without its slash, and its path.
func splitBase(base string) (trimmed, prefix string, err error) {
	if strings.ContainsAny(base, "?#") { // also where nothing follows them
		return "", "", fmt.Errorf("base URL %q: want no ? and no #", base)
	}
	trimmed = strings.TrimRight(base, "/")
	if trimmed == "" {
		return "", "", nil
	}
	u, err := url.Parse(trimmed)
	switch {
	case err != nil:
		return "", "", fmt.Errorf("base URL: %w", err)
	case u.Host == "" && (u.Scheme != "" || !strings.HasPrefix(trimmed, "/")),
		u.Host != "" && u.Scheme != "http" && u.Scheme != "https":
		return "", "", fmt.Errorf("base URL %q: want https://host/path/ or /path/", base)
	}
	return trimmed, u.Path, nil
}

// checkOrigin refuses what no browser sends as its Origin.
func checkOrigin(origin string) error {
	if origin == "" || origin == "*" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || origin != u.Scheme+"://"+u.Host ||
		strings.ToLower(origin) != origin {
		return fmt.Errorf("allowed origin %q: want * or scheme://host[:port], in lower case, such as https://example.com", origin)
	}
	return nil
}

// embeddedDigest is that of the templates and assets of this program.
var embeddedDigest = sync.OnceValues(func() (string, error) { return digestFiles(embedded) })

// digestFiles tells whether two sets of templates and assets are the same.
func digestFiles(fsys fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		fmt.Fprintf(h, "%s %d\n%s", name, len(b), b)
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

// Publish makes lib the one that is served and tells the open pages. A library
// with the digest of the one before is swapped silently.
func (s *Server) Publish(lib *kb.Library) {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	old := s.library.Swap(lib)
	if old == nil || old.Digest != lib.Digest {
		s.kept.InvalidateAll() // their tags are of the library before
		if s.users != nil {
			s.users.refresh() // all streams ask at once who is a user still
		}
		s.feed.publish(old, lib)
	}
	if s.dev != nil {
		s.dev.look(lib, s.search, s.feed.publishDev)
	}
	s.overviews.Store(nil) // it would keep old until somebody asks for the next
	if old == nil && s.dev == nil {
		s.compressing.Go(s.assets.compress)
	}
}

// ServeHTTP answers every address of the contract, with the path of the base
// URL before it or without.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = s.withoutPrefix(r)
	if s.users != nil {
		w = private{w}
	}
	if streams(r.URL.Path) {
		s.router.ServeHTTP(w, r)
		return
	}
	s.compressed.ServeHTTP(w, r)
}

// Close ends the event streams, without which the HTTP server would not shut down, and
// the searches of Dev, and waits for what the server does beside answering. It may be
// called again, and requests are answered after it.
func (s *Server) Close() {
	s.feed.close()
	if s.dev != nil {
		s.dev.close()
	}
	s.publishing.Lock() // nothing is begun while it is waited for
	defer s.publishing.Unlock()
	s.compressing.Wait()
}

// current is the published library.
func (s *Server) current() (*kb.Library, error) {
	lib := s.library.Load()
	if lib == nil {
		return nil, &problem{
			Status: http.StatusServiceUnavailable,
			Title:  "not ready",
			Detail: "the pages are being read",
			retry:  1,
		}
	}
	return lib, nil
}

// related are at most n questions of lib that have to do with the entry of that id.
// The index may hold the next library already; what lib does not have is left out.
func (s *Server) related(ctx context.Context, lib *kb.Library, id string, n int) ([]index.Related, error) {
	key := fmt.Sprintf("related %x %d %s", lib.Digest, n, id)
	found, err := once(ctx, s, key, func(ctx context.Context) ([]index.Related, error) {
		return s.relate.Related(ctx, id, n)
	})
	if err != nil {
		return nil, err
	}
	var list []index.Related
	for _, r := range found {
		if q := lib.Question(r.Question.ID); q != nil {
			r.Question = q
			list = append(list, r)
		}
	}
	return list, nil
}

// search asks the searcher in its turn, for a limited time. It counts nowhere: not only visitors
// search; see ask. What it gives may be given to others too.
func (s *Server) search(ctx context.Context, q index.Query) (*index.Results, error) {
	var digest kb.Digest // what was asked before a change does not answer after it
	if lib := s.library.Load(); lib != nil {
		digest = lib.Digest
	}
	return once(ctx, s, fmt.Sprintf("search %x %#v", digest, q), func(ctx context.Context) (*index.Results, error) {
		return s.searcher.Search(ctx, q)
	})
}

// completions of a text are at most [maxSuggestions].
func (s *Server) completions(ctx context.Context, text string) ([]index.Suggestion, error) {
	return queued(ctx, s.queue, func(ctx context.Context) ([]index.Suggestion, error) {
		return s.suggest.Suggest(ctx, text, maxSuggestions)
	})
}
