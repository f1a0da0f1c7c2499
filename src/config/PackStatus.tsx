import { Badge, Stack, Text } from '@grafana/ui';
import React, { ComponentProps } from 'react';

import { PackCheck, PackMetric } from './packs';

interface Props {
  isChecking: boolean;
  result: PackCheck | undefined;
}

/** Shows the result of the check of user packs in one line. Screen readers announce it. */
export function PackStatus({ isChecking, result }: Props) {
  return (
    <Stack role="status" alignItems="center">
      {isChecking && <Badge color="blue" icon="sync" text="Checking…" />}
      {!isChecking && result && (
        <>
          <Badge {...badgeOf(result)} />
          <Text color="secondary">Save & test shows the same result.</Text>
        </>
      )}
    </Stack>
  );
}

function badgeOf({ problems, metrics }: PackCheck): ComponentProps<typeof Badge> {
  if (problems.length > 0) {
    return { color: 'red', icon: 'exclamation-triangle', text: counted(problems.length, 'problem') };
  }
  return { color: 'green', icon: 'check', text: counted(metrics.length, 'metric') + overrideText(metrics) };
}

function overrideText(metrics: PackMetric[]): string {
  const count = metrics.filter(({ overrides }) => overrides).length;
  switch (count) {
    case 0:
      return '';
    case 1:
      return ', 1 overrides a built-in metric';
    default:
      return `, ${count} override built-in metrics`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
