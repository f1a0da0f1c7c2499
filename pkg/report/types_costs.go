package report

// CostReport is the cost answer (docs/report.md).
type CostReport struct {
	Head
	Costs costAnswer `json:"costs"`
	Notes []Note     `json:"notes,omitempty"`
}

// costCommon are the fields of costs that both answers have.
type costCommon struct {
	Total      Number      `json:"total,omitempty"`
	ByCategory *byCategory `json:"byCategory,omitempty"`
	TimeSeries []costPoint `json:"timeSeries"`
}

type costsReport struct {
	costCommon
	Breakdown *breakdown `json:"breakdown,omitempty"`
	Trends    struct {
		Daily costTrend `json:"daily"`
	} `json:"trends"`
	Optimization optimization `json:"optimization"`
}

type breakdown struct {
	Compute Number `json:"compute"`
	Storage Number `json:"storage"`
	Network Number `json:"network"`
	Other   Number `json:"other"`
}

type byCategory struct {
	Inference    Number `json:"inference"`
	ColdStarts   Number `json:"coldStarts"`
	IdleTime     Number `json:"idleTime"`
	DataTransfer Number `json:"dataTransfer"`
	Storage      Number `json:"storage"`
	Other        Number `json:"other"`
}

type costPoint struct {
	Timestamp   string `json:"timestamp"`
	Cost        Number `json:"cost,omitempty"`
	ComputeCost Number `json:"computeCost,omitempty"`
	StorageCost Number `json:"storageCost,omitempty"`
	NetworkCost Number `json:"networkCost,omitempty"`
	OtherCost   Number `json:"otherCost,omitempty"`
}

type costTrend struct {
	trend
	Projection projection `json:"projection"`
}

type projection struct {
	Monthly    Number `json:"monthly,omitempty"`
	Confidence Number `json:"confidence,omitempty"`
}

type optimization struct {
	PotentialSavings float64      `json:"potentialSavings"`
	Suggestions      []suggestion `json:"suggestions"`
}

type suggestion struct {
	Category    string  `json:"category"`
	Description string  `json:"description"`
	Savings     float64 `json:"savings"`
	Effort      string  `json:"effort"`
	Confidence  Number  `json:"confidence,omitempty"`
}

type costAnswer struct {
	costCommon
	Breakdown *detailedBreakdown `json:"breakdown,omitempty"`
	Trends    struct {
		Daily      costTrend  `json:"daily"`
		Weekly     trend      `json:"weekly"`
		Projection projection `json:"projection"`
	} `json:"trends"`
	BudgetAnalysis budgetAnalysis   `json:"budgetAnalysis"`
	Optimization   costOptimization `json:"optimization"`
}

type detailedBreakdown struct {
	Compute costPart[computeDetails] `json:"compute"`
	Storage costPart[storageDetails] `json:"storage"`
	Network costPart[networkDetails] `json:"network"`
	Other   costPart[otherDetails]   `json:"other"`
}

type costPart[D any] struct {
	Amount     Number `json:"amount"`
	Percentage Number `json:"percentage,omitempty"`
	Details    D      `json:"details"`
}

type computeDetails struct {
	GPUHours Number `json:"gpuHours,omitempty"`
	Rate     Number `json:"rate,omitempty"`
	Tier     string `json:"tier,omitempty"`
}

type storageDetails struct {
	Models  Number `json:"models"`
	Outputs Number `json:"outputs"`
}

type networkDetails struct {
	Ingress Number `json:"ingress"`
	Egress  Number `json:"egress"`
}

type otherDetails struct {
	ColdStarts Number `json:"coldStarts"`
	Monitoring Number `json:"monitoring"`
	Logging    Number `json:"logging"`
}

type budgetAnalysis struct {
	MonthlyBudget   Number `json:"monthlyBudget,omitempty"`
	CurrentUsage    Number `json:"currentUsage,omitempty"`
	RemainingBudget Number `json:"remainingBudget,omitempty"`
	ProjectedTotal  Number `json:"projectedTotal,omitempty"`
	OnTrack         *bool  `json:"onTrack,omitempty"`
	BurnRate        Number `json:"burnRate,omitempty"`
}

type costOptimization struct {
	TotalPotentialSavings float64          `json:"totalPotentialSavings"`
	Recommendations       []recommendation `json:"recommendations"`
	optimization
}

type recommendation struct {
	Category       string  `json:"category"`
	Savings        float64 `json:"savings"`
	Confidence     Number  `json:"confidence,omitempty"`
	Description    string  `json:"description"`
	Implementation string  `json:"implementation"`
}
