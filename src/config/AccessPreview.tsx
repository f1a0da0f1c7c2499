import { SelectableValue } from '@grafana/data';
import { ConfigSubSection } from '@grafana/plugin-ui';
import { Alert, Column, InlineField, InlineSwitch, Input, InteractiveTable, RadioButtonGroup } from '@grafana/ui';
import React, { useId, useMemo, useState } from 'react';

import { PolicyVerdict, readableRefusal } from '../shared/access';
import { Caller, EditedAccess, explainAccess, Explanation, PolicyLimit, Role } from './access';
import { LABEL_WIDTH } from './SettingFields';
import { useCheck } from './useCheck';

const ROLES: Array<SelectableValue<Role>> = [
  { value: 'Viewer', label: 'Viewer' },
  { value: 'Editor', label: 'Editor' },
  { value: 'Admin', label: 'Admin' },
];

interface Props {
  /** Access rules without problems. */
  valid: EditedAccess;
  /** The id of the data source's organization. */
  org: number;
}

/** Shows what a caller sees with the rules in the editor, and why. */
export function AccessPreview({ valid, org }: Props) {
  const [caller, setCaller] = useState<Caller>({ login: '', email: '', role: 'Viewer', org, alert: false });
  const edited = useMemo(() => ({ ...valid, caller }), [valid, caller]);
  const { result, failure, retry } = useCheck(edited, explainAccess);
  return (
    <ConfigSubSection
      title="What would they see?"
      description="Applies the rules above, saved or not, to a user or an alert rule."
    >
      <CallerFields caller={caller} onChange={(changed) => setCaller({ ...caller, ...changed })} />
      {failure && (
        <Alert title="The rules could not be applied" severity="warning" buttonContent="Try again" onRemove={retry}>
          {failure}
        </Alert>
      )}
      {/* Screen readers announce changes only in an element that is already there. */}
      <div role="status" aria-label="Result for this caller">
        {result && <InteractiveTable columns={COLUMNS} data={rowsOf(result)} getRowId={({ name }: Row) => name} />}
      </div>
    </ConfigSubSection>
  );
}

function CallerFields({ caller, onChange }: { caller: Caller; onChange: (changed: Partial<Caller>) => void }) {
  const id = useId();
  const { login, email, role, org, alert } = caller;
  return (
    <>
      <InlineField
        label="Alert rule"
        labelWidth={LABEL_WIDTH}
        tooltip="Turn this on for an alert rule. Grafana evaluates alert rules without a user, so login, email and role have no effect."
        htmlFor={`${id}-alert`}
      >
        <InlineSwitch
          id={`${id}-alert`}
          value={alert}
          onChange={(event) => onChange({ alert: event.currentTarget.checked })}
        />
      </InlineField>
      <InlineField label="Login" labelWidth={LABEL_WIDTH} disabled={alert} htmlFor={`${id}-login`}>
        <Input
          id={`${id}-login`}
          width={40}
          placeholder="alice"
          value={login}
          onChange={(event) => onChange({ login: event.currentTarget.value })}
        />
      </InlineField>
      <InlineField label="Email" labelWidth={LABEL_WIDTH} disabled={alert} htmlFor={`${id}-email`}>
        <Input
          id={`${id}-email`}
          width={40}
          placeholder="alice@acme.com"
          value={email}
          onChange={(event) => onChange({ email: event.currentTarget.value })}
        />
      </InlineField>
      <InlineField label="Role" labelWidth={LABEL_WIDTH} disabled={alert}>
        <RadioButtonGroup
          aria-label="Role of the caller"
          options={ROLES}
          value={role}
          disabled={alert}
          onChange={(next) => onChange({ role: next })}
        />
      </InlineField>
      <InlineField
        label="Organization"
        labelWidth={LABEL_WIDTH}
        tooltip="The id of the organization."
        htmlFor={`${id}-org`}
      >
        <Input
          id={`${id}-org`}
          type="number"
          min={1}
          width={20}
          value={org}
          onChange={(event) => onChange({ org: Math.trunc(Number(event.currentTarget.value)) })}
        />
      </InlineField>
    </>
  );
}

interface Row {
  name: string;
  value: string;
}

const COLUMNS: Array<Column<Row>> = [
  { id: 'name', header: 'Question' },
  { id: 'value', header: 'Answer' },
];

function rowsOf({ denied, rule, message, matchers, policy }: Explanation): Row[] {
  return [
    { name: 'Which series?', value: denied ? 'None' : seriesText(matchers) },
    { name: 'By which rule?', value: rule || 'No rule' },
    ...(message ? [{ name: 'Why?', value: readableRefusal(message) }] : []),
    ...(denied ? [] : policy.map(limitRow)),
  ];
}

function seriesText(matchers: string[]): string {
  return matchers.length > 0 ? `Only {${matchers.join(', ')}}` : 'All';
}

const LIMITS: Record<string, string> = {
  promql: 'Queries that are not in the catalog',
  range: 'Time range',
  points: 'Points per series',
  selectors_without_metric: 'Selectors without a metric name',
  regexps_matching_everything: 'Regular expressions that match everything',
  series: 'Series per query',
};

const VERDICTS: Record<PolicyVerdict, string> = { off: 'Allowed', observe: 'Observed', block: 'Blocked' };

function limitRow({ name, verdict, max }: PolicyLimit): Row {
  const above = max ? ` above ${max}` : '';
  return { name: LIMITS[name] ?? name, value: (VERDICTS[verdict] ?? verdict) + above };
}
