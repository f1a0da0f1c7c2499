package tensorone

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// endpoint is a deployed model with its GPU and its load.
type endpoint struct {
	id, name, model, tier string
	gpu                   gpu
	rhythm                rhythm
	rate                  float64              // requests per second at the load 1
	weekend               float64              // share by which the load is lower in the middle of a weekend
	growth                float64              // share by which the load grows in 30 days
	work                  simulation.LogNormal // duration of a request on a warm instance
	concurrency           float64              // number of concurrent requests of an instance
	least, most           float64              // limits of the number of instances; equal if the number is fixed
	cached                float64              // share of the requests that hit the result cache
	failing               float64              // share of the requests that fail
	tokensIn, tokensOut   float64              // per request; 0 for a model without tokens
	items                 float64              // per request
	bytesIn, bytesOut     float64              // per request
	models, outputs       float64              // stored bytes
	weights               float64              // share of the GPU's memory that the loaded model takes
	startup               float64              // duration of a cold start as a factor of usualStartup
	budget                float64              // USD per month
}

func (e endpoint) autoscaling() string { return strconv.FormatBool(e.least < e.most) }

type gpu struct {
	name      string
	price     float64 // USD per hour, including the instance
	memory    float64 // bytes
	flops     float64 // maximum floating-point operations per second
	bandwidth float64 // maximum bytes per second
}

// The endpoints that incidents affect.
const (
	failingEndpoint    = "support-chat"
	overscaledEndpoint = "support-chat"
	eagerEndpoint      = "contract-review" // scales to zero without waiting
	overspentEndpoint  = "invoice-batches"
	staleEndpoint      = "product-images"
)

var (
	a100 = gpu{"A100-40GB", 1.10, 40e9, 312e12, 1555e9}
	a10g = gpu{"A10G-24GB", 0.75, 24e9, 125e12, 600e9}
	l4   = gpu{"L4-24GB", 0.44, 24e9, 121e12, 300e9}
	t4   = gpu{"T4-16GB", 0.35, 16e9, 65e12, 320e9}
)

// An alert fires if an hour costs much more than the same hour of the day before. Therefore
// the hourly costs must not be random: no load stays close to a threshold at which the number
// of instances changes, and the load changes little over the week. The exceptions are
// document-embedding, whose number of instances is fixed, and contract-review, which never
// needs more than one instance. If the field growth is above 0, the load grows over time, and
// the field rate applies to the end of the history.
var endpoints = []endpoint{
	{
		id: "ep_1234567890abcdef", name: "support-chat", model: "llama-3-8b-instruct", tier: "premium", gpu: a100,
		rhythm: byDay(15), rate: 6, work: simulation.Seconds(2.4, 0.5), concurrency: 2, least: 4, most: 12,
		cached: 0.297, failing: 0.011, tokensIn: 420, tokensOut: 180, items: 1, bytesIn: 40e3, bytesOut: 12e3,
		models: 64e9, outputs: 30e9, weights: 0.62, weekend: 0.08, growth: 0.1, startup: 1, budget: 6000,
	},
	{
		id: "ep_2345678901bcdefg", name: "document-embedding", model: "bge-large-en", tier: "standard", gpu: l4,
		rhythm: byDay(13), rate: 25, work: simulation.Seconds(0.045, 0.4), concurrency: 1, least: 2, most: 2,
		cached: 0.5, failing: 0.004, tokensIn: 210, items: 4, bytesIn: 6e3, bytesOut: 16e3,
		models: 3e9, outputs: 120e9, weights: 0.35, weekend: 0.5, growth: 0.03, startup: 0.4, budget: 1000,
	},
	{
		id: "ep_3456789012cdefgh", name: "product-images", model: "sdxl-1.0", tier: "premium", gpu: a10g,
		rhythm: surging(byDay(19), 30*time.Minute, 8*time.Minute, 2.6), rate: 0.39, work: simulation.Seconds(2.7, 0.25), concurrency: 1, least: 1, most: 5,
		cached: 0.06, failing: 0.014, items: 1, bytesIn: 350e3, bytesOut: 2.4e6,
		models: 28e9, outputs: 400e9, weights: 0.7, weekend: -0.08, growth: 0.1, startup: 1.15, budget: 1900,
	},
	{
		id: "ep_cost_analysis", name: "invoice-batches", model: "qwen2-vl-7b", tier: "standard", gpu: a100,
		rhythm: surging(steady, 3*time.Hour, 35*time.Minute, 10), rate: 0.16, work: simulation.Seconds(2.6, 0.3), concurrency: 1, least: 1, most: 6,
		cached: 0.02, failing: 0.009, tokensIn: 5200, tokensOut: 900, items: 16, bytesIn: 5e6, bytesOut: 90e3,
		models: 33e9, outputs: 60e9, weights: 0.66, startup: 1.05, budget: 2300,
	},
	{
		id: "ep_4567890123defghi", name: "contract-review", model: "phi-3-mini", tier: "standard", gpu: t4,
		rhythm: visited(6, 20*time.Minute), rate: 0.08, work: simulation.Seconds(1.2, 0.4), concurrency: 2, least: 0, most: 2,
		cached: 0.1, failing: 0.006, tokensIn: 1600, tokensOut: 240, items: 1, bytesIn: 120e3, bytesOut: 9e3,
		models: 8e9, outputs: 2e9, weights: 0.55, weekend: 0.6, growth: 0.1, startup: 0.8, budget: 60,
	},
}

// rhythm returns the load as a function of time. The load is relative to the endpoint's rate.
type rhythm func(rng *rand.Rand, end time.Time) func(time.Time) float64

// byDay returns the daily rhythm with its peak at peakHour (UTC).
func byDay(peakHour float64) rhythm {
	return func(*rand.Rand, time.Time) func(time.Time) float64 {
		return func(t time.Time) float64 { return simulation.Daily(t, peakHour) }
	}
}

func steady(*rand.Rand, time.Time) func(time.Time) float64 {
	return func(time.Time) float64 { return 1 }
}

// surging returns the rhythm calm with surges: at the beginning of each period, the load is
// multiplied by factor. every is the length of a period, and length is the length of a surge.
// The period must divide a day, because alerts compare costs with those of the day before.
func surging(calm rhythm, every, length time.Duration, factor float64) rhythm {
	return func(rng *rand.Rand, end time.Time) func(time.Time) float64 {
		load := calm(rng, end)
		return func(t time.Time) float64 {
			if t.Sub(t.Truncate(every)) < length {
				return factor * load(t)
			}
			return load(t)
		}
	}
}

// visited returns a rhythm that is zero except for some visits a day, whose number is times.
// No visit is near the end of the history.
func visited(times int, length time.Duration) rhythm {
	return func(rng *rand.Rand, end time.Time) func(time.Time) float64 {
		visits := simulation.PlanMoments(rng, times, end)
		return func(t time.Time) float64 {
			if simulation.Within(visits, length, t) {
				return 1
			}
			return 0
		}
	}
}
