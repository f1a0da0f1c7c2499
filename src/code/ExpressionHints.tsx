import { Button, Icon, Stack, Text } from '@grafana/ui';
import React from 'react';
import useAsync from 'react-use/lib/useAsync';

import { EditorDataSource } from '../shared/editorDataSource';
import { hintsFor } from './hints';

interface Props {
  datasource: EditorDataSource;
  expr: string;
  /** Whether the result is a heatmap, which shows the buckets of a histogram. */
  isHeatmap: boolean;
  /** Called with the changed expression when the user applies a hint. */
  onApply: (expr: string) => void;
}

/** Shows hints for an expression, with buttons that apply them. */
export function ExpressionHints({ datasource, expr, isHeatmap, onApply }: Props) {
  const { value: knowledge } = useAsync(() => datasource.getKnowledge(), [datasource]);
  const hints = knowledge ? hintsFor(expr, isHeatmap, knowledge) : [];
  if (hints.length === 0) {
    return null;
  }
  return (
    <Stack direction="column" gap={0.5} role="group" aria-label="Hints">
      {hints.map(({ text, action, expr: next }) => (
        <Stack key={text + action} alignItems="center" gap={1} wrap="wrap">
          <Icon name="info-circle" />
          <Text variant="bodySmall" color="secondary">
            {text}
          </Text>
          <Button size="sm" variant="secondary" onClick={() => onApply(next)}>
            {action}
          </Button>
        </Stack>
      ))}
    </Stack>
  );
}
