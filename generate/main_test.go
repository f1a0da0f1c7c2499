package main

import (
	"slices"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packcheck"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

func TestSeveralSeries(t *testing.T) {
	c, err := packcheck.Load(packfile.Source{Name: "shop.yaml", Text: []byte(`
pack: shop
title: Shop
families:
  - {name: orders, type: gauge, help: Orders., labels: [model]}
metrics:
  - {name: grouped, title: Grouped, description: Grouped., unit: none, query: "sum by (__BY__) (orders{__PARAMS__})", optional_params: [model], group_by: [model]}
  - {name: grouped_further, title: Grouped further, description: Grouped further., unit: none, query: "sum by (__BY__, job) (orders{__PARAMS__})", optional_params: [model]}
  - {name: raw, title: Raw, description: Raw., unit: none, query: "orders{__PARAMS__}", optional_params: [model]}
  - {name: total, title: Total, description: Total., unit: none, query: "sum(orders{__PARAMS__}) / 2", optional_params: [model]}
  - {name: unknown, title: Unknown, description: Unknown., unit: none, query: "absent(orders{__PARAMS__})", optional_params: [model]}
`)})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := severalSeries(c), []string{"grouped_further", "raw", "unknown"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
