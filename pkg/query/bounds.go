package query

import (
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Bounds of a query.
const (
	// MaxPoints is the maximum number of points that Prometheus returns for a series.
	MaxPoints = 11_000
	// maxStep is the maximum step before the interval factor or $__rate_interval increases the
	// step. A longer step isn't useful, and computing with it could overflow.
	maxStep = 366 * 24 * time.Hour
	// maxIntervalFactor bounds the factor by which a query multiplies its step. Editors
	// offer factors up to 10.
	maxIntervalFactor = 100
	// maxSpans bounds the number of requests that a query is split into. With two shifts to or
	// from daylight saving time a year, 20 spans cover a decade.
	maxSpans = 20
	// maxTemplate bounds the length of a template in bytes. Templates are the legend, and an
	// annotation's title, text and tags. They are filled in for every series or annotation.
	maxTemplate = 1 << 10
	// maxTags bounds the number of tags of an annotation.
	maxTags = 100
	// maxLocations bounds the number of time zones that are kept in memory. There are about
	// 600 names.
	maxLocations = 1000
)

// checkTemplate returns an error if a template is too long.
func checkTemplate(name, text string) error {
	if len(text) > maxTemplate {
		return fault.New(fault.BadQuery, "%s has %d bytes. The limit is %d. Shorten it.", name, len(text), maxTemplate)
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
		return fault.New(fault.BadQuery, "The annotation has %d tags. The limit is %d. Remove some.", len(m.Tags), maxTags)
	}
	for _, tag := range m.Tags {
		if err := checkTemplate("A tag of the annotation", tag); err != nil {
			return err
		}
	}
	return nil
}
