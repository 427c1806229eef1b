//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package index

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes a lock on f that ends with the process or when f is closed. The
// error is [ErrLocked] if another open file has it.
func tryLock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}
