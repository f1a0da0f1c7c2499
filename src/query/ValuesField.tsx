import { SelectableValue } from '@grafana/data';
import { AccessoryButton, EditorField, InputGroup } from '@grafana/plugin-ui';
import { MultiSelect, Select } from '@grafana/ui';
import React, { useId, useState } from 'react';

import { errorMessage } from '../shared/errorMessage';
import { NameList } from '../shared/nameList';
import { hasOperator, paramValues } from '../shared/params';
import { MatchOperator, ParamValue } from '../shared/types';
import { option, remarks, values } from '../shared/selectOptions';
import { LoadNames, useNameList } from '../shared/useNameList';

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
  /** What it means. */
  tooltip?: string;
  /** What is wrong with it, beside what the field finds out itself. */
  problem?: string;
  /** Was asked for right now: its menu opens. */
  opened?: boolean;
  value: ParamValue | undefined;
  /** Called with undefined where no value is left. */
  onChange: (value: ParamValue | undefined) => void;
  onRemove?: () => void;
  /**
   * Lists what can be chosen; asked whenever the menu opens, since the other filters narrow it. Where that is not
   * everything, it is asked again for the values with a text in them.
   */
  load: LoadNames;
  /** Dashboard variables, as they are written. */
  variables: string[];
}

/** Operator and values of one filter. */
export function ValuesField({
  name,
  required = false,
  tooltip,
  problem,
  opened = false,
  value,
  onChange,
  onRemove,
  load,
  variables,
}: Props) {
  const id = useId();
  const [search, setSearch] = useState('');
  const { names: listed, loadNames } = useNameList(load, search);

  const op = hasOperator(value) ? value.op : '=';
  const chosen = paramValues(value);
  const change = (nextOp: MatchOperator, next: string[]) => {
    if (nextOp === '=') {
      onChange(next.length ? next : undefined);
    } else {
      onChange({ op: nextOp, values: next });
    }
  };

  const listedValues = listed.value?.values ?? [];
  const missing = required && chosen.length === 0 ? `${name} is required: choose a value.` : undefined;
  const error = problem ?? (listed.error ? errorMessage(listed.error) : missing);
  return (
    <EditorField
      label={required ? `${name} *` : name}
      htmlFor={id}
      tooltip={tooltip}
      optional={!required && !onRemove}
      invalid={error !== undefined}
      error={error}
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
          width={36}
          placeholder={required ? 'Choose' : 'Any'}
          autoFocus={opened}
          openMenuOnFocus={opened}
          // Whoever only passes by has chosen nothing, though the menu opens by itself.
          tabSelectsValue={search !== ''}
          allowCustomValue
          // Grafana's own check does not look into groups.
          isValidNewOption={(text) => text !== '' && ![...variables, ...listedValues, ...chosen].includes(text)}
          isLoading={listed.loading}
          onOpenMenu={loadNames}
          onInputChange={(text) => setSearch(text)}
          options={[
            { label: 'Variables', expanded: true, options: variables.map(option) },
            {
              label: listed.value?.truncated ? 'Values (there are more: type a part of one)' : 'Values',
              expanded: true,
              options: valueOptions(listed.value),
            },
          ]}
          value={chosen.map(option)}
          onChange={(next) => change(op, values(next))}
        />
        {onRemove && (
          <AccessoryButton aria-label={`Remove filter ${name}`} icon="times" variant="secondary" onClick={onRemove} />
        )}
      </InputGroup>
    </EditorField>
  );
}

function valueOptions(listed: NameList | undefined): Array<SelectableValue<string>> {
  if (listed?.values.length === 0) {
    return [
      { label: 'None in Prometheus under the other filters. Type one to use it.', isDisabled: true },
      ...remarks(listed),
    ];
  }
  return listed ? [...listed.values.map(option), ...remarks(listed)] : [];
}
