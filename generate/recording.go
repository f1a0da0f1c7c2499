package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

const (
	recordingDir = "monitoring/rules"

	recordingInterval = model.Duration(time.Minute)
)

// recordingRules returns a rule file for each pack that has metrics to record. The file has
// one group, with one rule for each of these metrics.
func recordingRules(from sources) (files, error) {
	all := files{}
	var errs []error
	for _, pack := range from.Packs() {
		group := ruleGroup{Name: pack.Name, Interval: recordingInterval}
		for _, metric := range pack.Metrics {
			if metric.Record == "" {
				continue
			}
			recorded, err := recordingRule(metric)
			if err != nil {
				errs = append(errs, fmt.Errorf("pack %s, metric %s: %w", pack.Name, metric.Name, err))
				continue
			}
			group.Rules = append(group.Rules, recorded)
		}
		if len(group.Rules) == 0 {
			continue
		}
		text, err := writeRules(group, packFile(pack))
		errs = append(errs, err)
		all[recordingDir+"/"+pack.Name+".yaml"] = text
	}
	return all, errors.Join(errs...)
}

// recordingRule returns the rule that records the result of an instant query for the
// metric: without parameters, with the metric's default grouping and window.
func recordingRule(metric *catalog.Metric) (rule, error) {
	text, err := metric.Render(nil, nil)
	if err != nil {
		return rule{}, err
	}
	window, err := model.ParseDuration(metric.InstantWindow())
	if err != nil {
		return rule{}, err
	}
	// $__rate_interval is the only macro to expand: the catalog rejects a recorded metric
	// that uses a dashboard's step or range.
	return rule{Record: metric.Record, Expr: promql.Macros{RateInterval: time.Duration(window)}.ExpandCode(text)}, nil
}
