package policy

// defaultRequestsPerHour is the default maximum number of requests for reports that a user may
// send over REST in an hour.
const defaultRequestsPerHour = 60
