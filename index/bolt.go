package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
)

// bbolt trusts what it reads: a page of a damaged file that is its own child makes it
// call itself until the stack is full, which ends the process. checkBolt reads the file
// by itself before bbolt does.
//
// A file is pages of one size. Each begins with its number, its kind, the number of its
// elements and of the pages that it runs on over. Pages 0 and 1 are two states of what
// is said of the whole; the one with the greater number counts. A leaf's elements are
// keys with values or with buckets, a branch's keys with pages. A bucket is the number
// of its root page and, if that is 0, a leaf of its own in the place of the value.
// Numbers are in the order of bytes of the machine.
//
// The format is that of go.etcd.io/bbolt/internal/common.

const (
	boltMagic      = 0xED0CDAED
	boltVersion    = 2
	boltHeader     = 16 // bytes at the beginning of a page
	boltElement    = 16 // bytes of an element, in a leaf as in a branch
	boltBucket     = 16 // bytes at the beginning of a bucket
	boltMeta       = 56 // bytes of what is said of the whole, but for its sum
	boltNoFreelist = 1<<64 - 1

	boltBranchPage   = 0x01
	boltLeafPage     = 0x02
	boltMetaPage     = 0x04
	boltFreelistPage = 0x10

	boltDepth = 64 // of pages and buckets in each other, far more than there ever are
)

var boltOrder = binary.NativeEndian

// A boltChecker checks the pages of a file.
type boltChecker struct {
	data  []byte
	size  uint64 // of a page
	pages uint64 // in use, from the first on
	seen  map[uint64]bool
}

// checkBolt checks that each page of the bbolt file is one, and is in one place.
func checkBolt(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	c := &boltChecker{data: data, seen: make(map[uint64]bool)}
	root, freelist, err := c.meta()
	if err != nil {
		return err
	}
	if freelist != boltNoFreelist {
		if err := c.freelist(freelist); err != nil {
			return err
		}
	}
	return c.tree(root, 0)
}

// meta finds the state that counts.
func (c *boltChecker) meta() (root, freelist uint64, err error) {
	if len(c.data) < boltHeader+boltMeta+8 {
		return 0, 0, errors.New("cut off")
	}
	var newest uint64
	found := false
	size := uint64(boltOrder.Uint32(c.data[boltHeader+8:]))
	for _, at := range []uint64{0, size, uint64(os.Getpagesize())} { // the first one may be the damaged one
		if at+boltHeader+boltMeta+8 > uint64(len(c.data)) {
			continue
		}
		m := c.data[at+boltHeader:]
		sum := fnv.New64a()
		sum.Write(m[:boltMeta])
		txid := boltOrder.Uint64(m[48:])
		switch {
		case boltOrder.Uint32(m) != boltMagic, boltOrder.Uint32(m[4:]) != boltVersion:
		case boltOrder.Uint64(m[boltMeta:]) != sum.Sum64():
		case found && txid <= newest:
		default:
			found, newest = true, txid
			c.size = uint64(boltOrder.Uint32(m[8:]))
			root, freelist = boltOrder.Uint64(m[16:]), boltOrder.Uint64(m[32:])
			c.pages = boltOrder.Uint64(m[40:])
		}
	}
	switch {
	case !found:
		return 0, 0, errors.New("no sound beginning")
	case c.size < 512 || c.pages > uint64(len(c.data))/c.size:
		return 0, 0, errors.New("cut off")
	}
	return root, freelist, nil
}

// page returns page n, of which no other has been n.
func (c *boltChecker) page(n uint64) ([]byte, error) {
	if n < 2 || n >= c.pages {
		return nil, fmt.Errorf("page %d of %d", n, c.pages)
	}
	p := c.data[n*c.size:]
	over := uint64(boltOrder.Uint32(p[12:]))
	if boltOrder.Uint64(p) != n || over >= c.pages-n {
		return nil, fmt.Errorf("page %d is not one", n)
	}
	for i := n; i <= n+over; i++ {
		if c.seen[i] {
			return nil, fmt.Errorf("page %d is in two places", i)
		}
		c.seen[i] = true
	}
	return p[:(over+1)*c.size], nil
}

// freelist checks the list of the pages that are free: they stand in order, and none is
// in use.
func (c *boltChecker) freelist(n uint64) error {
	p, err := c.page(n)
	if err != nil {
		return err
	}
	if boltOrder.Uint16(p[8:]) != boltFreelistPage {
		return fmt.Errorf("page %d is no list of free pages", n)
	}
	list, count := p[boltHeader:], uint64(boltOrder.Uint16(p[10:]))
	if count == 0xFFFF { // more than fit: the number is the first element
		count, list = boltOrder.Uint64(list), list[8:]
	}
	if count > uint64(len(list))/8 {
		return fmt.Errorf("page %d: %d free pages", n, count)
	}
	last := uint64(1)
	for i := range count {
		free := boltOrder.Uint64(list[8*i:])
		if free <= last || free >= c.pages || c.seen[free] {
			return fmt.Errorf("page %d is not free", free)
		}
		c.seen[free] = true
		last = free
	}
	return nil
}

// tree checks page n and all that is below it.
func (c *boltChecker) tree(n uint64, depth int) error {
	p, err := c.page(n)
	if err != nil {
		return err
	}
	return c.elements(p, fmt.Sprintf("page %d", n), depth)
}

// elements checks the elements of a page, or of a bucket within one.
func (c *boltChecker) elements(p []byte, place string, depth int) error {
	if depth > boltDepth {
		return fmt.Errorf("%s: too deep", place)
	}
	kind, count := boltOrder.Uint16(p[8:]), int(boltOrder.Uint16(p[10:]))
	if kind != boltLeafPage && kind != boltBranchPage || count > (len(p)-boltHeader)/boltElement {
		return fmt.Errorf("%s: of kind %d with %d elements", place, kind, count)
	}
	if kind == boltBranchPage && count == 0 {
		return fmt.Errorf("%s: a branch of nothing", place)
	}
	var last []byte
	for i := range count {
		e := p[boltHeader+i*boltElement:]
		flags, at, keySize, valueSize := uint64(0), uint64(boltOrder.Uint32(e)), uint64(boltOrder.Uint32(e[4:])), uint64(0)
		if kind == boltLeafPage {
			flags, at = at, keySize
			keySize, valueSize = uint64(boltOrder.Uint32(e[8:])), uint64(boltOrder.Uint32(e[12:]))
		}
		if at+keySize+valueSize > uint64(len(e)) {
			return fmt.Errorf("%s: element %d is beyond its end", place, i)
		}
		key, value := e[at:at+keySize], e[at+keySize:at+keySize+valueSize]
		if keySize == 0 || i > 0 && bytes.Compare(last, key) >= 0 {
			return fmt.Errorf("%s: element %d is not in order", place, i)
		}
		last = key
		var err error
		switch {
		case kind == boltBranchPage:
			err = c.tree(boltOrder.Uint64(e[8:]), depth+1)
		case flags == 1:
			err = c.bucket(value, fmt.Sprintf("%s: bucket %d", place, i), depth)
		case flags != 0:
			err = fmt.Errorf("%s: element %d has kind %d", place, i, flags)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bucket checks a bucket, within its page or with one of its own.
func (c *boltChecker) bucket(b []byte, place string, depth int) error {
	if len(b) < boltBucket {
		return fmt.Errorf("%s: cut off", place)
	}
	if root := boltOrder.Uint64(b); root != 0 {
		return c.tree(root, depth+1)
	}
	if len(b) < boltBucket+boltHeader {
		return fmt.Errorf("%s: cut off", place)
	}
	return c.elements(b[boltBucket:], place, depth+1)
}
