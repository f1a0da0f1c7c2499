package host_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

func TestAttach(t *testing.T) {
	h, _ := start(t)
	other := source
	other.UID, other.URL = "other", "http://second"
	attached, err := host.Attach(h.Target(), other)
	if err != nil {
		t.Fatal(err)
	}
	responses, err := attached.QueryData(t.Context(), query("echo"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := responses.Responses["A"].Frames[0].At(0, 0), "http://second admin 1s 10 1h0m0s"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	attached.Close()
	if _, err := attached.QueryData(t.Context(), query("echo"), nil); err == nil {
		t.Error("a query after Close has no error")
	}
	if _, err := h.QueryData(t.Context(), query("echo"), nil); err != nil {
		t.Errorf("closing the attached host has stopped the plugin: %v", err)
	}
}

func TestAttachErrors(t *testing.T) {
	target := "unix:" + filepath.Join(t.TempDir(), "missing")
	if _, err := host.Attach(target, source); err == nil || !strings.Contains(err.Error(), "attach to the plugin at "+target) {
		t.Errorf("a missing socket: %v", err)
	}
}
