package component

import (
	"fmt"
	"io"
	"strings"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
)

// Plugin describes the build whose components are listed.
type Plugin struct {
	ID, Version string
	Date        time.Time
}

const repository = "https://github.com/modelmetrics/modelmetrics-catalog-datasource"

// WriteSBOM writes the components of a build as CycloneDX 1.6 in JSON. The output depends on
// its arguments only.
func WriteSBOM(w io.Writer, plugin Plugin, all []Component) error {
	url := fmt.Sprintf("pkg:github/modelmetrics/%s@v%s", plugin.ID, plugin.Version)
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: plugin.Date.UTC().Format(time.RFC3339),
		Component: &cyclonedx.Component{
			BOMRef: url, Type: cyclonedx.ComponentTypeApplication, Name: plugin.ID, Version: plugin.Version, PackageURL: url,
			Licenses:           &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "Apache-2.0"}}},
			ExternalReferences: &[]cyclonedx.ExternalReference{{Type: cyclonedx.ERTypeVCS, URL: repository}},
		},
	}
	var components []cyclonedx.Component
	var urls []string
	for _, c := range all {
		urls = append(urls, c.URL())
		components = append(components, cyclonedx.Component{
			BOMRef: c.URL(), Type: cyclonedx.ComponentTypeLibrary, Name: c.Name, Version: c.Version, PackageURL: c.URL(),
			Licenses: licenseOf(c),
		})
	}
	bom.Components = &components
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: url, Dependencies: &urls}}
	encoder := cyclonedx.NewBOMEncoder(w, cyclonedx.BOMFileFormatJSON)
	return encoder.SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cyclonedx.SpecVersion1_6)
}

// licenseOf returns the license of a component: an identifier, or an expression if the
// component has several licenses.
func licenseOf(c Component) *cyclonedx.Licenses {
	if strings.Contains(c.License, " ") {
		return &cyclonedx.Licenses{{Expression: c.License}}
	}
	return &cyclonedx.Licenses{{License: &cyclonedx.License{ID: c.License}}}
}

const separator = "--------------------------------------------------------------------------------"

// WriteNotices writes the licenses and notices of all components as a text. Components with
// the same texts share them.
func WriteNotices(w io.Writer, plugin Plugin, all []Component) error {
	var text strings.Builder
	fmt.Fprintf(&text, "Third-party notices of %s %s\n\n", plugin.ID, plugin.Version)
	text.WriteString("The executables and the JavaScript files of this plugin contain the components below.\n")
	sharing := map[string][]Component{}
	var order []string
	for _, c := range all {
		texts := textsOf(c)
		if sharing[texts] == nil {
			order = append(order, texts)
		}
		sharing[texts] = append(sharing[texts], c)
	}
	for _, texts := range order {
		fmt.Fprintf(&text, "\n%s\n", separator)
		for _, c := range sharing[texts] {
			fmt.Fprintf(&text, "%s %s (%s, %s)\n", c.Name, c.Version, c.Ecosystem, c.License)
		}
		fmt.Fprintf(&text, "%s\n\n%s", separator, texts)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func textsOf(c Component) string {
	var text strings.Builder
	for i, t := range c.Texts {
		if i > 0 {
			fmt.Fprintf(&text, "\n%s:\n\n", t.Path)
		}
		text.WriteString(strings.TrimSpace(strings.ReplaceAll(t.Content, "\r\n", "\n")) + "\n")
	}
	return text.String()
}
