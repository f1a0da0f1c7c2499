package catalog

import (
	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// CheckDuration returns an error for a duration that is out of Prometheus's range.
// The schema checks the format.
func CheckDuration(text string) error {
	if _, err := model.ParseDuration(text); err != nil {
		return fault.New(fault.Misconfigured, "The duration %s is too long for Prometheus. Write a shorter one.", text)
	}
	return nil
}

// CheckPositiveDuration returns the errors of CheckDuration, and an error for 0.
func CheckPositiveDuration(text string) error {
	if err := CheckDuration(text); err != nil {
		return err
	}
	if d, _ := model.ParseDuration(text); d == 0 {
		return fault.New(fault.Misconfigured, "The duration %s is zero. Write a longer one, such as 5m.", text)
	}
	return nil
}

// CheckWindow returns an error for a window that isn't a positive duration, and for any
// window if the metric's query contains no macro that a window replaces. "" means no window.
func (m *Metric) CheckWindow(window string) error {
	if window == "" {
		return nil
	}
	if err := CheckPositiveDuration(window); err != nil {
		return err
	}
	if !m.Windowed() {
		return fault.New(fault.Misconfigured, "The query of %s contains no $__rate_interval, $__interval or $__range, so a window has no effect. Leave it out.", fault.ClipName(m.Name))
	}
	return nil
}
