package grafana

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// User is a user of Grafana's first organization.
type User struct {
	Login    string
	Password string
	Role     string // Viewer, Editor or Admin
}

// CreateUser creates a user. adminPassword is the password of the user admin.
func (s *Server) CreateUser(ctx context.Context, adminPassword string, user User) error {
	var created struct {
		ID int64 `json:"id"`
	}
	account := map[string]string{"name": user.Login, "login": user.Login, "password": user.Password}
	if err := s.send(ctx, adminPassword, http.MethodPost, "/api/admin/users", account, &created); err != nil {
		return fmt.Errorf("create the user %s: %w", user.Login, err)
	}
	role := map[string]string{"role": user.Role}
	if err := s.send(ctx, adminPassword, http.MethodPatch, fmt.Sprintf("/api/org/users/%d", created.ID), role, nil); err != nil {
		return fmt.Errorf("set the role of the user %s: %w", user.Login, err)
	}
	return nil
}

// send sends a request as the user admin, and decodes the JSON response into out unless out is
// nil. A response with a status other than 200 is an error.
func (s *Server) send(ctx context.Context, adminPassword, method, path string, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.SetBasicAuth("admin", adminPassword)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		message, _ := io.ReadAll(io.LimitReader(resp.Body, 1024)) // without it, the status suffices
		return fmt.Errorf("%s: %s", resp.Status, message)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(out)
}
