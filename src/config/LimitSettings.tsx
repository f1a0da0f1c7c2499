import { ConfigSubSection } from '@grafana/plugin-ui';
import { InlineField, InlineSwitch } from '@grafana/ui';
import React from 'react';

import type { SectionProps } from './QuerySettings';
import { LABEL_WIDTH, NumberField } from './SettingFields';

/** What one query may take of Grafana's memory and of the server's patience. */
export function LimitSettings({ options, disabled, onChange }: SectionProps) {
  return (
    <ConfigSubSection
      title="Limits"
      description="Keep one query from taking all of Grafana's memory."
      isCollapsible
      isInitiallyOpen={false}
    >
      <NumberField
        id="response-limit"
        label="Response limit"
        tooltip="The size of one answer, decompressed, in MiB. Default: 256 MiB."
        placeholder="256"
        unit="MiB"
        min={0.1}
        max={2 ** 20}
        step="any"
        value={options.responseLimitMiB}
        disabled={disabled}
        onChange={(responseLimitMiB) => onChange({ responseLimitMiB })}
      />
      <NumberField
        id="series-limit"
        label="Series limit"
        tooltip="Series in one answer. Default: 50,000."
        placeholder="50,000"
        min={1}
        max={1e7}
        value={options.seriesLimit}
        disabled={disabled}
        onChange={(seriesLimit) => onChange({ seriesLimit })}
      />
      <NumberField
        id="sample-limit"
        label="Sample limit"
        tooltip="Samples in one answer, of all its series together. Default: 10,000,000."
        placeholder="10,000,000"
        min={1}
        max={1e9}
        value={options.sampleLimit}
        disabled={disabled}
        onChange={(sampleLimit) => onChange({ sampleLimit })}
      />
      <InlineField
        label="Partial data"
        labelWidth={LABEL_WIDTH}
        tooltip="An answer over one of these limits is cut there and marked with a notice, instead of refused. What a panel computes from it lacks the rest. Alert rules never get one of these. Default: off."
        disabled={disabled}
        htmlFor="partial-data"
      >
        <InlineSwitch
          id="partial-data"
          value={options.partialData ?? false}
          onChange={(event) => onChange({ partialData: event.currentTarget.checked || undefined })}
        />
      </InlineField>
      <InlineField
        label="Partial results in alerts"
        labelWidth={LABEL_WIDTH}
        tooltip="Servers such as Thanos, Mimir and VictoriaMetrics can answer without a part of their storage, and say so. Panels show that as a warning. The query of an alert rule fails, since the missing data may change the alert's state. With this switch it uses the result, with the same warning. Default: off."
        disabled={disabled}
        htmlFor="partial-alerts"
      >
        <InlineSwitch
          id="partial-alerts"
          value={options.partialAlerts ?? false}
          onChange={(event) => onChange({ partialAlerts: event.currentTarget.checked || undefined })}
        />
      </InlineField>
      <NumberField
        id="max-retries"
        label="Retries"
        tooltip="How often a connection that can't be made is tried again. A server that is too busy, or that breaks off, is asked three to five times whatever stands here. Default: 2."
        placeholder="2"
        min={0}
        max={10}
        value={options.maxRetries}
        disabled={disabled}
        onChange={(maxRetries) => onChange({ maxRetries })}
      />
    </ConfigSubSection>
  );
}
