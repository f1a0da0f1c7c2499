package catalog

// Dashboard is a pack's own dashboard: which metrics it shows, how, and the
// variables that filter them. dashboards/src makes Grafana's JSON of it.
type Dashboard struct {
	UID         string     `yaml:"uid" json:"uid"`
	Title       string     `yaml:"title" json:"title"`
	Description string     `yaml:"description" json:"description"`
	Tags        []string   `yaml:"tags,omitempty" json:"tags"`             // beside modelmetrics, which every one of ours has
	Range       string     `yaml:"range,omitempty" json:"range,omitempty"` // the time range that it opens with, before now; 6h where empty
	Variables   []Variable `yaml:"variables,omitempty" json:"variables"`
	Rows        []Row      `yaml:"rows" json:"rows"`

	Annotations []Annotation `yaml:"annotations,omitempty" json:"annotations"`
}

// Annotation marks events on a dashboard's graphs over time: the stretches in which a
// metric is above 0. Title, text and tags may have {{label}}s in them, and
// {{value}} for the stretch's highest value.
type Annotation struct {
	Name     string   `yaml:"name" json:"name"` // of the switch at the top of the dashboard
	Metric   string   `yaml:"metric" json:"metric"`
	Params   Params   `yaml:"params,omitempty" json:"params,omitempty"` // $name stands for the values of a variable
	GroupBy  []string `yaml:"group_by,omitempty" json:"group_by"`       // the metric's where nil, none where empty
	Window   string   `yaml:"window,omitempty" json:"window,omitempty"` // in the place of $__rate_interval and $__range
	MinStep  string   `yaml:"min_step,omitempty" json:"min_step,omitempty"`
	Title    string   `yaml:"title" json:"title"`
	Text     string   `yaml:"text,omitempty" json:"text,omitempty"`
	Tags     []string `yaml:"tags,omitempty" json:"tags"`
	Panels   []int    `yaml:"panels,omitempty" json:"panels"`               // by id, that show it; all where empty
	Color    string   `yaml:"color,omitempty" json:"color,omitempty"`       // purple where empty
	Disabled bool     `yaml:"disabled,omitempty" json:"disabled,omitempty"` // until somebody switches it on
	Hidden   bool     `yaml:"hidden,omitempty" json:"hidden,omitempty"`     // without a switch
}

// Variable is a filter of a dashboard over the values of a label, or of a
// parameter of the catalog: either ValuesOf or Param is set.
type Variable struct {
	Name        string `yaml:"name" json:"name"` // without the dollar
	Label       string `yaml:"label" json:"label"`
	Description string `yaml:"description" json:"description"`
	ValuesOf    string `yaml:"values_of,omitempty" json:"values_of,omitempty"` // a label
	Param       string `yaml:"param,omitempty" json:"param,omitempty"`         // a parameter
	// Metric has the label (of Prometheus: a family, or a part of a histogram) or
	// takes the parameter (of the catalog).
	Metric   string `yaml:"metric" json:"metric"`
	Params   Params `yaml:"params,omitempty" json:"params,omitempty"`     // by label or parameter; $name is a variable before this one
	Single   bool   `yaml:"single,omitempty" json:"single,omitempty"`     // one value at a time
	Required bool   `yaml:"required,omitempty" json:"required,omitempty"` // no "All", so that it always has a value
}

// Row is a heading of a dashboard and the panels below it, from left to right.
type Row struct {
	Title     string  `yaml:"title" json:"title"`
	Collapsed bool    `yaml:"collapsed,omitempty" json:"collapsed,omitempty"` // its panels ask for nothing until somebody opens it
	Panels    []Panel `yaml:"panels" json:"panels"`
}

// Panel shows one metric or several. Unit and thresholds are always each metric's
// own: a panel in which red means something else than elsewhere misleads.
type Panel struct {
	// ID is the panel's number in links and alert rules, 1 to 100. It is written
	// down, and not counted, so that links outlive panels that come, move or go.
	ID int `yaml:"id" json:"id"`
	// The first metric's keys are the panel's own.
	PanelQuery `yaml:",inline"`
	And        []PanelQuery `yaml:"and,omitempty" json:"and,omitempty"` // further metrics, drawn beside the first

	Show        string `yaml:"show" json:"show"`                                   // a key of shows
	Title       string `yaml:"title,omitempty" json:"title,omitempty"`             // the metric's where empty
	Description string `yaml:"description,omitempty" json:"description,omitempty"` // the metric's where empty
	NoValue     string `yaml:"no_value,omitempty" json:"no_value,omitempty"`       // what stands there when there is nothing to show
	Width       int    `yaml:"width,omitempty" json:"width,omitempty"`             // of 24 columns
	Height      int    `yaml:"height,omitempty" json:"height,omitempty"`           // in grid units of 38 pixels
	MinStep     string `yaml:"min_step,omitempty" json:"min_step,omitempty"`       // the smallest step over time

	Min       *float64      `yaml:"min,omitempty" json:"min,omitempty"` // of the axis, in the metric's unit
	Max       *float64      `yaml:"max,omitempty" json:"max,omitempty"`
	SoftMax   *float64      `yaml:"soft_max,omitempty" json:"soft_max,omitempty"` // what the axis reaches at least
	Signed    bool          `yaml:"signed,omitempty" json:"signed,omitempty"`     // an axis that doesn't start at 0
	AxisLabel string        `yaml:"axis_label,omitempty" json:"axis_label,omitempty"`
	AxisUnit  string        `yaml:"axis_unit,omitempty" json:"axis_unit,omitempty"` // of a heatmap's buckets, a Grafana unit id
	Colors    []SeriesColor `yaml:"colors,omitempty" json:"colors,omitempty"`
	States    []State       `yaml:"states,omitempty" json:"states,omitempty"`
	Bar       string        `yaml:"bar,omitempty" json:"bar,omitempty"`         // label with a bar for each of its values
	Piece     string        `yaml:"piece,omitempty" json:"piece,omitempty"`     // label with a piece of a bar for each of its values
	Columns   []Column      `yaml:"columns,omitempty" json:"columns,omitempty"` // a table's labels, before its values; all where empty
	Links     []Link        `yaml:"links,omitempty" json:"links,omitempty"`
}

// PanelQuery is one metric as a panel asks for it.
type PanelQuery struct {
	Metric    string   `yaml:"metric" json:"metric"`
	Params    Params   `yaml:"params,omitempty" json:"params,omitempty"`       // $name stands for the values of a variable
	GroupBy   []string `yaml:"group_by,omitempty" json:"group_by"`             // the metric's where nil, none where empty
	Legend    string   `yaml:"legend,omitempty" json:"legend,omitempty"`       // the metric's where empty
	Window    string   `yaml:"window,omitempty" json:"window,omitempty"`       // in the place of $__rate_interval and $__range
	Exemplars bool     `yaml:"exemplars,omitempty" json:"exemplars,omitempty"` // single requests that were counted, as points
	Decimals  *int     `yaml:"decimals,omitempty" json:"decimals,omitempty"`   // of single values; as many as tell them apart where nil
}

// Link leads from a series to the dashboard that shows more of it, with the time
// range and the variables that the two dashboards share.
type Link struct {
	Title     string            `yaml:"title" json:"title"`
	Dashboard string            `yaml:"dashboard,omitempty" json:"dashboard,omitempty"` // uid; the panel's own where empty
	Choose    map[string]string `yaml:"choose" json:"choose"`                           // by variable there, the label of the series that gives its value
}

// SeriesColor fixes the colour of a series by the name that its legend gives it.
type SeriesColor struct {
	Series string `yaml:"series" json:"series"`
	Color  string `yaml:"color" json:"color"`
}

// Column is a label of a table's rows, under a heading for people.
type Column struct {
	Label string `yaml:"label" json:"label"`
	Title string `yaml:"title" json:"title"`
}

// State is what a value means, for metrics that have a few values only.
type State struct {
	Value float64 `yaml:"value" json:"value"`
	Text  string  `yaml:"text" json:"text"`
	Color string  `yaml:"color" json:"color"`
}
