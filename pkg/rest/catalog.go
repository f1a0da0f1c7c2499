package rest

import (
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

// entry describes a metric to the editors.
type entry struct {
	Name           string   `json:"name"`
	Title          string   `json:"title"`
	Description    string   `json:"description"`
	Unit           string   `json:"unit"`
	Type           string   `json:"type"`
	Pack           string   `json:"pack"`
	Tags           []string `json:"tags"`
	RequiredParams []string `json:"required_params"`
	OptionalParams []string `json:"optional_params"`
	Meanings       meanings `json:"meanings"`
	GroupBy        []string `json:"group_by"`
	Groupable      bool     `json:"groupable"` // whether a query may set groupBy
	Legend         string   `json:"legend"`
	Window         string   `json:"window"`
}

// meanings are the descriptions of parameters by name.
type meanings map[string]string

func paramMeanings(m *catalog.Metric) meanings {
	out := meanings{}
	for _, name := range m.Params() {
		if meaning := m.Meaning(name); meaning != "" {
			out[name] = meaning
		}
	}
	return out
}

func newPackEntry(p *catalog.Pack) restjson.PackEntry {
	return restjson.PackEntry{Name: p.Name, Title: p.Title, Owner: p.Owner}
}

// catalogPage is the response of GET catalog: a page of the metrics, and all packs.
type catalogPage struct {
	Metrics []entry              `json:"metrics"`
	Packs   []restjson.PackEntry `json:"packs"`
	Total   int                  `json:"total"` // number of metrics on all pages
}

// searchPage is the response of GET catalog/search. If no metric matches all words of the search
// text, Nearest contains the names of the nearest metrics, the best match first.
type searchPage struct {
	Metrics []entry  `json:"metrics"`
	Total   int      `json:"total"`
	Nearest []string `json:"nearest,omitempty"`
}

// packList is the response of GET catalog/packs.
type packList struct {
	Packs []builtinPack `json:"packs"`
}

// builtinPack is a built-in pack in the response of GET catalog/packs, which the editor of the
// data source's settings requests. It contains all metrics of the pack, even those that user
// packs override.
type builtinPack struct {
	restjson.PackEntry
	Disabled bool    `json:"disabled"` // for this data source
	Metrics  []entry `json:"metrics"`
}

// packs serves GET catalog/packs: all built-in packs, including disabled ones.
func (a api) packs(_ *http.Request, in input) (any, error) {
	if err := in.checkNames(); err != nil {
		return nil, err
	}
	list := packList{Packs: []builtinPack{}}
	for _, pack := range a.Builtin.Packs() {
		_, disabled := a.Catalog.Pack(pack.Name)
		list.Packs = append(list.Packs, builtinPack{newPackEntry(pack), disabled, entries(pack.Metrics)})
	}
	return list, nil
}

// definitions serves GET catalog.
func (a api) definitions(_ *http.Request, in input) (any, error) {
	if err := in.checkNames("limit", "offset"); err != nil {
		return nil, err
	}
	limit, offset, err := in.page()
	if err != nil {
		return nil, err
	}
	page := catalogPage{Packs: []restjson.PackEntry{}}
	for _, pack := range a.Catalog.Packs() {
		page.Packs = append(page.Packs, newPackEntry(pack))
	}
	metrics, total, _ := a.Catalog.Search(catalog.Search{Limit: limit, Offset: offset})
	page.Metrics, page.Total = entries(metrics), total
	return page, nil
}

// search serves GET catalog/search: the metrics that have the given pack and tag, and that match
// all words of the search text, the best match first.
func (a api) search(_ *http.Request, in input) (any, error) {
	if err := in.checkNames("search", "pack", "tag", "limit", "offset"); err != nil {
		return nil, err
	}
	var s catalog.Search
	var err error
	for name, into := range map[string]*string{"search": &s.Text, "pack": &s.Pack, "tag": &s.Tag} {
		if *into, err = in.text(name); err != nil {
			return nil, err
		}
	}
	if s.Limit, s.Offset, err = in.page(); err != nil {
		return nil, err
	}
	metrics, total, nearest := a.Catalog.Search(s)
	return searchPage{entries(metrics), total, nearest}, nil
}

func entries(metrics []*catalog.Metric) []entry {
	list := make([]entry, len(metrics))
	for i, m := range metrics {
		window := ""
		if m.Windowed() {
			window = m.InstantWindow()
		}
		list[i] = entry{
			m.Name, m.Title, m.Description, m.Unit, m.Type, m.Pack().Name, orEmpty(m.Tags),
			orEmpty(m.RequiredParams), orEmpty(m.OptionalParams), paramMeanings(m), orEmpty(m.GroupBy), m.Groupable(), m.Legend, window,
		}
	}
	return list
}

func (a api) packNames() []string {
	var names []string
	for _, pack := range a.Catalog.Packs() {
		names = append(names, pack.Name)
	}
	return names
}
