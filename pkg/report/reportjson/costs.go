package reportjson

// CostReport is the cost answer (docs/report.md).
type CostReport struct {
	Head
	Costs CostAnswer `json:"costs"`
	Notes []Note     `json:"notes,omitempty"`
}

// FullReport is the comprehensive answer, but its costs are those of the cost answer. Only
// panels use it.
type FullReport struct {
	*Report
	Costs CostAnswer `json:"costs"`
}

// CostCommon has the fields of costs that the comprehensive answer and the cost answer share.
type CostCommon struct {
	Total      Number      `json:"total,omitempty"`
	Source     string      `json:"source,omitempty"` // platform or settings
	ByCategory *ByCategory `json:"byCategory,omitempty"`
	TimeSeries []CostPoint `json:"timeSeries"`
}

// CostsReport is the section costs of the comprehensive answer.
type CostsReport struct {
	CostCommon
	Breakdown *Breakdown `json:"breakdown,omitempty"`
	Trends    struct {
		Daily CostTrend `json:"daily"`
	} `json:"trends"`
	Optimization Optimization `json:"optimization"`
}

// Breakdown divides the total by category.
type Breakdown struct {
	Compute Number `json:"compute"`
	Storage Number `json:"storage"`
	Network Number `json:"network"`
	Other   Number `json:"other"`
}

// ByCategory divides the total by purpose.
type ByCategory struct {
	Inference    Number `json:"inference"`
	ColdStarts   Number `json:"coldStarts"`
	IdleTime     Number `json:"idleTime"`
	DataTransfer Number `json:"dataTransfer"`
	Storage      Number `json:"storage"`
	Other        Number `json:"other"`
}

// CostPoint is the cost of a point, in USD.
type CostPoint struct {
	Timestamp   string `json:"timestamp"`
	Cost        Number `json:"cost,omitempty"`
	ComputeCost Number `json:"computeCost,omitempty"`
	StorageCost Number `json:"storageCost,omitempty"`
	NetworkCost Number `json:"networkCost,omitempty"`
	OtherCost   Number `json:"otherCost,omitempty"`
}

// CostTrend is a trend with a projection.
type CostTrend struct {
	Trend
	Projection Projection `json:"projection"`
}

// Projection is the projected cost of 30 days.
type Projection struct {
	Monthly    Number `json:"monthly,omitempty"`
	Confidence Number `json:"confidence,omitempty"`
}

// Optimization has the suggestions that apply.
type Optimization struct {
	PotentialSavings float64      `json:"potentialSavings"`
	Suggestions      []Suggestion `json:"suggestions"`
}

// Suggestion is a way to save costs.
type Suggestion struct {
	Category    string  `json:"category"`
	Description string  `json:"description"`
	Savings     float64 `json:"savings"`
	Effort      string  `json:"effort"`
	Confidence  Number  `json:"confidence,omitempty"`
}

// CostAnswer is the section costs of the cost answer.
type CostAnswer struct {
	CostCommon
	Breakdown *DetailedBreakdown `json:"breakdown,omitempty"`
	Trends    struct {
		Daily      CostTrend  `json:"daily"`
		Weekly     Trend      `json:"weekly"`
		Projection Projection `json:"projection"`
	} `json:"trends"`
	BudgetAnalysis BudgetAnalysis   `json:"budgetAnalysis"`
	Optimization   CostOptimization `json:"optimization"`
}

// DetailedBreakdown divides the total by category, with details of each category.
type DetailedBreakdown struct {
	Compute CostPart[ComputeDetails] `json:"compute"`
	Storage CostPart[StorageDetails] `json:"storage"`
	Network CostPart[NetworkDetails] `json:"network"`
	Other   CostPart[OtherDetails]   `json:"other"`
}

// CostPart is the cost of a category, with its share of the total.
type CostPart[D any] struct {
	Amount     Number `json:"amount"`
	Percentage Number `json:"percentage,omitempty"`
	Details    D      `json:"details"`
}

// ComputeDetails are the details of the category compute.
type ComputeDetails struct {
	GPUHours Number `json:"gpuHours,omitempty"`
	Rate     Number `json:"rate,omitempty"`
	Tier     string `json:"tier,omitempty"`
}

// StorageDetails are the details of the category storage.
type StorageDetails struct {
	Models  Number `json:"models"`
	Outputs Number `json:"outputs"`
}

// NetworkDetails are the details of the category network.
type NetworkDetails struct {
	Ingress Number `json:"ingress"`
	Egress  Number `json:"egress"`
}

// OtherDetails are the details of the category other.
type OtherDetails struct {
	ColdStarts Number `json:"coldStarts"`
	Monitoring Number `json:"monitoring"`
	Logging    Number `json:"logging"`
}

// BudgetAnalysis compares the costs of the calendar month with its budget.
type BudgetAnalysis struct {
	MonthlyBudget   Number `json:"monthlyBudget,omitempty"`
	Source          string `json:"source,omitempty"` // platform or settings
	CurrentUsage    Number `json:"currentUsage,omitempty"`
	RemainingBudget Number `json:"remainingBudget,omitempty"`
	ProjectedTotal  Number `json:"projectedTotal,omitempty"`
	OnTrack         *bool  `json:"onTrack,omitempty"`
	BurnRate        Number `json:"burnRate,omitempty"`
}

// CostOptimization has the suggestions twice: as Recommendations, and with the field names of
// the comprehensive answer.
type CostOptimization struct {
	TotalPotentialSavings float64          `json:"totalPotentialSavings"`
	Recommendations       []Recommendation `json:"recommendations"`
	Optimization
}

// Recommendation is a suggestion for saving costs, with the field names that TensorOne documents
// for the cost answer: see docs/report.md#cost-answer.
type Recommendation struct {
	Category       string  `json:"category"`
	Savings        float64 `json:"savings"`
	Confidence     Number  `json:"confidence,omitempty"`
	Description    string  `json:"description"`
	Implementation string  `json:"implementation"`
}
