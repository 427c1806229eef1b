package kb

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSize is the size of the largest page that is read, in bytes.
const maxSize = 4 << 20

// A source is what came of one Markdown file.
type source struct {
	file   string
	page   *Page // nil if nothing was sound
	faults ErrorList
}

// readSource reads a page for a library. src may be cut off after maxSize+1 bytes.
func readSource(file string, src []byte, o Options) *source {
	s := &source{file: file, faults: refuse(file, src)}
	if len(s.faults) > 0 {
		return s
	}
	if !utf8.Valid(src) {
		s.faults.errorf(file, firstInvalid(src), "invalid-utf8", "not UTF-8; what is no character is shown as \uFFFD; save the file as UTF-8")
	}
	r := read(file, src, o)
	if r.sound() {
		s.page = r.page(src)
	}
	s.faults = append(s.faults, r.faults...)
	return s
}

// refuse says why a file is not read at all.
func refuse(file string, src []byte) (faults ErrorList) {
	switch {
	case len(src) > maxSize:
		faults.errorf(file, 0, "too-large", "larger than 4 MiB, so it is not read; divide it into several pages")
	case len(strings.TrimSpace(string(src[:min(len(src), 1<<10)]))) == 0 && len(strings.TrimSpace(string(src))) == 0:
		faults.errorf(file, 0, "empty-page", "the page is empty; write a title and a question, or remove the file")
	case isBinary(src):
		faults.errorf(file, 0, "binary-file", "not a text file, so it is not read; save it as UTF-8")
	default:
		if line, what := tooComplex(src); what != "" {
			faults.errorf(file, line, "too-complex", "%s, so the page is not read; divide it", what)
		}
	}
	return faults
}

// unreadable is the source of a file that could not be read; the page that came of
// it last stays.
func unreadable(file string, err error, last *source) *source {
	s := &source{file: file}
	if last != nil {
		s.page = last.page
	}
	mend := ""
	if errors.Is(err, fs.ErrPermission) {
		mend = "; see to its permissions"
	}
	s.faults.errorf(file, 0, "unreadable", "%v%s", cause(err), mend)
	return s
}

// firstInvalid is the line of the first byte that is no UTF-8.
func firstInvalid(src []byte) int {
	line := 1
	for len(src) > 0 {
		r, size := utf8.DecodeRune(src)
		if r == utf8.RuneError && size == 1 {
			return line
		}
		if r == '\n' {
			line++
		}
		src = src[size:]
	}
	return line
}

// IsPage tells whether a file, named relative to its folder, is read as a page.
func IsPage(file string) bool {
	return isPage(path.Base(file)) && !slices.ContainsFunc(strings.Split(file, "/"), skipName)
}

// isPage tells whether a file of that name is a page.
func isPage(name string) bool { return hasExtension(name, pageExtensions) }

// isAsset tells whether a file of that name is served beside the pages.
func isAsset(name string) bool { return hasExtension(name, assetExtensions) }

// IsRead tells whether files are read that lie in folders of those names, or have them:
// a path of a page relative to the folder, with "/".
func IsRead(file string) bool {
	return !slices.ContainsFunc(strings.Split(file, "/"), skipName)
}

// skipName tells whether a file or folder of that name is left alone.
func skipName(name string) bool {
	return strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules"
}

func hasExtension(name string, extensions []string) bool {
	ext := path.Ext(name)
	return slices.Contains(extensions, strings.ToLower(ext)) && len(ext) < len(name)
}
