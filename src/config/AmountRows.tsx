import { Button, InlineField, InlineFieldRow, Input } from '@grafana/ui';
import React, { useState } from 'react';

import { MAX_USD, nonEmpty } from './storedReport';

interface Row {
  name: string;
  usd: string;
}

interface Props {
  /** The label of a row, such as Tier. */
  what: string;
  placeholder: string;
  tooltip: string;
  /** The unit of the amounts, such as USD/h. */
  unit: string;
  maxRows: number;
  value: Record<string, number> | undefined;
  disabled: boolean | undefined;
  /** Called with the amounts of the valid rows, or with undefined if there are no valid rows. */
  onChange: (value: Record<string, number> | undefined) => void;
}

const isAmount = (usd: string) => usd.trim() !== '' && Number(usd) >= 0 && Number(usd) <= MAX_USD;

/** Returns whether a row before this one has the same name. */
const isRepeated = (rows: Row[], index: number) =>
  rows.findIndex(({ name }) => name.trim() === rows[index].name.trim()) < index;

/**
 * Edits named amounts, one in each row. A row is stored only if it has a valid amount, and a name that no earlier row
 * has.
 */
export function AmountRows({ what, placeholder, tooltip, unit, maxRows, value = {}, disabled, onChange }: Props) {
  const [rows, setRows] = useState<Row[]>(() =>
    Object.entries(value).map(([name, usd]) => ({ name, usd: String(usd) }))
  );
  const change = (next: Row[]) => {
    setRows(next);
    const valid = next.filter((row, index) => row.name.trim() !== '' && !isRepeated(next, index) && isAmount(row.usd));
    onChange(nonEmpty(Object.fromEntries(valid.map(({ name, usd }) => [name.trim(), Number(usd)]))));
  };
  const update = (at: number, changed: Partial<Row>) =>
    change(rows.map((row, index) => (index === at ? { ...row, ...changed } : row)));

  return (
    <>
      {rows.map(({ name, usd }, index) => {
        const repeated = isRepeated(rows, index);
        const number = `${what} ${index + 1}`;
        return (
          <InlineFieldRow key={index} role="group" aria-label={number}>
            <InlineField
              label={what}
              tooltip={tooltip}
              disabled={disabled}
              invalid={name.trim() === '' || repeated}
              error={repeated ? 'Another row has this name.' : 'Write a name, or * for all others.'}
            >
              <Input
                aria-label={`${number} name`}
                width={32}
                placeholder={placeholder}
                value={name}
                onChange={(event) => update(index, { name: event.currentTarget.value })}
              />
            </InlineField>
            <InlineField
              disabled={disabled}
              invalid={!isAmount(usd)}
              error={`Write a number from 0 to ${MAX_USD.toLocaleString('en')}.`}
            >
              <Input
                aria-label={`${number} in ${unit}`}
                type="number"
                min={0}
                step="any"
                width={18}
                suffix={unit}
                value={usd}
                onChange={(event) => update(index, { usd: event.currentTarget.value })}
              />
            </InlineField>
            {!disabled && (
              <Button
                variant="secondary"
                icon="trash-alt"
                aria-label={`Remove ${number.toLowerCase()}`}
                onClick={() => change(rows.filter((_, at) => at !== index))}
              />
            )}
          </InlineFieldRow>
        );
      })}
      {!disabled && rows.length < maxRows && (
        <Button variant="secondary" icon="plus" onClick={() => change([...rows, { name: '', usd: '' }])}>
          Add {what.toLowerCase()}
        </Button>
      )}
    </>
  );
}
