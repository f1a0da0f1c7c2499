package gateway

// Bounds of requests and answers.
const (
	// DefaultItems and MaxItems are the default and the maximum length of a list of agents,
	// tools or sessions in an answer. If a list is cut, the answer contains the length of the
	// complete list.
	DefaultItems = 100
	MaxItems     = 1000
	// DefaultDays and MaxDays are the default and the maximum number of days in a history.
	DefaultDays = 7
	MaxDays     = 30

	// maxInstances and maxInstanceBytes bound the number and the length of the instances that
	// a request selects.
	maxInstances     = 100
	maxInstanceBytes = 256
	// maxNamedInstances bounds the number of unknown instances that an error names.
	maxNamedInstances = 3
	// maxListedInstances bounds the number of instances that are requested from the server, to
	// find those whose names resemble an unknown instance.
	maxListedInstances = 1000
	// maxProcesses bounds the number of processes in an answer.
	maxProcesses = 100
	// maxConcurrent bounds the number of concurrent requests to the server for one answer.
	maxConcurrent = 4
)
