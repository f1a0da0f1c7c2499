// Package reportjson defines the types of the answers of docs/report.md. report fills them
// in, and rest writes them as JSON. An absent value is nil or empty, and the JSON omits it.
package reportjson

// Number is a value of an answer. It is nil if the value is absent.
type Number = *float64

// Head is the beginning of an answer.
type Head struct {
	EndpointID  string `json:"endpointId"`
	Timeframe   string `json:"timeframe"`
	Granularity string `json:"granularity"`
	GeneratedAt string `json:"generatedAt"`
}

// Report is the comprehensive answer (docs/report.md). A section that wasn't requested is
// nil.
type Report struct {
	Head
	Summary     Summary            `json:"summary"`
	Performance *PerformanceReport `json:"performance,omitempty"`
	Usage       *UsageReport       `json:"usage,omitempty"`
	Costs       *CostsReport       `json:"costs,omitempty"`
	Resources   *ResourcesReport   `json:"resources,omitempty"`
	ColdStarts  *ColdStartsReport  `json:"coldStarts,omitempty"`
	Insights    *InsightsReport    `json:"insights,omitempty"`
	Notes       []Note             `json:"notes,omitempty"`
}

// Summary covers the timeframe.
type Summary struct {
	TotalExecutions      Number `json:"totalExecutions,omitempty"`
	SuccessfulExecutions Number `json:"successfulExecutions,omitempty"`
	FailedExecutions     Number `json:"failedExecutions,omitempty"`
	SuccessRate          Number `json:"successRate,omitempty"`
	TotalCost            Number `json:"totalCost,omitempty"`
	AverageLatency       Number `json:"averageLatency,omitempty"`
	P95Latency           Number `json:"p95Latency,omitempty"`
	P99Latency           Number `json:"p99Latency,omitempty"`
	TotalComputeTime     Number `json:"totalComputeTime,omitempty"`
	AverageQueueTime     Number `json:"averageQueueTime,omitempty"`
	ColdStartCount       Number `json:"coldStartCount,omitempty"`
	ColdStartRate        Number `json:"coldStartRate,omitempty"`
}

// Trend compares an interval with the one before. Trend.Trend is the word for the change, or
// "" if the change is absent.
type Trend struct {
	Average       Number `json:"average,omitempty"`
	Trend         string `json:"trend,omitempty"`
	ChangePercent Number `json:"changePercent,omitempty"`
}

// PerformanceReport is the section performance. Latency and Throughput are nil if only errors
// were requested.
type PerformanceReport struct {
	Latency    *LatencyReport    `json:"latency,omitempty"`
	Throughput *ThroughputReport `json:"throughput,omitempty"`
	ErrorRates ErrorReport       `json:"errorRates"`
}

// LatencyReport has the latency in seconds.
type LatencyReport struct {
	TimeSeries []LatencyPoint `json:"timeSeries"`
	Trends     struct {
		Hourly Trend `json:"hourly"`
		Daily  Trend `json:"daily"`
	} `json:"trends"`
}

// LatencyPoint is a point in which the endpoint had requests.
type LatencyPoint struct {
	Timestamp string `json:"timestamp"`
	Avg       Number `json:"avg,omitempty"`
	P50       Number `json:"p50,omitempty"`
	P95       Number `json:"p95,omitempty"`
	P99       Number `json:"p99,omitempty"`
	Min       Number `json:"min,omitempty"`
	Max       Number `json:"max,omitempty"`
}

// ThroughputReport has the rates of requests and tokens, and the numbers of items.
type ThroughputReport struct {
	TimeSeries []ThroughputPoint `json:"timeSeries"`
	Peak       *Peak             `json:"peak,omitempty"`
}

// ThroughputPoint is a point of ThroughputReport.
type ThroughputPoint struct {
	Timestamp         string `json:"timestamp"`
	RequestsPerSecond Number `json:"requestsPerSecond,omitempty"`
	TokensPerSecond   Number `json:"tokensPerSecond,omitempty"`
	ItemsProcessed    Number `json:"itemsProcessed,omitempty"`
}

// Peak is the highest rate of requests.
type Peak struct {
	RequestsPerSecond Number `json:"requestsPerSecond"`
	Timestamp         string `json:"timestamp"`
}

// ErrorReport has the rates of failed requests in percent, and their numbers.
type ErrorReport struct {
	TimeSeries []ErrorPoint `json:"timeSeries"`
	Breakdown  struct {
		ClientErrors      Number `json:"4xx,omitempty"`
		ServerErrors      Number `json:"5xx,omitempty"`
		Timeouts          Number `json:"timeouts,omitempty"`
		ResourceExhausted Number `json:"resourceExhausted,omitempty"`
	} `json:"breakdown"`
}

// ErrorPoint is a point of ErrorReport.
type ErrorPoint struct {
	Timestamp         string `json:"timestamp"`
	ErrorRate         Number `json:"errorRate,omitempty"`
	TimeoutRate       Number `json:"timeoutRate,omitempty"`
	ResourceErrorRate Number `json:"resourceErrorRate,omitempty"`
	UserErrorRate     Number `json:"userErrorRate,omitempty"`
}

// UsageReport is the section usage.
type UsageReport struct {
	Requests struct {
		Total      Number      `json:"total,omitempty"`
		Successful Number      `json:"successful,omitempty"`
		Failed     Number      `json:"failed,omitempty"`
		ByHour     []HourPoint `json:"byHour"`
		Patterns   struct {
			PeakHour       string `json:"peakHour,omitempty"`
			LowestHour     string `json:"lowestHour,omitempty"`
			WeekdayAverage Number `json:"weekdayAverage,omitempty"`
			WeekendAverage Number `json:"weekendAverage,omitempty"`
		} `json:"patterns"`
	} `json:"requests"`
	Compute struct {
		TotalSeconds    Number `json:"totalSeconds,omitempty"`
		GPUSeconds      Number `json:"gpuSeconds,omitempty"`
		CPUSeconds      Number `json:"cpuSeconds,omitempty"`
		IdleTime        Number `json:"idleTime,omitempty"`
		UtilizationRate Number `json:"utilizationRate,omitempty"`
		Efficiency      struct {
			Score       Number   `json:"score,omitempty"`
			Suggestions []string `json:"suggestions"`
		} `json:"efficiency"`
	} `json:"compute"`
	Data struct {
		InputBytes   Number `json:"inputBytes,omitempty"`
		OutputBytes  Number `json:"outputBytes,omitempty"`
		CacheHits    Number `json:"cacheHits,omitempty"`
		CacheMisses  Number `json:"cacheMisses,omitempty"`
		CacheHitRate Number `json:"cacheHitRate,omitempty"`
		Bandwidth    struct {
			Ingress string `json:"ingress,omitempty"`
			Egress  string `json:"egress,omitempty"`
		} `json:"bandwidth"`
	} `json:"data"`
}

// HourPoint is a clock hour.
type HourPoint struct {
	Hour       string `json:"hour"`
	Count      Number `json:"count,omitempty"`
	AvgLatency Number `json:"avgLatency,omitempty"`
}

// ResourcesReport is the section resources.
type ResourcesReport struct {
	GPU struct {
		Utilization struct {
			Average    Number     `json:"average,omitempty"`
			Peak       Number     `json:"peak,omitempty"`
			TimeSeries []GPUPoint `json:"timeSeries"`
		} `json:"utilization"`
		Memory struct {
			Average    Number `json:"average,omitempty"`
			Peak       Number `json:"peak,omitempty"`
			Allocated  string `json:"allocated,omitempty"`
			Efficiency Number `json:"efficiency,omitempty"`
		} `json:"memory"`
		Performance struct {
			FLOPS           Number `json:"flops,omitempty"`
			MemoryBandwidth Number `json:"memoryBandwidth,omitempty"`
			Efficiency      Number `json:"efficiency,omitempty"`
		} `json:"performance"`
	} `json:"gpu"`
	CPU struct {
		Utilization struct {
			Average Number `json:"average,omitempty"`
			Peak    Number `json:"peak,omitempty"`
		} `json:"utilization"`
		Memory struct {
			Usage     Number `json:"usage,omitempty"`
			Available string `json:"available,omitempty"`
		} `json:"memory"`
	} `json:"cpu"`
	Scaling struct {
		Events             []ScalingEvent `json:"events"`
		CurrentInstances   Number         `json:"currentInstances,omitempty"`
		TargetInstances    Number         `json:"targetInstances,omitempty"`
		AutoScalingEnabled *bool          `json:"autoScalingEnabled,omitempty"`
	} `json:"scaling"`
}

// GPUPoint is a point of the GPU's utilization.timeSeries in which an instance ran.
type GPUPoint struct {
	Timestamp   string `json:"timestamp"`
	Utilization Number `json:"utilization,omitempty"`
	MemoryUsage Number `json:"memoryUsage,omitempty"`
	Temperature Number `json:"temperature,omitempty"`
}

// ScalingEvent is a change of the number of instances.
type ScalingEvent struct {
	Timestamp string  `json:"timestamp"`
	Action    string  `json:"action"`
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Reason    string  `json:"reason,omitempty"`
	Duration  Number  `json:"duration,omitempty"`
}

// ColdStartsReport is the section coldStarts.
type ColdStartsReport struct {
	Count           Number `json:"count,omitempty"`
	Rate            Number `json:"rate,omitempty"`
	AverageDuration Number `json:"averageDuration,omitempty"`
	Breakdown       struct {
		ContainerStart Number `json:"containerStart,omitempty"`
		ModelLoad      Number `json:"modelLoad,omitempty"`
		DependencyLoad Number `json:"dependencyLoad,omitempty"`
	} `json:"breakdown"`
	Impact struct {
		LatencyIncrease Number `json:"latencyIncrease,omitempty"`
		CostIncrease    Number `json:"costIncrease,omitempty"`
		UserExperience  string `json:"userExperience,omitempty"`
	} `json:"impact"`
	Optimization struct {
		WarmPoolRecommended  bool `json:"warmPoolRecommended"`
		EstimatedImprovement struct {
			LatencyReduction Number `json:"latencyReduction,omitempty"`
			CostReduction    Number `json:"costReduction,omitempty"`
		} `json:"estimatedImprovement"`
	} `json:"optimization"`
}

// InsightsReport has the insights of the requested sections. The lists of other sections are
// nil, and the JSON omits them.
type InsightsReport struct {
	Performance []Insight `json:"performance,omitzero"`
	Usage       []Insight `json:"usage,omitzero"`
	Costs       []Insight `json:"costs,omitzero"`
}

// Insight is the result of a rule that applies.
type Insight struct {
	Type           string `json:"type"`
	Severity       string `json:"severity"`
	Message        string `json:"message"`
	Timestamp      string `json:"timestamp,omitempty"`
	Recommendation string `json:"recommendation"`
}

// Note explains a field of the answer or a parameter, such as why a value is absent, why costs
// come from prices, or why the default granularity of the timeframe isn't the usual one.
type Note struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}
