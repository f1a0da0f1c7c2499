import { SelectableValue } from '@grafana/data';
import { ConfigSection, ConfigSubSection } from '@grafana/plugin-ui';
import { InlineField, RadioButtonGroup } from '@grafana/ui';
import React from 'react';

import { ReportOptions, ReportPart } from '../shared/types';
import { AmountRows } from './AmountRows';
import type { SectionProps } from './QuerySettings';
import { MAX_USD, nonEmpty, PARTS } from './storedReport';
import { LABEL_WIDTH, NumberField } from './SettingFields';

type Role = 'Viewer' | 'Editor' | 'Admin';

const ROLES: Array<SelectableValue<Role>> = [
  { value: 'Viewer', label: 'Everyone' },
  { value: 'Editor', label: 'Editors' },
  { value: 'Admin', label: 'Admins' },
];

/** Prices besides those of compute, with their labels and units. */
const PRICES = [
  ['storage', 'models', 'Storage: models', 'USD/day'],
  ['storage', 'outputs', 'Storage: outputs', 'USD/day'],
  ['network', 'ingress', 'Network: ingress', 'USD/GB'],
  ['network', 'egress', 'Network: egress', 'USD/GB'],
  ['other', 'coldStarts', 'Cold start', 'USD'],
  ['other', 'monitoring', 'Monitoring', 'USD/day'],
  ['other', 'logging', 'Logging', 'USD/day'],
] as const;

/** Edits the settings of the endpoint report. */
export function ReportSettings({ options, disabled, onChange }: SectionProps) {
  const report = options.report ?? {};
  const store = (changed: Partial<ReportOptions>) => onChange({ report: nonEmpty({ ...report, ...changed }) });
  const setRole = (part: ReportPart, role: Role) =>
    store({ roles: nonEmpty({ ...report.roles, [part]: role === 'Viewer' ? undefined : role }) });
  const setPrices = (changed: NonNullable<ReportOptions['prices']>) =>
    store({ prices: nonEmpty({ ...report.prices, ...changed }) });

  return (
    <ConfigSection
      title="Endpoint report"
      description="Who may see the report of TensorOne endpoints, and what to compute costs and budgets from if Prometheus has none."
      isCollapsible
      isInitiallyOpen={false}
    >
      <ConfigSubSection
        title="Reserved sections"
        description="In panels and over the API. Users who may query this data source can still read the metrics that a report is computed from."
      >
        {PARTS.map((part) => (
          <InlineField key={part} label={titled(part)} labelWidth={LABEL_WIDTH} disabled={disabled}>
            <RadioButtonGroup
              aria-label={`Who may see ${part}`}
              options={ROLES}
              value={report.roles?.[part] ?? 'Viewer'}
              disabled={disabled}
              onChange={(role) => setRole(part, role)}
            />
          </InlineField>
        ))}
        <NumberField
          id="report-requests"
          label="Requests per hour"
          tooltip="How many reports one user may request over the API in an hour. Panels and alert rules have no such limit. Default: 60."
          placeholder="60"
          min={1}
          max={100_000}
          value={report.requestsPerHour}
          disabled={disabled}
          onChange={(requestsPerHour) => store({ requestsPerHour })}
        />
      </ConfigSubSection>
      <ConfigSubSection
        title="Prices"
        description="Costs of endpoints without tensorone_endpoint_cost_total are computed from these prices. They need the price of the endpoint's tier."
      >
        <AmountRows
          what="Tier"
          placeholder="premium"
          tooltip="The label tier of tensorone_endpoint_info, or * for all other tiers."
          unit="USD/h"
          maxRows={100}
          value={report.prices?.compute}
          disabled={disabled}
          onChange={(compute) => setPrices({ compute })}
        />
        {PRICES.map(([category, item, label, unit]) => {
          const prices: Partial<Record<string, number>> = report.prices?.[category] ?? {};
          return (
            <NumberField
              key={label}
              id={`report-${category}-${item}`}
              label={label}
              tooltip="Not part of the costs if no price of the category is set."
              placeholder="none"
              unit={unit}
              min={0}
              max={MAX_USD}
              step="any"
              value={prices[item]}
              disabled={disabled}
              onChange={(usd) => setPrices({ [category]: nonEmpty({ ...prices, [item]: usd }) })}
            />
          );
        })}
      </ConfigSubSection>
      <ConfigSubSection
        title="Budgets"
        description="Monthly budgets of endpoints without tensorone_endpoint_budget_monthly_usd."
      >
        <AmountRows
          what="Endpoint"
          placeholder="ep_1234567890abcdef"
          tooltip="The id of an endpoint, or * for all others."
          unit="USD/month"
          maxRows={1000}
          value={report.budgets}
          disabled={disabled}
          onChange={(budgets) => store({ budgets })}
        />
      </ConfigSubSection>
    </ConfigSection>
  );
}

function titled(part: string): string {
  return part[0].toUpperCase() + part.slice(1);
}
