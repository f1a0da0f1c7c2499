package provision

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// FieldConfig contains the Grafana unit id of a panel's values, the texts and colors of some values,
// and the thresholds, which overrides can replace for a query.
type FieldConfig struct {
	Defaults struct {
		Unit       string     `json:"unit"`
		Thresholds Thresholds `json:"thresholds"`
		Mappings   []Mapping  `json:"mappings"`
	} `json:"defaults"`
	Overrides []struct {
		Matcher struct {
			ID      string `json:"id"`
			Options any    `json:"options"`
		} `json:"matcher"`
		Properties []struct {
			ID    string          `json:"id"`
			Value json.RawMessage `json:"value"`
		} `json:"properties"`
	} `json:"overrides"`
}

// Thresholds are the colors of values. The steps are in ascending order, and the value of the
// first step is null.
type Thresholds struct {
	Steps []struct {
		Value *float64 `json:"value"`
		Color string   `json:"color"`
	} `json:"steps"`
}

// Color returns the color of a value, or "" if there are no thresholds.
func (t Thresholds) Color(value float64) string {
	color := ""
	for _, step := range t.Steps {
		if step.Value == nil || value >= *step.Value {
			color = step.Color
		}
	}
	return color
}

// Mapping maps values to texts and colors. The keys of the options of a mapping of the type value
// are values.
type Mapping struct {
	Type    string          `json:"type"`
	Options json.RawMessage `json:"options"`
}

// Mapped returns the text and the color that a value is mapped to. They are "" if there are none.
func (c FieldConfig) Mapped(value float64) (text, color string, err error) {
	for _, mapping := range c.Defaults.Mappings {
		if mapping.Type != "value" {
			continue
		}
		var options map[string]struct {
			Text  string `json:"text"`
			Color string `json:"color"`
		}
		if err := json.Unmarshal(mapping.Options, &options); err != nil {
			return "", "", fmt.Errorf("the value mappings: %w", err)
		}
		if option, ok := options[strconv.FormatFloat(value, 'f', -1, 64)]; ok {
			return option.Text, option.Color, nil
		}
	}
	return "", "", nil
}

// Color returns the color of a value of a query, or "" if it has none. A mapping has priority over
// the thresholds.
func (c FieldConfig) Color(refID string, value float64) (string, error) {
	if _, color, err := c.Mapped(value); err != nil || color != "" {
		return color, err
	}
	thresholds, err := c.ThresholdsOf(refID)
	return thresholds.Color(value), err
}

// ThresholdsOf returns the thresholds of the values of a query.
func (c FieldConfig) ThresholdsOf(refID string) (Thresholds, error) {
	thresholds := c.Defaults.Thresholds
	for _, override := range c.Overrides {
		if override.Matcher.ID != "byFrameRefID" || override.Matcher.Options != refID {
			continue
		}
		for _, property := range override.Properties {
			if property.ID != "thresholds" {
				continue
			}
			thresholds = Thresholds{}
			if err := json.Unmarshal(property.Value, &thresholds); err != nil {
				return Thresholds{}, fmt.Errorf("the thresholds of query %s: %w", refID, err)
			}
		}
	}
	return thresholds, nil
}
