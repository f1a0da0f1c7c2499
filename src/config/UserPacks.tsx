import { ConfigSection } from '@grafana/plugin-ui';
import { Alert, Button, Stack, Text } from '@grafana/ui';
import React, { useMemo, useRef } from 'react';

import { EXAMPLE_PACK } from './examplePack';
import { PackPreview } from './PackPreview';
import { checkPacks, PackProblem } from './packs';
import { PackStatus } from './PackStatus';
import { ProblemList } from './ProblemList';
import type { SectionProps } from './QuerySettings';
import { useCheck } from './useCheck';
import { LineEditor, YamlEditor } from './YamlEditor';

const NO_PROBLEMS: PackProblem[] = [];

const CONSEQUENCE =
  "If you save invalid packs, queries for their metrics fail. If a pack's metrics can't be determined, queries for all metrics of the catalog fail.";

interface Props extends SectionProps {
  /** The uid of the data source. */
  uid: string;
}

/** Edits user packs, and checks them while the user types. */
export function UserPacks(props: Props) {
  return (
    <ConfigSection
      title="User metrics"
      description="Metrics that you add to the catalog, in packs written in YAML. A metric with the name of a built-in metric replaces it."
      isCollapsible
      isInitiallyOpen={Boolean(props.options.packs)}
    >
      <PacksEditor {...props} />
    </ConfigSection>
  );
}

function PacksEditor({ uid, options: { packs = '' }, disabled, onChange }: Props) {
  const editor = useRef<LineEditor>(null);
  const isBlank = packs.trim() === '';
  const edited = useMemo(() => (isBlank ? undefined : { uid, packs }), [uid, packs, isBlank]);
  const { isChecking, result, failure, retry } = useCheck(edited, checkPacks);
  const store = (text: string) => onChange({ packs: text || undefined });
  const insertExample = () => {
    store(EXAMPLE_PACK);
    editor.current?.goTo(1);
  };

  return (
    <Stack direction="column" gap={1}>
      <YamlEditor
        ref={editor}
        label="Packs in YAML"
        value={packs}
        readOnly={disabled}
        marks={result?.problems ?? NO_PROBLEMS}
        onChange={store}
      />
      {isBlank ? (
        <Stack alignItems="center">
          <Text color="secondary">No user packs. The catalog contains only built-in metrics.</Text>
          {!disabled && (
            <Button variant="secondary" size="sm" icon="plus" onClick={insertExample}>
              Insert example
            </Button>
          )}
        </Stack>
      ) : (
        <PackStatus isChecking={isChecking} result={result} />
      )}
      {failure && (
        <Alert title="The packs could not be checked" severity="warning" buttonContent="Try again" onRemove={retry}>
          {failure}
        </Alert>
      )}
      {result && result.problems.length > 0 && (
        <ProblemList
          problems={result.problems.map((problem) => ({ line: problem.line, text: problemText(problem) }))}
          consequence={CONSEQUENCE}
          onGoTo={(line) => editor.current?.goTo(line)}
        />
      )}
      {result && result.metrics.length > 0 && <PackPreview metrics={result.metrics} />}
    </Stack>
  );
}

function problemText({ pack, metric, field, text }: PackProblem): string {
  const position = [pack, metric, field].filter(Boolean).join(' · ');
  return position ? `${position}: ${text}` : text;
}
