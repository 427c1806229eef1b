package kb

import (
	"io/fs"
	"syscall"
)

// changed is when the file system says that a file was changed, which no program can
// set, in Unix nanoseconds; 0 if it does not say.
func changed(info fs.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ctimespec.Nano()
	}
	return 0
}
