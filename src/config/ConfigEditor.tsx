import { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { Auth, ConnectionSettings, convertLegacyAuthProps, DataSourceDescription } from '@grafana/plugin-ui';
import { Divider } from '@grafana/ui';
import React from 'react';

import { ModelMetricsOptions } from '../shared/options';
import { AccessSettings } from './AccessSettings';
import { AdvancedSettings } from './AdvancedSettings';
import { Packs } from './Packs';
import type { AuditToken } from './AuditSettings';
import type { SectionProps } from './QuerySettings';
import { ReportSettings } from './ReportSettings';
import { unreadableSettings, readableSettings } from './settings';
import { TestResult } from './TestResult';
import { UserPacks } from './UserPacks';

type Props = DataSourcePluginOptionsEditorProps<ModelMetricsOptions>;

/** The name of the secret with the token for the audit log. */
const AUDIT_TOKEN = 'auditOtlpToken';

const DOCUMENTATION = 'https://github.com/modelmetrics/modelmetrics-catalog-datasource/blob/main/docs/configure.md';

/** Edits the settings of the data source: connection, authentication, queries, limits, packs, endpoint reports and access. */
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
        urlTooltip="The URL of a server with the Prometheus HTTP API, such as Prometheus, Mimir, Thanos or VictoriaMetrics. Leave out /api/v1. Required."
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
      <AccessSettings uid={options.uid} org={options.orgId} token={auditToken(options, onOptionsChange)} {...section} />
      <Divider />
      <TestResult uid={options.uid} />
    </>
  );
}

/** Removes the keys of fields that were cleared. */
function withoutUndefined(jsonData: ModelMetricsOptions): ModelMetricsOptions {
  return Object.fromEntries(Object.entries(jsonData).filter(([, value]) => value !== undefined));
}

function auditToken(options: Props['options'], onOptionsChange: Props['onOptionsChange']): AuditToken {
  const { secureJsonData = {}, secureJsonFields = {} } = options;
  const entered: Record<string, string> = { ...secureJsonData };
  const change = (token: string, isStored: boolean) =>
    onOptionsChange({
      ...options,
      secureJsonData: { ...entered, [AUDIT_TOKEN]: token },
      secureJsonFields: { ...secureJsonFields, [AUDIT_TOKEN]: isStored },
    });
  return {
    isStored: Boolean(secureJsonFields[AUDIT_TOKEN]),
    entered: entered[AUDIT_TOKEN] ?? '',
    onEnter: (token) => change(token, false),
    onReset: () => change('', false),
  };
}
