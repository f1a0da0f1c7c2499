package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// mageCommand matches a command of mage with its options.
	mageCommand = regexp.MustCompile(`go tool mage\s+([a-zA-Z0-9]+)\b((?:\s+-[a-z][\w-]*(?:=[^\s` + "`" + `]+)?)*)`)
	mageOption  = regexp.MustCompile(`-([a-z][\w-]*)(?:=\S+)?`)
)

// TestMageCommandsExist checks that the mage targets and their options that pages, comments and
// messages name exist.
func TestMageCommandsExist(t *testing.T) {
	texts := repository(t)
	targets := mageTargets(t, texts)
	checked := 0
	for name, text := range texts {
		for _, match := range mageCommand.FindAllStringSubmatch(text, -1) {
			checked++
			options, exists := targets[strings.ToLower(match[1])]
			if !exists {
				t.Errorf("%s names the command %q, which doesn't exist", name, match[0])
				continue
			}
			for _, option := range mageOption.FindAllStringSubmatch(match[2], -1) {
				checked++
				if !slices.Contains(options, option[1]) {
					t.Errorf("%s names the command %q, which has no option %s", name, match[0], option[1])
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("%d commands and options were checked: the regular expression misses most of them", checked)
	}
}

// mageTargets returns the options of each mage target. The key is the target's name in lower
// case. Mage derives the options from the parameters of the target's function.
func mageTargets(t *testing.T, texts map[string]string) map[string][]string {
	t.Helper()
	targets := map[string][]string{}
	for name, text := range texts {
		if path.Dir(name) != "magefiles" || path.Ext(name) != ".go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if function, ok := decl.(*ast.FuncDecl); ok && function.Recv == nil && function.Name.IsExported() {
				targets[strings.ToLower(function.Name.Name)] = parameters(function)
			}
		}
	}
	return targets
}

func parameters(function *ast.FuncDecl) []string {
	var names []string
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			names = append(names, strings.ToLower(name.Name))
		}
	}
	return names
}
