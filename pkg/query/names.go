package query

import (
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// NameForm is how the result of a catalog query contains the names of labels
// (catalog.LabelName). In every form, legends contain the names.
type NameForm string

// The forms.
const (
	// MappedNames: the cells of tables contain the values of the label, and value mappings
	// show the names.
	MappedNames NameForm = ""
	// NamedCells: the cells of tables contain the names, for charts whose transformations drop
	// value mappings.
	NamedCells NameForm = "cells"
	// NameLabel: the query joins the names to the series as a label, for alert rules.
	NameLabel NameForm = "label"
)

func parseNameForm(text string) (NameForm, error) {
	switch form := NameForm(text); form {
	case MappedNames, NamedCells, NameLabel:
		return form, nil
	}
	return "", fault.New(fault.BadQuery, "displayNames is %q. It must be cells or label.", fault.ClipName(text))
}
