package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// TestEncodingEndsWithContext encodes large responses as the SDK does, before and after the
// caller has canceled the request.
func TestEncodingEndsWithContext(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[`)
		for i := range 2 * encodedBetween {
			_, _ = fmt.Fprintf(w, `%s{"metric":{"i":"%d"},"values":[[0,"1"]]}`, strings.Repeat(",", min(i, 1)), i)
		}
		_, _ = fmt.Fprint(w, `]}}`)
	}))
	defer server.Close()
	d := instance(t, server.URL, `{}`)
	defer d.Dispose()
	for _, format := range []string{"time_series", "time_series_wide", "heatmap"} {
		t.Run(format, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			response, err := d.QueryData(ctx, queriesOf(backend.PluginContext{}, nil, `{"expr":"x","range":true,"format":"`+format+`"}`))
			if err != nil {
				t.Fatal(err)
			}
			encoded, err := backend.ToProto().QueryDataResponse(backend.DataFrameFormat_ARROW, response)
			if err != nil {
				t.Fatal(err)
			}
			frames, err := data.UnmarshalArrowFrames(encoded.Responses["A"].Frames)
			if err != nil || len(frames)*len(frames[0].Fields) < 2*encodedBetween {
				t.Fatalf("%d frames, %v", len(frames), err)
			}
			for _, frame := range frames {
				if frame.Meta.Custom != nil {
					t.Errorf("the frame has the custom value %v", frame.Meta.Custom)
				}
			}
			cancel()
			if _, err := backend.ToProto().QueryDataResponse(backend.DataFrameFormat_ARROW, response); !errors.Is(err, context.Canceled) {
				t.Errorf("the error of encoding is %v", err)
			}
		})
	}
}
