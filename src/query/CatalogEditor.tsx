import { EditorField, EditorRow, EditorSwitch } from '@grafana/plugin-ui';
import { MultiSelect, Stack, Text } from '@grafana/ui';
import React, { useId } from 'react';

import { CatalogMetric, groupings, isUnknownMetric, paramsFor } from '../shared/catalog';
import { DraftField } from '../shared/DraftField';
import { EditorDataSource } from '../shared/editorDataSource';
import { option, values } from '../shared/selectOptions';
import { CatalogQuery } from '../shared/types';
import { useCatalog } from '../shared/useCatalog';
import { CatalogParams } from './CatalogParams';
import { CatalogPreview } from './CatalogPreview';
import { MetricFacts, SimilarMetrics } from './MetricFacts';
import { MetricField } from './MetricField';
import { kindOf } from './queryKind';
import { QueryOptions } from './QueryOptions';

interface Props {
  datasource: EditorDataSource;
  query: CatalogQuery;
  forAlert: boolean;
  /** Whether this is a query of Explore. Default: false. */
  isExplore?: boolean;
  onChange: (query: CatalogQuery) => void;
  /** Replaces the default options. */
  options?: React.ReactElement;
  /** Called with the PromQL and the legend of the query when the user continues in PromQL. */
  onContinue?: (expr: string, legend: string | undefined) => void;
}

/** Edits a catalog query. */
export function CatalogEditor({ datasource, query, forAlert, isExplore, onChange, options, onContinue }: Props) {
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
  const metricLegend = query.groupBy ? undefined : metric?.legend;
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
            <SimilarMetrics
              datasource={datasource}
              metric={query.metric}
              onSelect={(name) => {
                // The button that was clicked disappears, so the field gets the focus.
                document.getElementById(`${id}-metric`)?.focus();
                chooseMetric(name);
              }}
            />
          )}
          {!query.metric && (
            <Text variant="bodySmall" color="secondary">
              Search by name or meaning, such as “failure rate”. The query help has examples.
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
              tooltip="One series for each combination of these labels. Some metrics always keep other labels too, such as le in a histogram. All remaining labels are aggregated."
            >
              <MultiSelect
                inputId={`${id}-group`}
                placeholder="None"
                options={[...groupings(metric), ...datasource.getVariableNames()].map(option)}
                value={(query.groupBy ?? metric.group_by).map(option)}
                onChange={(next) => onChange({ ...query, groupBy: storedGrouping(metric, values(next)) })}
              />
            </EditorField>
          )}
        </EditorRow>
      )}
      {(metric || isVariable) && (
        <CatalogPreview
          datasource={datasource}
          query={query}
          onContinue={onContinue && ((expr) => onContinue(expr, query.legendFormat || metricLegend))}
        />
      )}
      {options ?? (
        <QueryOptions
          query={query}
          onChange={onChange}
          forAlert={forAlert}
          isExplore={isExplore}
          defaultLegend={metricLegend}
          summary={[`Window: ${window}`, `Units: from the ${query.units ? 'catalog' : 'panel'}`]}
        >
          <DraftField
            label="Window"
            tooltip="The time range from which each point is computed, such as 5m. Default in range queries: derived from the step. Default in instant queries: the metric's window. If the metric's query contains $__range, the default is the dashboard's time range."
            width={12}
            placeholder={window}
            value={query.window}
            onCommit={(window) => onChange({ ...query, window: window || undefined })}
          />
          <EditorField
            label="Units from the catalog"
            htmlFor={`${id}-units`}
            tooltip="The result contains the metric's unit, decimals and description. They take precedence over the panel's standard options, but not over its overrides."
          >
            <EditorSwitch
              id={`${id}-units`}
              value={query.units ?? false}
              onChange={(event) => onChange({ ...query, units: event.currentTarget.checked })}
            />
          </EditorField>
        </QueryOptions>
      )}
    </>
  );
}

/** Returns undefined for the metric's default grouping. The query then also follows later changes of this default. */
function storedGrouping(metric: CatalogMetric, labels: string[]): string[] | undefined {
  return labels.join() === metric.group_by.join() ? undefined : labels;
}
