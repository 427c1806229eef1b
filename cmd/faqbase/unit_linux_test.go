package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSystemdReadsTheUnit has systemd read deploy/faqbase.service as it would before it
// starts it. Where the program is to be installed there is none here: another one that
// can be run stands in for it.
func TestSystemdReadsTheUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze here to read the unit")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := readDeploy(t, "faqbase.service")
	verify := func(unit string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "faqbase.service")
		if err := os.WriteFile(file, []byte(unit), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(analyze, "verify", "--man=no", file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out) // what is ignored is told, but is no error
	}
	installed := strings.Replace(unit, "ExecStart=/usr/local/bin/faqbase ", "ExecStart="+program+" ", 1)
	if installed == unit {
		t.Fatal("the unit starts the program no longer as this test knows it")
	}
	if out := verify(installed); out != "" {
		t.Errorf("systemd says\n%s", out)
	}
	if out := verify(strings.Replace(installed, "ProtectClock=", "ProtectClok=", 1)); !strings.Contains(out, "ProtectClok") {
		t.Errorf("a setting that there is not is not told, but %q", out)
	}
}
