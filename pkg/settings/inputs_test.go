package settings

import (
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/docs"
)

func TestEverySettingHasABound(t *testing.T) {
	var keys []string
	for _, option := range options {
		keys = append(keys, option.key)
	}
	problems, err := docs.Unbounded("Settings", keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
}
