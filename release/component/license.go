package component

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

var (
	// licenseName matches the names of files with the terms under which a component is used.
	licenseName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyrightnotice|notice|patents)([._-].*)?$`)
	// sourceName matches the names of source files, such as license.go.
	sourceName = regexp.MustCompile(`\.(go|js|json|ts)$`)
	// grantName matches the names of files with a license. Unlike licenseName, it doesn't
	// match the names of files with notices or patents.
	grantName = regexp.MustCompile(`(?i)^(licen[cs]e|copying)([._-].*)?$`)
)

// minConfidence is the minimum similarity of a text to a known license.
const minConfidence = 0.9

var licenses = sync.OnceValues(assets.DefaultClassifier)

// detect returns the licenses of a component as an SPDX expression. The licenses of all texts
// apply, because each covers a part of the component.
func detect(texts []Text) (string, error) {
	known, err := licenses()
	if err != nil {
		return "", err
	}
	var found []string
	for _, text := range texts {
		if name := text.Path[strings.LastIndex(text.Path, "/")+1:]; !grantName.MatchString(name) {
			continue
		}
		names := matchedLicenses(known, text.Content)
		if len(names) == 0 {
			return "", fmt.Errorf("%s is not a known license", text.Path)
		}
		found = append(found, names...)
	}
	if len(found) == 0 {
		return "", errors.New("no license file was found")
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " AND "), nil
}

func matchedLicenses(known *classifier.Classifier, text string) []string {
	var names []string
	for _, match := range known.Match([]byte(text)).Matches {
		if match.MatchType == "License" && match.Confidence >= minConfidence {
			names = append(names, match.Name)
		}
	}
	return names
}
