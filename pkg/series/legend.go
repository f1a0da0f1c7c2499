package series

import "regexp"

// LegendLabel matches a {{label}} in a legend or in the text of an annotation. Its
// submatch is the label's name.
var LegendLabel = regexp.MustCompile(`\{\{\s*(.+?)\s*\}\}`)
