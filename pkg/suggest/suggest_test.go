package suggest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	names := []string{"orders_total", "orders", "wait", "Wait_Seconds", "price"}
	for _, test := range []struct {
		name, misspelt string
		want           []string
	}{
		{"a transposition", "pirce", []string{"price"}},
		{"the most similar first", "order", []string{"orders", "orders_total"}},
		{"other case", "PRICES", []string{"price"}},
		{"part of a name", "total", []string{"orders_total"}},
		{"nothing similar", "zebra", []string{}},
		{"empty", "", []string{}},
		{"too long", strings.Repeat("orders", 100), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Nearest(test.misspelt, names); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestDidYouMean(t *testing.T) {
	names := []string{"orders_total"}
	if got := fmt.Sprintf("No.%s", DidYouMean("order_total", names)); got != "No. Did you mean orders_total?" {
		t.Errorf("got %q", got)
	}
	if got := fmt.Sprintf("No.%s", DidYouMean("wait", names)); got != "No." {
		t.Errorf("got %q", got)
	}
}
