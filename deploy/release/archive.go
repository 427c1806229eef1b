package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"time"
)

// An archive is what is handed out for a platform: files in a folder of its name.
type archive struct {
	name  string
	zip   bool // else .tar.gz
	date  time.Time
	files []file
}

// A file is one in an archive. mode has the permissions alone.
type file struct {
	name    string
	content []byte
	mode    fs.FileMode
}

// add reads the file at path into the archive.
func (a *archive) add(name, path string, mode fs.FileMode) error {
	content, err := os.ReadFile(path)
	a.files = append(a.files, file{name, content, mode})
	return err
}

// file is the name of the archive's own file.
func (a archive) file() string {
	if a.zip {
		return a.name + ".zip"
	}
	return a.name + ".tar.gz"
}

// pack returns the archive's bytes. Equal archives give equal bytes.
func (a archive) pack() ([]byte, error) {
	if a.zip {
		return a.packZip()
	}
	return a.packTar()
}

func (a archive) packTar() ([]byte, error) {
	var b bytes.Buffer
	zw, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	tw := tar.NewWriter(zw)
	for _, f := range a.files {
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: a.name + "/" + f.name,
			Size: int64(len(f.content)), Mode: int64(f.mode), ModTime: a.date, Format: tar.FormatUSTAR,
		}
		if err := tw.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := tw.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(tw.Close(), zw.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (a archive) packZip() ([]byte, error) {
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, f := range a.files {
		h := &zip.FileHeader{Name: a.name + "/" + f.name, Method: zip.Deflate, Modified: a.date}
		h.SetMode(f.mode)
		w, err := zw.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
