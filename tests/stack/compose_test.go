// Package stack tests the monitoring stack of Tessallite in the folder monitoring. There is no
// Docker engine in these tests. compose-go, the library of Docker Compose, loads the Compose
// file. A stand-in for the command docker records what the scripts run. Prometheus, the
// exporter of nginx and Grafana run as processes that are configured like their containers
// where possible.
package stack

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// root is the root of the repository, and folder the folder of the stack.
const (
	root   = "../.."
	folder = root + "/monitoring"
)

// load loads the Compose file with the given profiles and environment variables.
func load(t *testing.T, profiles []string, env ...string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(folder, "docker-compose.yml")},
		cli.WithProfiles(profiles), cli.WithEnv(env), cli.WithInterpolation(true), cli.WithResolvedPaths(true))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestProfiles(t *testing.T) {
	always := []string{"grafana", "healthcheck", "nginx-exporter", "prometheus"}
	for _, test := range []struct{ profiles, want []string }{
		{nil, always},
		{[]string{"alertmanager"}, append([]string{"alertmanager"}, always...)},
		{[]string{"demo"}, append([]string{"fleet"}, always...)},
		{[]string{"alertmanager", "demo"}, append([]string{"alertmanager", "fleet"}, always...)},
	} {
		project := load(t, test.profiles)
		slices.Sort(test.want)
		if got := slices.Sorted(maps.Keys(project.Services)); !slices.Equal(got, test.want) {
			t.Errorf("profiles %q: services %q, want %q", test.profiles, got, test.want)
		}
	}
}

// TestDocumentedStack compares parts of the Compose file with docs/contracts/tessallite.md.
func TestDocumentedStack(t *testing.T) {
	project := load(t, nil)
	for service, image := range map[string]string{
		"prometheus":     "prom/prometheus:v2.51.0",
		"grafana":        "grafana/grafana:10.4.0",
		"nginx-exporter": "nginx/nginx-prometheus-exporter:1.1",
	} {
		if got := project.Services[service].Image; got != image {
			t.Errorf("the image of %s is %s, want %s", service, got, image)
		}
	}
	for service, want := range map[string]string{"prometheus": "127.0.0.1:9090:9090", "grafana": "127.0.0.1:3001:3000"} {
		if got := published(project.Services[service]); !slices.Equal(got, []string{want}) {
			t.Errorf("%s publishes %q, want %q", service, got, want)
		}
	}
	if got := published(project.Services["nginx-exporter"]); got != nil {
		t.Errorf("nginx-exporter publishes %q", got)
	}
	if project.Name != "monitoring" {
		t.Errorf("the project is %s", project.Name)
	}
	if network := project.Networks["tessallite_net"]; network.Name != "tessallite_net" || !bool(network.External) {
		t.Errorf("the network is %+v, want the external network tessallite_net", network)
	}
	for _, service := range []string{"prometheus", "nginx-exporter"} {
		if _, ok := project.Services[service].Networks["tessallite_net"]; !ok {
			t.Errorf("%s isn't in the network tessallite_net", service)
		}
	}
	for volume, want := range map[string]string{"prometheus_data": "monitoring_prometheus_data", "grafana_data": "monitoring_grafana_data"} {
		if got := project.Volumes[volume].Name; got != want {
			t.Errorf("the volume %s is %q, want %q", volume, got, want)
		}
	}
	if !slices.Contains(project.Services["prometheus"].Command, "--storage.tsdb.retention.time=15d") {
		t.Errorf("Prometheus's arguments lack the retention: %q", project.Services["prometheus"].Command)
	}
}

// published returns the published ports of a service. Each port has the form
// "address:host port:container port".
func published(service types.ServiceConfig) []string {
	var ports []string
	for _, port := range service.Ports {
		ports = append(ports, port.HostIP+":"+port.Published+":"+portText(port.Target))
	}
	return ports
}

// TestHardening checks every container: it can't write to its image, it has no capabilities,
// and its processes aren't root.
func TestHardening(t *testing.T) {
	for name, service := range load(t, []string{"alertmanager", "demo"}).Services {
		if !service.ReadOnly || service.Privileged || !slices.Equal(service.CapDrop, []string{"ALL"}) || len(service.CapAdd) > 0 ||
			!slices.Equal(service.SecurityOpt, []string{"no-new-privileges:true"}) || service.PidsLimit == 0 {
			t.Errorf("%s isn't hardened", name)
		}
		user, _, _ := strings.Cut(service.User, ":")
		if user == "" || user == "0" || user == "root" {
			t.Errorf("%s runs as the user %q", name, service.User)
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s publishes a port on %q", name, port.HostIP)
			}
		}
		for _, volume := range service.Volumes {
			if volume.Type != types.VolumeTypeBind {
				continue
			}
			if !volume.ReadOnly {
				t.Errorf("%s can write to %s", name, volume.Source)
			}
			// The plugin is built later.
			if _, err := os.Stat(volume.Source); err != nil && !strings.HasSuffix(volume.Source, "/dist") {
				t.Errorf("%s mounts a file that doesn't exist: %v", name, err)
			}
		}
		for variable, value := range service.Environment {
			if strings.HasSuffix(variable, "PASSWORD") {
				t.Errorf("%s has a password in its environment: %s=%s", name, variable, *value)
			}
		}
		if strings.Contains(service.Image, ":latest") || !strings.Contains(service.Image, ":") && service.Build == nil {
			t.Errorf("the image of %s has no version: %s", name, service.Image)
		}
	}
}

// TestHealth checks that every container that keeps running has a health check. It also checks
// that Grafana and the exporter wait for the containers that they need.
func TestHealth(t *testing.T) {
	services := load(t, []string{"alertmanager", "demo"}).Services
	for name, service := range services {
		switch {
		case service.Restart == "no": // it exits
			continue
		case service.HealthCheck == nil || service.HealthCheck.Disable || len(service.HealthCheck.Test) < 2:
			t.Errorf("%s has no health check", name)
		case service.HealthCheck.Test[0] != "CMD":
			t.Errorf("the health check of %s needs a shell: %q", name, service.HealthCheck.Test)
		}
	}
	if got := services["grafana"].DependsOn["prometheus"].Condition; got != types.ServiceConditionHealthy {
		t.Errorf("Grafana waits until Prometheus is %q", got)
	}
	if got := services["nginx-exporter"].DependsOn["healthcheck"].Condition; got != types.ServiceConditionCompletedSuccessfully {
		t.Errorf("the exporter waits until the container healthcheck is %q", got)
	}
}

// TestSettings checks that variables of .env change the Compose file.
func TestSettings(t *testing.T) {
	plugin := t.TempDir()
	services := load(t, []string{"alertmanager"}, "MODELMETRICS_PLUGIN="+plugin, "FRONTEND_STATUS_URL=http://frontend:8080/status",
		"PROMETHEUS_PORT=9190", "GRAFANA_PORT=3101", "ALERTMANAGER_PORT=9193").Services
	i := slices.IndexFunc(services["grafana"].Volumes, func(v types.ServiceVolumeConfig) bool { return strings.HasSuffix(v.Target, pluginID) })
	if i < 0 || services["grafana"].Volumes[i].Source != plugin {
		t.Errorf("the plugin isn't mounted: %+v", services["grafana"].Volumes)
	}
	if got := services["nginx-exporter"].Command; !slices.Equal(got, []string{"--nginx.scrape-uri=http://frontend:8080/status"}) {
		t.Errorf("the exporter runs with %q", got)
	}
	for service, want := range map[string]string{
		"prometheus": "127.0.0.1:9190:9090", "grafana": "127.0.0.1:3101:3000", "alertmanager": "127.0.0.1:9193:9093",
	} {
		if got := published(services[service]); !slices.Equal(got, []string{want}) {
			t.Errorf("%s publishes %q, want %q", service, got, want)
		}
	}
	if got := *services["grafana"].Environment["GF_SERVER_ROOT_URL"]; got != "http://127.0.0.1:3101/" {
		t.Errorf("Grafana's address is %s", got)
	}
}

// TestExampleSettings checks that .env.example lists every variable that the Compose file
// uses, with its default.
func TestExampleSettings(t *testing.T) {
	example, err := os.ReadFile(filepath.Join(folder, ".env.example"))
	if err != nil {
		t.Fatal(err)
	}
	compose, err := os.ReadFile(filepath.Join(folder, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	variables := variable.FindAllStringSubmatch(string(compose), -1)
	if len(variables) < 5 {
		t.Fatalf("found the variables %q", variables)
	}
	for _, v := range variables {
		if !strings.Contains(string(example), "\n#"+v[1]+"="+v[2]+"\n") {
			t.Errorf(".env.example lacks %s with the default %s", v[1], v[2])
		}
	}
}
