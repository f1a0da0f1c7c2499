package series

// Bounds of the warnings and infos of a response. The server chooses their number and
// length. Prometheus lists at most 10 of each kind, and counts the others in one more text.
const (
	maxNotes      = 100  // of each kind
	maxNoteLength = 1000 // characters
)
