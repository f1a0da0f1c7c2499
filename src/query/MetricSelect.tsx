import { SelectableValue } from '@grafana/data';
import { Select, Stack, Text } from '@grafana/ui';
import React, { useMemo, useState } from 'react';

import { Catalog, CatalogMetric, firstSentence, searchCatalog } from '../shared/catalog';
import { unitName } from '../shared/unitName';
import { option } from '../shared/selectOptions';

interface Props {
  inputId: string;
  catalog: Catalog | undefined;
  metric: string;
  onChange: (metric: string) => void;
}

interface MetricOption extends SelectableValue<string> {
  metric?: CatalogMetric;
}

/** Chooses a metric of the catalog by what it is called or what it means, listed under the packs that define them. */
export function MetricSelect({ inputId, catalog, metric, onChange }: Props) {
  const [search, setSearch] = useState('');
  const options = useMemo(() => catalog && optionsFor(catalog, search), [catalog, search]);
  return (
    <Select<string>
      inputId={inputId}
      placeholder="Choose a metric"
      isLoading={!catalog}
      options={options}
      // The options are what the search has found, in its order.
      filterOption={() => true}
      onInputChange={(text) => setSearch(text)}
      noOptionsMessage="No metric has all of these words in its name, title, description or tags: try fewer."
      maxMenuHeight={400}
      formatOptionLabel={(item: MetricOption, { context }) =>
        context === 'menu' && item.metric ? <TitleAndUnit {...item.metric} /> : item.label
      }
      value={metric ? chosen(metric, catalog, options) : null}
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

function optionsFor(catalog: Catalog, search: string): MetricOption[] {
  return searchCatalog(catalog, search).map(({ pack, metrics }) => ({
    label: pack.title,
    expanded: true,
    options: metrics.map((metric) => ({
      label: metric.title,
      value: metric.name,
      description: `${metric.name}: ${firstSentence(metric.description)}`,
      metric,
    })),
  }));
}

/** The option itself where it is listed, so that the menu opens at it. */
function chosen(name: string, catalog: Catalog | undefined, groups: MetricOption[] = []): MetricOption {
  const listed = groups.flatMap(({ options = [] }) => options as MetricOption[]).find(({ value }) => value === name);
  return listed ?? { ...option(name), label: catalog?.metrics.find((metric) => metric.name === name)?.title ?? name };
}
