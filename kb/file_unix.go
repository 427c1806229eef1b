//go:build unix

package kb

import (
	"io/fs"
	"syscall"
)

// nonblock keeps the opening of a named pipe from waiting for its writer: a page
// may have become one after it was listed.
const nonblock = syscall.O_NONBLOCK

// inode is the number by which the file system knows the file, 0 if it has none.
func inode(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ino
	}
	return 0
}
