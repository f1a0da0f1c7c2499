package artifact

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha1" //nolint:gosec // G505: Grafana's catalog requires a SHA-1 checksum
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// writeZip writes the files of a folder to a zip, below a folder of the same name. Entries are
// sorted and have the given time and one of two permissions, so that the zip depends only on
// this time and on the names and contents of the files.
func writeZip(name, folder string, date time.Time) error {
	var files []string
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s is not a regular file", file)
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(files)
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	for _, file := range files {
		if err := addFile(w, folder, file, date); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, buffer.Bytes(), 0o644) //nolint:gosec // G306: everybody may read a release
}

func addFile(w *zip.Writer, folder, file string, date time.Time) error {
	relative, err := filepath.Rel(folder, file)
	if err != nil {
		return err
	}
	header := &zip.FileHeader{Name: path.Join(filepath.Base(folder), filepath.ToSlash(relative)), Method: zip.Deflate, Modified: date.UTC()}
	header.SetMode(modeOf(file))
	entry, err := w.CreateHeader(header)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(file) //nolint:gosec // G304: a file of the release
	if err != nil {
		return err
	}
	_, err = entry.Write(content)
	return err
}

// modeOf returns the permissions of a file in a zip. Grafana can start the plugin's executable
// only if the file has the permission to be executed.
func modeOf(file string) fs.FileMode {
	if strings.HasPrefix(filepath.Base(file), executablePrefix) {
		return 0o755
	}
	return 0o644
}

// writeChecksums writes the SHA-256 checksums of files in the format of sha256sum, and the
// SHA-1 checksum of the zip, which Grafana's catalog requires.
func writeChecksums(folder, zipName string, names ...string) error {
	var lines strings.Builder
	for _, name := range append([]string{zipName}, names...) {
		content, err := os.ReadFile(filepath.Join(folder, name)) //nolint:gosec // G304: a file of the release
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		fmt.Fprintf(&lines, "%s  %s\n", hex.EncodeToString(sum[:]), name)
		if name == zipName {
			sum := sha1.Sum(content) //nolint:gosec // G401: Grafana's catalog requires it
			if err := writeText(filepath.Join(folder, name+".sha1"), hex.EncodeToString(sum[:])+"  "+name+"\n"); err != nil {
				return err
			}
		}
	}
	return writeText(filepath.Join(folder, "checksums.txt"), lines.String())
}

func writeText(name, text string) error {
	return os.WriteFile(name, []byte(text), 0o644) //nolint:gosec // G306: everybody may read a release
}
