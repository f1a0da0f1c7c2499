package rest

import (
	"net/http"
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// serveFunc serves a route.
type serveFunc = func(*http.Request, input) (any, error)

// requireEditor returns a function that calls serve only for an editor or an administrator.
// Grafana itself permits resource routes to every viewer.
func requireEditor(serve serveFunc) serveFunc {
	return requireRole(serve, "editors and administrators", "Editor", "Admin")
}

// requireAdmin is like requireEditor, but requires an administrator of the organization.
func requireAdmin(serve serveFunc) serveFunc { return requireRole(serve, "administrators", "Admin") }

// requireRole returns a function that calls serve only for users with one of the roles. The
// first role must be the lowest. In the error, the parameter named who describes these users.
func requireRole(serve serveFunc, who string, roles ...string) serveFunc {
	return func(r *http.Request, in input) (any, error) {
		role := "unknown"
		if user := backend.PluginConfigFromContext(r.Context()).User; user != nil {
			role = user.Role
		}
		if !slices.Contains(roles, role) {
			return nil, &detailed{
				fault.New(fault.Forbidden, "Only %s may do this. Your role is %s.", who, fault.ClipName(role)),
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
