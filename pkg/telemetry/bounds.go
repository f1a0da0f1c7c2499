package telemetry

// maxUID bounds the length of a data source's uid in a label, in bytes. Grafana has the same
// limit for uids. A longer uid is replaced by its hash.
const maxUID = 40
