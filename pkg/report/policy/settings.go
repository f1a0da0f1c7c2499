// Package policy defines the settings of a data source for its endpoint reports: the roles
// that may see a section, prices, budgets and the rate limit. Package settings reads them.
// report and rest apply them.
package policy

// AnyOther is a key of Prices.Compute and Settings.Budgets. The price with this key applies to
// all tiers without a key of their own. The budget with this key applies to each endpoint
// without a key of its own.
const AnyOther = "*"

// Settings are the settings of a data source for its reports (docs/report.md#settings).
type Settings struct {
	Roles           map[Section]string // lowest role that may see a section; missing if all roles may
	Prices          Prices
	Budgets         map[string]float64 // USD per calendar month, by endpoint id or AnyOther
	RequestsPerHour int                // maximum for a user over REST
}

// Default returns the settings of a data source that doesn't define any.
func Default() Settings { return Settings{RequestsPerHour: defaultRequestsPerHour} }

// Prices are the prices in USD from which costs are computed if Prometheus has no costs. If
// Compute has no price for an endpoint's tier, the endpoint has no costs. If Storage, Network
// or Other is nil, the costs don't include this category.
type Prices struct {
	Compute map[string]float64 // per hour of an instance, by tier or AnyOther
	Storage *StoragePrices
	Network *NetworkPrices
	Other   *OtherPrices
}

// StoragePrices are the prices of storage for an endpoint and a day.
type StoragePrices struct{ Models, Outputs float64 }

// NetworkPrices are the prices for 10^9 bytes.
type NetworkPrices struct{ Ingress, Egress float64 }

// OtherPrices are the price of a cold start, and the prices of monitoring and logging for an
// endpoint and a day.
type OtherPrices struct{ ColdStarts, Monitoring, Logging float64 }

// OfTier returns the price of an instance of a tier per hour.
func (p Prices) OfTier(tier string) (price float64, found bool) {
	if price, found = p.Compute[tier]; !found {
		price, found = p.Compute[AnyOther]
	}
	return price, found
}

// BudgetOf returns the monthly budget of an endpoint.
func (s Settings) BudgetOf(id string) (usd float64, found bool) {
	if usd, found = s.Budgets[id]; !found {
		usd, found = s.Budgets[AnyOther]
	}
	return usd, found
}
