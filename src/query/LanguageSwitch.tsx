import { SelectableValue } from '@grafana/data';
import { EditorHeader, FlexItem } from '@grafana/plugin-ui';
import { Button, RadioButtonGroup } from '@grafana/ui';
import React from 'react';

export type Language = 'catalog' | 'promql' | 'report' | 'audit';

const LANGUAGES: Array<SelectableValue<Language> & { value: Language }> = [
  { value: 'catalog', label: 'Catalog', description: 'Select a metric of the catalog' },
  { value: 'promql', label: 'PromQL', description: 'Write an expression' },
  { value: 'report', label: 'Report', description: 'Select a section of the report of TensorOne endpoints' },
  { value: 'audit', label: 'Audit log', description: 'List the decisions about queries' },
];

interface Props {
  value: Language;
  /** The languages that can be selected. */
  languages: Language[];
  onChange: (language: Language) => void;
  /** Called when the user runs the query. Without it, there is no button. */
  onRun?: () => void;
  /** Whether the query is complete. */
  isRunnable?: boolean;
}

/** Switches between the languages of a query, and runs the query. */
export function LanguageSwitch({ value, languages, onChange, onRun, isRunnable = true }: Props) {
  return (
    <EditorHeader>
      <RadioButtonGroup
        size="sm"
        options={LANGUAGES.filter((language) => languages.includes(language.value))}
        value={value}
        onChange={onChange}
      />
      {onRun && (
        <>
          <FlexItem grow={1} />
          <Button size="sm" variant="secondary" icon="play" disabled={!isRunnable} onClick={onRun}>
            Run query
          </Button>
        </>
      )}
    </EditorHeader>
  );
}
