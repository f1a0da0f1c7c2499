import { EditorField } from '@grafana/plugin-ui';
import React, { ComponentProps } from 'react';

import { isUnknownMetric } from '../shared/catalog';
import { UnknownMetricReason } from './MetricFacts';
import { MetricSelect } from './MetricSelect';

interface Props extends ComponentProps<typeof MetricSelect> {
  width: number;
}

/** Selects a metric of the catalog. For an unknown metric, shows why it is unavailable. */
export function MetricField({ width, ...select }: Props) {
  const isUnknown = isUnknownMetric(select.catalog, select.metric);
  return (
    <EditorField
      label="Metric"
      htmlFor={select.inputId}
      width={width}
      invalid={isUnknown}
      error={isUnknown && <UnknownMetricReason datasource={select.datasource} metric={select.metric} />}
    >
      <MetricSelect {...select} />
    </EditorField>
  );
}
