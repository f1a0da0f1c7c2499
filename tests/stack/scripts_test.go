package stack

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// programs are the programs that the scripts run in addition to docker.
var programs = []string{"bash", "chmod", "dirname", "mkdir", "rm", "sed", "tail", "tr"}

// installation contains copies of files of the stack in a folder whose path contains spaces,
// and a stand-in for docker.
type installation struct {
	t             *testing.T
	folder, path  string // path is the PATH of the scripts
	log           string
	prometheus    string // ports
	grafana       string
	alertmanager  string
	password, env string // env is the rest of .env
}

func install(t *testing.T) *installation {
	t.Helper()
	base := filepath.Join(t.TempDir(), "a folder with 'spaces'")
	i := &installation{t: t, folder: filepath.Join(base, "monitoring"), path: filepath.Join(base, "bin"), log: filepath.Join(base, "docker.log"), password: "s3cret"}
	for _, name := range []string{"deploy.sh", "teardown.sh", "docker-compose.yml", ".env.example"} {
		body, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		i.write("monitoring/"+name, string(body))
	}
	i.write("dist/plugin.json", "{}")
	i.write("dist/gpx_modelmetrics_linux_amd64", "")
	if err := os.Mkdir(i.path, 0o750); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	i.link(self, "docker")
	for _, program := range programs {
		file, err := exec.LookPath(program)
		if err != nil {
			t.Skipf("%s isn't installed", program)
		}
		i.link(file, program)
	}
	i.prometheus, i.grafana, i.alertmanager = freePort(t), freePort(t), freePort(t)
	return i
}

func (i *installation) link(file, name string) {
	i.t.Helper()
	if err := os.Symlink(file, filepath.Join(i.path, name)); err != nil {
		i.t.Fatal(err)
	}
}

// write writes a file below the parent of the stack's folder.
func (i *installation) write(name, body string) {
	i.t.Helper()
	file := filepath.Join(filepath.Dir(i.folder), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		i.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		i.t.Fatal(err)
	}
}

func (i *installation) writeEnv() {
	i.t.Helper()
	i.write("monitoring/.env", fmt.Sprintf("# settings\nGRAFANA_ADMIN_PASSWORD=%s\nPROMETHEUS_PORT=%s\nGRAFANA_PORT=%s\nALERTMANAGER_PORT=%s\n%s",
		i.password, i.prometheus, i.grafana, i.alertmanager, i.env))
}

// run runs a script in another folder, with the given variables for the stand-in. It returns
// the script's docker commands, its output, and an error if it fails. Without a docker
// command, commands contains only an empty string.
func (i *installation) run(script string, args []string, standIn ...string) (commands []string, output string, err error) {
	i.t.Helper()
	cmd := exec.CommandContext(i.t.Context(), "bash", append([]string{filepath.Join(i.folder, script)}, args...)...)
	cmd.Dir = i.t.TempDir()
	cmd.Env = append([]string{"PATH=" + i.path, dockerLog + "=" + i.log}, standIn...)
	text, err := cmd.CombinedOutput()
	lines, _ := os.ReadFile(i.log) // without a command, there is no file
	_ = os.Remove(i.log)
	return strings.Split(strings.TrimSpace(string(lines)), "\n"), string(text), err
}

func freePort(t *testing.T) string {
	t.Helper()
	listener := occupy(t, "0")
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	return port
}

// occupy listens on a port until the end of the test.
func occupy(t *testing.T, port string) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// Arguments with which the scripts run docker.
const (
	composeVersion = "compose version"
	engineVersion  = "version --format {{.Server.Os}}_{{.Server.Arch}}"
	running        = "compose ps --quiet --status running"
	inspectNetwork = "network inspect tessallite_net"
	createNetwork  = "network create --label com.docker.compose.network=tessallite_net tessallite_net"
	up             = "compose up --detach --remove-orphans --wait --wait-timeout 300"
	down           = "compose --profile alertmanager --profile demo down --remove-orphans"
)

func TestDeploy(t *testing.T) {
	i := install(t)
	i.writeEnv()
	commands, output, err := i.run("deploy.sh", nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if want := []string{composeVersion, engineVersion, running, inspectNetwork, createNetwork, up}; !slices.Equal(commands, want) {
		t.Errorf("ran\n%s\nwant\n%s", strings.Join(commands, "\n"), strings.Join(want, "\n"))
	}
	for _, want := range []string{
		"http://127.0.0.1:" + i.grafana + "/d/tessallite-overview\n", "http://127.0.0.1:" + i.grafana + " (user admin", "http://127.0.0.1:" + i.prometheus + "\n",
	} {
		if !strings.Contains(output, want) {
			t.Errorf("the output lacks %q:\n%s", want, output)
		}
	}
	if strings.Contains(output, "Alertmanager") || strings.Contains(output, i.password) {
		t.Errorf("the output contains the password or a container that isn't enabled:\n%s", output)
	}
	secret := filepath.Join(i.folder, ".secrets", "grafana_admin_password")
	if body, err := os.ReadFile(secret); err != nil || string(body) != i.password {
		t.Errorf("the file contains %q, %v", body, err)
	}
	// The container's user must be able to read the file. The other users of the machine must
	// not be able to open the folder.
	for name, want := range map[string]os.FileMode{secret: 0o644, filepath.Dir(secret): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	// The second deployment finds the network, and the stack's own containers on the ports.
	occupy(t, i.prometheus)
	occupy(t, i.grafana)
	commands, output, err = i.run("deploy.sh", nil, dockerNetwork+"=1", dockerRunning+"=1")
	if want := []string{composeVersion, engineVersion, running, inspectNetwork, up}; err != nil || !slices.Equal(commands, want) {
		t.Errorf("the second deployment: %v, ran %q\n%s", err, commands, output)
	}
}

func TestDeployFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(i *installation)
		fail    string   // the beginning of the arguments of the command that fails
		want    string   // in the output
		command []string // of docker; nil means that it isn't checked
	}{
		"no docker": {
			change:  func(i *installation) { _ = os.Remove(filepath.Join(i.path, "docker")) },
			want:    "Docker is not installed.",
			command: []string{""},
		},
		"no Compose v2":         {fail: "compose version", want: "Docker Compose v2 is not installed.", command: []string{composeVersion}},
		"the engine is down":    {fail: "version", want: "The Docker engine does not respond.", command: []string{composeVersion, engineVersion}},
		"no .env":               {change: func(i *installation) { _ = os.Remove(filepath.Join(i.folder, ".env")) }, want: "There is no .env. Run: cp .env.example .env"},
		"no password":           {change: func(i *installation) { i.password = "" }, want: "is empty"},
		"quoted empty password": {change: func(i *installation) { i.password = `""` }, want: "is empty"},
		"example password":      {change: func(i *installation) { i.password = "change-me" }, want: "is the password of .env.example"},
		"quoted example":        {change: func(i *installation) { i.password = "'change-me'" }, want: "is the password of .env.example"},
		"no plugin": {
			change: func(i *installation) { i.env = "MODELMETRICS_PLUGIN=elsewhere\n" },
			want:   "There is no plugin in elsewhere. Run go tool mage buildAll",
		},
		"a plugin for another system": {
			change: func(i *installation) {
				_ = os.Rename(filepath.Join(i.folder, "../dist/gpx_modelmetrics_linux_amd64"), filepath.Join(i.folder, "../dist/gpx_modelmetrics_darwin_arm64"))
			},
			want: "is not built for the containers (linux_amd64)",
		},
		"Prometheus's port is in use": {
			change:  func(i *installation) { occupy(i.t, i.prometheus) },
			want:    "is in use. Stop the program that uses it, or set PROMETHEUS_PORT in .env",
			command: []string{composeVersion, engineVersion, running},
		},
		"Grafana's port is in use": {change: func(i *installation) { occupy(i.t, i.grafana) }, want: "set GRAFANA_PORT in .env"},
		"Alertmanager's port is in use": {
			change: func(i *installation) { i.env = "COMPOSE_PROFILES=demo,alertmanager\n"; occupy(i.t, i.alertmanager) },
			want:   "set ALERTMANAGER_PORT in .env",
		},
		"the network can't be created": {fail: "network create", want: "the stand-in fails: network create"},
		"an image can't be pulled, or a container isn't healthy": {
			fail: "compose up", want: "The stack did not start, or is not healthy.",
			command: []string{composeVersion, engineVersion, running, inspectNetwork, createNetwork, up, "compose ps --all", "compose logs --tail 20"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			i := install(t)
			i.writeEnv()
			if test.change != nil {
				test.change(i)
				if name != "no .env" {
					i.writeEnv()
				}
			}
			commands, output, err := i.run("deploy.sh", nil, dockerFail+"="+test.fail)
			if err == nil || !strings.Contains(output, test.want) || strings.Contains(output, "is healthy.\n") {
				t.Errorf("%v, want %q:\n%s", err, test.want, output)
			}
			if test.command != nil && !slices.Equal(commands, test.command) {
				t.Errorf("ran %q, want %q", commands, test.command)
			}
			if slices.Contains(commands, up) != strings.HasPrefix(test.fail, "compose up") {
				t.Errorf("ran %q", commands)
			}
		})
	}
}

func TestDeploySettings(t *testing.T) {
	i := install(t)
	i.password = `"p$ss &|<>^!%'\ wörd"` + "\r"
	i.env = "MODELMETRICS_PLUGIN=\"my plugin\"\nCOMPOSE_PROFILES=alertmanager\n"
	i.write("monitoring/my plugin/plugin.json", "{}")
	i.write("monitoring/my plugin/gpx_modelmetrics_linux_amd64", "")
	i.writeEnv()
	_, output, err := i.run("deploy.sh", nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if !strings.Contains(output, "Alertmanager: http://127.0.0.1:"+i.alertmanager) {
		t.Errorf("the output lacks the address of Alertmanager:\n%s", output)
	}
	body, err := os.ReadFile(filepath.Join(i.folder, ".secrets", "grafana_admin_password"))
	if want := `p$ss &|<>^!%'\ wörd`; err != nil || string(body) != want {
		t.Errorf("the password is %q, want %q, %v", body, want, err)
	}
	// Like Compose, the script prefers environment variables to .env.
	if _, output, err := i.run("deploy.sh", nil, "MODELMETRICS_PLUGIN=nowhere"); err == nil || !strings.Contains(output, "no plugin in nowhere") {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestTeardown(t *testing.T) {
	i := install(t)
	for _, test := range []struct {
		args []string
		fail string
		want []string
		text string
	}{
		{nil, "", []string{composeVersion, engineVersion, down + " --volumes"}, "its data is removed"},
		{[]string{"--keep-data"}, "", []string{composeVersion, engineVersion, down}, "Its data is kept"},
		{[]string{"--keep-date"}, "", []string{""}, "Unknown arguments: --keep-date. Usage: teardown.sh [--keep-data]"},
		{[]string{"--keep-data", "now"}, "", []string{""}, "Unknown arguments: --keep-data now."},
		{nil, "compose version", []string{composeVersion}, "Docker Compose v2 is not installed."},
		{nil, "version", []string{composeVersion, engineVersion}, "The Docker engine does not respond."},
		{nil, "compose --profile", []string{composeVersion, engineVersion, down + " --volumes"}, "the stand-in fails"},
	} {
		i.write("monitoring/.secrets/grafana_admin_password", "s3cret")
		commands, output, err := i.run("teardown.sh", test.args, dockerFail+"="+test.fail)
		succeeds := test.fail == "" && test.want[0] != ""
		if succeeds != (err == nil) || !strings.Contains(output, test.text) || !slices.Equal(commands, test.want) {
			t.Errorf("%q with %q failing: %v, ran %q\n%s", test.args, test.fail, err, commands, output)
		}
		if _, err := os.Stat(filepath.Join(i.folder, ".secrets")); succeeds != os.IsNotExist(err) {
			t.Errorf("%q with %q failing: the folder of the password: %v", test.args, test.fail, err)
		}
	}
}
