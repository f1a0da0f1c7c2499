package arrowfile

import "encoding/json"

// appendString appends a text as JSON. Texts without special characters, which are almost all
// texts, are copied. JSON doesn't require that <, > and & are escaped, as encoding/json does.
func appendString(to []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c > '~' {
			encoded, _ := json.Marshal(text) // a string has no error
			return append(to, encoded...)
		}
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"')
}
