package policy

// defaultRequestsPerHour bounds the requests of one user over REST, unless the settings have
// another number.
const defaultRequestsPerHour = 60
