import { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { Auth, ConnectionSettings, convertLegacyAuthProps, DataSourceDescription } from '@grafana/plugin-ui';
import { Divider } from '@grafana/ui';
import React from 'react';

import { ModelMetricsOptions } from '../shared/types';
import { AdvancedSettings } from './AdvancedSettings';
import { Packs } from './Packs';
import type { SectionProps } from './QuerySettings';
import { ReportSettings } from './ReportSettings';
import { unreadableSettings, readableSettings } from './settings';
import { TestResult } from './TestResult';
import { UserPacks } from './UserPacks';

type Props = DataSourcePluginOptionsEditorProps<ModelMetricsOptions>;

const DOCUMENTATION = 'https://github.com/modelmetrics/modelmetrics-catalog-datasource/blob/main/docs/using.md';

/** Edits the settings of the data source: connection, authentication, queries, limits, packs and endpoint reports. */
export function ConfigEditor({ options: stored, onOptionsChange: store }: Props) {
  const options = { ...stored, jsonData: readableSettings(stored.jsonData) };
  const onOptionsChange: Props['onOptionsChange'] = (next) =>
    store({ ...next, jsonData: { ...unreadableSettings(stored.jsonData), ...next.jsonData } });
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
        urlTooltip="The URL of a server with the Prometheus HTTP API, without /api/v1: Prometheus, Mimir, Thanos or VictoriaMetrics. Required."
      />
      <Divider />
      <Auth {...convertLegacyAuthProps({ config: options, onChange: onOptionsChange })} />
      <Divider />
      <AdvancedSettings options={options} onOptionsChange={onOptionsChange} section={section} />
      <Divider />
      <Packs uid={options.uid} {...section} />
      <Divider />
      <UserPacks uid={options.uid} {...section} />
      <Divider />
      <ReportSettings {...section} />
      <Divider />
      <TestResult uid={options.uid} />
    </>
  );
}

/** Removes the keys of fields that were cleared. */
function withoutUndefined(jsonData: ModelMetricsOptions): ModelMetricsOptions {
  return Object.fromEntries(Object.entries(jsonData).filter(([, value]) => value !== undefined));
}
