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

	recordedEvery = time.Minute
)

// recording makes one rule file for each pack with metrics that are recorded: one
// group, one rule for each of these metrics.
func recording(from sources) (files, error) {
	made := files{}
	var wrong []error
	for _, pack := range from.Packs() {
		group := ruleGroup{Name: pack.Name, Interval: model.Duration(recordedEvery).String()}
		for _, metric := range pack.Metrics {
			if metric.Record == "" {
				continue
			}
			recorded, err := recordRuleOf(metric)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("pack %s, metric %s: %w", pack.Name, metric.Name, err))
				continue
			}
			group.Rules = append(group.Rules, recorded)
		}
		if len(group.Rules) == 0 {
			continue
		}
		text, err := writeRules(ruleFile{[]ruleGroup{group}}, packFile(pack))
		wrong = append(wrong, err)
		made[recordingDir+"/"+pack.Name+".yaml"] = text
	}
	return made, errors.Join(wrong...)
}

// recordRuleOf makes the rule that records what an instant query for the metric
// gives: without parameters, with the metric's own grouping and window.
func recordRuleOf(metric *catalog.Metric) (rule, error) {
	text, err := metric.Render(nil, nil)
	if err != nil {
		return rule{}, err
	}
	window, err := model.ParseDuration(metric.InstantWindow())
	if err != nil {
		return rule{}, err
	}
	// Loading has refused the macros of a dashboard's step and range.
	return rule{Record: metric.Record, Expr: promql.Macros{RateInterval: time.Duration(window)}.ExpandCode(text)}, nil
}
