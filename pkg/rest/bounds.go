package rest

// Bounds of the routes' work. Those of lists and texts are in input.go.
const (
	// maxWaitingChecks is how many checks of packs wait while another runs. Each
	// holds its text of up to 1 MiB.
	maxWaitingChecks = 4
)
