import { EditorField, EditorRow } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useId } from 'react';

import { CatalogParams } from '../query/CatalogParams';
import { MetricField } from '../query/MetricField';
import { paramNames, paramsFor } from '../shared/catalog';
import { EditorDataSource } from '../shared/editorDataSource';
import { option } from '../shared/selectOptions';
import { ParamValuesQuery } from '../shared/types';
import { useCatalog } from '../shared/useCatalog';

interface Props {
  datasource: EditorDataSource;
  query: ParamValuesQuery;
  onChange: (query: ParamValuesQuery) => void;
}

/** Edits a variable's query for the values of a catalog parameter. */
export function ParamValuesFields({ datasource, query, onChange }: Props) {
  const id = useId();
  const { catalog, failure } = useCatalog(datasource);
  if (failure) {
    return failure;
  }

  const metric = catalog?.metrics.find(({ name }) => name === query.metric);
  const chooseMetric = (name: string) => {
    const next = catalog?.metrics.find((candidate) => candidate.name === name);
    const keepsParam = next && paramNames(next).includes(query.param);
    onChange({
      ...query,
      metric: name,
      param: keepsParam ? query.param : '',
      params: next && paramsFor(next, query.params),
    });
  };
  return (
    <>
      <EditorRow>
        <MetricField
          datasource={datasource}
          inputId={`${id}-metric`}
          width={40}
          catalog={catalog}
          metric={query.metric}
          onChange={chooseMetric}
        />
        <EditorField label="Parameter" htmlFor={`${id}-param`} width={30}>
          <Select
            inputId={`${id}-param`}
            options={metric && paramNames(metric).map(option)}
            value={query.param ? option(query.param) : null}
            onChange={({ value }) => onChange({ ...query, param: value ?? '' })}
          />
        </EditorField>
      </EditorRow>
      {metric && query.param && (
        <EditorRow>
          <CatalogParams
            datasource={datasource}
            metric={metric}
            exclude={query.param}
            params={query.params}
            onChange={(params) => onChange({ ...query, params })}
          />
        </EditorRow>
      )}
    </>
  );
}
