// Package policy has the settings of a data source for its endpoint reports: the roles
// that may see a section, prices, budgets and the rate limit. settings reads them, report
// and rest apply them.
package policy

// AnyOther is the key of a price or a budget for the tiers or endpoints without one of
// their own.
const AnyOther = "*"

// Settings are the settings of a data source for its reports (docs/report.md#settings).
type Settings struct {
	Roles           map[Section]string // lowest role that may see a section; all if it has none
	Prices          Prices
	Budgets         map[string]float64 // USD per calendar month, by endpoint id or AnyOther
	RequestsPerHour int                // of one user over REST
}

// Default returns those of a data source that has none.
func Default() Settings { return Settings{RequestsPerHour: defaultRequestsPerHour} }

// Prices are the prices in USD from which costs are computed if Prometheus has none. There
// are no costs without a price of compute. Another category without prices costs nothing.
type Prices struct {
	Compute map[string]float64 // per hour of an instance, by tier or AnyOther
	Storage *StoragePrices
	Network *NetworkPrices
	Other   *OtherPrices
}

// StoragePrices are the prices of a day of an endpoint.
type StoragePrices struct{ Models, Outputs float64 }

// NetworkPrices are the prices of 10^9 bytes.
type NetworkPrices struct{ Ingress, Egress float64 }

// OtherPrices are the prices of a cold start, and of a day of an endpoint.
type OtherPrices struct{ ColdStarts, Monitoring, Logging float64 }

// OfTier returns the price of an hour of an instance.
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
