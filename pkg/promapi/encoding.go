package promapi

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

const (
	// maxCodings is how many content codings of one answer are undone. Servers apply
	// one; a proxy that doesn't know it may add another.
	maxCodings = 2
	// maxWindow is the window that zstd may have: what RFC 9659 lets a server use.
	maxWindow = 8 << 20
	// maxBlock is the memory that decoding zstd takes besides its window.
	maxBlock = 1 << 20
)

// coding undoes one content coding.
type coding struct {
	undo   func(io.Reader) (io.Reader, error)
	memory int64 // that it takes, where that is worth counting
}

// codings are the content codings of RFC 9110, section 8.4.1, and zstd. A server
// isn't asked for more than gzip, but proxies and data sources' own headers lead to
// others.
var codings = map[string]coding{
	"gzip":    {undo: gunzip},
	"x-gzip":  {undo: gunzip},
	"deflate": {undo: inflate},
	"zstd": {memory: maxWindow + maxBlock, undo: func(r io.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	}},
}

func gunzip(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }

// inflate reads the zlib format, which deflate is, and the bare DEFLATE format, which
// some servers send under that name.
func inflate(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	head, err := buffered.Peek(2)
	if len(head) == 0 {
		return nil, err
	}
	const method, methodMask, check = 8, 0x0f, 31 // RFC 1950, section 2.2
	if len(head) == 2 && head[0]&methodMask == method && (int(head[0])<<8|int(head[1]))%check == 0 {
		return zlib.NewReader(buffered)
	}
	return flate.NewReader(buffered), nil
}

// AcceptEncoding returns the value of a data source's Accept-Encoding header without
// the content codings that can't be undone here, "" where none remains.
func AcceptEncoding(header string) string {
	var known []string
	for _, name := range codingNames(header) {
		name, quality, weighted := strings.Cut(name, ";")
		name = strings.TrimSpace(name)
		if _, ok := codings[name]; !ok && name != "identity" {
			continue
		}
		if weighted {
			name += ";" + strings.TrimSpace(quality)
		}
		known = append(known, name)
	}
	return strings.Join(known, ", ")
}

// codingNames are the elements of a header that lists content codings.
func codingNames(header string) []string {
	var names []string
	for name := range strings.SplitSeq(strings.ToLower(header), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// undoCodings makes a response's body read as it was before it was encoded, and
// removes Content-Encoding from its header. Where a coding is unknown both stay as
// they are: unknownCoding returns the header.
func undoCodings(resp *http.Response) {
	var undo []coding
	names := codingNames(strings.Join(resp.Header.Values("Content-Encoding"), ","))
	for _, name := range slices.Backward(names) { // the last was applied last
		if name == "identity" {
			continue
		}
		known, ok := codings[name]
		if !ok || len(undo) == maxCodings {
			return
		}
		undo = append(undo, known)
	}
	resp.Header.Del("Content-Encoding")
	if len(undo) > 0 {
		resp.Body = &decoded{ReadCloser: resp.Body, ctx: resp.Request.Context(), undo: undo}
	}
}

// unknownCoding is the Content-Encoding of a response that was not undone, "" for
// none.
func unknownCoding(resp *http.Response) string {
	return strings.Join(resp.Header.Values("Content-Encoding"), ", ")
}

// decoded is an encoded body. Decoding begins with the first read, and a body without
// any bytes is empty, whatever its coding. A body of text that isn't encoded as its
// header says is read as it is: proxies send their own errors so. (Under deflate only
// where decoding fails at the first byte: the bare format has no beginning of its own.)
type decoded struct {
	io.ReadCloser
	ctx  context.Context //nolint:containedctx // of the request: decoding takes a share of its memory
	undo []coding
	r    io.Reader
	raw  *recorder // nil as soon as something could be decoded
	err  error     // sticks
}

func (d *decoded) Read(p []byte) (int, error) {
	if d.err == nil && d.r == nil {
		d.open()
	}
	n, err := 0, d.err
	if err == nil {
		n, err = d.r.Read(p)
	}
	switch {
	case d.raw == nil:
	case n > 0:
		d.raw.stop()
		d.raw = nil
	case err != nil && !errors.Is(err, io.EOF) && d.raw.isText():
		d.r, d.raw, d.err = d.raw.again(), nil, nil
		return d.r.Read(p)
	}
	if d.r != nil && errors.Is(err, io.EOF) {
		// To the end of the response, so that its connection can be used again.
		const rest = 512
		_, _ = io.CopyN(io.Discard, d.ReadCloser, rest)
	}
	d.err = err
	return n, err
}

func (d *decoded) open() {
	d.raw = &recorder{from: d.ReadCloser}
	var r io.Reader = d.raw
	for _, coding := range d.undo {
		if coding.memory > 0 {
			if d.err = budget.Of(d.ctx).AddMemory(d.ctx, coding.memory, func() {}); d.err != nil {
				return
			}
		}
		if r, d.err = coding.undo(r); d.err != nil {
			return
		}
	}
	d.r = r
}

// recorder keeps the beginning of what is read through it.
type recorder struct {
	from    io.Reader
	read    []byte
	err     error
	stopped bool
}

// maxRecorded bounds what a recorder keeps. A decoder reads a few KiB before it returns
// something or fails.
const maxRecorded = errortext.MaxBody

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if !r.stopped {
		r.read, r.err = append(r.read, p[:n]...), err
		if len(r.read) > maxRecorded {
			r.stop()
		}
	}
	return n, err
}

func (r *recorder) stop() { r.read, r.stopped = nil, true }

// isText reports whether what was read has no control characters, which every content
// coding begins with.
func (r *recorder) isText() bool {
	isControl := func(b byte) bool { return b < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", rune(b)) }
	return len(r.read) > 0 && !slices.ContainsFunc(r.read, isControl)
}

// again reads what was read, and then the rest.
func (r *recorder) again() io.Reader {
	rest := r.from
	if r.err != nil {
		rest = failing{r.err}
	}
	return io.MultiReader(bytes.NewReader(r.read), rest)
}

// failing is a reader that has ended.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
