package rest

import (
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// forEditors answers callers who may edit dashboards, and refuses others. Grafana
// lets every viewer of a data source call its resource routes.
func forEditors(answer func(*http.Request, input) (any, error)) func(*http.Request, input) (any, error) {
	return func(r *http.Request, in input) (any, error) {
		role := "unknown"
		if user := backend.PluginConfigFromContext(r.Context()).User; user != nil {
			role = user.Role
		}
		if role != "Editor" && role != "Admin" {
			return nil, fault.New(fault.Forbidden, "Only editors and administrators may do this, and your role is %s.", clip(role))
		}
		return answer(r, in)
	}
}
