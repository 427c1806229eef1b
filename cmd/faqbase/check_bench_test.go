package main

import (
	"io"
	"os"
	"os/exec"
	"testing"

	"faqbase/kb/sample"
)

// BenchmarkCheck is the whole of "faqbase check" on 1,000 pages of ten questions each, in a
// git checkout without changes and outside of one.
func BenchmarkCheck(b *testing.B) {
	const pages = 1000
	for _, checkout := range []bool{false, true} {
		name := "folder"
		if checkout {
			name = "checkout"
		}
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			if err := sample.Write(dir, pages*sample.PerPage); err != nil {
				b.Fatal(err)
			}
			if checkout {
				commitAll(b, dir)
			}
			con := console{out: io.Discard, err: io.Discard}
			for b.Loop() {
				c := checkCommand{folderArg: folderArg{Dir: dir}, Format: formatText}
				if err := c.Run(b.Context(), con); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(pages*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}

// commitAll makes a checkout of dir with one commit of all that is in it.
func commitAll(b *testing.B, dir string) {
	b.Helper()
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first"}} {
		cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Skipf("git %v: %v %s", args, err, out)
		}
	}
}
