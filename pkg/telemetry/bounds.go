package telemetry

// maxUID bounds the uid of a data source as a label value, in bytes. Grafana has the same
// limit. A longer uid is replaced by its hash.
const maxUID = 40
