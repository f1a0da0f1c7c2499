import { SelectableValue } from '@grafana/data';
import { EditorField, InputGroup } from '@grafana/plugin-ui';
import { MultiSelect, Select } from '@grafana/ui';
import React, { useId } from 'react';
import useAsyncFn from 'react-use/lib/useAsyncFn';

import { ParamValueList } from '../catalog';
import { errorMessage } from '../errorMessage';
import { isWithOperator, paramValues } from '../interpolation';
import { MatchOperator, ParamValue } from '../types';
import { option, values } from './options';

const OPERATORS: Array<SelectableValue<MatchOperator>> = [
  { value: '=', label: '=', description: 'is one of' },
  { value: '!=', label: '!=', description: 'is none of' },
  { value: '=~', label: '=~', description: 'matches one of these regular expressions' },
  { value: '!~', label: '!~', description: 'matches none of these regular expressions' },
];

interface Props {
  /** Of the parameter or label. */
  name: string;
  required?: boolean;
  value: ParamValue | undefined;
  /** Called with undefined where no value is left. */
  onChange: (value: ParamValue | undefined) => void;
  /** Lists what can be chosen; asked whenever the menu opens, since the other filters narrow it. */
  load: () => Promise<ParamValueList>;
  /** Dashboard variables, as they are written. */
  variables: string[];
}

/** Operator and values of one filter. */
export function ValuesField({ name, required = false, value, onChange, load, variables }: Props) {
  const id = useId();
  const [listed, list] = useAsyncFn(load, [load]);

  const op = isWithOperator(value) ? value.op : '=';
  const chosen = paramValues(value);
  const change = (nextOp: MatchOperator, next: string[]) => {
    if (nextOp === '=') {
      onChange(next.length ? next : undefined);
    } else {
      onChange({ op: nextOp, values: next });
    }
  };

  const listedValues = listed.value?.values ?? [];
  const missing = required && chosen.length === 0;
  return (
    <EditorField
      label={name}
      htmlFor={id}
      optional={!required}
      invalid={missing || listed.error !== undefined}
      error={listed.error ? errorMessage(listed.error) : missing && `${name} is required: choose a value.`}
    >
      <InputGroup>
        <Select
          aria-label={`${name} operator`}
          // Its own, or Grafana 13 gives it the field's.
          inputId={`${id}-operator`}
          width={8}
          options={OPERATORS}
          value={op}
          onChange={(next) => change(next.value ?? '=', chosen)}
        />
        <MultiSelect
          inputId={id}
          width={24}
          placeholder={required ? 'Choose' : 'Any'}
          allowCustomValue
          // Grafana's own check does not look into groups.
          isValidNewOption={(text) => text !== '' && ![...variables, ...listedValues, ...chosen].includes(text)}
          isLoading={listed.loading}
          onOpenMenu={list}
          options={[
            { label: 'Variables', expanded: true, options: variables.map(option) },
            {
              label: listed.value?.truncated ? 'Values (there are more: type one to use it)' : 'Values',
              expanded: true,
              options: listedValues.map(option),
            },
          ]}
          value={chosen.map(option)}
          onChange={(next) => change(op, values(next))}
        />
      </InputGroup>
    </EditorField>
  );
}
