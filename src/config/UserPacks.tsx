import { ConfigSection } from '@grafana/plugin-ui';
import { Alert, Button, Stack, Text } from '@grafana/ui';
import React, { useRef } from 'react';

import { EXAMPLE_PACK } from './examplePack';
import { PackProblem } from './packs';
import { PackPreview } from './PackPreview';
import { PackProblems } from './PackProblems';
import { PackStatus } from './PackStatus';
import type { SectionProps } from './QuerySettings';
import { usePackCheck } from './usePackCheck';
import { LineEditor, YamlEditor } from './YamlEditor';

const NO_PROBLEMS: PackProblem[] = [];

interface Props extends SectionProps {
  /** The data source's. */
  uid: string;
}

/** A user's own packs for the catalog, checked while they are written. */
export function OwnMetrics(props: Props) {
  return (
    <ConfigSection
      title="Own metrics"
      description="Metrics of your own for the catalog, in packs as YAML. One with the name of a built-in metric takes its place."
      isCollapsible
      isInitiallyOpen={Boolean(props.options.packs)}
    >
      <Packs {...props} />
    </ConfigSection>
  );
}

function Packs({ uid, options: { packs = '' }, disabled, onChange }: Props) {
  const editor = useRef<LineEditor>(null);
  const { busy, found, failure, retry } = usePackCheck(uid, packs);
  const store = (text: string) => onChange({ packs: text || undefined });
  const isBlank = packs.trim() === '';
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
        marks={found?.problems ?? NO_PROBLEMS}
        onChange={store}
      />
      {isBlank ? (
        <Stack alignItems="center">
          <Text color="secondary">Nothing is written: the catalog has the built-in metrics alone.</Text>
          {!disabled && (
            <Button variant="secondary" size="sm" icon="plus" onClick={insertExample}>
              Insert an example
            </Button>
          )}
        </Stack>
      ) : (
        <PackStatus busy={busy} found={found} />
      )}
      {failure && (
        <Alert title="The packs could not be checked" severity="warning" buttonContent="Try again" onRemove={retry}>
          {failure}
        </Alert>
      )}
      {found && found.problems.length > 0 && (
        <PackProblems problems={found.problems} onGoTo={(line) => editor.current?.goTo(line)} />
      )}
      {found && found.metrics.length > 0 && <PackPreview metrics={found.metrics} />}
    </Stack>
  );
}
