package settings

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
)

// object is a stored JSON object whose values aren't decoded.
type object = map[string]json.RawMessage

// reportFields are the keys of the setting report. Their functions set fields of the
// settings, or return advice as option.read does.
var reportFields = map[string]func(json.RawMessage, *policy.Settings) string{
	"roles":           readRoles,
	"prices":          readPrices,
	"budgets":         readBudgets,
	"requestsPerHour": readRequestsPerHour,
}

// readReport reads the settings of the endpoint report. If the roles are invalid, or the
// value isn't an object, all sections are reserved for administrators, so that no other user
// sees a section that the settings were meant to reserve.
func readReport(value json.RawMessage, s *Settings) string {
	var fields object
	if json.Unmarshal(value, &fields) != nil {
		reserveAll(&s.Report)
		return fmt.Sprintf("Write an object with %s. Until then, all sections are reserved for the role Admin.", list(slices.Sorted(maps.Keys(reportFields))))
	}
	var advice []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		read, known := reportFields[name]
		switch {
		case !known:
			advice = append(advice, fmt.Sprintf("The field %q is unknown and is ignored. Use %s instead.", fault.ClipName(name), list(slices.Sorted(maps.Keys(reportFields)))))
		case isSet(fields[name]):
			if text := read(fields[name], &s.Report); text != "" {
				advice = append(advice, text)
			}
		}
	}
	return strings.Join(advice, " ")
}

// list joins two or more names with commas and "or".
func list(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// reserveAll reserves all sections for the highest role.
func reserveAll(r *policy.Settings) {
	r.Roles = map[policy.Section]string{}
	for _, section := range policy.Sections() {
		r.Roles[section] = policy.Roles[len(policy.Roles)-1]
	}
}

func readRoles(value json.RawMessage, r *policy.Settings) string {
	var stored object
	invalid := json.Unmarshal(value, &stored) != nil
	roles := map[policy.Section]string{}
	for name, role := range stored {
		var text string
		switch section := policy.Section(name); {
		case !slices.Contains(policy.Sections(), section):
			invalid = true
		case !isSet(role):
		case json.Unmarshal(role, &text) != nil || !slices.Contains(policy.Roles, text):
			invalid = true
		default:
			roles[section] = text
		}
	}
	if invalid {
		reserveAll(r)
		var names []string
		for _, section := range policy.Sections() {
			names = append(names, string(section))
		}
		return fmt.Sprintf("roles must be an object with any of the sections %s, each with one of the roles %s. Until then, all sections are reserved for the role Admin.",
			strings.Join(names, ", "), list(policy.Roles))
	}
	r.Roles = roles
	return ""
}

// amounts reads an object of amounts in USD, and skips keys without a value. It returns false
// if the value isn't an object, or if an amount, the number of keys or the length of a key is
// invalid.
func amounts(value json.RawMessage, maxKeys, maxKey int) (map[string]float64, bool) {
	var fields object
	if json.Unmarshal(value, &fields) != nil || len(fields) > maxKeys {
		return nil, false
	}
	all := map[string]float64{}
	for key, amount := range fields {
		if !isSet(amount) {
			continue
		}
		var usd stored.Number
		if json.Unmarshal(amount, &usd) != nil || usd < 0 || usd > maxUSD || len(key) > maxKey {
			return nil, false
		}
		all[key] = float64(usd)
	}
	return all, true
}

// readPrices reads the prices. If one price is invalid, it sets no prices, because totals
// without that price would be too low.
func readPrices(value json.RawMessage, r *policy.Settings) string {
	const none = " Until then, there are no prices."
	var fields object
	if json.Unmarshal(value, &fields) != nil {
		return "prices must be an object with compute, storage, network and other." + none
	}
	var prices policy.Prices
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !isSet(fields[name]) {
			continue
		}
		items, known := priceItems[name]
		if !known {
			return fmt.Sprintf("The category %q in prices is unknown. Write compute, storage, network or other.", fault.ClipName(name)) + none
		}
		usd, ok := amounts(fields[name], maxTiers, maxTierName)
		for key := range usd {
			ok = ok && (items.names == nil || slices.Contains(items.names, key))
		}
		if !ok {
			return fmt.Sprintf("prices.%s must be an object %s", name, items.form) + none
		}
		if len(usd) > 0 {
			items.set(&prices, usd)
		}
	}
	if len(prices.Compute) == 0 && (prices.Storage != nil || prices.Network != nil || prices.Other != nil) {
		return "prices must contain a price of compute." + none
	}
	r.Prices = prices
	return ""
}

// priceItems are the categories of prices.
var priceItems = map[string]struct {
	names []string // valid keys of the category; nil if the keys are tiers
	form  string   // description of a valid object, for errors
	set   func(*policy.Prices, map[string]float64)
}{
	"compute": {
		nil, fmt.Sprintf("that maps at most %d tiers, or * for all other tiers, to the price of an instance per hour, from 0 to %d USD. The name of a tier has at most %d bytes.", maxTiers, maxUSD, maxTierName),
		func(p *policy.Prices, usd map[string]float64) { p.Compute = usd },
	},
	"storage": {
		[]string{"models", "outputs"}, fmt.Sprintf("with models and outputs: the prices per day, from 0 to %d USD.", maxUSD),
		func(p *policy.Prices, usd map[string]float64) {
			p.Storage = &policy.StoragePrices{Models: usd["models"], Outputs: usd["outputs"]}
		},
	},
	"network": {
		[]string{"ingress", "egress"}, fmt.Sprintf("with ingress and egress: the prices of 10^9 bytes, from 0 to %d USD.", maxUSD),
		func(p *policy.Prices, usd map[string]float64) {
			p.Network = &policy.NetworkPrices{Ingress: usd["ingress"], Egress: usd["egress"]}
		},
	},
	"other": {
		[]string{"coldStarts", "monitoring", "logging"}, fmt.Sprintf("with coldStarts, monitoring and logging: the prices of a cold start, of a day of monitoring and of a day of logging, from 0 to %d USD.", maxUSD),
		func(p *policy.Prices, usd map[string]float64) {
			p.Other = &policy.OtherPrices{ColdStarts: usd["coldStarts"], Monitoring: usd["monitoring"], Logging: usd["logging"]}
		},
	},
}

func readBudgets(value json.RawMessage, r *policy.Settings) string {
	budgets, ok := amounts(value, maxBudgets, maxEndpointID)
	if !ok {
		return fmt.Sprintf("budgets must be an object with the ids of at most %d endpoints, or * for all other endpoints, each with a number from 0 to %d USD. The id of an endpoint has at most %d bytes. Until then, there are no budgets.", maxBudgets, maxUSD, maxEndpointID)
	}
	r.Budgets = budgets
	return ""
}

func readRequestsPerHour(value json.RawMessage, r *policy.Settings) string {
	var n stored.Number
	if err := json.Unmarshal(value, &n); err != nil || n < 1 || n > maxRequestsPerHour || n != stored.Number(int(n)) {
		return fmt.Sprintf("requestsPerHour must be a whole number from 1 to %d. Until then, it is %d.", maxRequestsPerHour, r.RequestsPerHour)
	}
	r.RequestsPerHour = int(n)
	return ""
}
