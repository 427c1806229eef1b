package web

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/crypto/bcrypt"
)

// Bounds of a file of users.
const (
	maxUsersFile = 1 << 20 // bytes
	maxCost      = 15      // of bcrypt: two seconds for a password; each step more doubles that
	maxVerified  = 1000    // pairs of a name and a password
	usersEvery   = time.Second
)

// Users are those who may read a protected site, by a file as htpasswd -B writes it: a
// line "name:hash" for each, with a hash of bcrypt; empty lines and those that begin
// with # count for nothing. A change of the file counts within a second; one that
// cannot be read leaves the users as they were. Safe for concurrent use.
type Users struct {
	file     string
	secret   []byte // of this process, so that what is kept of passwords says nothing
	verified *otter.Cache[[sha256.Size]byte, struct{}]

	list atomic.Pointer[userList]

	mu    sync.Mutex // of whoever looks at the file; nobody waits for it
	read  time.Time  // when the file was last looked at
	fault string     // what was wrong with it then
	told  func(fault string)
}

// A userList is what a file of users says. It does not change.
type userList struct {
	src    []byte
	hashes map[string][]byte // by name
	nobody []byte            // a hash that takes as long as the slowest and that no password has
}

// OpenUsers reads a file of users. told gets what is wrong with the file later, once,
// and "" when it is mended; it is called by one goroutine at a time. The error names
// the line.
func OpenUsers(file string, told func(fault string)) (*Users, error) {
	u := &Users{file: file, told: told, secret: make([]byte, 32),
		verified: otter.Must(&otter.Options[[sha256.Size]byte, struct{}]{MaximumSize: maxVerified})}
	rand.Read(u.secret) // never fails
	src, err := u.source()
	if err != nil {
		return nil, err
	}
	list, err := parseUsers(file, src)
	if err != nil {
		return nil, err
	}
	u.list.Store(list)
	u.read = time.Now()
	return u, nil
}

func (u *Users) source() ([]byte, error) {
	f, err := os.Open(u.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxUsersFile+1))
	if err == nil && len(src) > maxUsersFile {
		err = fmt.Errorf("%s: want at most %d bytes", u.file, maxUsersFile)
	}
	return src, err
}

// parseUsers reads the lines of a file.
func parseUsers(file string, src []byte) (*userList, error) {
	list := &userList{src: src, hashes: make(map[string][]byte)}
	cost, n := bcrypt.MinCost, 0
	for line := range bytes.Lines(src) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		wrong := func(text string) (*userList, error) { return nil, fmt.Errorf("%s:%d: %s", file, n, text) }
		name, hash, ok := bytes.Cut(line, []byte(":"))
		c, err := bcrypt.Cost(hash)
		switch {
		case !ok || len(name) == 0:
			return wrong("want name:hash, as htpasswd -nB NAME prints it")
		case err != nil:
			return wrong("want a hash of bcrypt, as htpasswd -nB NAME prints it")
		case c > maxCost:
			return wrong(fmt.Sprintf("a cost of %d makes a password take too long; want at most %d", c, maxCost))
		case list.hashes[string(name)] != nil:
			return wrong("the name is there twice")
		}
		list.hashes[string(name)] = hash
		cost = max(cost, c)
	}
	if len(list.hashes) == 0 {
		return nil, fmt.Errorf("%s:1: nobody is named; add somebody with htpasswd -B", file)
	}
	random := rand.Text()
	var err error
	list.nobody, err = bcrypt.GenerateFromPassword([]byte(random), cost)
	return list, err
}

// now are the users by the file as it was when somebody last looked, once a second.
// Who finds another looking has the users as they are: a slow disk, or the hash that a
// changed file costs, holds up one request and not all.
func (u *Users) now() *userList {
	if u.mu.TryLock() {
		defer u.mu.Unlock()
		u.look()
	}
	return u.list.Load()
}

// refresh waits until the users are those of the file as it is, or was a second ago.
func (u *Users) refresh() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.look()
}

// look reloads unless that was done within a second. The caller holds mu.
func (u *Users) look() {
	if time.Since(u.read) >= usersEvery {
		u.read = time.Now()
		u.reload()
	}
}

// reload reads the file again.
func (u *Users) reload() {
	src, err := u.source()
	if err == nil && !bytes.Equal(src, u.list.Load().src) {
		var list *userList
		if list, err = parseUsers(u.file, src); err == nil {
			u.list.Store(list)
		}
	}
	if err != nil {
		u.tell(err.Error())
		return
	}
	u.tell("")
}

func (u *Users) tell(fault string) {
	if fault != u.fault {
		u.fault = fault
		u.told(fault)
	}
}

// A credential is a name with a password, and what the file has for the name.
type credential struct {
	name, password string
	hash           []byte
	known          bool
}

// credential looks a name up.
func (u *Users) credential(name, password string) credential {
	list := u.now()
	hash, known := list.hashes[name]
	if !known {
		hash = list.nobody
	}
	return credential{name, password, hash, known}
}

// key is what is kept of a credential that was right. Another hash in the file makes
// it another one.
func (u *Users) key(c credential) (k [sha256.Size]byte) {
	h := hmac.New(sha256.New, u.secret)
	fmt.Fprintf(h, "%q %q %q", c.name, c.password, c.hash)
	return [sha256.Size]byte(h.Sum(nil))
}

// has tells whether the file still has the hash that the credential was right for.
func (u *Users) has(c credential) bool {
	return bytes.Equal(u.now().hashes[c.name], c.hash)
}

// remembered tells whether the credential was right before.
func (u *Users) remembered(c credential) bool {
	_, ok := u.verified.GetIfPresent(u.key(c))
	return ok && c.known
}

// right tells whether the credential is right, which takes as long for a name that
// nobody has as for the slowest hash of the file. Where all have one cost, as htpasswd
// makes them, the time does not tell who is named; where costs differ it does, of those
// whose hash is quicker.
func (u *Users) right(c credential) bool {
	if bcrypt.CompareHashAndPassword(c.hash, []byte(c.password)) != nil || !c.known {
		return false
	}
	u.verified.Set(u.key(c), struct{}{})
	return true
}
