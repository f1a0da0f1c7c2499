package series

// Bounds of the notes of one answer, whose number and length the server chooses.
// Prometheus itself sends at most 10 of each kind.
const (
	maxNotes      = 100
	maxNoteLength = 1000 // characters
)
