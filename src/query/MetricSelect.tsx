import { SelectableValue } from '@grafana/data';
import { Select, Stack, Text } from '@grafana/ui';
import React, { useMemo, useState } from 'react';

import { Catalog, CatalogMetric, firstSentence, PackMetrics } from '../shared/catalog';
import { EditorDataSource } from '../shared/editorDataSource';
import { unitName } from '../shared/unitName';
import { useCatalogSearch } from '../shared/useCatalogSearch';

interface Props {
  datasource: EditorDataSource;
  inputId: string;
  catalog: Catalog | undefined;
  metric: string;
  onChange: (metric: string) => void;
}

interface MetricOption extends SelectableValue<string> {
  metric?: CatalogMetric;
}

/** A menu in which the user searches for a metric of the catalog and selects it. The metrics are grouped by pack. */
export function MetricSelect({ datasource, inputId, catalog, metric, onChange }: Props) {
  const [search, setSearch] = useState('');
  const { packs, isSearching, error } = useCatalogSearch(datasource, catalog, search);
  // Results for an earlier text are not listed, so that Enter can't select one of them.
  const options = useMemo(() => (isSearching ? [] : packs?.map(packOptions)), [isSearching, packs]);
  return (
    <Select<string>
      inputId={inputId}
      placeholder="Select a metric"
      isLoading={isSearching}
      options={options}
      // The backend has filtered and ordered the options.
      filterOption={() => true}
      onInputChange={(text) => setSearch(text)}
      noOptionsMessage={error ?? 'No metric matches all of these words. Try fewer words.'}
      maxMenuHeight={400}
      formatOptionLabel={(item: MetricOption, { context }) =>
        context === 'menu' && item.metric ? <TitleAndUnit {...item.metric} /> : item.label
      }
      value={metric ? selectedOption(metric, catalog, options) : null}
      onChange={({ value }) => value && onChange(value)}
    />
  );
}

function TitleAndUnit({ title, unit, type }: CatalogMetric) {
  return (
    <Stack justifyContent="space-between" gap={2} wrap="wrap">
      <span>{title}</span>
      <Text variant="bodySmall" color="secondary">
        {unitName(unit)} · {type}
      </Text>
    </Stack>
  );
}

function packOptions({ pack, metrics }: PackMetrics): MetricOption {
  return {
    label: pack.title,
    expanded: true,
    options: metrics.map((metric) => ({
      label: metric.title,
      value: metric.name,
      description: `${metric.name}: ${firstSentence(metric.description)}`,
      metric,
    })),
  };
}

/**
 * Returns the option for the selected metric. If the menu contains the metric, the option is the same object as in the
 * menu, so that the menu scrolls to it.
 */
function selectedOption(name: string, catalog: Catalog | undefined, groups: MetricOption[] = []): MetricOption {
  const option = groups.flatMap(({ options = [] }) => options as MetricOption[]).find(({ value }) => value === name);
  return option ?? { value: name, label: catalog?.metrics.find((metric) => metric.name === name)?.title ?? name };
}
