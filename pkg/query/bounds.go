package query

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"

// Bounds on the texts that a query fills in for each series.
const (
	maxTemplate = 1 << 10 // bytes of a legend, or of an annotation's title, text or tag
	maxTags     = 100     // of an annotation
)

// checkTemplate refuses a text that is too long to be filled in for each series.
func checkTemplate(name, text string) error {
	if len(text) > maxTemplate {
		return fault.New(fault.BadQuery, "%s has %d bytes: it may have %d. Shorten it.", name, len(text), maxTemplate)
	}
	return nil
}

func (m Marks) check() error {
	if err := checkTemplate("The annotation's title", m.Title); err != nil {
		return err
	}
	if err := checkTemplate("The annotation's text", m.Text); err != nil {
		return err
	}
	if len(m.Tags) > maxTags {
		return fault.New(fault.BadQuery, "The annotation has %d tags: it may have %d. Remove some.", len(m.Tags), maxTags)
	}
	for _, tag := range m.Tags {
		if err := checkTemplate("A tag of the annotation", tag); err != nil {
			return err
		}
	}
	return nil
}
