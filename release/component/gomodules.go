package component

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// Modules returns the Go modules that are linked into executables, and Go's standard library.
// root is the folder of the plugin's module, whose dependencies are in the module cache.
func Modules(ctx context.Context, root string, executables []string) ([]Component, error) {
	var all []Component
	seen := map[string]*debug.BuildInfo{}
	for _, name := range executables {
		info, err := buildinfo.ReadFile(name)
		if err != nil {
			return nil, err
		}
		seen[setting(info, "GOOS")+"/"+setting(info, "GOARCH")] = info
	}
	for _, platform := range slices.Sorted(maps.Keys(seen)) {
		modules, err := linkedModules(ctx, root, seen[platform])
		if err != nil {
			return nil, fmt.Errorf("modules of the executable for %s: %w", platform, err)
		}
		all = append(all, modules...)
	}
	return mergeModules(all)
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// listedPackage is a part of the output of go list -json.
type listedPackage struct {
	Dir      string
	Standard bool
	Module   *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// linkedModules returns the standard library and the modules in the build information of an
// executable. It finds the folders of their packages with go list, because these folders can
// contain further licenses.
func linkedModules(ctx context.Context, root string, info *debug.BuildInfo) ([]Component, error) {
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Dir,Standard,Module", "-tags="+setting(info, "-tags"), "./pkg") //nolint:gosec // G204: the tags of our own build
	list.Dir = root
	list.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0", "GOOS="+setting(info, "GOOS"), "GOARCH="+setting(info, "GOARCH"))
	list.Stderr = os.Stderr
	output, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	folders, roots := map[string][]string{}, map[string]string{}
	decoder := json.NewDecoder(bytes.NewReader(output))
	for decoder.More() {
		var p listedPackage
		if err := decoder.Decode(&p); err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Module != nil && !p.Module.Main {
			key := p.Module.Path + "@" + p.Module.Version
			folders[key], roots[key] = append(folders[key], p.Dir), p.Module.Dir
		}
	}
	standard, err := standardLibrary(ctx, root, info.GoVersion)
	if err != nil {
		return nil, err
	}
	modules := []Component{standard}
	for _, linked := range info.Deps {
		if linked.Replace != nil {
			linked = linked.Replace
		}
		key := linked.Path + "@" + linked.Version
		if roots[key] == "" {
			return nil, fmt.Errorf("the executable contains %s, but go list in %s doesn't: build it again", key, root)
		}
		texts, err := licenseTexts(roots[key], folders[key])
		if err != nil {
			return nil, err
		}
		modules = append(modules, Component{Ecosystem: "golang", Name: linked.Path, Version: linked.Version, Texts: texts})
	}
	return modules, nil
}

// standardLibrary returns the standard library, whose license is in the folder of Go.
func standardLibrary(ctx context.Context, root, version string) (Component, error) {
	env := exec.CommandContext(ctx, "go", "env", "GOROOT")
	env.Dir = root
	output, err := env.Output()
	if err != nil {
		return Component{}, fmt.Errorf("go env GOROOT: %w", err)
	}
	folder := strings.TrimSpace(string(output))
	texts, err := licenseTexts(folder, []string{folder})
	return Component{Ecosystem: "golang", Name: "std", Version: strings.TrimPrefix(version, "go"), Texts: texts}, err
}

// mergeModules joins the lists of all platforms: the license files of a module are those of
// its packages on all platforms. Then it detects and checks the license of each module.
func mergeModules(all []Component) ([]Component, error) {
	merged := map[string]Component{}
	for _, module := range all {
		known := merged[module.URL()]
		for _, text := range module.Texts {
			if !slices.Contains(known.Texts, text) {
				known.Texts = append(known.Texts, text)
			}
		}
		slices.SortFunc(known.Texts, func(a, b Text) int { return strings.Compare(a.Path, b.Path) })
		module.Texts = known.Texts
		merged[module.URL()] = module
	}
	modules := slices.Collect(maps.Values(merged))
	for i := range modules {
		license, err := detect(modules[i].Texts)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", modules[i].URL(), err)
		}
		modules[i].License = license
		if err := modules[i].check(); err != nil {
			return nil, err
		}
	}
	return sortComponents(modules), nil
}

// licenseTexts returns the license and notice files of a module: those in its root, in the
// folders of its linked packages, and in the folders between them.
func licenseTexts(root string, packages []string) ([]Text, error) {
	folders := map[string]bool{}
	for _, folder := range append(packages, root) {
		for ; strings.HasPrefix(folder, root); folder = filepath.Dir(folder) {
			folders[folder] = true
		}
	}
	var texts []Text
	for folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if name := entry.Name(); entry.IsDir() || !licenseName.MatchString(name) || sourceName.MatchString(name) {
				continue
			}
			file := filepath.Join(folder, entry.Name())
			content, err := os.ReadFile(file) //nolint:gosec // G304: a file of an installed module
			if err != nil {
				return nil, err
			}
			name, err := filepath.Rel(root, file)
			if err != nil {
				return nil, err
			}
			texts = append(texts, Text{filepath.ToSlash(name), string(content)})
		}
	}
	slices.SortFunc(texts, func(a, b Text) int { return strings.Compare(a.Path, b.Path) })
	return texts, nil
}
