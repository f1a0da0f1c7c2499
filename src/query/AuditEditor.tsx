import { SelectableValue } from '@grafana/data';
import { EditorField, EditorRow } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useId } from 'react';

import { REASONS } from '../shared/access';
import { DraftField } from '../shared/DraftField';
import { EditorDataSource } from '../shared/editorDataSource';
import { option } from '../shared/selectOptions';
import { AuditQuery } from '../shared/types';

const VERDICTS: Array<SelectableValue<string>> = [
  { value: 'block', label: 'block', description: 'The query was refused' },
  { value: 'observe', label: 'observe', description: 'The query violates the policy, but was allowed' },
  { value: 'allow', label: 'allow', description: 'The query was allowed. Recorded only with “audit: all”' },
];

const REASON_OPTIONS: Array<SelectableValue<string>> = Object.entries(REASONS).map(([value, description]) => ({
  value,
  label: value,
  description,
}));

interface Props {
  datasource: EditorDataSource;
  query: AuditQuery;
  onChange: (query: AuditQuery) => void;
}

/** Edits a query for the audit log. */
export function AuditEditor({ datasource, query, onChange }: Props) {
  const id = useId();
  const variables = datasource.getVariableNames().map(option);
  return (
    <EditorRow>
      <DraftField
        label="Actor"
        tooltip="The login of a user, such as alice. For an alert rule, write “alert:” and the uid of the rule, such as alert:d1a2b3."
        width={30}
        placeholder="all"
        value={query.actor}
        onCommit={(actor) => onChange({ ...query, actor: actor || undefined })}
      />
      <EditorField label="Verdict" htmlFor={`${id}-verdict`} width={20}>
        <Select
          inputId={`${id}-verdict`}
          isClearable
          placeholder="all"
          options={[...VERDICTS, ...variables]}
          value={query.verdict ? option(query.verdict) : null}
          onChange={(next) => onChange({ ...query, verdict: next?.value || undefined })}
        />
      </EditorField>
      <EditorField label="Reason" htmlFor={`${id}-reason`} width={36}>
        <Select
          inputId={`${id}-reason`}
          isClearable
          placeholder="all"
          options={[...REASON_OPTIONS, ...variables]}
          value={query.reason ? option(query.reason) : null}
          onChange={(next) => onChange({ ...query, reason: next?.value || undefined })}
        />
      </EditorField>
      <DraftField
        label="Limit"
        tooltip="The maximum number of decisions. The latest ones are shown."
        type="number"
        min={1}
        max={10_000}
        width={14}
        placeholder="1000"
        value={query.limit?.toString()}
        onCommit={(limit) => onChange({ ...query, limit: Number(limit) || undefined })}
      />
    </EditorRow>
  );
}
