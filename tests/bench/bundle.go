package main

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
)

// measureBundle measures the gzipped size of the frontend's scripts.
func measureBundle(dist string) ([]row, error) {
	scripts, err := filepath.Glob(filepath.Join(dist, "*.js"))
	if err != nil {
		return nil, err
	}
	t := table{title: "Frontend", note: "Gzipped."}
	t.add("file", "KiB")
	if len(scripts) == 0 {
		t.add("module.js", "not built")
		t.add("all chunks", "not built")
		t.print()
		return nil, nil
	}
	var module, all float64
	for _, script := range scripts {
		size, err := gzipped(script)
		if err != nil {
			return nil, err
		}
		if filepath.Base(script) == "module.js" {
			module = size
		}
		all += size
	}
	t.add("module.js", trim(module))
	t.add("all chunks", trim(all))
	t.print()
	return []row{
		atMost("module.js, gzipped", module, 60, " KiB"),
		atMost("all chunks, gzipped", all, 300, " KiB"),
	}, nil
}

// gzipped returns the compressed size of a file in KiB.
func gzipped(path string) (float64, error) {
	file, err := os.Open(path) //nolint:gosec // G304: a file of the build
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	var size counter
	w := gzip.NewWriter(&size)
	if _, err := io.Copy(w, file); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return float64(size) / 1024, nil
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
