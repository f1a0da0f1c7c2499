import { Box, Button, Text } from '@grafana/ui';
import React from 'react';

import { PackProblem } from './packs';

interface Props {
  problems: PackProblem[];
  /** Called to show a line in the editor. */
  onGoTo: (line: number) => void;
}

/** Lists the problems of user packs with their lines. */
export function PackProblems({ problems, onGoTo }: Props) {
  return (
    <Box paddingLeft={2}>
      <ul aria-label="Problems">
        {problems.map((problem, index) => (
          <li key={index}>
            {problem.line > 0 && (
              <>
                <Button variant="primary" fill="text" size="sm" onClick={() => onGoTo(problem.line)}>
                  {`Line ${problem.line}`}
                </Button>
                {' · '}
              </>
            )}
            {problemText(problem)}
          </li>
        ))}
      </ul>
      <Text color="secondary">
        If you save invalid packs, queries for their metrics fail. If a pack&apos;s metrics can&apos;t be determined,
        queries for all metrics of the catalog fail.
      </Text>
    </Box>
  );
}

function problemText({ pack, metric, field, text }: PackProblem): string {
  const position = [pack, metric, field].filter(Boolean).join(' · ');
  return position ? `${position}: ${text}` : text;
}
