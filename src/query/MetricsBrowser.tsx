import { EditorRow } from '@grafana/plugin-ui';
import { Button, Stack, Text } from '@grafana/ui';
import React, { useState } from 'react';
import useAsync from 'react-use/lib/useAsync';

import { EditorDataSource } from '../shared/editorDataSource';
import { errorMessage } from '../shared/errorMessage';
import { seriesSelector } from '../shared/selector';
import { Params } from '../shared/types';
import { PrometheusMetricField, SeriesFilters } from './SeriesFields';

interface Props {
  datasource: EditorDataSource;
  /** Called with the expression that the user has built. */
  onUse: (expr: string) => void;
}

/** Builds an expression in PromQL: the user selects a metric, then labels, and values of the labels. */
export function MetricsBrowser({ datasource, onUse }: Props) {
  const [metric, setMetric] = useState<string>();
  const [params, setParams] = useState<Params>({});
  const labels = useAsync(() => datasource.findLabelNames(seriesSelector(metric)), [datasource, metric]);
  const selector = seriesSelector(metric, params);
  const expressions = selector ? [selector, `rate(${selector}[$__rate_interval])`] : [];
  return (
    <>
      <EditorRow>
        <PrometheusMetricField datasource={datasource} metric={metric} onChange={setMetric} />
        <SeriesFilters
          datasource={datasource}
          metric={metric}
          params={params}
          labels={labels.value}
          isLoading={labels.loading}
          onChange={setParams}
        />
      </EditorRow>
      <EditorRow>
        <Stack direction="column" alignItems="flex-start" gap={1}>
          {labels.error && (
            <Text variant="bodySmall" color="error">
              {errorMessage(labels.error)}
            </Text>
          )}
          {expressions.length === 0 && (
            <Text variant="bodySmall" color="secondary">
              Select a metric or add a filter.
            </Text>
          )}
          {expressions.map((expr) => (
            <Stack key={expr} alignItems="center" gap={1} wrap="wrap">
              <Button size="sm" variant="secondary" aria-label={`Use ${expr}`} onClick={() => onUse(expr)}>
                Use
              </Button>
              <code>{expr}</code>
            </Stack>
          ))}
        </Stack>
      </EditorRow>
    </>
  );
}
