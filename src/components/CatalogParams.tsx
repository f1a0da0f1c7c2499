import React from 'react';

import { CatalogMetric, paramNames } from '../catalog';
import type { ModelMetricsDataSource } from '../datasource';
import { Params } from '../types';
import { ValuesField } from './ValuesField';

interface Props {
  datasource: ModelMetricsDataSource;
  metric: CatalogMetric;
  /** Parameter that is not asked for. */
  without?: string;
  params: Params | undefined;
  onChange: (params: Params) => void;
}

/** One field for each parameter that a metric takes. */
export function CatalogParams({ datasource, metric, without, params = {}, onChange }: Props) {
  return (
    <>
      {paramNames(metric)
        .filter((name) => name !== without)
        .map((name) => (
          <ValuesField
            key={name}
            name={name}
            required={!without && metric.required_params.includes(name)}
            value={params[name]}
            load={() => datasource.getParamValues(metric.name, name, params)}
            variables={datasource.getVariableNames()}
            onChange={(value) => onChange(withParam(params, name, value))}
          />
        ))}
    </>
  );
}

/** `params` with one of them set, or taken out. */
export function withParam(params: Params, name: string, value: Params[string] | undefined): Params {
  const { [name]: _, ...rest } = params;
  return value === undefined ? rest : { ...rest, [name]: value };
}
