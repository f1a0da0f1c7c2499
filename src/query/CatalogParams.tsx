import { EditorField } from '@grafana/plugin-ui';
import { Button, Stack } from '@grafana/ui';
import React, { useState } from 'react';

import { CatalogMetric, paramNames } from '../shared/catalog';
import { EditorDataSource } from '../shared/editorDataSource';
import { withParam } from '../shared/params';
import { Params } from '../shared/types';
import { ValuesField } from './ValuesField';

interface Props {
  datasource: EditorDataSource;
  metric: CatalogMetric;
  /** The parameter whose values a dashboard variable lists. It is not shown, and the other parameters are optional. */
  exclude?: string;
  params: Params | null | undefined;
  onChange: (params: Params) => void;
}

/**
 * Edits the parameters of a metric. Required parameters, stored parameters and parameters that the user has opened have
 * a field. The others have a button.
 */
export function CatalogParams(props: Props) {
  return <Fields key={props.metric.name} {...props} />;
}

function Fields({ datasource, metric, exclude, params: stored, onChange }: Props) {
  const params = stored ?? {};
  // Parameters whose fields stay open: those that the user has opened or changed. A cleared field stays, so that the
  // user can select other values.
  const [opened, setOpened] = useState<string[]>([]);
  const [latest, setLatest] = useState<string>();
  const [removed, setRemoved] = useState<string>();

  const names = paramNames(metric).filter((name) => name !== exclude);
  const isRequired = (name: string) => !exclude && metric.required_params.includes(name);
  const isShown = (name: string) => isRequired(name) || name in params || opened.includes(name);
  const unknown = Object.keys(params).filter((name) => name !== exclude && !names.includes(name));

  const open = (name: string) => {
    setOpened([...opened, name]);
    setLatest(name);
  };
  const change = (name: string, value: Params[string] | undefined) => {
    setOpened([...opened, name]);
    onChange(withParam(params, name, value));
  };
  const remove = (name: string) => {
    setOpened(opened.filter((other) => other !== name));
    setRemoved(name);
    if (name in params) {
      onChange(withParam(params, name));
    }
  };
  const hidden = names.filter((name) => !isShown(name));
  return (
    <>
      {[...names.filter(isShown), ...unknown].map((name) => (
        <ValuesField
          key={name}
          name={name}
          tooltip={metric.meanings[name]}
          required={isRequired(name)}
          problem={unknown.includes(name) ? `${metric.name} has no parameter ${name}. Remove it.` : undefined}
          autoFocus={name === latest}
          value={params[name]}
          load={(search) =>
            unknown.includes(name)
              ? Promise.resolve({ values: [], truncated: false })
              : datasource.getParamValues(metric.name, name, params, search)
          }
          variables={datasource.getVariableNames()}
          onChange={(value) => change(name, value)}
          onRemove={isRequired(name) ? undefined : () => remove(name)}
        />
      ))}
      {hidden.length > 0 && <FilterButtons metric={metric} names={hidden} removed={removed} onSelect={open} />}
    </>
  );
}

interface FilterButtonsProps {
  metric: CatalogMetric;
  names: string[];
  /** The parameter that the user removed last. Its button gets the focus. */
  removed: string | undefined;
  onSelect: (name: string) => void;
}

/** Shows a button for each parameter without a field. */
function FilterButtons({ metric, names, removed, onSelect }: FilterButtonsProps) {
  return (
    <EditorField label="Filter by">
      <Stack role="group" aria-label="Filter by" wrap="wrap" gap={0.5}>
        {names.map((name) => (
          <Button
            key={name}
            icon="plus"
            size="sm"
            variant="secondary"
            fill="text"
            tooltip={metric.meanings[name]}
            aria-label={`Filter by ${name}`}
            autoFocus={name === removed}
            onClick={() => onSelect(name)}
          >
            {name}
          </Button>
        ))}
      </Stack>
    </EditorField>
  );
}
