import { EditorField, EditorRow } from '@grafana/plugin-ui';
import React, { useId } from 'react';

import { EditorDataSource } from '../shared/editorDataSource';
import { PromQLQuery } from '../shared/types';
import { PromQLField } from '../code/PromQLField';
import { QueryOptions } from './QueryOptions';

interface Props {
  datasource: EditorDataSource;
  query: PromQLQuery;
  forAlert: boolean;
  onChange: (query: PromQLQuery) => void;
  /** Runs the query as it stands. */
  onRun: () => void;
  /** Who came here wants to write. */
  opened?: boolean;
  /** In the place of a panel's. */
  options?: React.ReactElement;
}

/** A query in PromQL. */
export function PromQLEditor({ datasource, query, forAlert, onChange, onRun, opened, options }: Props) {
  const id = useId();
  return (
    <>
      <EditorRow>
        <EditorField
          label="PromQL"
          htmlFor={id}
          width="100%"
          tooltip="Shift+Enter runs the query. Ctrl+Space offers what can be written, and in an empty field what ran last."
        >
          <PromQLField
            id={id}
            label="PromQL"
            placeholder="sum by (job) (rate(http_requests_total[$__rate_interval]))"
            datasource={datasource}
            value={query.expr}
            onCommit={(expr) => onChange({ ...query, expr })}
            onRun={onRun}
            opened={opened}
          />
        </EditorField>
      </EditorRow>
      {options ?? (
        <QueryOptions query={query} onChange={onChange} forAlert={forAlert} defaultLegend="Name and labels" />
      )}
    </>
  );
}
