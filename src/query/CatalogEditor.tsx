import { EditorField, EditorRow } from '@grafana/plugin-ui';
import { MultiSelect, Stack, Text } from '@grafana/ui';
import React, { useId } from 'react';

import { CatalogMetric, groupings, isUnknownMetric, paramsFor } from '../shared/catalog';
import { EditorDataSource } from '../shared/editorDataSource';
import { kindOf } from './queryKind';
import { CatalogQuery } from '../shared/types';
import { CatalogParams } from './CatalogParams';
import { CatalogPreview } from './CatalogPreview';
import { DraftField } from '../shared/DraftField';
import { MetricFacts, NearestMetrics } from './MetricFacts';
import { MetricField } from './MetricField';
import { option, values } from '../shared/selectOptions';
import { QueryOptions } from './QueryOptions';
import { useCatalog } from '../shared/useCatalog';

interface Props {
  datasource: EditorDataSource;
  query: CatalogQuery;
  forAlert: boolean;
  onChange: (query: CatalogQuery) => void;
  /** In the place of a panel's. */
  options?: React.ReactElement;
  /** Called with PromQL that asks the same, and the legend that goes with it. */
  onContinue?: (expr: string, legend: string | undefined) => void;
}

/** A query by a metric's name in the catalog. */
export function CatalogEditor({ datasource, query, forAlert, onChange, options, onContinue }: Props) {
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
  const isVariable = query.metric.includes('$');
  const ownLegend = query.groupBy ? undefined : metric?.legend;
  const window = query.window || (kindOf(query) === 'instant' ? metric?.window : undefined) || 'auto';
  return (
    <>
      <EditorRow>
        <Stack direction="column" alignItems="flex-start" gap={1}>
          <MetricField
            datasource={datasource}
            inputId={`${id}-metric`}
            width={60}
            catalog={catalog}
            metric={query.metric}
            onChange={chooseMetric}
          />
          {metric && <MetricFacts metric={metric} pack={catalog?.packs.find(({ name }) => name === metric.pack)} />}
          {isUnknownMetric(catalog, query.metric) && (
            <NearestMetrics
              datasource={datasource}
              metric={query.metric}
              onChoose={(name) => {
                // The button that was pressed goes away; who pressed it goes on from the field.
                document.getElementById(`${id}-metric`)?.focus();
                chooseMetric(name);
              }}
            />
          )}
          {!query.metric && (
            <Text variant="bodySmall" color="secondary">
              Search for what you want to know, such as “failure rate”. The query help has examples.
            </Text>
          )}
        </Stack>
      </EditorRow>
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
      {(metric || isVariable) && (
        <CatalogPreview
          datasource={datasource}
          query={query}
          onContinue={onContinue && ((expr) => onContinue(expr, query.legendFormat || ownLegend))}
        />
      )}
      {options ?? (
        <QueryOptions
          query={query}
          onChange={onChange}
          forAlert={forAlert}
          defaultLegend={ownLegend}
          summary={[`Window: ${window}`]}
        >
          <DraftField
            label="Window"
            tooltip="How far back each point looks, such as 5m. Without one, range queries follow the step, and instant queries use the metric's own."
            width={12}
            placeholder={window}
            value={query.window}
            onCommit={(window) => onChange({ ...query, window: window || undefined })}
          />
        </QueryOptions>
      )}
    </>
  );
}

/** The metric's own grouping is not stored, so that the query follows it. */
function chosenGrouping(metric: CatalogMetric, labels: string[]): string[] | undefined {
  return labels.join() === metric.group_by.join() ? undefined : labels;
}
