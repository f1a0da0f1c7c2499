import { Box, Button, Text } from '@grafana/ui';
import React from 'react';

import type { Mark } from './YamlEditor';

interface Props {
  problems: Mark[];
  /** What happens if the text is saved in spite of the problems. */
  consequence: string;
  /** Called to show a line in the editor. */
  onGoTo: (line: number) => void;
}

/** Lists the problems of a text in YAML with their lines. */
export function ProblemList({ problems, consequence, onGoTo }: Props) {
  return (
    <Box paddingLeft={2}>
      <ul aria-label="Problems">
        {problems.map(({ line, text }, index) => (
          <li key={index}>
            {line > 0 && (
              <>
                <Button variant="primary" fill="text" size="sm" onClick={() => onGoTo(line)}>
                  {`Line ${line}`}
                </Button>
                {' · '}
              </>
            )}
            {text}
          </li>
        ))}
      </ul>
      <Text color="secondary">{consequence}</Text>
    </Box>
  );
}
