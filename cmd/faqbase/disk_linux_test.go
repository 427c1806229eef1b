package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk is a disk of 4 MB in memory. Making one takes the rights of root; without
// them the test is skipped.
func smallDisk(t *testing.T) string {
	t.Helper()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("no disk of its own, which takes the rights of root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk
}

// TestDiskInTrouble serves from an index on a disk of its own on which nothing can be
// written any more. What was indexed is served on, which is told with the folder and the
// reason, and what was saved meanwhile is found as soon as it can be written.
func TestDiskInTrouble(t *testing.T) {
	for _, c := range []struct {
		claim, reason string
		begin, end    func(disk string) error
	}{
		{"a disk that is full", "no space left on device", func(disk string) error {
			f, err := os.Create(filepath.Join(disk, "ballast"))
			if err != nil {
				return err
			}
			defer f.Close()
			for block := make([]byte, 4<<10); err == nil; {
				_, err = f.Write(block)
			}
			if errors.Is(err, syscall.ENOSPC) {
				return nil
			}
			return err
		}, func(disk string) error { return os.Remove(filepath.Join(disk, "ballast")) }},
		// A disk that is written to cannot be made read-only, as a fault makes it. In its
		// place every name on it then leads to another view of it, which is.
		{"a disk that turns read-only", "read-only file system", func(disk string) error {
			return errors.Join(
				syscall.Mount(disk, disk, "", syscall.MS_BIND, ""),
				syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""),
			)
		}, func(disk string) error { return syscall.Unmount(disk, 0) }},
	} {
		t.Run(c.claim, func(t *testing.T) {
			disk, pages := smallDisk(t), t.TempDir()
			dir := filepath.Join(disk, "index")
			save := func(word string) {
				t.Helper()
				text := fmt.Sprintf("# Page\n\n### What is a %s?\n\nAn animal. %s\n", word, strings.Repeat(word+"s and others. ", 1000))
				if err := os.WriteFile(filepath.Join(pages, "a.md"), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			save("walrus")
			p, err := startServe(processTimeout, "faqbase", pages, os.Environ(), "--index", dir, pages)
			if err != nil {
				t.Fatal(err)
			}
			defer p.end(os.Kill) // where it has not ended before
			found := func(word string) bool {
				body, status, err := get(p.url + "/search?exact=1&q=" + word)
				if err != nil || status != 200 {
					t.Fatalf("status %d, %v: %s", status, err, body)
				}
				return !strings.Contains(body, `"total":0,`)
			}
			if err := c.begin(disk); err != nil {
				t.Fatal(err)
			}
			save("quokka")
			if !poll(func() bool {
				return strings.Contains(p.stderr.String(), "still served until the index can be written again")
			}) {
				t.Fatalf("it is not told:\n%s", p.stderr.String())
			}
			for _, part := range []string{dir, c.reason} {
				if !strings.Contains(p.stderr.String(), part) {
					t.Errorf("what is told does not name %s:\n%s", part, p.stderr.String())
				}
			}
			if !found("walrus") || found("quokka") {
				t.Error("what was indexed is not served on")
			}
			if _, err := startServe(processTimeout, "faqbase", pages, os.Environ(), "--index", filepath.Join(disk, "other"), pages); err == nil || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("another start there: %v", err)
			}
			if err := c.end(disk); err != nil {
				t.Fatal(err)
			}
			if !poll(func() bool { return found("quokka") }) {
				t.Errorf("what was saved meanwhile is not found:\n%s", p.stderr.String())
			}
			if err := p.end(os.Interrupt); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAReadOnlyIndexFolder starts where an index is that nothing may be written to, as
// root too. An index that was asked for by name is an error that names the folder, the
// reason and what to do; in the user's cache folder one in memory takes its place.
// Either way the index there stays as it is.
func TestAReadOnlyIndexFolder(t *testing.T) {
	disk, pages := smallDisk(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(pages, "a.md"), []byte("### What is a wombat?\n\nA marsupial.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cache := append(os.Environ(), "XDG_CACHE_HOME="+disk)
	dir := filepath.Join(disk, "index")
	protect := func(flags uintptr) {
		t.Helper()
		if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	serve := func(env []string, flags ...string) (told string, err error) {
		p, err := startServe(processTimeout, "faqbase", pages, env, append(flags, pages)...)
		if err != nil {
			return "", err
		}
		defer p.end(os.Kill) // where it has not ended before
		body, status, err := get(p.url + "/search?q=wombat")
		if err != nil || status != 200 || !strings.Contains(body, `"a#what-is-a-wombat"`) {
			t.Errorf("status %d, %v: %s", status, err, body)
		}
		err = p.end(os.Interrupt)
		return p.stderr.String(), err
	}
	for _, flags := range [][]string{{"--index", dir}, nil} { // both are written
		if told, err := serve(cache, flags...); err != nil || strings.Contains(told, "kept in memory") {
			t.Fatalf("%v: %v\n%s", flags, err, told)
		}
	}
	protect(syscall.MS_RDONLY)
	_, err := serve(cache, "--index", dir)
	if err == nil {
		t.Fatal("it serves from an index that it cannot write")
	}
	for _, part := range []string{"open index " + dir, "read-only file system", "choose another with --index, or --index memory"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
	if told, err := serve(cache); err != nil || !strings.Contains(told, "kept in memory") || !strings.Contains(told, "read-only file system") {
		t.Errorf("in the cache folder: %v\n%s", err, told)
	}
	protect(0)
	if told, err := serve(cache, "--index", dir); err != nil || !strings.Contains(told, "indexed=0") {
		t.Errorf("when it can be written again: %v\n%s", err, told)
	}
}
