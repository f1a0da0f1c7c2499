package catalog

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// cafePack has a metric that reads a family of validPack, and a metric that reads a family
// of cafePack.
const cafePack = `pack: cafe
title: Café
owner: cafe-team
labels: {table: Where somebody sits.}
families:
  - {name: guests, type: gauge, help: Guests., labels: [table]}
metrics:
  - name: guests_seated
    title: Guests
    description: Who sits at the tables.
    unit: short
    query: sum by (__BY__) (guests{__PARAMS__})
    optional_params: [table]
    group_by: [table]
  - name: guests_orders
    title: Their orders
    description: What the shop sold.
    unit: short
    query: sum(rate(orders_total{__PARAMS__}[$__rate_interval]))
    optional_params: [tenant]
`

func shopAndCafe(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load([]packfile.Source{{Name: "packs/shop.yaml", Text: []byte(validPack)}, {Name: "packs/cafe.yaml", Text: []byte(cafePack)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// without disables packs, which must exist.
func without(t *testing.T, c *Catalog, packs ...string) *Catalog {
	t.Helper()
	rest, unknown := c.Without(packs)
	if unknown != nil {
		t.Fatalf("unknown: %v", unknown)
	}
	return rest
}

func TestDisabledPack(t *testing.T) {
	all := shopAndCafe(t)
	before := all.Names()
	c := without(t, all, "shop")

	if got := c.Names(); !slices.Equal(got, []string{"guests_orders", "guests_seated"}) {
		t.Errorf("the metrics are %v", got)
	}
	if packs := c.Packs(); len(packs) != 1 || packs[0].Name != "cafe" {
		t.Errorf("the packs are %v", packs)
	}
	if packs := c.Disabled(); len(packs) != 1 || packs[0].Name != "shop" {
		t.Errorf("the disabled packs are %v", packs)
	}
	if _, total, _ := c.Search(Search{Text: "shop orders"}); total != 1 { // guests_orders matches
		t.Errorf("found %d metrics", total)
	}
	_, err := c.Metric("orders")
	if f := fault.As(err); f.Kind != fault.BadQuery || !strings.HasPrefix(f.Text, "The metric orders belongs to the pack shop, which is disabled for this data source.") {
		t.Errorf("orders: %v", err)
	}
	if _, err := c.Metric("order"); err == nil || strings.Contains(err.Error(), "Did you mean orders?") {
		t.Errorf("a metric of a disabled pack is suggested: %v", err)
	}

	// Other packs can read the families of the disabled pack.
	sold, err := c.Metric("guests_orders")
	if err != nil {
		t.Fatal(err)
	}
	if families := sold.Families(); len(families) != 1 || families[0].Name != "orders_total" {
		t.Errorf("guests_orders reads %v", families)
	}
	if meaning := sold.Meaning("tenant"); meaning != "Who ordered it." {
		t.Errorf("tenant means %q", meaning)
	}

	if got := all.Names(); !slices.Equal(got, before) || len(all.Disabled()) > 0 {
		t.Errorf("the original catalog has changed: %v, disabled %v", got, all.Disabled())
	}
}

func TestWithoutReturnsUnknownNames(t *testing.T) {
	all := shopAndCafe(t)
	for _, test := range []struct {
		name          string
		packs         []string
		want, unknown string
	}{
		{"none", nil, "shop cafe", ""},
		{"all", []string{"cafe", "shop"}, "", ""},
		{"one twice", []string{"cafe", "cafe"}, "shop", ""},
		{"an unknown name", []string{"bakery", "cafe", "bakery"}, "shop", "bakery"},
		{"a title", []string{"Shop"}, "shop cafe", "Shop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, unknown := all.Without(test.packs)
			var got []string
			for _, pack := range c.Packs() {
				got = append(got, pack.Name)
			}
			if strings.Join(got, " ") != test.want || strings.Join(unknown, " ") != test.unknown {
				t.Errorf("got %v, unknown %v", got, unknown)
			}
		})
	}
}

func TestManyUnknownPacksAreAllReported(t *testing.T) {
	names := make([]string, 200_000)
	for i := range names {
		names[i] = strconv.Itoa(i / 2)
	}
	_, unknown := validCatalog(t).Without(names)
	if len(unknown) != len(names)/2 || unknown[0] != "0" || unknown[len(unknown)-1] != "99999" {
		t.Errorf("%d unknown packs", len(unknown))
	}
}

// TestUserPacksWithDisabledPack checks that user packs can read the families of a
// disabled pack and override its metrics.
func TestUserPacksWithDisabledPack(t *testing.T) {
	c, problems := without(t, validCatalog(t), "shop").With(t.Context(), userPacks)
	if problems != nil {
		t.Fatal(problems)
	}
	if got := c.Names(); !slices.Equal(got, []string{"items", "orders"}) {
		t.Errorf("the metrics are %v", got)
	}
	orders, err := c.Metric("orders")
	if err != nil {
		t.Fatal(err)
	}
	if orders.Title != "Our orders" || orders.Overrides() == nil || orders.Meaning("tenant") != "Who ordered it." {
		t.Errorf("orders is %q, overrides %v", orders.Title, orders.Overrides())
	}
	if _, err := c.Metric("wait"); err == nil || !strings.Contains(err.Error(), "is disabled") {
		t.Errorf("wait: %v", err)
	}

	c, problems = without(t, validCatalog(t), "shop").With(t.Context(), "pack: shop\ntitle: Ours\nmetrics:\n- {name: mine, title: M, description: M., unit: short, query: sum(orders_total)}\n")
	if len(problems) != 1 || !strings.Contains(problems[0].Text, "The pack name shop is not unique") {
		t.Errorf("a pack of the same name: %v", problems)
	}
	if _, err := c.Metric("mine"); fault.As(err).Kind != fault.Misconfigured {
		t.Errorf("mine: %v", err)
	}
}
