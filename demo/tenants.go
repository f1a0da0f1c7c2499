package main

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/grafana"
)

// tenantsFile is the path of a provisioning file in the repository. The file contains the data
// source with access rules. tenantsUID is the uid of this data source.
const (
	tenantsFile = "provisioning/examples/tenants.yaml"
	tenantsUID  = "modelmetrics-tenants"
)

// tenantUsers are the users whose logins are in the rules of tenantsFile.
var tenantUsers = []grafana.User{
	{Login: "aurora", Role: "Viewer"},
	{Login: "borealis", Role: "Editor"},
}

// withTenants adds the data source of tenantsFile. If the administrator's password is empty,
// withTenants also sets it, because Grafana has no login form without it.
func withTenants(o grafana.Options) grafana.Options {
	o.DataSources = append(o.DataSources, filepath.Join(o.Root, filepath.FromSlash(tenantsFile)))
	if o.AdminPassword == "" {
		o.AdminPassword = strings.ToLower(rand.Text()[:12])
	}
	return o
}

// createTenantUsers creates tenantUsers with the password of the administrator.
func createTenantUsers(ctx context.Context, server *grafana.Server, password string, out *progress) error {
	logins := []string{"admin"}
	for _, user := range tenantUsers {
		user.Password = password
		if err := server.CreateUser(ctx, password, user); err != nil {
			return err
		}
		logins = append(logins, user.Login)
	}
	out.printLine("  Access rules\n    %s/d/inference-overview?var-datasource=%s\n    Log in at %s/login as %s with the password %s to see the series of this user.",
		server.URL, tenantsUID, server.URL, strings.Join(logins, ", "), password)
	return nil
}
