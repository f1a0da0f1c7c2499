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
	nameless *Problem   // why there may be further names; nil where these are all
	pack     *Pack      // nil where it can't be decoded
	problems Problems
	more     int // problems beyond the first maxProblems

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
			doc.findNames()
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

// findNames finds the names of the document's metrics, and whether it can be told
// that these are all it means to define. It is asked before anything is left out
// of the document, so that places are those of the text.
func (d *document) findNames() {
	unclear := func(path []any, format string, args ...any) {
		if d.nameless == nil {
			problem := d.problem(path, format, args...)
			d.nameless = &problem
		}
	}
	pack, isPack := d.value.(map[string]any)
	metrics, given := pack["metrics"]
	list, isList := metrics.([]any)
	switch {
	case !isPack:
		unclear(nil, "This is not a pack: a pack is a group of keys with values.")
	case given && !isList:
		unclear([]any{"metrics"}, "This is not a list of metrics.")
	case !given:
		// Without the key it defines none, unless the key is there under another name.
		for _, key := range sortedKeys(pack) {
			if nearest := Nearest(key, []string{"metrics"}); len(nearest) > 0 {
				unclear([]any{key}, "There is no key %s here. Did you mean metrics?", clip(key))
			}
		}
	}
	for i, element := range list {
		metric, _ := element.(map[string]any)
		name, _ := metric["name"].(string)
		if name == "" {
			unclear([]any{"metrics", i}, "This metric has no name that can be read.")
			continue
		}
		d.names = append(d.names, name)
	}
}
