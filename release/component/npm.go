package component

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	// bundledPackage matches the path of a source in a source map, and captures the folder of
	// the source's package. This folder can be inside the folder of another package.
	bundledPackage = regexp.MustCompile(`^.*?/((?:node_modules/(?:@[^/]+/)?[^/]+/)+)`)
	// runtimeSource matches the sources that webpack adds to a bundle.
	runtimeSource = regexp.MustCompile(`^webpack://[^/]+/webpack/`)
)

// Packages returns the npm packages that are bundled into the JavaScript files of a folder.
// The source maps list the packages. root is the folder that contains node_modules.
func Packages(root, dist string) ([]Component, error) {
	sourceMaps, err := filepath.Glob(filepath.Join(dist, "*.js.map"))
	if err != nil {
		return nil, err
	}
	if len(sourceMaps) == 0 {
		return nil, fmt.Errorf("%s contains no source maps: build the frontend", dist)
	}
	folders := map[string]bool{}
	for _, name := range sourceMaps {
		content, err := os.ReadFile(name) //nolint:gosec // G304: a file of the build
		if err != nil {
			return nil, err
		}
		if err := bundledFolders(content, folders); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	var all []Component
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		c, err := readPackage(filepath.Join(root, filepath.FromSlash(folder)))
		if err != nil {
			return nil, err
		}
		if err := c.check(); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return sortComponents(all), nil
}

// bundledFolders adds the folder of each package in a source map to the set folders.
func bundledFolders(content []byte, folders map[string]bool) error {
	var sourceMap struct{ Sources []string }
	if err := json.Unmarshal(content, &sourceMap); err != nil {
		return err
	}
	if len(sourceMap.Sources) == 0 {
		return errors.New("the source map lists no sources")
	}
	for _, source := range sourceMap.Sources {
		if runtimeSource.MatchString(source) {
			folders["node_modules/webpack/"] = true
		} else if match := bundledPackage.FindStringSubmatch(source); match != nil {
			folders[match[1]] = true
		}
	}
	return nil
}

// readPackage reads the name, the version and the license of an installed package.
func readPackage(folder string) (Component, error) {
	content, err := os.ReadFile(filepath.Join(folder, "package.json")) //nolint:gosec // G304: a file of an installed package
	if err != nil {
		return Component{}, err
	}
	var manifest struct{ Name, Version, License string }
	if err := json.Unmarshal(content, &manifest); err != nil {
		return Component{}, fmt.Errorf("package.json in %s: %w", folder, err)
	}
	texts, err := licenseTexts(folder, nil)
	if err != nil {
		return Component{}, err
	}
	return Component{Ecosystem: "npm", Name: manifest.Name, Version: manifest.Version, License: strings.Trim(manifest.License, "()"), Texts: texts}, nil
}
