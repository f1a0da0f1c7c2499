package docs

import (
	"fmt"
	"strings"
	"unicode"
)

// Anchors counts the headings of a page by name, to compute their anchors as GitHub does. The
// map must not be nil.
type Anchors map[string]int

// Next returns the anchor of the page's next heading, with its #.
func (a Anchors) Next(heading string) string {
	var name strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '_', r == '-':
			name.WriteRune(r)
		case r == ' ':
			name.WriteByte('-')
		}
	}
	slug := name.String()
	a[slug]++
	if before := a[slug] - 1; before > 0 {
		return fmt.Sprintf("#%s-%d", slug, before)
	}
	return "#" + slug
}
