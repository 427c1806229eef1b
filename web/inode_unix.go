//go:build unix

package web

import (
	"io/fs"
	"syscall"
)

// inode tells a file from the one that takes its name, 0 where it is not known.
func inode(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Ino)
	}
	return 0
}
