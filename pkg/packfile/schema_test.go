package packfile

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestSchemaIsValid(t *testing.T) {
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	const draft = "https://json-schema.org/draft/2020-12/schema"
	if got := raw.(map[string]any)["$schema"]; got != draft {
		t.Errorf("got draft %v, want %s", got, draft)
	}
	meta, err := jsonschema.NewCompiler().Compile(draft)
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(raw); err != nil {
		t.Error(err)
	}
	if _, err := packs.schema(); err != nil {
		t.Error(err)
	}
}
