package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits on a text of packs. What people write stays far below them; they bound
// what anybody who may check a text can make the plugin do.
const (
	mostText      = 1 << 20 // bytes
	mostDocuments = 100
)

// document is one YAML document of a source: one pack, if all is well.
type document struct {
	place    string
	node     *yaml.Node // of kind DocumentNode
	value    any        // the same as the schema sees it
	names    []string   // of the metrics, as far as they can be read
	pack     *Pack      // nil where it can't be decoded
	problems Problems

	distrusted [][]any // paths of what later checks can't build on
	hopeless   bool    // that is all of it
}

// documents reads a source's YAML documents and leaves out empty ones. Where the
// text stops being YAML it returns what stands before, and why it stopped.
func documents(source Source) (docs []*document, broken *Problem) {
	fail := func(line int, format string, args ...any) *Problem {
		return &Problem{Line: line, Text: fmt.Sprintf(format, args...), place: source.Place}
	}
	if len(source.Text) > mostText {
		return nil, fail(0, "The text is longer than %d MiB.", mostText>>20)
	}
	text := &lines{rest: source.Text}
	decoder := yaml.NewDecoder(text)
	budget := mostNodes
	for {
		node := &yaml.Node{}
		err := decoder.Decode(node)
		switch {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			line, message := syntaxError(err, text.read, source.Text)
			return docs, fail(line, "This is not YAML: %s.", message)
		case len(docs) == mostDocuments:
			return docs, fail(node.Line, "The text holds more than %d packs.", mostDocuments)
		}
		doc := &document{place: source.Place, node: node}
		reader := instanceReader{doc: doc, left: budget}
		doc.value = reader.read(node.Content[0], nil)
		budget = reader.left
		if budget <= 0 {
			return docs, fail(node.Line, "The pack is too large: its aliases stand for too much, or it holds more than %d values.", mostNodes)
		}
		if doc.value != nil || len(doc.problems) > 0 {
			doc.names = doc.metricNames()
			docs = append(docs, doc)
		}
	}
}

// lines hands a text to the parser line by line. The parser reads no further
// than it must, so what it has read when it fails tells where; the line that its
// error gives is often that of an earlier one.
type lines struct {
	rest []byte
	read int // lines begun
	half bool
}

func (l *lines) Read(into []byte) (int, error) {
	if len(l.rest) == 0 {
		return 0, io.EOF
	}
	if !l.half {
		l.read++
	}
	end := bytes.IndexByte(l.rest, '\n') + 1
	if end == 0 {
		end = len(l.rest)
	}
	n := copy(into, l.rest[:end])
	l.half = n < end
	l.rest = l.rest[n:]
	return n, nil
}

var (
	errorLine     = regexp.MustCompile(`^line (\d+): `)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError takes the parser's message and the line that it is about from its
// error and from how many lines it had read.
func syntaxError(err error, read int, text []byte) (line int, message string) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	line = read
	if at := errorLine.FindStringSubmatch(message); at != nil {
		message = message[len(at[0]):]
		// A quote that nobody closed: the line on which it was opened says more than
		// the end of the text.
		if strings.Contains(message, "end of stream") {
			_, _ = fmt.Sscan(at[1], &line)
		}
	}
	if anchor := unknownAnchor.FindStringSubmatch(message); anchor != nil {
		if before, _, found := bytes.Cut(text, []byte("*"+anchor[1])); found {
			line = 1 + bytes.Count(before, []byte("\n"))
		}
		message = fmt.Sprintf("no anchor &%s stands before this alias", clip(anchor[1]))
	}
	return line, message
}

// metricNames are the names of the document's metrics, as far as there are any.
func (d *document) metricNames() (names []string) {
	pack, _ := d.value.(map[string]any)
	list, _ := pack["metrics"].([]any)
	for _, element := range list {
		metric, _ := element.(map[string]any)
		if name, _ := metric["name"].(string); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// nameless reports whether it can't be told which metrics the document means to
// define.
func (d *document) nameless() bool {
	pack, _ := d.value.(map[string]any)
	if metrics, given := pack["metrics"]; given {
		_, list := metrics.([]any)
		return !list
	}
	// Without the key it defines none, unless the key is there under another name.
	for key := range pack {
		if nearest := Nearest(key, []string{"metrics"}); len(nearest) > 0 {
			return true
		}
	}
	return pack == nil
}
