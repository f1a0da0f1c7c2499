package series

import "regexp"

// LegendLabel matches a placeholder of a legend, such as {{job}}. Its group is the label.
var LegendLabel = regexp.MustCompile(`\{\{\s*(.+?)\s*\}\}`)
