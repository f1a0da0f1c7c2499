package simulation

import "math"

// LogNormal is a log-normal distribution of durations.
type LogNormal struct {
	Median float64 // seconds
	Spread float64 // standard deviation of the logarithm
}

// Seconds returns the distribution with the given median, in seconds, and the given standard
// deviation of the logarithm.
func Seconds(median, spread float64) LogNormal { return LogNormal{median, spread} }

// Times returns the distribution of the durations of d after a multiplication by factor.
func (d LogNormal) Times(factor float64) LogNormal {
	return LogNormal{d.Median * factor, d.Spread}
}

// Mean returns the mean in seconds.
func (d LogNormal) Mean() float64 { return d.Median * math.Exp(d.Spread*d.Spread/2) }

// Quantile returns the q-quantile in seconds; q is between 0 and 1.
func (d LogNormal) Quantile(q float64) float64 {
	return d.Median * math.Exp(d.Spread*math.Sqrt2*math.Erfinv(2*q-1))
}

// below returns the share of durations that are not longer than a bound. logBound is the
// logarithm of the bound.
func (d LogNormal) below(logBound float64) float64 {
	return 0.5 * math.Erfc((math.Log(d.Median)-logBound)/(d.Spread*math.Sqrt2))
}
