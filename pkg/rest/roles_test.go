package rest

import (
	"net/http"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestCheckRequiresEditor checks which roles may send POST catalog/check. Grafana itself
// permits the route to every viewer.
func TestCheckRequiresEditor(t *testing.T) {
	handler, _ := server(t, names)
	for _, test := range []struct {
		name   string
		user   *backend.User
		status int
	}{
		{"viewer", &backend.User{Role: "Viewer"}, http.StatusForbidden},
		{"no role", &backend.User{Role: "None"}, http.StatusForbidden},
		{"no user", nil, http.StatusForbidden},
		{"editor", &backend.User{Role: "Editor"}, http.StatusOK},
		{"administrator", &backend.User{Role: "Admin"}, http.StatusOK},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := callAs(test.user, handler, http.MethodPost, "/catalog/check", `{"packs":""}`)
			if w.Code != test.status {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
		})
	}
	w := callAs(&backend.User{Role: "Viewer"}, handler, http.MethodPost, "/catalog/check", `{"packs":""}`)
	if want := `{"error":"INSUFFICIENT_PERMISSIONS","message":"Only editors and administrators may do this. Your role is Viewer.","details":{"currentPermissions":["Viewer"],"requiredPermission":"Editor"}}`; w.Body.String() != want {
		t.Errorf("got %s", w.Body)
	}
}
