package report

// Numbers of decimals to which the values of an answer are rounded.
const (
	counts    = 0
	tenths    = 1
	cents     = 2
	percents  = 2
	seconds   = 3
	perSecond = 4
	pointUSD  = 6
)
