package plugin

// maxVariableBytes bounds the values of a variable that lists the result of a query: each
// sample of a series repeats all of its labels. Other lists are bounded where they are
// decoded.
const maxVariableBytes = 64 << 20
