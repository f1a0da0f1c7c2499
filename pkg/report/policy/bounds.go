package policy

// defaultRequestsPerHour is the default limit of the reports that a user may request over
// REST in an hour.
const defaultRequestsPerHour = 60
