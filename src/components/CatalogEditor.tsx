import { EditorField, EditorRow } from '@grafana/plugin-ui';
import { MultiSelect, Text } from '@grafana/ui';
import React, { useId } from 'react';

import { CatalogMetric, groupings, paramsFor } from '../catalog';
import type { ModelMetricsDataSource } from '../datasource';
import { CatalogQuery } from '../types';
import { CatalogParams } from './CatalogParams';
import { DraftInput } from './Draft';
import { MetricSelect } from './MetricSelect';
import { option, values } from './options';
import { QueryOptions } from './QueryOptions';
import { useCatalog } from './useCatalog';

interface Props {
  datasource: ModelMetricsDataSource;
  query: CatalogQuery;
  forAlert: boolean;
  onChange: (query: CatalogQuery) => void;
  /** In the place of a panel's. */
  options?: React.ReactElement;
}

/** A query by a metric's name in the catalog. */
export function CatalogEditor({ datasource, query, forAlert, onChange, options }: Props) {
  const id = useId();
  const { catalog, failure } = useCatalog(datasource);
  if (failure) {
    return failure;
  }

  const metric = catalog?.metrics.find(({ name }) => name === query.metric);
  const chooseMetric = (name: string) => {
    const next = catalog?.metrics.find((candidate) => candidate.name === name);
    onChange({ ...query, metric: name, params: next && paramsFor(next, query.params), groupBy: undefined });
  };
  const isUnknown = Boolean(catalog && query.metric && !metric && !query.metric.includes('$'));
  return (
    <>
      <EditorRow>
        <EditorField
          label="Metric"
          htmlFor={`${id}-metric`}
          width={40}
          invalid={isUnknown}
          error={isUnknown && `The catalog has no metric ${query.metric}.`}
        >
          <MetricSelect inputId={`${id}-metric`} catalog={catalog} metric={query.metric} onChange={chooseMetric} />
        </EditorField>
      </EditorRow>
      {metric && (
        <Text variant="bodySmall" color="secondary">
          <code>{metric.name}</code> {metric.description} Unit: {metric.unit || 'none'}.
        </Text>
      )}
      {metric && (
        <EditorRow>
          <CatalogParams
            datasource={datasource}
            metric={metric}
            params={query.params}
            onChange={(params) => onChange({ ...query, params })}
          />
          {metric.groupable && (
            <EditorField
              label="Group by"
              htmlFor={`${id}-group`}
              optional
              width={24}
              tooltip="One series for each combination of these. With none, everything adds up to one series."
            >
              <MultiSelect
                inputId={`${id}-group`}
                placeholder="Everything together"
                options={[...groupings(metric), ...datasource.getVariableNames()].map(option)}
                value={(query.groupBy ?? metric.group_by).map(option)}
                onChange={(next) => onChange({ ...query, groupBy: chosenGrouping(metric, values(next)) })}
              />
            </EditorField>
          )}
        </EditorRow>
      )}
      {options ?? (
        <QueryOptions
          query={query}
          onChange={onChange}
          forAlert={forAlert}
          defaultLegend={query.groupBy ? undefined : metric?.legend}
        >
          <EditorField
            label="Window"
            htmlFor={`${id}-window`}
            tooltip="How far back each point looks, such as 5m. Without one, range queries follow the step, and instant queries use the metric's own."
          >
            <DraftInput
              id={`${id}-window`}
              width={12}
              placeholder={query.instant ? metric?.window || 'auto' : 'auto'}
              value={query.window}
              onCommit={(window) => onChange({ ...query, window: window || undefined })}
            />
          </EditorField>
        </QueryOptions>
      )}
    </>
  );
}

/** The metric's own grouping is not stored, so that the query follows it. */
function chosenGrouping(metric: CatalogMetric, labels: string[]): string[] | undefined {
  return labels.join() === metric.group_by.join() ? undefined : labels;
}
