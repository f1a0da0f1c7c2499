package catalog

// Dashboard defines the panels of a pack's metrics and the variables that filter them.
// dashboards/src generates Grafana's JSON from it.
type Dashboard struct {
	UID         string     `yaml:"uid" json:"uid"`
	Title       string     `yaml:"title" json:"title"`
	Description string     `yaml:"description" json:"description"`
	Tags        []string   `yaml:"tags,omitempty" json:"tags"`             // in addition to modelmetrics, which all dashboards have
	Range       string     `yaml:"range,omitempty" json:"range,omitempty"` // the default time range, up to now; "" is 6h
	Variables   []Variable `yaml:"variables,omitempty" json:"variables"`
	Rows        []Row      `yaml:"rows" json:"rows"`

	Annotations []Annotation `yaml:"annotations,omitempty" json:"annotations"`
}

// Annotation marks events on a dashboard's graphs: the time ranges in which a metric is
// above 0. Title, text and tags can contain {{label}}, and {{value}} for the highest value
// in the range.
type Annotation struct {
	Name     string   `yaml:"name" json:"name"` // name of the annotation's switch at the top of the dashboard
	Metric   string   `yaml:"metric" json:"metric"`
	Params   Params   `yaml:"params,omitempty" json:"params,omitempty"` // $name refers to the values of a variable
	GroupBy  []string `yaml:"group_by,omitempty" json:"group_by"`       // nil is the metric's grouping, empty is none
	Window   string   `yaml:"window,omitempty" json:"window,omitempty"` // replaces $__rate_interval and $__range
	MinStep  string   `yaml:"min_step,omitempty" json:"min_step,omitempty"`
	Title    string   `yaml:"title" json:"title"`
	Text     string   `yaml:"text,omitempty" json:"text,omitempty"`
	Tags     []string `yaml:"tags,omitempty" json:"tags"`
	Panels   []int    `yaml:"panels,omitempty" json:"panels"`               // ids of the panels that show the annotation; empty means all graphs over time
	Color    string   `yaml:"color,omitempty" json:"color,omitempty"`       // "" is purple
	Disabled bool     `yaml:"disabled,omitempty" json:"disabled,omitempty"` // until a user switches the annotation on
	Hidden   bool     `yaml:"hidden,omitempty" json:"hidden,omitempty"`     // the annotation has no switch
}

// Variable is a filter by the values of a label, or of a parameter of a catalog metric.
// Either ValuesOf or Param is set.
type Variable struct {
	Name        string `yaml:"name" json:"name"` // without the dollar sign
	Label       string `yaml:"label" json:"label"`
	Description string `yaml:"description" json:"description"`
	ValuesOf    string `yaml:"values_of,omitempty" json:"values_of,omitempty"` // a label
	Param       string `yaml:"param,omitempty" json:"param,omitempty"`         // a parameter
	// Metric is the Prometheus metric that has the label, or the catalog metric that has the
	// parameter. A Prometheus metric is a family, or a part of a histogram or summary such as
	// NAME_sum.
	Metric   string `yaml:"metric" json:"metric"`
	Params   Params `yaml:"params,omitempty" json:"params,omitempty"`     // filters by label or parameter; $name refers to an earlier variable of the dashboard
	Single   bool   `yaml:"single,omitempty" json:"single,omitempty"`     // one value at a time
	Required bool   `yaml:"required,omitempty" json:"required,omitempty"` // no option "All", so that the variable always has a value
}

// Row is a heading of a dashboard and the panels below it, from left to right: first the
// panels of metrics, then the panels of reports, then the lists of alerts.
type Row struct {
	Title     string        `yaml:"title" json:"title"`
	Collapsed bool          `yaml:"collapsed,omitempty" json:"collapsed,omitempty"` // the panels run no queries until a user opens the row
	Panels    []Panel       `yaml:"panels,omitempty" json:"panels"`
	Reports   []ReportPanel `yaml:"reports,omitempty" json:"reports"`
	Alerts    []AlertPanel  `yaml:"alerts,omitempty" json:"alerts"`
}

// AlertPanel lists the alerts of Grafana that are firing or pending, or that can't be evaluated.
type AlertPanel struct {
	ID          int      `yaml:"id" json:"id"` // like Panel.ID
	Title       string   `yaml:"title" json:"title"`
	Description string   `yaml:"description" json:"description"`
	Platforms   []string `yaml:"platforms,omitempty" json:"platforms"` // values of the label platform; empty means all
	Width       int      `yaml:"width,omitempty" json:"width,omitempty"`
	Height      int      `yaml:"height,omitempty" json:"height,omitempty"`
}

// ReportPanel shows a section of the endpoint report (docs/report.md). The units are those of
// the section's fields.
type ReportPanel struct {
	ID          int            `yaml:"id" json:"id"` // like Panel.ID; a Panel and a ReportPanel of a dashboard can't have the same id
	Section     string         `yaml:"section" json:"section"`
	Endpoints   []string       `yaml:"endpoints" json:"endpoints"`                     // $name refers to the values of a variable
	Timeframe   string         `yaml:"timeframe,omitempty" json:"timeframe,omitempty"` // "" follows the dashboard's time range
	Show        string         `yaml:"show" json:"show"`                               // table, stat or lines
	Title       string         `yaml:"title" json:"title"`
	Description string         `yaml:"description" json:"description"`
	NoValue     string         `yaml:"no_value,omitempty" json:"no_value,omitempty"`
	Width       int            `yaml:"width,omitempty" json:"width,omitempty"`   // of 24 columns
	Height      int            `yaml:"height,omitempty" json:"height,omitempty"` // in grid units of 38 pixels
	Columns     []ReportColumn `yaml:"columns,omitempty" json:"columns"`         // of a table
	Links       []Link         `yaml:"links,omitempty" json:"links,omitempty"`
}

// ReportColumn is a column of a table of a report.
type ReportColumn struct {
	Field string `yaml:"field" json:"field"`
	Title string `yaml:"title" json:"title"`                     // heading
	Width int    `yaml:"width,omitempty" json:"width,omitempty"` // in pixels; 0 is automatic
}

// Panel shows one or more metrics. The unit and the thresholds are always those of the
// metric, so that a color has the same meaning in all panels.
type Panel struct {
	// ID is the panel's id in links and alert rules, 1 to 100. It is explicit, so that links
	// remain valid when panels are added, moved or removed.
	ID int `yaml:"id" json:"id"`
	// The keys of the first query are keys of the panel itself.
	PanelQuery `yaml:",inline"`
	And        []PanelQuery `yaml:"and,omitempty" json:"and,omitempty"` // further metrics in the same panel

	Show        string `yaml:"show" json:"show"`                                   // a key of packcheck's visualizations
	Title       string `yaml:"title,omitempty" json:"title,omitempty"`             // "" is the metric's title
	Description string `yaml:"description,omitempty" json:"description,omitempty"` // "" is the metric's description
	NoValue     string `yaml:"no_value,omitempty" json:"no_value,omitempty"`       // the text to show without data
	Worst       int    `yaml:"worst,omitempty" json:"worst,omitempty"`             // the number of series, the worst first; 0 means all
	Zero        string `yaml:"zero,omitempty" json:"zero,omitempty"`               // the text to show in place of the value 0
	Width       int    `yaml:"width,omitempty" json:"width,omitempty"`             // of 24 columns
	Height      int    `yaml:"height,omitempty" json:"height,omitempty"`           // in grid units of 38 pixels
	MinStep     string `yaml:"min_step,omitempty" json:"min_step,omitempty"`       // the minimum step of a graph over time

	Min       *float64      `yaml:"min,omitempty" json:"min,omitempty"` // of the axis, in the metric's unit
	Max       *float64      `yaml:"max,omitempty" json:"max,omitempty"`
	SoftMax   *float64      `yaml:"soft_max,omitempty" json:"soft_max,omitempty"` // the axis ends at this value or higher
	Signed    bool          `yaml:"signed,omitempty" json:"signed,omitempty"`     // the axis needn't begin at 0
	AxisLabel string        `yaml:"axis_label,omitempty" json:"axis_label,omitempty"`
	AxisUnit  string        `yaml:"axis_unit,omitempty" json:"axis_unit,omitempty"` // of a heatmap's buckets, a Grafana unit id
	Colors    []SeriesColor `yaml:"colors,omitempty" json:"colors,omitempty"`
	States    []State       `yaml:"states,omitempty" json:"states,omitempty"`
	Bar       string        `yaml:"bar,omitempty" json:"bar,omitempty"`         // label whose values are the bars
	Piece     string        `yaml:"piece,omitempty" json:"piece,omitempty"`     // label whose values are the segments of a bar
	Columns   []Column      `yaml:"columns,omitempty" json:"columns,omitempty"` // labels that a table shows before the values; empty means all
	Links     []Link        `yaml:"links,omitempty" json:"links,omitempty"`
}

// PanelQuery is a panel's query for one metric.
type PanelQuery struct {
	Metric    string   `yaml:"metric" json:"metric"`
	Params    Params   `yaml:"params,omitempty" json:"params,omitempty"`       // $name refers to the values of a variable
	GroupBy   []string `yaml:"group_by,omitempty" json:"group_by"`             // nil is the metric's grouping, empty is none
	Legend    string   `yaml:"legend,omitempty" json:"legend,omitempty"`       // "" is the metric's legend
	Window    string   `yaml:"window,omitempty" json:"window,omitempty"`       // replaces $__rate_interval and $__range
	Exemplars bool     `yaml:"exemplars,omitempty" json:"exemplars,omitempty"` // show exemplars as points
	Decimals  *int     `yaml:"decimals,omitempty" json:"decimals,omitempty"`   // of single values; nil is three significant digits
}

// Link is a link from a series to a dashboard. It keeps the time range and the variables
// that both dashboards have.
type Link struct {
	Title     string            `yaml:"title" json:"title"`
	Dashboard string            `yaml:"dashboard,omitempty" json:"dashboard,omitempty"` // uid; "" is the panel's dashboard
	Choose    map[string]string `yaml:"choose" json:"choose"`                           // keys: variables of the target dashboard; values: the labels that contain the variables' values
}

// SeriesColor sets the color of a series by its name in the legend.
type SeriesColor struct {
	Series string `yaml:"series" json:"series"`
	Color  string `yaml:"color" json:"color"`
}

// Column is a column of a table: a label and a heading.
type Column struct {
	Label string `yaml:"label" json:"label"`
	Title string `yaml:"title" json:"title"`
	Width int    `yaml:"width" json:"width,omitempty"` // pixels
}

// State is the meaning of one value of a metric that has only a few possible values.
type State struct {
	Value float64 `yaml:"value" json:"value"`
	Text  string  `yaml:"text" json:"text"`
	Color string  `yaml:"color" json:"color"`
}
