import { ConfigSubSection } from '@grafana/plugin-ui';
import { InlineField, Input, SecretInput } from '@grafana/ui';
import React from 'react';

import type { SectionProps } from './QuerySettings';
import { LABEL_WIDTH, TextField } from './SettingFields';

/** The bearer token for the endpoint of the audit log. Grafana doesn't pass a stored token to the browser. */
export interface AuditToken {
  /** Whether a token is stored and the user hasn't reset it. */
  isStored: boolean;
  /** The token that has been entered and isn't stored yet. */
  entered: string;
  onEnter: (token: string) => void;
  /** Removes the stored token from the settings, so that the user can enter another. */
  onReset: () => void;
}

/** Edits the destination of the audit log. */
export function AuditSettings({ options, disabled, onChange, token }: SectionProps & { token: AuditToken }) {
  const isInvalid = options.auditOtlpUrl !== undefined && !isHttpUrl(options.auditOtlpUrl);
  return (
    <ConfigSubSection
      title="Audit log"
      description="The plugin writes decisions about queries to the log of Grafana: refused queries, queries that break the policy, and with “audit: all” also all other queries. It also keeps the latest decisions in memory until the plugin restarts. To store decisions permanently, send them to a server that accepts OTLP logs, such as Loki or an OpenTelemetry collector."
    >
      <TextField
        id="audit-otlp-url"
        label="OTLP/HTTP logs URL"
        tooltip="The URL to which the decisions are sent. If the URL has no path, the plugin adds /v1/logs. Default: none."
        placeholder="https://collector:4318/v1/logs"
        width={60}
        value={options.auditOtlpUrl}
        disabled={disabled}
        invalid={isInvalid}
        error="Write a URL such as https://collector:4318/v1/logs."
        onChange={(auditOtlpUrl) => onChange({ auditOtlpUrl })}
      />
      <InlineField
        label="OTLP token"
        labelWidth={LABEL_WIDTH}
        tooltip="The plugin sends this token to the URL as a bearer token. Default: none."
        disabled={disabled}
        htmlFor="audit-otlp-token"
      >
        {disabled ? (
          <Input id="audit-otlp-token" width={60} placeholder="none" value={token.isStored ? 'configured' : ''} />
        ) : (
          <SecretInput
            id="audit-otlp-token"
            width={60}
            placeholder="none"
            isConfigured={token.isStored}
            value={token.entered}
            onChange={(event) => token.onEnter(event.currentTarget.value)}
            onReset={token.onReset}
          />
        )}
      </InlineField>
    </ConfigSubSection>
  );
}

function isHttpUrl(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text.trim()).protocol);
  } catch {
    return false;
  }
}
