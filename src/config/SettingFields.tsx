import { InlineField, Input } from '@grafana/ui';
import React, { ComponentProps, useState } from 'react';

import { isDuration } from './duration';

/** Of the labels on the settings page, so that its fields stand in line. */
export const LABEL_WIDTH = 26;

interface Field<Value> {
  id: string;
  label: string;
  tooltip: string;
  /** The default, which an empty field stands for. */
  placeholder: string;
  value: Value | undefined;
  disabled: boolean | undefined;
  /** Called with undefined where the field is empty. */
  onChange: (value: Value | undefined) => void;
}

interface TextFieldProps extends Field<string>, Pick<ComponentProps<typeof InlineField>, 'invalid' | 'error'> {
  width?: number;
}

export function TextField({ id, label, tooltip, placeholder, value = '', width, onChange, ...field }: TextFieldProps) {
  return (
    <InlineField label={label} labelWidth={LABEL_WIDTH} tooltip={tooltip} htmlFor={id} {...field}>
      <Input
        id={id}
        width={width}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      />
    </InlineField>
  );
}

export function DurationField(props: Field<string>) {
  const { value = '' } = props;
  const wrong = value !== '' && (!isDuration(value) || !/[1-9]/.test(value));
  return <TextField {...props} width={20} invalid={wrong} error="Write a duration such as 15s or 1m30s." />;
}

interface NumberFieldProps extends Field<number> {
  min: number;
  max: number;
  /** `any` takes fractions too. */
  step?: number | 'any';
  unit?: string;
}

export function NumberField({
  id,
  label,
  tooltip,
  placeholder,
  value,
  min,
  max,
  step = 1,
  unit,
  disabled,
  onChange,
}: NumberFieldProps) {
  // What is typed, since a number knows no "1." on the way to "1.5".
  const [text, setText] = useState(value === undefined ? '' : String(value));
  const change = (next: string) => {
    setText(next);
    onChange(next === '' ? undefined : Number(next));
  };
  const number = Number(text);
  const wrong = text !== '' && (number < min || number > max || (step !== 'any' && !Number.isInteger(number)));
  return (
    <InlineField
      label={label}
      labelWidth={LABEL_WIDTH}
      tooltip={tooltip}
      disabled={disabled}
      htmlFor={id}
      invalid={wrong}
      error={`Write a ${step === 'any' ? '' : 'whole '}number from ${grouped(min)} to ${grouped(max)}.`}
    >
      <Input
        id={id}
        type="number"
        width={20}
        min={min}
        max={max}
        step={step}
        suffix={unit}
        placeholder={placeholder}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
    </InlineField>
  );
}

function grouped(number: number): string {
  return number.toLocaleString('en');
}
