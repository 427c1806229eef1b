package index

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The files of an index, in its folder.
const (
	metaFile      = "index_meta.json"
	snapshotsFile = "store/root.bolt"
	segmentFiles  = "store/*.zap"
	sealFile      = "faqbase.sums"
)

// A seal is a file with a line for each file of a closed index, its CRC-32 (IEEE) and
// its name, and a last line with the sum of these. Bleve verifies neither its snapshots
// nor, when it opens them, its segments. An index that was not closed has no seal: of
// it less is known.

// seal writes the sums of the files of a closed index.
func seal(folder string) error {
	text, err := sums(folder)
	if err != nil {
		return err
	}
	name := filepath.Join(folder, sealFile)
	f, err := os.Create(name + ".new")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// sums is the text of the seal of the files as they are.
func sums(folder string) ([]byte, error) {
	names, err := filepath.Glob(filepath.Join(folder, segmentFiles))
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		names[i] = "store/" + filepath.Base(name)
	}
	var text bytes.Buffer
	for _, name := range append(names, metaFile, snapshotsFile) {
		sum, err := sumOf(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, "%08x %s\n", sum, name)
	}
	fmt.Fprintf(&text, "%08x\n", crc32.ChecksumIEEE(text.Bytes()))
	return text.Bytes(), nil
}

func sumOf(name string) (uint32, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sum := crc32.NewIEEE()
	_, err = io.Copy(sum, f)
	return sum.Sum32(), err
}

// checkSeal checks the files of an index against its seal, if it has one.
func checkSeal(folder string) (sealed bool, err error) {
	text, err := os.ReadFile(filepath.Join(folder, sealFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	lines := strings.SplitAfter(string(text), "\n")
	if len(lines) < 2 || lines[len(lines)-1] != "" {
		return false, fmt.Errorf("%s: cut off", sealFile)
	}
	listed := lines[:len(lines)-2]
	if want := fmt.Sprintf("%08x\n", crc32.ChecksumIEEE([]byte(strings.Join(listed, "")))); lines[len(lines)-2] != want {
		return false, fmt.Errorf("%s: wrong sum", sealFile)
	}
	for _, line := range listed {
		want, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		sum, err := sumOf(filepath.Join(folder, name))
		if err != nil {
			return false, err
		}
		if fmt.Sprintf("%08x", sum) != want {
			return false, fmt.Errorf("%s: wrong sum", name)
		}
	}
	return true, nil
}

// removeSeal takes the seal away from an index that is about to change.
func removeSeal(folder string) error {
	err := os.Remove(filepath.Join(folder, sealFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
