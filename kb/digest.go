package kb

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// A Digest tells whether two things are the same.
type Digest [16]byte

// digest is the digest of a list of strings: two lists have the same one only if
// they have the same strings in the same order.
func digest(parts ...string) Digest {
	h := sha256.New()
	for _, s := range parts {
		addPart(h, []byte(s))
	}
	return digestOf(h)
}

// fileDigest is the digest of a file's name and its content.
func fileDigest(file string, content []byte) Digest {
	h := sha256.New()
	addPart(h, []byte(file))
	addPart(h, content)
	return digestOf(h)
}

// addPart adds a string to h, with its length before it.
func addPart(h hash.Hash, s []byte) {
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(s)))
	h.Write(size[:])
	h.Write(s)
}

func digestOf(h hash.Hash) Digest {
	var sum [sha256.Size]byte
	return Digest(h.Sum(sum[:0])[:16])
}
