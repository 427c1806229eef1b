package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"faqbase/kb"
)

// What is read of the last commit, at most.
const (
	historyTimeout = 10 * time.Second
	historySize    = 64 << 20 // bytes of pages
	historyPage    = 4 << 20  // bytes of one page, the most that a page may have
)

// committed are the pages of a folder as they were at the last commit of the git
// checkout that it is in: of those alone whose files have changed since or are gone. There
// are none without git, outside a checkout and before the first commit. An error says
// why git cannot tell of the checkout, or not of all pages.
//
// Nothing of the checkout is run. "git diff" would compare files through the filters
// that its configuration and its .gitattributes name; so git only lists the blobs of
// the commit ("ls-tree") and gives them ("cat-file"), and what has changed is told by
// the names that git would give the files.
func committed(ctx context.Context, dir string) ([]*kb.Page, error) {
	if dir == "" || !inCheckout(dir) {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	tree, err := git(ctx, dir, "ls-tree", "-r", "-z", "HEAD").Output()
	if err != nil {
		return nil, whyNot(ctx, dir, err)
	}
	blobs, files, err := oldBlobs(dir, tree)
	if err != nil {
		return nil, err
	}
	if len(blobs) == 0 {
		return nil, nil
	}
	batch := git(ctx, dir, "cat-file", "--batch")
	batch.Stdin = strings.NewReader(strings.Join(blobs, "\n") + "\n")
	out, err := batch.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := batch.Start(); err != nil {
		return nil, err
	}
	var pages []*kb.Page
	var failed error
	r := bufio.NewReader(io.LimitReader(out, historySize))
	for _, file := range files {
		src, err := readBlob(r)
		if err != nil {
			failed = fmt.Errorf("read %s as it was: %w", file, err)
			break
		}
		// Its faults are of the past.
		if page, _ := kb.Parse(file, src, kb.Options{}); page != nil && !page.Draft {
			pages = append(pages, page)
		}
	}
	cancel() // what is not read is not wanted
	_ = batch.Wait()
	return pages, failed
}

// inCheckout tells whether dir is in a git checkout, by the .git in it or above.
func inCheckout(dir string) bool {
	at := realPath(dir)
	for {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return true
		}
		above := filepath.Dir(at)
		if above == at {
			return false
		}
		at = above
	}
}

// whyNot is why git could not compare with the last commit: nil if there is no git, or
// no commit yet.
func whyNot(ctx context.Context, dir string, failure error) error {
	if errors.Is(failure, exec.ErrNotFound) {
		return nil
	}
	var exit *exec.ExitError
	_, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", "HEAD").Output()
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil
	}
	if errors.As(failure, &exit) {
		if said, _, _ := strings.Cut(strings.TrimSpace(string(exit.Stderr)), "\n"); said != "" {
			return fmt.Errorf("git: %s", strings.TrimPrefix(said, "fatal: "))
		}
	}
	return fmt.Errorf("git: %w", failure)
}

// git is the command that runs git in dir, for commands that run no hook and no filter.
// What a hook has set about its own checkout does not hold there, nothing is fetched,
// and no monitor of files that the checkout configures is run.
func git(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir, "-c", "core.fsmonitor=false"}, args...)...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"}, name)
	})
	cmd.Env = append(cmd.Env, "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1")
	return cmd
}

// oldBlobs are the names by which git knows what the pages in dir were that have
// changed since or are gone, and their files, as "git ls-tree -r -z" tells them: "mode
// type name", a tab and the file, each with a NUL after it.
func oldBlobs(dir string, tree []byte) (blobs, files []string, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	for entry := range strings.SplitSeq(string(tree), "\x00") {
		about, file, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(about)
		regular := len(fields) == 3 && strings.HasPrefix(fields[0], "100") // no link
		if regular && kb.IsPage(file) && !isBlob(root, file, fields[2]) {
			blobs, files = append(blobs, fields[2]), append(files, file)
		}
	}
	return blobs, files, nil
}

// isBlob tells whether a file is what git knows by a name: the digest of "blob", its
// size and its content. One whose line ends git has changed is not, which only means
// that it is read.
func isBlob(root *os.Root, file, name string) bool {
	src, err := root.ReadFile(filepath.FromSlash(file))
	if err != nil {
		return false
	}
	sum := sha1.New()
	if len(name) == hex.EncodedLen(sha256.Size) {
		sum = sha256.New()
	}
	fmt.Fprintf(sum, "blob %d\x00", len(src))
	sum.Write(src)
	return hex.EncodeToString(sum.Sum(nil)) == name
}

// readBlob reads one answer of "git cat-file --batch": "name type size", then the
// content and a line end.
func readBlob(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(line)
	if len(fields) != 3 { // "name missing"
		return nil, nil
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("size of a blob: %w", err)
	}
	var src bytes.Buffer
	if _, err := io.CopyN(&src, r, min(size, historyPage+1)); err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, r, size-int64(src.Len())+1); err != nil {
		return nil, err
	}
	return src.Bytes(), nil
}
