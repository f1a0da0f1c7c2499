/** An example of a user pack. It computes one metric from the histogram inference_latency_seconds. */
export const EXAMPLE_PACK = `pack: my_team
title: My team
owner: my-team
metrics:
  - name: my_slow_request_ratio
    title: Slow requests
    description: Share of the inference requests that took longer than a second.
    tags: [latency]
    unit: percentunit
    type: gauge
    window: 5m
    # __PARAMS__ is replaced by the filters of a query, __BY__ by the labels to group by.
    query: >-
      1 - sum by (__BY__) (rate(inference_latency_seconds_bucket{le=~"1|1.0",__PARAMS__}[$__rate_interval]))
      / (sum by (__BY__) (rate(inference_latency_seconds_count{__PARAMS__}[$__rate_interval])) > 0)
    required_params: []
    optional_params: [model, version, tenant]
    group_by: [model]
    legend: "{{model}}"
`;
