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

// unknownKey matches the error of package yaml for an unknown key. decodeStrict removes the
// Go type from the error, because its name doesn't help the author of the file.
var unknownKey = regexp.MustCompile(`field (\S+) not found in type \S+`)

// decodeStrict decodes a YAML file into out. An unknown key is an error.
func decodeStrict(file string, out any) error {
	body, err := os.ReadFile(file) //nolint:gosec // G304: a file of this repository
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

// checkAPIVersion returns an error if the version isn't 1.
func checkAPIVersion(file string, version int) error {
	if version != 1 {
		return fmt.Errorf("%s: apiVersion is %d; it must be 1", file, version)
	}
	return nil
}
