import { Badge } from '@grafana/ui';
import React, { ComponentProps } from 'react';

import { CheckStatus, counted, problemsBadge } from './CheckStatus';
import { PackCheck, PackMetric } from './packs';

interface Props {
  isChecking: boolean;
  result: PackCheck | undefined;
}

/** Shows the result of the check of user packs in one line. */
export function PackStatus({ isChecking, result }: Props) {
  return <CheckStatus isChecking={isChecking} badge={result && badgeOf(result)} />;
}

function badgeOf({ problems, metrics }: PackCheck): ComponentProps<typeof Badge> {
  if (problems.length > 0) {
    return problemsBadge(problems.length);
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
