package catalog

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	// markdownLink matches the target of a link or an image.
	markdownLink = regexp.MustCompile(`\[.+?\]\((.+?)\)`)
	htmlComment  = regexp.MustCompile(`(?s)<!--.*?-->`)
	// templateReadme matches the title of the README that Grafana's tool creates.
	templateReadme = regexp.MustCompile(`(?i)Grafana (Panel|Data Source|Datasource|App|Data Source Backend) Plugin Template`)
	// licensePlaceholder matches the placeholders for the year and the owner of a copyright in
	// braces. Grafana's plugin-validator reports only these in its analyzer "license". The
	// same placeholders in brackets are part of the Apache License's appendix, which describes
	// how to apply the license to other works.
	licensePlaceholder = regexp.MustCompile(`\{name of copyright owner\}|\{yyyy\}`)
	// angular matches code that uses Grafana's former plugin platform, based on AngularJS.
	angular = regexp.MustCompile(`['"](?:app/core/|app/plugins/sdk|angular['"])|PanelCtrl|QueryCtrl|MetricsPanelCtrl|\$scope\b`)
	// unsafeCode matches the evaluation of a text as code.
	unsafeCode = regexp.MustCompile(`\beval\(|\bnew Function\(`)
	// tracking matches addresses of services that track users.
	tracking       = regexp.MustCompile(`https?://[^\s"'` + "`" + `]*(?:google-analytics\.com|googletagmanager\.com|doubleclick\.net|segment\.(?:com|io)|mixpanel\.com|hotjar\.com|amplitude\.com|facebook\.net|fullstory\.com|sentry\.io)`)
	reactInternals = regexp.MustCompile(`__SECRET_INTERNALS_DO_NOT_USE_OR_YOU_WILL_BE_FIRED`)
	// developmentFile matches files that a release must not contain.
	developmentFile = regexp.MustCompile(`(?:^|/)(?:standalone\.txt|pid\.txt|\.DS_Store|Thumbs\.db|package(?:-lock)?\.json|tsconfig.*\.json|\.env.*|\.git.*|.*\.(?:tsx?|go|test\.js|swp|orig|pem|key))$|(?:^|/)(?:node_modules|coverage|testdata|dist)/`)
)

var contentRules = []rule{
	{"missing-readme", func(p plugin) []string { return p.missingText("README.md") }},
	{"readme-comment", func(p plugin) []string {
		return when(htmlComment.Match(p.files["README.md"]), "README.md contains a comment")
	}},
	{"template-readme", func(p plugin) []string {
		return when(templateReadme.Match(p.files["README.md"]), "README.md is Grafana's template")
	}},
	{"developer-jargon", func(p plugin) []string {
		text := p.files["README.md"]
		return when(bytes.Contains(text, []byte("yarn")) || bytes.Contains(text, []byte("nodejs")), "README.md describes the build")
	}},
	{"relative-link", func(p plugin) (texts []string) {
		for _, match := range markdownLink.FindAllSubmatch(p.files["README.md"], -1) {
			target := string(match[1])
			absolute := strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "#") || strings.HasPrefix(target, "mailto:")
			texts = append(texts, when(!absolute, "README.md has the relative link %q", target)...)
		}
		return texts
	}},
	{"missing-changelog", func(p plugin) []string { return p.missingText("CHANGELOG.md") }},
	{"license-not-provided", func(p plugin) []string { return p.missingText("LICENSE") }},
	{"license-not-valid", func(p plugin) []string {
		text := p.files["LICENSE"]
		apache := bytes.Contains(text, []byte("Apache License")) && bytes.Contains(text, []byte("Version 2.0, January 2004"))
		return when(!apache, "LICENSE is not the Apache License 2.0")
	}},
	{"license-with-generic-text", func(p plugin) []string {
		return when(licensePlaceholder.Match(p.files["LICENSE"]), "LICENSE contains placeholders")
	}},
	{"missing-modulejs", func(p plugin) []string { return p.missingText("module.js") }},
	{"js-map-not-found", func(p plugin) (texts []string) {
		for _, name := range p.matching("*.js") {
			texts = append(texts, when(p.files[name+".map"] == nil, "%s has no source map", name)...)
		}
		return texts
	}},
	{"js-map-invalid", checkSourceMaps},
	{"legacy-platform", func(p plugin) []string { return p.scriptsMatching(angular) }},
	{"tracking-scripts", func(p plugin) []string { return p.scriptsMatching(tracking) }},
	{"access-old-react-internals", func(p plugin) []string { return p.scriptsMatching(reactInternals) }},
	{"unsafe-code", func(p plugin) []string { return p.scriptsMatching(unsafeCode) }},
	{"unsafe-svg-file", func(p plugin) (texts []string) {
		for _, name := range p.matching("*.svg") {
			err := checkSVG(p.files[name])
			texts = append(texts, when(err != nil, "%s: %v", name, err)...)
		}
		return texts
	}},
	{"development-file", func(p plugin) (texts []string) {
		for name := range p.files {
			texts = append(texts, when(developmentFile.MatchString(name), "%s is not part of a release", name)...)
		}
		slices.Sort(texts)
		return texts
	}},
	{Unsigned, func(p plugin) []string {
		return when(p.files["MANIFEST.txt"] == nil, "the zip contains no MANIFEST.txt")
	}},
}

func (p plugin) missingText(name string) []string {
	return when(len(bytes.TrimSpace(p.files[name])) == 0, "%s is missing or empty", name)
}

// scriptsMatching returns a text about the first match of a pattern in each JavaScript file.
func (p plugin) scriptsMatching(pattern *regexp.Regexp) (texts []string) {
	for _, name := range p.matching("*.js") {
		if match := pattern.Find(p.files[name]); match != nil {
			texts = append(texts, fmt.Sprintf("%s contains %q", name, match))
		}
	}
	return texts
}

// checkSourceMaps checks that source maps contain their sources, and no paths of the machine
// on which the plugin was built.
func checkSourceMaps(p plugin) (texts []string) {
	for _, name := range p.matching("*.map") {
		var sourceMap struct {
			Sources        []string  `json:"sources"`
			SourcesContent []*string `json:"sourcesContent"`
		}
		if err := json.Unmarshal(p.files[name], &sourceMap); err != nil {
			texts = append(texts, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		texts = append(texts, when(len(sourceMap.Sources) == 0 || len(sourceMap.Sources) != len(sourceMap.SourcesContent), "%s doesn't contain its sources", name)...)
		for _, source := range sourceMap.Sources {
			local := path.IsAbs(source) || strings.Contains(source, ":///") || strings.HasPrefix(source, "file:")
			texts = append(texts, when(local, "%s contains the local path %q", name, source)...)
		}
	}
	return texts
}

// safeElements are the elements that an SVG file may contain.
var safeElements = []string{"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "title", "desc", "linearGradient", "radialGradient", "stop", "clipPath", "mask"}

// outsideReference matches a value of an attribute that can refer to another file: a CSS
// function for images or URLs, unless it is a url of an element in the same file, such as
// url(#a). An escape sequence in CSS can replace any letter of such a function.
var outsideReference = regexp.MustCompile(`(?i)url\(\s*(?:["']\s*)?(?:[^\s"'#]|$)|\bsrc\(|image(?:-set)?\(|\\`)

// checkSVG returns an error if an SVG file contains an element that isn't safe, an attribute
// that runs code, or a reference to another file.
func checkSVG(content []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.Directive:
			return errors.New("a document type is not permitted")
		case xml.ProcInst:
			if t.Target != "xml" {
				return fmt.Errorf("the instruction %s is not permitted", t.Target)
			}
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains(safeElements, element.Name.Local) {
			return fmt.Errorf("the element %s is not permitted", element.Name.Local)
		}
		for _, a := range element.Attr {
			name := strings.ToLower(a.Name.Local)
			refersOutside := name == "base" || name == "href" && !strings.HasPrefix(a.Value, "#") || outsideReference.MatchString(a.Value)
			if strings.HasPrefix(name, "on") || refersOutside {
				return fmt.Errorf("the attribute %s is not permitted", a.Name.Local)
			}
		}
	}
}
