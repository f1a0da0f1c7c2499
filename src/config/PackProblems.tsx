import { Box, Button, Text } from '@grafana/ui';
import React from 'react';

import { PackProblem } from './packs';

interface Props {
  problems: PackProblem[];
  /** Shows a line in the editor. */
  onGoTo: (line: number) => void;
}

/** Everything that is wrong with a user's own packs, each with its place. */
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
            {words(problem)}
          </li>
        ))}
      </ul>
      <Text color="secondary">
        Saved like this, the metrics that a faulty pack names answer with an error, and all of the catalog where it
        can&apos;t be told which those are.
      </Text>
    </Box>
  );
}

function words({ pack, metric, field, text }: PackProblem): string {
  const place = [pack, metric, field].filter(Boolean).join(' · ');
  return place ? `${place}: ${text}` : text;
}
