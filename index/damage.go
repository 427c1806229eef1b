package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/util"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// errDamaged is wrapped by the error of an index that was read and found wrong, or
// of another schema: it is to be replaced. Any other error leaves it as it is, for
// it says nothing about the index: too many open files, no permission, a lock.
var errDamaged = errors.New("damaged index")

// errVersion is that of an index of another schema, or of none as it was never whole.
var errVersion = fmt.Errorf("%w of another version", errDamaged)

// readError sorts the errors of reading an index: those of the system are kept, a
// missing file apart, and all others mean damage.
func readError(err error) error {
	var system syscall.Errno
	switch {
	case err == nil, errors.Is(err, errDamaged):
		return err
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrLocked
	case errors.As(err, &system) && !errors.Is(err, fs.ErrNotExist):
		return err
	default:
		return fmt.Errorf("%w: %v", errDamaged, err)
	}
}

// checkFolder checks what Bleve does not when it opens the index in folder, and takes
// away its seal: from now on the files change.
func checkFolder(folder string) error {
	if err := checkMeta(filepath.Join(folder, metaFile)); err != nil {
		return err
	}
	sealed, err := checkSeal(folder)
	if err != nil {
		return err
	}
	snapshots := filepath.Join(folder, snapshotsFile)
	if err := checkBolt(snapshots); err != nil {
		return fmt.Errorf("%s: %w", snapshotsFile, err)
	}
	segments, err := readSnapshots(snapshots)
	if err != nil {
		return err
	}
	for _, name := range segments {
		if sealed {
			break
		}
		if err := checkSegment(name); err != nil {
			return err
		}
	}
	if err := openAll(slices.Concat(segments, slices.Repeat([]string{snapshots}, 8))); err != nil {
		return err
	}
	return removeSeal(folder)
}

// checkMeta checks that the file which Bleve begins with names the kind of index that
// is ours. Bleve says of one that it could not read that it is missing, and takes
// another kind for one to be made.
func checkMeta(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var meta struct {
		Kind string `json:"index_type"`
	}
	// Bleve has more after the value.
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&meta); err != nil {
		return fmt.Errorf("%s: %w", metaFile, err)
	}
	if meta.Kind != scorch.Name {
		return fmt.Errorf("%s: index type %q, want %q", metaFile, meta.Kind, scorch.Name)
	}
	return nil
}

// openAll opens all segments at once and a few files more, to see whether Bleve can:
// it passes over a snapshot with a segment that it could not open.
func openAll(names []string) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
	}
	return nil
}

// readSnapshots checks that the newest of Bleve's snapshots has this schema, and
// returns the files of the segments that its snapshots name. Others may lie there,
// half written by a process that was killed; Bleve removes them.
func readSnapshots(name string) (segments []string, err error) {
	if info, err := os.Stat(name); err != nil || info.Size() == 0 {
		return nil, cmp.Or(err, errors.New("no snapshots")) // bbolt would write the first page
	}
	db, err := bolt.Open(name, 0o600, &bolt.Options{ReadOnly: true, Timeout: lockWait})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	folder := filepath.Dir(name)
	err = db.View(func(tx *bolt.Tx) error {
		if v := newestSchema(tx); v != strconv.Itoa(schema) {
			return fmt.Errorf("%w: schema %q, want %d", errVersion, v, schema)
		}
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error {
			return eachSegment(b, func(file string) {
				segments = append(segments, filepath.Join(folder, filepath.Base(file)))
			})
		})
	})
	slices.Sort(segments)
	return slices.Compact(segments), err
}

// newestSchema is the schema of the newest snapshot, "" if there is none.
func newestSchema(tx *bolt.Tx) string {
	snapshots := tx.Bucket(util.BoltSnapshotsBucket)
	if snapshots == nil {
		return ""
	}
	c := snapshots.Cursor()
	for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
		if snapshot := snapshots.Bucket(k); snapshot != nil {
			if internal := snapshot.Bucket(util.BoltInternalKey); internal != nil {
				return string(internal.Get(schemaKey))
			}
			return ""
		}
	}
	return ""
}

// eachSegment calls do with the file of each segment that a bucket of Bleve's names.
func eachSegment(b *bolt.Bucket, do func(file string)) error {
	return b.ForEach(func(key, value []byte) error {
		if value == nil {
			return eachSegment(b.Bucket(key), do)
		}
		if bytes.Equal(key, util.BoltPathKey) {
			do(string(value))
		}
		return nil
	})
}

// checkSegment checks the sum at the end of a segment file: Bleve does not, and a
// damaged one can give wrong answers for long. Nor does it say that one is missing: it
// passes over the snapshot, starts from an older one, and at the next start passes over
// everything written since.
func checkSegment(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < 4 {
		return fmt.Errorf("segment %s: cut off", name)
	}
	sum := crc32.NewIEEE()
	if _, err := io.CopyN(sum, f, info.Size()-4); err != nil {
		return err
	}
	var want [4]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return err
	}
	if sum.Sum32() != binary.BigEndian.Uint32(want[:]) {
		return fmt.Errorf("segment %s: wrong sum", name)
	}
	return nil
}
