// Package component lists the third-party components of a build of the plugin, with their
// licenses: the Go modules that are linked into the executables, and the npm packages that are
// bundled into the frontend. It writes the list as an SBOM and as a page of notices.
package component

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Component is a Go module, Go's standard library or an npm package.
type Component struct {
	Ecosystem string // golang or npm, as in a package URL
	Name      string
	Version   string
	License   string // an SPDX expression
	Texts     []Text // the licenses and notices that the component contains
}

// Text is the content of a file such as LICENSE or NOTICE.
type Text struct {
	Path    string // relative to the component
	Content string
}

// URL returns the package URL, https://github.com/package-url/purl-spec.
func (c Component) URL() string {
	return fmt.Sprintf("pkg:%s/%s@%s", c.Ecosystem, strings.ReplaceAll(c.Name, "@", "%40"), strings.ReplaceAll(c.Version, "+", "%2B"))
}

// permitted are the licenses of third-party components that a plugin under Apache-2.0 can
// contain.
var permitted = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "Unlicense", "CC0-1.0"}

// check reports a component without a license file, or with a license that isn't permitted.
func (c Component) check() error {
	if len(c.Texts) == 0 {
		return fmt.Errorf("%s contains no license file", c.URL())
	}
	// A component under several licenses may be used only if each of them is permitted.
	for license := range strings.SplitSeq(c.License, " AND ") {
		if !slices.Contains(permitted, license) {
			return fmt.Errorf("%s has the license %q, but only %q are permitted", c.URL(), c.License, permitted)
		}
	}
	return nil
}

// sortComponents sorts by package URL and removes duplicates.
func sortComponents(all []Component) []Component {
	slices.SortFunc(all, func(a, b Component) int { return cmp.Compare(a.URL(), b.URL()) })
	return slices.CompactFunc(all, func(a, b Component) bool { return a.URL() == b.URL() })
}
