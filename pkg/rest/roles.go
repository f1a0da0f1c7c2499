package rest

import (
	"net/http"
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// requireEditor returns serve with a check that the user is an editor or an administrator.
// Grafana itself permits resource routes to every viewer.
func requireEditor(serve func(*http.Request, input) (any, error)) func(*http.Request, input) (any, error) {
	return requireRole(serve, "Only editors and administrators may do this.", "Editor", "Admin")
}

// requireAdmin returns serve with a check that the user is an administrator of the
// organization.
func requireAdmin(serve func(*http.Request, input) (any, error)) func(*http.Request, input) (any, error) {
	return requireRole(serve, "Only administrators of the organization may do this.", "Admin")
}

// requireRole returns serve with a check that the user has one of the roles, of which the
// first is the lowest. rule is the first sentence of the error.
func requireRole(serve func(*http.Request, input) (any, error), rule string, roles ...string) func(*http.Request, input) (any, error) {
	return func(r *http.Request, in input) (any, error) {
		role := "unknown"
		if user := backend.PluginConfigFromContext(r.Context()).User; user != nil {
			role = user.Role
		}
		if !slices.Contains(roles, role) {
			return nil, &detailed{
				fault.New(fault.Forbidden, "%s Your role is %s.", rule, fault.ClipName(role)),
				permissionDetails(roles[0], role),
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
