import type { Badge } from '@grafana/ui';
import { ComponentProps } from 'react';

import { counted, problemsBadge } from './CheckStatus';
import { PackCheck, PackMetric } from './packs';

/** Returns a badge with the result of the check of user packs. */
export function packBadge({ problems, metrics }: PackCheck): ComponentProps<typeof Badge> {
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
