package catalog

// maxValueBytes bounds the values of a query's parameters together. They go into
// several selectors, and an expression may have 2 MiB.
const maxValueBytes = 1 << 20
