import { Badge, Stack, Text } from '@grafana/ui';
import React, { ComponentProps } from 'react';

interface Props {
  isChecking: boolean;
  /** The result of the last check. */
  badge: ComponentProps<typeof Badge> | undefined;
}

/** Shows the result of a check in one line. Screen readers announce it. */
export function CheckStatus({ isChecking, badge }: Props) {
  return (
    <Stack role="status" alignItems="center">
      {isChecking && <Badge color="blue" icon="sync" text="Checking…" />}
      {!isChecking && badge && (
        <>
          <Badge {...badge} />
          <Text color="secondary">Save & test shows the same result.</Text>
        </>
      )}
    </Stack>
  );
}

/** Returns a badge with the number of problems. */
export function problemsBadge(problems: number): ComponentProps<typeof Badge> {
  return { color: 'red', icon: 'exclamation-triangle', text: counted(problems, 'problem') };
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
