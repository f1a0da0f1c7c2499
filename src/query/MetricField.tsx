import { EditorField } from '@grafana/plugin-ui';
import React, { ComponentProps } from 'react';

import { isUnknownMetric } from '../shared/catalog';
import { WhyUnknown } from './MetricFacts';
import { MetricSelect } from './MetricSelect';

interface Props extends ComponentProps<typeof MetricSelect> {
  width: number;
}

/** The metric of the catalog that is asked for, or why there is none of its name. */
export function MetricField({ width, ...select }: Props) {
  const isUnknown = isUnknownMetric(select.catalog, select.metric);
  return (
    <EditorField
      label="Metric"
      htmlFor={select.inputId}
      width={width}
      invalid={isUnknown}
      error={isUnknown && <WhyUnknown datasource={select.datasource} metric={select.metric} />}
    >
      <MetricSelect {...select} />
    </EditorField>
  );
}
