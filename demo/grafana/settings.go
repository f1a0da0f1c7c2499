package grafana

import (
	"crypto/rand"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

const pluginID = host.PluginID

// settings returns Grafana's settings as environment variables. Everyone who can reach
// the loopback port is an administrator without a login. The login form is shown only if
// adminPassword is set. Requests to external servers are disabled.
func settings(port int, adminPassword string) map[string]string {
	disableLogin := adminPassword == ""
	if disableLogin {
		adminPassword = rand.Text()
	}
	return map[string]string{
		"GF_SERVER_HTTP_PORT": strconv.Itoa(port),

		"GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS": pluginID,

		"GF_AUTH_ANONYMOUS_ENABLED":  "true",
		"GF_AUTH_ANONYMOUS_ORG_ROLE": "Admin",
		"GF_AUTH_DISABLE_LOGIN_FORM": strconv.FormatBool(disableLogin),
		"GF_SECURITY_ADMIN_PASSWORD": adminPassword,

		"GF_ANALYTICS_REPORTING_ENABLED":           "false",
		"GF_ANALYTICS_CHECK_FOR_UPDATES":           "false",
		"GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES":    "false",
		"GF_ANALYTICS_FEEDBACK_LINKS_ENABLED":      "false",
		"GF_NEWS_NEWS_FEED_ENABLED":                "false",
		"GF_PLUGINS_PREINSTALL_DISABLED":           "true",
		"GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED": "true",
		"GF_PLUGINS_PLUGIN_ADMIN_ENABLED":          "false",
		"GF_SECURITY_DISABLE_GRAVATAR":             "true",
		"GF_SNAPSHOTS_EXTERNAL_ENABLED":            "false",
		"GF_UNIFIED_ALERTING_ENABLED":              "true",
		"GF_LOG_LEVEL":                             "warn",
	}
}

// withoutGrafana removes the settings of another Grafana from an environment.
func withoutGrafana(environ []string) []string {
	return slices.DeleteFunc(environ, func(pair string) bool { return strings.HasPrefix(pair, "GF_") })
}

// pairs merges maps into sorted NAME=value pairs.
func pairs(all ...map[string]string) []string {
	merged := map[string]string{}
	for _, one := range all {
		maps.Copy(merged, one)
	}
	var list []string
	for name, value := range merged {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}
