import { SelectableValue } from '@grafana/data';
import { EditorHeader } from '@grafana/plugin-ui';
import { RadioButtonGroup } from '@grafana/ui';
import React from 'react';

export type Language = 'catalog' | 'promql' | 'report';

const LANGUAGES: Array<SelectableValue<Language>> = [
  { value: 'catalog', label: 'Catalog', description: 'Select a metric of the catalog' },
  { value: 'promql', label: 'PromQL', description: 'Write an expression' },
  { value: 'report', label: 'Report', description: 'Select a section of the report of TensorOne endpoints' },
];

interface Props {
  value: Language;
  onChange: (language: Language) => void;
}

/** Switches between a catalog query, PromQL and a report query. */
export function LanguageSwitch({ value, onChange }: Props) {
  return (
    <EditorHeader>
      <RadioButtonGroup size="sm" options={LANGUAGES} value={value} onChange={onChange} />
    </EditorHeader>
  );
}
