package report

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
	Summary     summary            `json:"summary"`
	Performance *performanceReport `json:"performance,omitempty"`
	Usage       *usageReport       `json:"usage,omitempty"`
	Costs       *costsReport       `json:"costs,omitempty"`
	Resources   *resourcesReport   `json:"resources,omitempty"`
	ColdStarts  *coldStartsReport  `json:"coldStarts,omitempty"`
	Insights    *insightsReport    `json:"insights,omitempty"`
	Notes       []Note             `json:"notes,omitempty"`
}

type summary struct {
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

// trend compares an interval with the one before. Trend is "" if it is absent.
type trend struct {
	Average       Number `json:"average,omitempty"`
	Trend         string `json:"trend,omitempty"`
	ChangePercent Number `json:"changePercent,omitempty"`
}

type performanceReport struct {
	Latency    *latencyReport    `json:"latency,omitempty"`
	Throughput *throughputReport `json:"throughput,omitempty"`
	ErrorRates errorReport       `json:"errorRates"`
}

type latencyReport struct {
	TimeSeries []latencyPoint `json:"timeSeries"`
	Trends     struct {
		Hourly trend `json:"hourly"`
		Daily  trend `json:"daily"`
	} `json:"trends"`
}

type latencyPoint struct {
	Timestamp string `json:"timestamp"`
	Avg       Number `json:"avg,omitempty"`
	P50       Number `json:"p50,omitempty"`
	P95       Number `json:"p95,omitempty"`
	P99       Number `json:"p99,omitempty"`
	Min       Number `json:"min,omitempty"`
	Max       Number `json:"max,omitempty"`
}

type throughputReport struct {
	TimeSeries []throughputPoint `json:"timeSeries"`
	Peak       *peak             `json:"peak,omitempty"`
}

type throughputPoint struct {
	Timestamp         string `json:"timestamp"`
	RequestsPerSecond Number `json:"requestsPerSecond,omitempty"`
	TokensPerSecond   Number `json:"tokensPerSecond,omitempty"`
	ItemsProcessed    Number `json:"itemsProcessed,omitempty"`
}

type peak struct {
	RequestsPerSecond Number `json:"requestsPerSecond"`
	Timestamp         string `json:"timestamp"`
}

type errorReport struct {
	TimeSeries []errorPoint `json:"timeSeries"`
	Breakdown  struct {
		ClientErrors      Number `json:"4xx,omitempty"`
		ServerErrors      Number `json:"5xx,omitempty"`
		Timeouts          Number `json:"timeouts,omitempty"`
		ResourceExhausted Number `json:"resourceExhausted,omitempty"`
	} `json:"breakdown"`
}

type errorPoint struct {
	Timestamp         string `json:"timestamp"`
	ErrorRate         Number `json:"errorRate,omitempty"`
	TimeoutRate       Number `json:"timeoutRate,omitempty"`
	ResourceErrorRate Number `json:"resourceErrorRate,omitempty"`
	UserErrorRate     Number `json:"userErrorRate,omitempty"`
}

type usageReport struct {
	Requests struct {
		Total      Number      `json:"total,omitempty"`
		Successful Number      `json:"successful,omitempty"`
		Failed     Number      `json:"failed,omitempty"`
		ByHour     []hourPoint `json:"byHour"`
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

type hourPoint struct {
	Hour       string `json:"hour"`
	Count      Number `json:"count,omitempty"`
	AvgLatency Number `json:"avgLatency,omitempty"`
}

type resourcesReport struct {
	GPU struct {
		Utilization struct {
			Average    Number     `json:"average,omitempty"`
			Peak       Number     `json:"peak,omitempty"`
			TimeSeries []gpuPoint `json:"timeSeries"`
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
		Events             []scalingEvent `json:"events"`
		CurrentInstances   Number         `json:"currentInstances,omitempty"`
		TargetInstances    Number         `json:"targetInstances,omitempty"`
		AutoScalingEnabled *bool          `json:"autoScalingEnabled,omitempty"`
	} `json:"scaling"`
}

type gpuPoint struct {
	Timestamp   string `json:"timestamp"`
	Utilization Number `json:"utilization,omitempty"`
	MemoryUsage Number `json:"memoryUsage,omitempty"`
	Temperature Number `json:"temperature,omitempty"`
}

type scalingEvent struct {
	Timestamp string  `json:"timestamp"`
	Action    string  `json:"action"`
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Reason    string  `json:"reason,omitempty"`
	Duration  Number  `json:"duration,omitempty"`
}

type coldStartsReport struct {
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

type insightsReport struct {
	Performance []insight `json:"performance,omitempty"`
	Usage       []insight `json:"usage,omitempty"`
	Costs       []insight `json:"costs,omitempty"`
}

type insight struct {
	Type           string `json:"type"`
	Severity       string `json:"severity"`
	Message        string `json:"message"`
	Timestamp      string `json:"timestamp,omitempty"`
	Recommendation string `json:"recommendation"`
}
