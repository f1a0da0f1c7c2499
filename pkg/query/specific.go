package query

import "slices"

// parseSpecific reads the fields that only annotation, report or audit queries have.
func (q *Query) parseSpecific(data []byte) error {
	switch q.Type {
	case Annotation:
		return q.parseAnnotation(data)
	case Report:
		return q.parseReport(data)
	case Audit:
		return q.parseAudit(data)
	default:
		return nil
	}
}

// ofPrometheus reports whether queries of the given type can have the fields of catalogJSON.
func ofPrometheus(name string) bool { return Type(name) != Report && Type(name) != Audit }

// isSpecific reports whether a name is one of the query types of this data source except
// PromQL.
func isSpecific(name string) bool { return Type(name) != PromQL && slices.Contains(types, Type(name)) }
