package series

import (
	"maps"
	"slices"
	"testing"
)

func TestLabelNames(t *testing.T) {
	info := func(id, name string) Labels { return Labels{{"gpu", "a100"}, {"id", id}, {"name", name}} }
	for _, test := range []struct {
		name string
		info []Labels
		want map[string]string
	}{
		{"one name each", []Labels{info("ep_1", "chat"), info("ep_2", "image")}, map[string]string{"ep_1": "chat", "ep_2": "image"}},
		{"the same name twice", []Labels{info("ep_1", "chat"), info("ep_2", "chat")}, map[string]string{"ep_1": "chat (ep_1)", "ep_2": "chat (ep_2)"}},
		{"several series with one name", []Labels{info("ep_1", "chat"), info("ep_1", "chat")}, map[string]string{"ep_1": "chat"}},
		{"renamed", []Labels{info("ep_1", "new"), info("ep_1", "chat")}, map[string]string{"ep_1": "chat / new"}},
		{"no name", []Labels{info("ep_1", ""), info("", "chat"), {{"name", "chat"}}}, map[string]string{}},
		{"the name is the id of another", []Labels{info("ep_1", "ep_2"), info("ep_2", "chat")}, map[string]string{"ep_1": "ep_2 (ep_1)", "ep_2": "chat"}},
		{"the name is the id", []Labels{info("ep_1", "ep_1")}, map[string]string{"ep_1": "ep_1"}},
		{"the name looks like a name with an id", []Labels{info("a", "x"), info("b", "x"), info("c", "x (a)")}, map[string]string{"b": "x (b)"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 {
				if got := NewLabelNames("id", "name", test.info); !maps.Equal(got.ByID, test.want) {
					t.Errorf("got %v, want %v", got.ByID, test.want)
				}
				slices.Reverse(test.info)
			}
		})
	}
}

func TestNamesReplaceIDs(t *testing.T) {
	names := Names{{Label: "id", Value: "name", ByID: map[string]string{"ep_1": "chat"}}, {Label: "job", Value: "title"}}
	for _, test := range []struct {
		name         string
		labels, want Labels
	}{
		{"an id", Labels{{"gpu", "ep_1"}, {"id", "ep_1"}}, Labels{{"gpu", "ep_1"}, {"id", "chat"}}},
		{"an id without a name", Labels{{"id", "ep_2"}}, Labels{{"id", "ep_2"}}},
		{"a series that has the name", Labels{{"id", "ep_1"}, {"name", "chat"}}, Labels{{"id", "ep_1"}, {"name", "chat"}}},
		{"no labels", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := slices.Clone(test.labels)
			list := []Series{{Labels: test.labels}}
			if got := names.Series(list)[0].Labels; !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if !slices.Equal(list[0].Labels, before) {
				t.Errorf("the labels of the series have changed to %v", list[0].Labels)
			}
		})
	}
	if _, found := names.Find("job"); found {
		t.Error("a label without names was found")
	}
	if found, _ := names.Find("id"); found.Of("ep_1") != "chat" || found.Of("ep_2") != "ep_2" {
		t.Errorf("found %v", found)
	}
}
