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
  /** Parameter that is not asked for. */
  without?: string;
  params: Params | null | undefined;
  onChange: (params: Params) => void;
}

/** The parameters that a metric takes: those that it needs or that are given as fields, the others on offer. */
export function CatalogParams(props: Props) {
  return <Fields key={props.metric.name} {...props} />;
}

function Fields({ datasource, metric, without, params: given, onChange }: Props) {
  const params = given ?? {};
  // Fields that were opened here. One that was emptied stays, so that it can be filled again.
  const [opened, setOpened] = useState<string[]>([]);
  const [latest, setLatest] = useState<string>();
  const [removed, setRemoved] = useState<string>();

  const names = paramNames(metric).filter((name) => name !== without);
  const isRequired = (name: string) => !without && metric.required_params.includes(name);
  const isShown = (name: string) => isRequired(name) || name in params || opened.includes(name);
  const unknown = Object.keys(params).filter((name) => name !== without && !names.includes(name));

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
  const offered = names.filter((name) => !isShown(name));
  return (
    <>
      {[...names.filter(isShown), ...unknown].map((name) => (
        <ValuesField
          key={name}
          name={name}
          tooltip={metric.meanings[name]}
          required={isRequired(name)}
          problem={unknown.includes(name) ? `${metric.name} has no parameter ${name}: remove it.` : undefined}
          opened={name === latest}
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
      {offered.length > 0 && <Offer metric={metric} names={offered} removed={removed} onChoose={open} />}
    </>
  );
}

interface OfferProps {
  metric: CatalogMetric;
  names: string[];
  /** The one that was a field until it was removed: who did that goes on from here. */
  removed: string | undefined;
  onChoose: (name: string) => void;
}

/** Optional parameters, one click each. */
function Offer({ metric, names, removed, onChoose }: OfferProps) {
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
            onClick={() => onChoose(name)}
          >
            {name}
          </Button>
        ))}
      </Stack>
    </EditorField>
  );
}
