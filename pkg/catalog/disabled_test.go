package catalog

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// cafePack reads a family of soundPack beside its own.
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
	c, err := Load([]packfile.Source{{Name: "packs/shop.yaml", Text: []byte(soundPack)}, {Name: "packs/cafe.yaml", Text: []byte(cafePack)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// off turns packs off that are there.
func off(t *testing.T, c *Catalog, packs ...string) *Catalog {
	t.Helper()
	rest, unknown := c.Without(packs)
	if unknown != nil {
		t.Fatalf("unknown: %v", unknown)
	}
	return rest
}

func TestAPackThatIsTurnedOff(t *testing.T) {
	whole := shopAndCafe(t)
	before := whole.Names()
	c := off(t, whole, "shop")

	if got := c.Names(); !slices.Equal(got, []string{"guests_orders", "guests_seated"}) {
		t.Errorf("the metrics are %v", got)
	}
	if packs := c.Packs(); len(packs) != 1 || packs[0].Name != "cafe" {
		t.Errorf("the packs are %v", packs)
	}
	if packs := c.Disabled(); len(packs) != 1 || packs[0].Name != "shop" {
		t.Errorf("turned off are %v", packs)
	}
	if _, total := c.Search(Search{Text: "shop orders"}); total != 1 { // that of the café's
		t.Errorf("%d metrics are found", total)
	}
	_, err := c.Metric("orders")
	if f := fault.As(err); f.Kind != fault.BadQuery || !strings.HasPrefix(f.Text, "The metric orders is in the pack shop, which is disabled for this data source.") {
		t.Errorf("orders: %v", err)
	}
	if _, err := c.Metric("order"); err == nil || strings.Contains(err.Error(), "Did you mean orders?") {
		t.Errorf("what is turned off is suggested: %v", err)
	}

	// What it declares is there for others.
	theirs, err := c.Metric("guests_orders")
	if err != nil {
		t.Fatal(err)
	}
	if families := theirs.Families(); len(families) != 1 || families[0].Name != "orders_total" {
		t.Errorf("guests_orders reads %v", families)
	}
	if meaning := theirs.Meaning("tenant"); meaning != "Who ordered it." {
		t.Errorf("tenant means %q", meaning)
	}

	if got := whole.Names(); !slices.Equal(got, before) || len(whole.Disabled()) > 0 {
		t.Errorf("the whole catalog has changed: %v, off %v", got, whole.Disabled())
	}
}

func TestTurningPacksOffTellsUnknownNames(t *testing.T) {
	whole := shopAndCafe(t)
	for _, test := range []struct {
		name          string
		packs         []string
		left, unknown string
	}{
		{"none", nil, "shop cafe", ""},
		{"all", []string{"cafe", "shop"}, "", ""},
		{"one twice", []string{"cafe", "cafe"}, "shop", ""},
		{"one of an older version", []string{"bakery", "cafe", "bakery"}, "shop", "bakery"},
		{"a title", []string{"Shop"}, "shop cafe", "Shop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, unknown := whole.Without(test.packs)
			var left []string
			for _, pack := range c.Packs() {
				left = append(left, pack.Name)
			}
			if strings.Join(left, " ") != test.left || strings.Join(unknown, " ") != test.unknown {
				t.Errorf("left %v, unknown %v", left, unknown)
			}
		})
	}
}

func TestManyUnknownPacksAreAllReported(t *testing.T) {
	names := make([]string, 200_000)
	for i := range names {
		names[i] = strconv.Itoa(i / 2)
	}
	_, unknown := sound(t).Without(names)
	if len(unknown) != len(names)/2 || unknown[0] != "0" || unknown[len(unknown)-1] != "99999" {
		t.Errorf("%d unknown packs", len(unknown))
	}
}

// TestOwnPacksBesideAPackThatIsTurnedOff: they may read its families and define its
// metrics anew, and are as sound as they were while it was on.
func TestOwnPacksBesideAPackThatIsTurnedOff(t *testing.T) {
	c, problems := off(t, sound(t), "shop").With(t.Context(), ownPacks)
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

	c, problems = off(t, sound(t), "shop").With(t.Context(), "pack: shop\ntitle: Ours\nmetrics:\n- {name: mine, title: M, description: M., unit: short, query: sum(orders_total)}\n")
	if len(problems) != 1 || !strings.Contains(problems[0].Text, "There is another pack shop") {
		t.Errorf("a pack of the same name: %v", problems)
	}
	if _, err := c.Metric("mine"); fault.As(err).Kind != fault.Misconfigured {
		t.Errorf("mine: %v", err)
	}
}
