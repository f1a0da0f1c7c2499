import { Badge, Stack, Text } from '@grafana/ui';
import React, { ComponentProps } from 'react';

import { PackCheck, PackMetric } from './packs';

interface Props {
  busy: boolean;
  found: PackCheck | undefined;
}

/** How a user's own packs stand, in a line that is told to who can't see it. */
export function PackStatus({ busy, found }: Props) {
  return (
    <Stack role="status" alignItems="center">
      {busy && <Badge color="blue" icon="sync" text="Checking…" />}
      {!busy && found && (
        <>
          <Badge {...verdict(found)} />
          <Text color="secondary">Save & test says the same.</Text>
        </>
      )}
    </Stack>
  );
}

function verdict({ problems, metrics }: PackCheck): ComponentProps<typeof Badge> {
  if (problems.length > 0) {
    return { color: 'red', icon: 'exclamation-triangle', text: counted(problems.length, 'problem') };
  }
  return { color: 'green', icon: 'check', text: counted(metrics.length, 'metric') + overriding(metrics) };
}

function overriding(metrics: PackMetric[]): string {
  const count = metrics.filter(({ overrides }) => overrides).length;
  switch (count) {
    case 0:
      return '';
    case 1:
      return ', 1 overrides a built-in one';
    default:
      return `, ${count} override built-in ones`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
