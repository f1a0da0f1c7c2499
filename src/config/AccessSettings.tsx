import { ConfigSection } from '@grafana/plugin-ui';
import { Alert, Button, Stack, Text } from '@grafana/ui';
import React, { useMemo, useRef } from 'react';

import { AccessProblem, checkAccess } from './access';
import { AccessPreview } from './AccessPreview';
import { AuditSettings, AuditToken } from './AuditSettings';
import { CheckStatus, problemsBadge } from './CheckStatus';
import { EXAMPLE_ACCESS } from './exampleAccess';
import { ProblemList } from './ProblemList';
import type { SectionProps } from './QuerySettings';
import { useCheck } from './useCheck';
import { LineEditor, YamlEditor } from './YamlEditor';

const NO_PROBLEMS: AccessProblem[] = [];

interface Props extends SectionProps {
  /** The uid of the data source. */
  uid: string;
  /** The id of the data source's organization. */
  org: number;
  token: AuditToken;
}

/** Edits the access rules, the policy for queries and the destination of the audit log. */
export function AccessSettings({ uid, org, token, ...section }: Props) {
  return (
    <ConfigSection
      title="Access and policy"
      description="Rules that restrict the series that a user sees, limits for queries, and a log of the decisions. Without rules, everyone who can query this data source sees everything."
      isCollapsible
      isInitiallyOpen={Boolean(section.options.access || section.options.auditOtlpUrl)}
    >
      <Stack direction="column" gap={3}>
        <AccessEditor uid={uid} org={org} {...section} />
        <AuditSettings token={token} {...section} />
      </Stack>
    </ConfigSection>
  );
}

function AccessEditor({ uid, org, options: { access = '' }, disabled, onChange }: Omit<Props, 'token'>) {
  const editor = useRef<LineEditor>(null);
  const isBlank = access.trim() === '';
  const edited = useMemo(() => (isBlank ? undefined : { uid, access }), [uid, access, isBlank]);
  const { isChecking, result: problems, checked, failure, retry } = useCheck(edited, checkAccess);
  const store = (text: string) => onChange({ access: text || undefined });
  const insertExample = () => {
    store(EXAMPLE_ACCESS);
    editor.current?.goTo(1);
  };

  return (
    <>
      <Stack direction="column" gap={1}>
        <YamlEditor
          ref={editor}
          label="Access rules in YAML"
          value={access}
          readOnly={disabled}
          marks={problems ?? NO_PROBLEMS}
          onChange={store}
        />
        {isBlank ? (
          <Stack alignItems="center">
            <Text color="secondary">No access rules and no policy. Nobody is restricted.</Text>
            {!disabled && (
              <Button variant="secondary" size="sm" icon="plus" onClick={insertExample}>
                Insert example
              </Button>
            )}
          </Stack>
        ) : (
          <CheckStatus isChecking={isChecking} badge={problems && badgeOf(problems)} />
        )}
        {failure && (
          <Alert title="The rules could not be checked" severity="warning" buttonContent="Try again" onRemove={retry}>
            {failure}
          </Alert>
        )}
        {problems && problems.length > 0 && (
          <ProblemList
            problems={problems.map(({ line, path, text }) => ({ line, text: path ? `${path}: ${text}` : text }))}
            consequence="If you save invalid rules, every request for data fails until the rules are valid."
            onGoTo={(line) => editor.current?.goTo(line)}
          />
        )}
      </Stack>
      {checked && problems?.length === 0 && <AccessPreview valid={checked} org={org} />}
    </>
  );
}

function badgeOf(problems: AccessProblem[]) {
  return problems.length > 0
    ? problemsBadge(problems.length)
    : ({ color: 'green', icon: 'check', text: 'Valid' } as const);
}
