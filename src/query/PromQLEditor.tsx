import { EditorField, EditorRow } from '@grafana/plugin-ui';
import React, { useId } from 'react';

import { PromQLField } from '../code/PromQLField';
import { EditorDataSource } from '../shared/editorDataSource';
import { PromQLQuery } from '../shared/types';
import { PromQLTools } from './PromQLTools';
import { QueryOptions } from './QueryOptions';

interface Props {
  datasource: EditorDataSource;
  query: PromQLQuery;
  forAlert: boolean;
  /** Whether this is a query of Explore. Default: false. */
  isExplore?: boolean;
  onChange: (query: PromQLQuery) => void;
  /** Called when the user runs the query, if the expression hasn't changed. */
  onRun: () => void;
  /** Whether the field gets the focus. */
  autoFocus?: boolean;
  /** Replaces the default options. */
  options?: React.ReactElement;
}

/** Edits a query in PromQL. */
export function PromQLEditor({ datasource, query, forAlert, isExplore, onChange, onRun, autoFocus, options }: Props) {
  const id = useId();
  return (
    <>
      <EditorRow>
        <EditorField
          label="PromQL"
          htmlFor={id}
          width="100%"
          tooltip="Shift+Enter runs the query. Ctrl+Space shows completions. In an empty field, it also shows recent queries."
        >
          <PromQLField
            id={id}
            label="PromQL"
            placeholder="sum by (job) (rate(http_requests_total[$__rate_interval]))"
            datasource={datasource}
            value={query.expr}
            onCommit={(expr) => onChange({ ...query, expr })}
            onRun={onRun}
            autoFocus={autoFocus}
          />
        </EditorField>
      </EditorRow>
      <PromQLTools
        datasource={datasource}
        expr={query.expr}
        isHeatmap={query.format === 'heatmap'}
        onChange={(expr) => onChange({ ...query, expr })}
      />
      {options ?? (
        <QueryOptions
          query={query}
          onChange={onChange}
          forAlert={forAlert}
          isExplore={isExplore}
          defaultLegend="Name and labels"
        />
      )}
    </>
  );
}
