// Package coding decodes the content codings of responses, such as gzip. promapi calls it for
// each response, and decodes the JSON of the result.
package coding

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
)

// coding decodes a content coding.
type coding struct {
	decode func(io.Reader) (io.Reader, error)
	memory int64 // number of bytes that the decoder uses; 0 if they are too few to be counted
}

// codings are the supported content codings: zstd, and those of RFC 9110, section 8.4.1,
// except compress. Requests accept only gzip, but a proxy or a custom header of the data
// source can lead to another coding.
var codings = map[string]coding{
	"gzip":    {decode: decodeGzip},
	"x-gzip":  {decode: decodeGzip},
	"deflate": {decode: decodeDeflate},
	"zstd": {memory: maxZstdWindow + maxZstdBlock, decode: func(r io.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
	}},
}

func decodeGzip(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }

// decodeDeflate decodes the coding deflate, which RFC 9110 defines as the zlib format. Some
// servers send the raw DEFLATE format instead, so decodeDeflate accepts both.
func decodeDeflate(r io.Reader) (io.Reader, error) {
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

// Accept returns the value of an Accept-Encoding header without the content codings
// that this package can't decode, and without the wildcard *.
func Accept(header string) string {
	var accepted []string
	for _, name := range codingNames(header) {
		name, quality, hasQuality := strings.Cut(name, ";")
		name = strings.TrimSpace(name)
		if _, ok := codings[name]; !ok && name != "identity" {
			continue
		}
		if hasQuality {
			name += ";" + strings.TrimSpace(quality)
		}
		accepted = append(accepted, name)
	}
	return strings.Join(accepted, ", ")
}

// codingNames returns, in lower case, the elements of a header that lists content codings.
func codingNames(header string) []string {
	var names []string
	for name := range strings.SplitSeq(strings.ToLower(header), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Undo replaces the body of a response by its decoded form, and removes
// Content-Encoding from the header. If a coding is unknown, or if there are more than
// maxCodings, Undo changes nothing, and Unknown returns Content-Encoding. Undo returns the number
// of bytes that the decoders will allocate, or 0 if they are too few to be counted.
func Undo(resp *http.Response) (memory int64) {
	var undo []coding
	names := codingNames(strings.Join(resp.Header.Values("Content-Encoding"), ","))
	for _, name := range slices.Backward(names) { // the last one was applied last, so it is undone first
		if name == "identity" {
			continue
		}
		known, ok := codings[name]
		if !ok || len(undo) == maxCodings {
			return 0
		}
		undo = append(undo, known)
		memory += known.memory
	}
	resp.Header.Del("Content-Encoding")
	if len(undo) > 0 {
		resp.Body = &decodedBody{ReadCloser: resp.Body, ctx: resp.Request.Context(), undo: undo, memory: memory}
	}
	return memory
}

// Unknown returns the Content-Encoding of a response that Undo didn't decode,
// or "".
func Unknown(resp *http.Response) string {
	return strings.Join(resp.Header.Values("Content-Encoding"), ", ")
}

// decodedBody decodes an encoded body. Decoding begins with the first read. An empty body
// is valid with any coding. A body of plain text is returned unchanged, because a proxy may
// replace the body by its own error and keep the header Content-Encoding. Plain text is
// recognized only if decoding fails before the first decoded byte. Some text with the coding
// deflate isn't recognized, because the raw format has no magic number.
type decodedBody struct {
	io.ReadCloser
	ctx    context.Context //nolint:containedctx // of the request; its budget counts the memory of decoders
	undo   []coding
	memory int64 // number of bytes that the decoders allocate
	r      io.Reader
	raw    *recorder // nil as soon as a byte has been decoded
	err    error     // returned by all further reads
}

func (b *decodedBody) Read(p []byte) (int, error) {
	if b.err == nil && b.r == nil {
		b.open()
	}
	n, err := 0, b.err
	if err == nil {
		n, err = b.r.Read(p)
	}
	switch {
	case b.raw == nil:
	case n > 0:
		b.raw.stop()
		b.raw = nil
	case err != nil && !errors.Is(err, io.EOF) && b.raw.isText():
		b.r, b.raw, b.err = b.raw.replay(), nil, nil
		return b.r.Read(p)
	}
	if b.r != nil && errors.Is(err, io.EOF) {
		// The response has to be read to its end before its connection can be reused.
		const rest = 512
		_, _ = io.CopyN(io.Discard, b.ReadCloser, rest)
	}
	b.err = err
	return n, err
}

func (b *decodedBody) open() {
	if b.memory > 0 { // AddMemory can wait; after the first read, a wait would block other responses' decoding
		if b.err = budget.FromContext(b.ctx).AddMemory(b.ctx, b.memory, func() {}); b.err != nil {
			return
		}
	}
	b.raw = &recorder{r: b.ReadCloser}
	var r io.Reader = b.raw
	for _, coding := range b.undo {
		if r, b.err = coding.decode(r); b.err != nil {
			return
		}
	}
	b.r = r
}

// recorder is a reader that keeps all bytes read so far, for replay. It drops them when they
// exceed maxRecordedBytes.
type recorder struct {
	r       io.Reader
	read    []byte
	err     error
	stopped bool
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if !r.stopped {
		r.read, r.err = append(r.read, p[:n]...), err
		if len(r.read) > maxRecordedBytes {
			r.stop()
		}
	}
	return n, err
}

func (r *recorder) stop() { r.read, r.stopped = nil, true }

// isText reports whether the recorded bytes are text: there are some, and none is a control
// character other than white space and escape. The first bytes of encoded data usually contain
// such control characters.
func (r *recorder) isText() bool {
	isControl := func(b byte) bool { return b < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", rune(b)) }
	return len(r.read) > 0 && !slices.ContainsFunc(r.read, isControl)
}

// replay returns a reader of the recorded bytes, followed by the rest of the body.
func (r *recorder) replay() io.Reader {
	rest := r.r
	if r.err != nil {
		rest = errReader{r.err}
	}
	return io.MultiReader(bytes.NewReader(r.read), rest)
}

// errReader returns err from every Read.
type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }
