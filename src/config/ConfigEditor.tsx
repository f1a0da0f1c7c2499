import { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { Auth, ConnectionSettings, convertLegacyAuthProps, DataSourceDescription } from '@grafana/plugin-ui';
import { Divider } from '@grafana/ui';
import React from 'react';

import { keptSettings, readableSettings } from './settings';
import { ModelMetricsOptions } from '../shared/types';
import { AdvancedSettings } from './AdvancedSettings';
import { OwnMetrics } from './UserPacks';
import { Packs } from './Packs';
import type { SectionProps } from './QuerySettings';
import { TestFindings } from './TestResult';

type Props = DataSourcePluginOptionsEditorProps<ModelMetricsOptions>;

const DOCUMENTATION = 'https://github.com/modelmetrics/modelmetrics-catalog-datasource/blob/main/docs/using.md';

/** The data source's settings: where Prometheus is, who asks, how, and what the catalog holds. */
export function ConfigEditor({ options: stored, onOptionsChange: store }: Props) {
  const options = { ...stored, jsonData: readableSettings(stored.jsonData) };
  const onOptionsChange: Props['onOptionsChange'] = (next) =>
    store({ ...next, jsonData: { ...keptSettings(stored.jsonData), ...next.jsonData } });
  const section: SectionProps = {
    options: options.jsonData,
    disabled: options.readOnly,
    onChange: (changed) =>
      onOptionsChange({ ...options, jsonData: withoutUndefined({ ...options.jsonData, ...changed }) }),
  };

  return (
    <>
      <DataSourceDescription dataSourceName="Model Metrics" docsLink={DOCUMENTATION} />
      <Divider />
      <ConnectionSettings
        config={options}
        onChange={onOptionsChange}
        urlLabel="Prometheus server URL"
        urlPlaceholder="http://localhost:9090"
        urlTooltip="The base of a Prometheus HTTP API, without /api/v1: Prometheus, Mimir, Thanos or VictoriaMetrics. There is no default."
      />
      <Divider />
      <Auth {...convertLegacyAuthProps({ config: options, onChange: onOptionsChange })} />
      <Divider />
      <AdvancedSettings options={options} onOptionsChange={onOptionsChange} section={section} />
      <Divider />
      <Packs uid={options.uid} {...section} />
      <Divider />
      <OwnMetrics uid={options.uid} {...section} />
      <Divider />
      <TestFindings uid={options.uid} />
    </>
  );
}

/** A field that is emptied leaves no key behind. */
function withoutUndefined(jsonData: ModelMetricsOptions): ModelMetricsOptions {
  return Object.fromEntries(Object.entries(jsonData).filter(([, value]) => value !== undefined));
}
