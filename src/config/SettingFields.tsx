import { InlineField, Input } from '@grafana/ui';
import React, { ComponentProps, useState } from 'react';

import { durationSeconds } from './duration';

/** The width of a label, in units of 8 pixels. Fields whose labels have this width are aligned. */
export const LABEL_WIDTH = 26;

interface Field<Value> {
  id: string;
  label: string;
  tooltip: string;
  /** The default, which applies if the field is empty, or an example of a value. */
  placeholder: string;
  value: Value | undefined;
  disabled: boolean | undefined;
  /** Called with undefined if the field is empty. */
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

interface DurationFieldProps extends Field<string> {
  /** Returns whether a duration, in seconds, is valid. */
  isValid: (seconds: number) => boolean;
  /** The valid durations, such as `from 10ms to 24h`. */
  range: string;
}

export function DurationField({ isValid, range, ...props }: DurationFieldProps) {
  const seconds = durationSeconds(props.value ?? '');
  const isInvalid = (props.value ?? '') !== '' && (seconds === undefined || !isValid(seconds));
  return (
    <TextField {...props} width={20} invalid={isInvalid} error={`Write a duration ${range}, such as 15s or 1m30s.`} />
  );
}

interface NumberFieldProps extends Field<number> {
  min: number;
  max: number;
  /** `any` also allows fractions. */
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
  // The text is kept as typed. If only the number were kept, the dot of an unfinished text such as "1." would be lost.
  const [text, setText] = useState(value === undefined ? '' : String(value));
  const change = (next: string) => {
    setText(next);
    onChange(next === '' ? undefined : Number(next));
  };
  const number = Number(text);
  const isInvalid = text !== '' && (number < min || number > max || (step !== 'any' && !Number.isInteger(number)));
  return (
    <InlineField
      label={label}
      labelWidth={LABEL_WIDTH}
      tooltip={tooltip}
      disabled={disabled}
      htmlFor={id}
      invalid={isInvalid}
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
