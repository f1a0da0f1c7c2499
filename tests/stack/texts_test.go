package stack

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

const pluginID = host.PluginID

// variable matches a variable of the Compose file with its default.
var variable = regexp.MustCompile(`\$\{(\w+):-([^}]*)\}`)

func portText(port uint32) string { return strconv.FormatUint(uint64(port), 10) }

func TestShellcheck(t *testing.T) {
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck isn't installed")
	}
	scripts, err := filepath.Glob(folder + "/*.sh")
	if err != nil || len(scripts) != 2 {
		t.Fatalf("found the scripts %q, %v", scripts, err)
	}
	if output, err := exec.CommandContext(t.Context(), shellcheck, append([]string{"--enable=quote-safe-variables"}, scripts...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

var (
	// A command ends before an operator or a redirection, such as 2>.
	shellCommand = regexp.MustCompile(`(?m)^[^#\n]*?\b(docker (?:compose|network|version).*?)(?: 2?>|\)|;| \|\||$)`)
	batchCommand = regexp.MustCompile(`(?m)^(?:[^\n]*` + "`" + `)?(docker (?:compose|network|version).*?)(?: 2?\^?>|` + "`" + `| \|\||\r?$)`)
	shellMessage = regexp.MustCompile(`(?m)\bfail "([^"]*)"`)
	batchMessage = regexp.MustCompile(`(?m)^echo (?:deploy|teardown): (.*)>&2\r?$`)
	shellEcho    = regexp.MustCompile(`(?m)\becho "([^"]*)"`)
	batchEcho    = regexp.MustCompile(`(?m)\becho ((?:The monitoring|  \w).*?)\r?$`)
	shellValue   = regexp.MustCompile(`"?\$\{?(\w+|\*)(?::\+"\$volumes"\})?\}?"?`)
)

// TestBatchFiles checks that the scripts for Windows run the same commands of docker as the
// scripts for other systems, and print the same texts.
func TestBatchFiles(t *testing.T) {
	for _, script := range []string{"deploy", "teardown"} {
		shell, err := os.ReadFile(filepath.Join(folder, script+".sh"))
		if err != nil {
			t.Fatal(err)
		}
		batch, err := os.ReadFile(filepath.Join(folder, script+".bat"))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(batch, []byte("\n")) != bytes.Count(batch, []byte("\r\n")) {
			t.Errorf("%s.bat has lines that don't end in CRLF", script)
		}
		commands := all(shellCommand, shell, asBatch)
		if len(commands) < 3 {
			t.Errorf("%s.sh: found the commands %q", script, commands)
		}
		compare(t, script+": commands", commands, all(batchCommand, batch, func(s string) string { return strings.ReplaceAll(s, `"`, "") }))
		messages := all(shellMessage, shell, asBatch)
		if len(messages) < 4 {
			t.Errorf("%s.sh: found the messages %q", script, messages)
		}
		compare(t, script+": messages", messages, all(batchMessage, batch, strings.TrimSpace))
		compare(t, script+": output", all(shellEcho, shell, asBatch), all(batchEcho, batch, func(s string) string { return s }))
	}
}

// asBatch writes a command or a text of a shell script as in a batch file.
func asBatch(s string) string {
	s = strings.NewReplacer("cp .env.example", "copy .env.example", "teardown.sh", "teardown.bat", "'", "").Replace(s)
	s = shellValue.ReplaceAllStringFunc(s, func(value string) string {
		name := shellValue.FindStringSubmatch(value)[1]
		if name == "*" || len(name) == 1 {
			return "%" + name
		}
		return "%" + name + "%"
	})
	return strings.TrimSpace(s)
}

// all returns the first group of each match, changed by a function and without spaces around
// it.
func all(pattern *regexp.Regexp, text []byte, change func(string) string) []string {
	var found []string
	for _, match := range pattern.FindAllSubmatch(text, -1) {
		found = append(found, strings.TrimSpace(change(string(match[1]))))
	}
	return found
}

// compare compares two lists. It ignores repetitions, and also the order, because a batch file
// prints errors at its end.
func compare(t *testing.T, what string, shell, batch []string) {
	t.Helper()
	slices.Sort(shell)
	slices.Sort(batch)
	if shell, batch = slices.Compact(shell), slices.Compact(batch); !slices.Equal(shell, batch) {
		t.Errorf("%s differ.\nshell:\n  %s\nbatch:\n  %s", what, strings.Join(shell, "\n  "), strings.Join(batch, "\n  "))
	}
}
