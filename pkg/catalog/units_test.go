package catalog

import "testing"

func TestCheckUnit(t *testing.T) {
	for unit, want := range map[string]bool{
		"none": true, "s": true, "reqps": true, "percentunit": true, "binBps": true, "currencyUSD": true, "µs": true, "short": true,
		"suffix:tokens": true, "prefix:#": true, "currency:CHF": true, "count:req": true, "si:mW": true, "time:HH:mm": true, "bool:up/down": true,
		"seconds": false, "req/s": false, "suffix:": false, "prefix:\t": false, "tokens:x": false, "": false, "S": false,
	} {
		if (CheckUnit(unit) == nil) != want {
			t.Errorf("%q: %v", unit, !want)
		}
	}
}
