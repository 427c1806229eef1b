// Command release builds faqbase for every platform that it is released for.
//
//	go run ./deploy/release                    into dist, the version from git
//	go run ./deploy/release -version v1.2.3 -out /tmp/dist -platforms linux/arm64
//
// For each platform there is an archive (.tar.gz, for Windows .zip) with the program,
// its licence and the licences of all that is linked into it, and SHA256SUMS lists them
// all. The program is static and needs nothing beside it. "faqbase version" tells the
// version, the commit and the commit's date.
//
// Anybody who builds the same commit with the same version of Go gets the same bytes,
// wherever the checkout lies: paths are cut off (-trimpath), what the environment could
// change of the code is set here, and files in the archives have the commit's date, no
// owner and fixed modes. A checkout with changes is refused, since nobody else has it, and
// so is a linked worktree, of which the program would not know the commit; -dirty builds
// either all the same, and the version tells of changes.
package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// released are the platforms that are built when none are named.
const released = "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64"

// tags leaves out Gin's MessagePack, which nothing here speaks: 6 of 45 megabytes of the
// program and much of the time to build it.
const tags = "nomsgpack"

// gcflags leaves out what debuggers read, which the linker would drop anyway.
const gcflags = "all=-dwarf=false"

// collect is GOGC of the compiler where the builder has not set one. Together with
// gcflags it takes a quarter off the time to build, and the largest package takes 450 MB
// in place of 380.
const collect = "800"

func main() {
	out := flag.String("out", "dist", "the `folder` that the archives are written to")
	version := flag.String("version", "", "the `version` that the program tells (default: git describe)")
	platforms := flag.String("platforms", released, "what is built, as `system/processor` with commas between")
	dirty := flag.Bool("dirty", false, "build a checkout with changes too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *version, *dirty, strings.Split(*platforms, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run builds the archives of platforms and their sums in the folder out.
func run(ctx context.Context, out, version string, dirty bool, platforms []string) error {
	if flag.NArg() > 0 {
		return fmt.Errorf("%q is no flag; see -help", flag.Arg(0))
	}
	root, err := output(ctx, "", nil, "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return err
	}
	c, err := readCommit(ctx, root)
	if err != nil {
		return err
	}
	if c.linked && !dirty {
		return errors.New("the checkout is a worktree linked to another one, whose commit Go puts into no program; build from a clone, or give -dirty")
	}
	if c.changes != "" && !dirty {
		return fmt.Errorf("the checkout has changes that are not in a commit; commit them, build from a fresh clone, or give -dirty:\n%s", c.changes)
	}
	version = cmp.Or(version, c.name)
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	var sums bytes.Buffer
	for _, name := range platforms {
		p, err := readPlatform(name)
		if err != nil {
			return err
		}
		a, err := build(ctx, root, version, c.date, p)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		content, err := a.pack()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		file := filepath.Join(out, a.file())
		if err := os.WriteFile(file, content, 0o666); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(content), a.file())
		fmt.Printf("%s  %.1f MB\n", file, float64(len(content))/1e6)
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), sums.Bytes(), 0o666)
}

// A platform is a system and a processor, by Go's names.
type platform struct{ system, processor string }

func readPlatform(name string) (platform, error) {
	system, processor, ok := strings.Cut(name, "/")
	if !ok || system == "" || processor == "" {
		return platform{}, fmt.Errorf("a platform is system/processor, as linux/amd64, not %q", name)
	}
	return platform{system, processor}, nil
}

// program is the name of the program's file on p.
func (p platform) program() string {
	if p.system == "windows" {
		return "faqbase.exe"
	}
	return "faqbase"
}

// environment is what the compiler is told of p, and what keeps the builder's own
// settings from changing the code.
func (p platform) environment() []string {
	return []string{
		"GOOS=" + p.system, "GOARCH=" + p.processor, "CGO_ENABLED=0",
		"GOFLAGS=", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0", "GOFIPS140=off",
		"GOGC=" + cmp.Or(os.Getenv("GOGC"), collect),
	}
}

// build makes the archive of p from the module at root.
func build(ctx context.Context, root, version string, date time.Time, p platform) (archive, error) {
	temp, err := os.MkdirTemp("", "faqbase-release-")
	if err != nil {
		return archive{}, err
	}
	defer os.RemoveAll(temp)
	program := filepath.Join(temp, p.program())
	if _, err := output(ctx, root, p.environment(), "go", "build", "-trimpath", "-buildvcs=true", "-tags", tags,
		"-gcflags", gcflags, "-ldflags", "-s -w -X main.version="+version, "-o", program, "./cmd/faqbase"); err != nil {
		return archive{}, err
	}
	a := archive{name: "faqbase_" + version + "_" + p.system + "_" + p.processor, zip: p.system == "windows", date: date}
	if err := errors.Join(
		a.add(p.program(), program, 0o755),
		a.add("LICENSE", filepath.Join(root, "LICENSE"), 0o644),
		a.add("README.md", filepath.Join(root, "README.md"), 0o644),
	); err != nil {
		return archive{}, err
	}
	licences, err := thirdParty(ctx, root, p)
	if err != nil {
		return archive{}, err
	}
	a.files = append(a.files, file{"THIRD-PARTY.txt", licences, 0o644})
	return a, nil
}

// A commit is the state of the checkout.
type commit struct {
	name    string // as git describe gives it
	date    time.Time
	changes string // what the checkout has beyond it, as git status lists it
	linked  bool   // the checkout is a linked worktree
}

// readCommit reads the commit that is checked out at root.
func readCommit(ctx context.Context, root string) (commit, error) {
	changes, err := output(ctx, root, nil, "git", "status", "--porcelain")
	if err != nil {
		return commit{}, err
	}
	name, err := output(ctx, root, nil, "git", "describe", "--tags", "--always", "--dirty")
	if err != nil {
		return commit{}, err
	}
	stamp, err := output(ctx, root, nil, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return commit{}, err
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return commit{}, fmt.Errorf("the date of the commit: %w", err)
	}
	git, err := os.Stat(filepath.Join(root, ".git"))
	if err != nil {
		return commit{}, err
	}
	return commit{name, time.Unix(seconds, 0).UTC(), changes, !git.IsDir()}, nil
}

// output runs a command in dir, with more in its environment, and returns what it
// printed, without space around. What it complained of is in the error.
func output(ctx context.Context, dir string, more []string, name string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), more...)
	var complaint bytes.Buffer
	c.Stderr = &complaint
	b, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, args[0], err, complaint.String())
	}
	return strings.TrimSpace(string(b)), nil
}
