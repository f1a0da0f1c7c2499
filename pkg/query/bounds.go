package query

import (
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Bounds of a query.
const (
	// MaxPoints is the maximum number of points that Prometheus returns for a series.
	MaxPoints = 11_000
	// maxStep is the largest step that is useful, and small enough that computing with
	// steps doesn't overflow.
	maxStep = 366 * 24 * time.Hour
	// maxIntervalFactor bounds the factor of the step. Editors offer up to 10.
	maxIntervalFactor = 100
	// maxSpans bounds the requests that a query is split into. Daylight saving time
	// usually shifts twice a year, so this is a decade.
	maxSpans = 20
	// maxTemplate bounds a legend, or an annotation's title, text or tag, in bytes. Each
	// is filled in for every series.
	maxTemplate = 1 << 10
	// maxTags bounds the tags of an annotation.
	maxTags = 100
)

// checkTemplate returns an error if a template is too long.
func checkTemplate(name, text string) error {
	if len(text) > maxTemplate {
		return fault.New(fault.BadQuery, "%s has %d bytes. It may have %d. Shorten it.", name, len(text), maxTemplate)
	}
	return nil
}

func (m AnnotationTexts) check() error {
	if err := checkTemplate("The annotation's title", m.Title); err != nil {
		return err
	}
	if err := checkTemplate("The annotation's text", m.Text); err != nil {
		return err
	}
	if len(m.Tags) > maxTags {
		return fault.New(fault.BadQuery, "The annotation has %d tags. It may have %d. Remove some.", len(m.Tags), maxTags)
	}
	for _, tag := range m.Tags {
		if err := checkTemplate("A tag of the annotation", tag); err != nil {
			return err
		}
	}
	return nil
}
