import { EditorField, EditorRow } from '@grafana/plugin-ui';
import React, { useId } from 'react';

import { PromQLQuery } from '../types';
import { DraftTextArea } from './Draft';
import { QueryOptions } from './QueryOptions';

interface Props {
  query: PromQLQuery;
  forAlert: boolean;
  onChange: (query: PromQLQuery) => void;
  /** In the place of a panel's. */
  options?: React.ReactElement;
}

/** A query in PromQL. */
export function PromQLEditor({ query, forAlert, onChange, options }: Props) {
  const id = useId();
  return (
    <>
      <EditorRow>
        <EditorField label="PromQL" htmlFor={id} width="100%" tooltip="Shift+Enter runs the query.">
          <DraftTextArea
            id={id}
            rows={3}
            spellCheck={false}
            placeholder="sum by (job) (rate(http_requests_total[$__rate_interval]))"
            value={query.expr}
            onCommit={(expr) => onChange({ ...query, expr })}
          />
        </EditorField>
      </EditorRow>
      {options ?? (
        <QueryOptions query={query} onChange={onChange} forAlert={forAlert} defaultLegend="Name and labels" />
      )}
    </>
  );
}
