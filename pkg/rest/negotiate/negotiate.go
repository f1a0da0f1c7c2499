// Package negotiate chooses the media type of an answer from a request's header Accept
// (RFC 9110, section 12.5.1). rest calls it.
package negotiate

import (
	"strings"

	"github.com/munnerz/goautoneg"
)

// Offer is a media type in which an answer is available.
type Offer struct {
	Name    string // returned by Choose
	Type    string
	Subtype string
	Params  map[string]string // a media range with another value for one of these doesn't match
}

// How precisely a media range names an offer.
const (
	noMatch = iota
	anyType
	anySubtype
	exactType
	exactParams
)

// Choose returns the name of the offer that the header prefers, which is the offer with the
// highest weight. If several offers have this weight, Choose returns the offer that the header
// names most precisely. If several are named equally precisely, Choose returns the first of
// them. It returns false if the header accepts no offer. If there is no header, it returns the
// first offer.
func Choose(header []string, offers []Offer) (name string, found bool) {
	accept := strings.Join(header, ",")
	if strings.TrimSpace(accept) == "" {
		return offers[0].Name, true
	}
	ranges := goautoneg.ParseAccept(strings.ReplaceAll(accept, "\t", " "))
	best, bestMatch := 0.0, noMatch
	for _, offer := range offers {
		weight, match := 0.0, noMatch
		for _, r := range ranges {
			if m := offer.match(r); m > match {
				weight, match = r.Q, m
			}
		}
		if weight > best || weight == best && weight > 0 && match > bestMatch {
			name, found = offer.Name, true
			best, bestMatch = weight, match
		}
	}
	return name, found
}

// match returns one of the constants above for a media range.
func (o Offer) match(r goautoneg.Accept) int {
	isType, isSubtype := strings.EqualFold(r.Type, o.Type), strings.EqualFold(r.SubType, o.Subtype)
	switch {
	case !(r.Q >= 0 && r.Q <= 1): // a weight may be NaN
		return noMatch
	case r.Type == "*" && r.SubType == "*":
		return anyType
	case isType && r.SubType == "*":
		return anySubtype
	case !isType || !isSubtype:
		return noMatch
	}
	match := exactType
	for name, value := range r.Params {
		if want, has := o.Params[strings.ToLower(name)]; has {
			if strings.Trim(value, `"`) != want {
				return noMatch
			}
			match = exactParams
		}
	}
	return match
}
