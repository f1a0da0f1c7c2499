package grafana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// wait polls Grafana's health until its database is ready.
func (s *Server) wait(ctx context.Context, progress func(time.Duration)) error {
	began := time.Now()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.done:
			return fmt.Errorf("grafana exited before it was ready (%w)", errors.Join(s.err, errors.New("see its log")))
		case <-tick.C:
		}
		elapsed := time.Since(began)
		if elapsed > startTimeout {
			return fmt.Errorf("grafana isn't ready at %s after %s", s.URL, startTimeout)
		}
		if progress != nil {
			progress(elapsed)
		}
		var health struct {
			Database string `json:"database"`
		}
		if s.get(ctx, "/api/health", &health) == nil && health.Database == "ok" {
			return nil
		}
	}
}

// DataSourceHealth returns the message of "Save & test" for a data source. If the data source
// is unhealthy, the message is the text of the error.
func (s *Server) DataSourceHealth(ctx context.Context, uid string) (message string, err error) {
	var health struct {
		Status  string `json:"status"`
		Message string `json:"message"`
	}
	if err := s.get(ctx, "/api/datasources/uid/"+uid+"/health", &health); err != nil {
		return "", err
	}
	if health.Status != "OK" {
		return "", errors.New(health.Message)
	}
	return health.Message, nil
}

// get sends a request and decodes the JSON response, whatever its status.
func (s *Server) get(ctx context.Context, path string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(out)
}
