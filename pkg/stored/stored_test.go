package stored

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

type fields struct {
	Bool   Bool
	Number Number
	Text   Text
	List   List
}

func TestUnmarshalConvertsTypes(t *testing.T) {
	for _, test := range []struct {
		data string
		want fields
	}{
		{`{"Bool":true,"Number":2.5,"Text":"a","List":["a","b,c"]}`, fields{true, 2.5, "a", List{"a", "b,c"}}},
		{`{"Bool":"on","Number":" 60 ","Text":60,"List":"a, b,,c "}`, fields{true, 60, "60", List{"a", "b", "c"}}},
		{`{"Bool":"TRUE","Number":"1e3","Text":1.50,"List":[1,"a",null]}`, fields{true, 1000, "1.50", List{"1", "a", ""}}},
		{`{"Bool":1,"Number":"","Text":"","List":""}`, fields{true, 0, "", List{}}},
		{`{"Bool":"off","Number":null,"Text":null,"List":null}`, fields{}},
		{`{"Bool":null}`, fields{}},
		{`{"Bool":""}`, fields{}},
		{`{"List":[]}`, fields{List: List{}}},
	} {
		var got fields
		if err := json.Unmarshal([]byte(test.data), &got); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, %v, want %+v", test.data, got, err, test.want)
		}
	}
}

func TestUnmarshalTypeErrors(t *testing.T) {
	for _, test := range []struct{ data, field, value, want string }{
		{`{"Bool":"maybe"}`, "Bool", `string "maybe"`, "true or false"},
		{`{"Bool":2}`, "Bool", "number 2", "true or false"},
		{`{"Bool":{}}`, "Bool", "object", "true or false"},
		{`{"Number":"many"}`, "Number", `string "many"`, "a number"},
		{`{"Number":"NaN"}`, "Number", `string "NaN"`, "a number"},
		{`{"Number":true}`, "Number", "bool", "a number"},
		{`{"Text":false}`, "Text", "bool", "a string"},
		{`{"Text":["a"]}`, "Text", "array", "a string"},
		{`{"List":5}`, "List", "number 5", "a list of strings"},
		{`{"List":[{}]}`, "List", "array", "a list of strings"},
		{`{"Bool":"a text that is much too long to be repeated"}`, "Bool", "string", "true or false"},
	} {
		err := json.Unmarshal([]byte(test.data), &fields{})
		wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
		if !ok || wrong.Field != test.field || wrong.Value != test.value || Want(wrong.Type) != test.want {
			t.Errorf("%s: got %v", test.data, err)
		}
	}
}
