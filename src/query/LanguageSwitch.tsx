import { SelectableValue } from '@grafana/data';
import { EditorHeader } from '@grafana/plugin-ui';
import { RadioButtonGroup } from '@grafana/ui';
import React from 'react';

export type Language = 'catalog' | 'promql';

const LANGUAGES: Array<SelectableValue<Language>> = [
  { value: 'catalog', label: 'Catalog', description: 'A metric by its name in the catalog' },
  { value: 'promql', label: 'PromQL', description: 'An expression of your own' },
];

interface Props {
  value: Language;
  onChange: (language: Language) => void;
}

/** Says in which of the two ways a query is asked. */
export function LanguageSwitch({ value, onChange }: Props) {
  return (
    <EditorHeader>
      <RadioButtonGroup size="sm" options={LANGUAGES} value={value} onChange={onChange} />
    </EditorHeader>
  );
}
