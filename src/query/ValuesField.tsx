import { SelectableValue } from '@grafana/data';
import { AccessoryButton, EditorField, InputGroup } from '@grafana/plugin-ui';
import { MultiSelect, Select } from '@grafana/ui';
import React, { useId, useState } from 'react';

import { errorMessage } from '../shared/errorMessage';
import { NameList } from '../shared/nameList';
import { hasOperator, paramValues } from '../shared/params';
import { option, warningOptions, values } from '../shared/selectOptions';
import { MatchOperator, ParamValue } from '../shared/types';
import { LoadNames, useNameList } from '../shared/useNameList';

const OPERATORS: Array<SelectableValue<MatchOperator>> = [
  { value: '=', label: '=', description: 'is one of' },
  { value: '!=', label: '!=', description: 'is none of' },
  { value: '=~', label: '=~', description: 'matches one of these regular expressions' },
  { value: '!~', label: '!~', description: 'matches none of these regular expressions' },
];

interface Props {
  /** The name of the parameter or label. */
  name: string;
  required?: boolean;
  /** The description of the parameter. */
  tooltip?: string;
  /** A problem to show. The field reports missing values and failed requests by itself. */
  problem?: string;
  /** Whether the field gets the focus and opens its menu. */
  autoFocus?: boolean;
  value: ParamValue | undefined;
  /** Called with undefined if the operator is `=` and no value remains. */
  onChange: (value: ParamValue | undefined) => void;
  onRemove?: () => void;
  /**
   * Lists the values that can be selected. `load` is called each time the menu opens, because the other filters change
   * the list. If the list is truncated, `load` is called again for the values that contain the typed text.
   */
  load: LoadNames;
  /** Dashboard variables as they are written in a query. */
  variables: string[];
}

/** Edits the operator and the values of one filter. */
export function ValuesField({
  name,
  required = false,
  tooltip,
  problem,
  autoFocus = false,
  value,
  onChange,
  onRemove,
  load,
  variables,
}: Props) {
  const id = useId();
  const [search, setSearch] = useState('');
  const { names, loadNames } = useNameList(load, search);

  const op = hasOperator(value) ? value.op : '=';
  const selected = paramValues(value);
  const change = (nextOp: MatchOperator, next: string[]) => {
    if (nextOp === '=') {
      onChange(next.length ? next : undefined);
    } else {
      onChange({ op: nextOp, values: next });
    }
  };

  const listedValues = names.value?.values ?? [];
  const missing = required && selected.length === 0 ? `${name} is required. Select a value.` : undefined;
  const error = problem ?? (names.error ? errorMessage(names.error) : missing);
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
          // Without an id, Grafana 13 uses the id of the field.
          inputId={`${id}-operator`}
          width={8}
          options={OPERATORS}
          value={op}
          onChange={(next) => change(next.value ?? '=', selected)}
        />
        <MultiSelect
          inputId={id}
          width={36}
          placeholder={required ? 'Select' : 'Any'}
          autoFocus={autoFocus}
          openMenuOnFocus={autoFocus}
          // Tab selects a value only after a search. The menu also opens without a search, and Tab then leaves the
          // field.
          tabSelectsValue={search !== ''}
          allowCustomValue
          // Grafana's default check of a new option doesn't compare it with options in groups.
          isValidNewOption={(text) => text !== '' && ![...variables, ...listedValues, ...selected].includes(text)}
          isLoading={names.loading}
          onOpenMenu={loadNames}
          onInputChange={(text) => setSearch(text)}
          options={[
            { label: 'Variables', expanded: true, options: variables.map(option) },
            {
              label: names.value?.truncated ? 'Values (truncated, type to search)' : 'Values',
              expanded: true,
              options: valueOptions(names.value),
            },
          ]}
          value={selected.map(option)}
          onChange={(next) => change(op, values(next))}
        />
        {onRemove && (
          <AccessoryButton aria-label={`Remove filter ${name}`} icon="times" variant="secondary" onClick={onRemove} />
        )}
      </InputGroup>
    </EditorField>
  );
}

function valueOptions(names: NameList | undefined): Array<SelectableValue<string>> {
  if (names?.values.length === 0) {
    return [
      { label: 'No values match the other filters. Type a value to use it.', isDisabled: true },
      ...warningOptions(names),
    ];
  }
  return names ? [...names.values.map(option), ...warningOptions(names)] : [];
}
