package provision

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// unknownKey is how yaml words a key that no field takes; the Go type's name in
// it means nothing to whoever wrote the file.
var unknownKey = regexp.MustCompile(`field (\S+) not found in type \S+`)

// decodeStrict reads one YAML file into out and refuses keys that out lacks.
func decodeStrict(file string, out any) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(body))
	dec.KnownFields(true)
	if err := dec.Decode(out); err != nil && !errors.Is(err, io.EOF) {
		text := unknownKey.ReplaceAllString(err.Error(), `unknown key "$1"`)
		text = strings.TrimPrefix(strings.TrimPrefix(text, "yaml: "), "unmarshal errors:\n  ")
		return fmt.Errorf("%s: %s", file, strings.ReplaceAll(text, "\n  ", "; "))
	}
	return nil
}

// checkAPIVersion refuses files of another format than the one read here.
func checkAPIVersion(file string, version int) error {
	if version != 1 {
		return fmt.Errorf("%s: apiVersion is %d; Grafana's current format is 1", file, version)
	}
	return nil
}
