package rest

import (
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// requireEditor returns serve with a check that the user is an editor or an administrator.
// Grafana itself permits resource routes to every viewer.
func requireEditor(serve func(*http.Request, input) (any, error)) func(*http.Request, input) (any, error) {
	return func(r *http.Request, in input) (any, error) {
		role := "unknown"
		if user := backend.PluginConfigFromContext(r.Context()).User; user != nil {
			role = user.Role
		}
		if role != "Editor" && role != "Admin" {
			return nil, &detailed{
				fault.New(fault.Forbidden, "Only editors and administrators may do this. Your role is %s.", fault.ClipName(role)),
				permissionDetails("Editor", role),
			}
		}
		return serve(r, in)
	}
}

// roleOf returns the role of a user, or "" if user is nil.
func roleOf(user *backend.User) string {
	if user == nil {
		return ""
	}
	return user.Role
}

// permissionDetails returns the details of an error with status 403: the lowest role that may
// send the request, and the caller's role.
func permissionDetails(required, role string) details {
	current := []string{}
	if role != "" {
		current = append(current, fault.ClipName(role))
	}
	return details{"requiredPermission": required, "currentPermissions": current}
}
