package kb

import (
	"crypto/sha256"
	"encoding/binary"
)

// A Digest tells whether two things are the same.
type Digest [16]byte

// digest is the digest of a list of strings: two lists have the same one only if
// they have the same strings in the same order.
func digest(parts ...string) Digest {
	h := sha256.New()
	var size [8]byte
	for _, s := range parts {
		binary.LittleEndian.PutUint64(size[:], uint64(len(s)))
		h.Write(size[:])
		h.Write([]byte(s))
	}
	var sum [sha256.Size]byte
	return Digest(h.Sum(sum[:0])[:16])
}
