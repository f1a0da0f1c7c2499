import { Stack, Text, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';

import { explain } from './explain';

/** Shows the meaning of an expression and of each of its parts. */
export function Explanation({ expr }: { expr: string }) {
  const { spacing } = useTheme2();
  const parts = useMemo(() => explain(expr), [expr]);
  if (!parts) {
    return (
      <Text variant="bodySmall" color="secondary">
        {expr.trim() ? 'The expression has a syntax error, so it can’t be explained.' : 'Write an expression first.'}
      </Text>
    );
  }
  return (
    <Stack direction="column" gap={1} role="list" aria-label="Explanation">
      {parts.map(({ text, meaning, depth }, index) => (
        <div key={index} role="listitem" style={{ paddingLeft: spacing(2 * depth) }}>
          <code>{text}</code>
          <Text element="p" variant="bodySmall" color="secondary">
            {meaning}
          </Text>
        </div>
      ))}
    </Stack>
  );
}
