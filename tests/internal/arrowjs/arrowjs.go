// Package arrowjs reads data frames with Apache Arrow's JavaScript library, in a process of
// Node.js, and compares them with the frames that the SDK reads.
package arrowjs

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// A Reader is a process of Node.js that reads Arrow files.
type Reader struct {
	files        io.Writer
	descriptions *bufio.Reader
	stderr       process.Output
}

// Missing returns what a Reader needs and isn't installed, or an empty string. The parameter root
// is the path of the repository.
func Missing(root string) string {
	if _, err := exec.LookPath("node"); err != nil {
		return "Node.js isn't installed"
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "apache-arrow")); err != nil {
		return "apache-arrow isn't installed: run npm ci"
	}
	return ""
}

// Start starts a Reader that ends with the test.
func Start(t *testing.T, root string) *Reader {
	t.Helper()
	cmd := exec.Command("node", filepath.Join(root, "tests", "internal", "arrowjs", "read.mjs")) //nolint:noctx,gosec // ends with its input; G204: a file of this package
	r := &Reader{}
	cmd.Stderr = &r.stderr
	files, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	descriptions, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = files.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("node: %v\n%s", err, &r.stderr)
		}
	})
	r.files, r.descriptions = files, bufio.NewReader(descriptions)
	return r
}

// Difference reads a file with the library. It returns the differences from the frame that the
// SDK reads from the same file, or an empty string.
func (r *Reader) Difference(file []byte) (string, error) {
	frame, err := data.UnmarshalArrowFrame(file)
	if err != nil {
		return "", err
	}
	want, err := describe(frame)
	if err != nil {
		return "", err
	}
	size := binary.LittleEndian.AppendUint32(nil, uint32(len(file))) //nolint:gosec // G115: a response of a test
	if _, err := r.files.Write(append(size, file...)); err != nil {
		return "", fmt.Errorf("node: %w\n%s", err, &r.stderr)
	}
	line, err := r.descriptions.ReadBytes('\n')
	if err != nil {
		return "", fmt.Errorf("node: %w\n%s", err, &r.stderr)
	}
	var got description
	if err := json.Unmarshal(line, &got); err != nil {
		return "", fmt.Errorf("node: %w", err)
	}
	return cmp.Diff(want, got), nil
}

// A description describes a frame, or the error of reading it.
type description struct {
	Error  string             `json:"error"`
	Name   string             `json:"name"`
	RefID  string             `json:"refId"`
	Meta   any                `json:"meta"`
	Rows   int                `json:"rows"`
	Fields []fieldDescription `json:"fields"`
}

type fieldDescription struct {
	Name   string    `json:"name"`
	Labels any       `json:"labels"`
	Config any       `json:"config"`
	Type   string    `json:"type"` // begins with * if values can be null
	Values []*string `json:"values"`
}

func describe(frame *data.Frame) (description, error) {
	d := description{Name: frame.Name, RefID: frame.RefID, Rows: frame.Rows(), Fields: []fieldDescription{}}
	var err error
	if frame.Meta != nil {
		if d.Meta, err = plain(frame.Meta); err != nil {
			return d, err
		}
	}
	for _, field := range frame.Fields {
		f := fieldDescription{Name: field.Name, Type: field.Type().ItemTypeString(), Values: []*string{}}
		if field.Labels != nil {
			if f.Labels, err = plain(field.Labels); err != nil {
				return d, err
			}
		}
		if field.Config != nil {
			if f.Config, err = plain(field.Config); err != nil {
				return d, err
			}
		}
		for i := range field.Len() {
			text, err := describeValue(field, i)
			if err != nil {
				return d, err
			}
			f.Values = append(f.Values, text)
		}
		d.Fields = append(d.Fields, f)
	}
	return d, nil
}

func describeValue(field *data.Field, i int) (*string, error) {
	value, ok := field.ConcreteAt(i)
	if !ok {
		return nil, nil
	}
	var text string
	switch v := value.(type) {
	case time.Time:
		text = strconv.FormatInt(v.UnixNano(), 10)
	case float64:
		text = strconv.FormatUint(math.Float64bits(v), 16)
	case int8:
		text = strconv.Itoa(int(v))
	case string:
		text = v
	default:
		return nil, fmt.Errorf("field %s: values of the type %T aren't supported", field.Name, value)
	}
	return &text, nil
}

// plain returns a value as the package json decodes it into an interface.
func plain(value any) (any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var decoded any
	return decoded, json.NewDecoder(strings.NewReader(string(text))).Decode(&decoded)
}
