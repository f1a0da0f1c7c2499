import { Alert, Badge, Button, Stack, Text } from '@grafana/ui';
import React, { ComponentProps, useRef } from 'react';

import { CheckStatus } from './CheckStatus';
import { ProblemList } from './ProblemList';
import { LineEditor, Mark, YamlEditor } from './YamlEditor';

const NO_PROBLEMS: Mark[] = [];

interface Props<Problem extends Mark> {
  label: string;
  value: string;
  disabled: boolean | undefined;
  /** What a blank text means. */
  blank: string;
  example: string;
  /** Whether the text is being checked, the reason why the last check failed, and a function that repeats the check. */
  check: { isChecking: boolean; failure?: string; retry: () => void };
  /** The result of the last check. */
  badge: ComponentProps<typeof Badge> | undefined;
  /** The title of the message that the last check failed. */
  failureTitle: string;
  problems: Problem[] | undefined;
  /** Returns the part of the text that a problem is about, or an empty string. */
  position: (problem: Problem) => string;
  /** What happens if the text is saved in spite of the problems. */
  consequence: string;
  onChange: (text: string | undefined) => void;
}

/** Edits a text in YAML, and shows the result of its check. */
export function CheckedYaml<Problem extends Mark>({
  label,
  value,
  disabled,
  blank,
  example,
  check,
  badge,
  failureTitle,
  problems,
  position,
  consequence,
  onChange,
}: Props<Problem>) {
  const editor = useRef<LineEditor>(null);
  const store = (text: string) => onChange(text || undefined);
  const insertExample = () => {
    store(example);
    editor.current?.goTo(1);
  };
  const textOf = (problem: Problem) => {
    const about = position(problem);
    return about ? `${about}: ${problem.text}` : problem.text;
  };

  return (
    <>
      <YamlEditor
        ref={editor}
        label={label}
        value={value}
        readOnly={disabled}
        marks={problems ?? NO_PROBLEMS}
        onChange={store}
      />
      {value.trim() === '' ? (
        <Stack alignItems="center">
          <Text color="secondary">{blank}</Text>
          {!disabled && (
            <Button variant="secondary" size="sm" icon="plus" onClick={insertExample}>
              Insert example
            </Button>
          )}
        </Stack>
      ) : (
        <CheckStatus isChecking={check.isChecking} badge={badge} />
      )}
      {check.failure && (
        <Alert title={failureTitle} severity="warning" buttonContent="Try again" onRemove={check.retry}>
          {check.failure}
        </Alert>
      )}
      {problems && problems.length > 0 && (
        <ProblemList
          problems={problems.map((problem) => ({ line: problem.line, text: textOf(problem) }))}
          consequence={consequence}
          onGoTo={(line) => editor.current?.goTo(line)}
        />
      )}
    </>
  );
}
