package series

// Bounds of the notes of a response, whose number and length the server chooses.
// Prometheus itself sends at most 10 of each kind.
const (
	maxNotes      = 100
	maxNoteLength = 1000 // characters
)
