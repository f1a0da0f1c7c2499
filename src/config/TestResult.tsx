import { ConfigSection } from '@grafana/plugin-ui';
import { Box, Text } from '@grafana/ui';
import React, { useMemo } from 'react';
import useObservable from 'react-use/lib/useObservable';

import { Findings, healthChecks } from './health';
import { PackProblem } from './packs';

/** What "Save & test" found, beside the message that Grafana shows below. */
export function TestFindings({ uid }: { uid: string }) {
  const findings = useObservable(useMemo(() => healthChecks(uid), [uid]));
  return (
    <ConfigSection title="Test">
      {/* It is here before there is anything in it, or a screen reader would not tell what comes. */}
      <div role="status">
        {findings ? (
          <Box paddingLeft={2}>
            <ul aria-label="Found by the test">
              {facts(findings).map((fact) => (
                <li key={fact}>{fact}</li>
              ))}
            </ul>
          </Box>
        ) : (
          <Text color="secondary">
            Testing asks for a value, and shows here which server answered, what it can do and what the catalog holds.
          </Text>
        )}
      </div>
    </ConfigSection>
  );
}

function facts(found: Findings): string[] {
  return [
    ...(found.server ? server(found) : ['No server answered.']),
    `Catalog: ${found.catalogMetrics} metrics`,
    ...listed('Packs', counted(found.packs)),
    ...listed('Turned off', counted(found.disabledPacks)),
    ...listed('To be turned off, but not in this version of the plugin', found.unknownPacks),
    ...found.settings.map(({ text }) => text),
    ...faults(found.problems),
  ];
}

function server({ server, version, language, method, exemplars, warnings }: Findings): string[] {
  return [
    `Server: ${[server, version].filter(Boolean).join(' ')}`,
    `Query language: ${language}`,
    `Queries are sent by: ${method}`,
    `Exemplars: ${exemplars ? 'yes' : 'no'}`,
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
}

/** The section of the own metrics has their words. */
function faults(problems: PackProblem[]): string[] {
  const lines = [...new Set(problems.map(({ line }) => line))].filter((line) => line > 0);
  const places = lines.length ? `, ${lines.length === 1 ? 'in line' : 'in lines'} ${lines.join(', ')}` : '';
  return problems.length ? [`Problems of own metrics: ${problems.length}${places}. They are listed there.`] : [];
}

function counted(packs: Findings['packs']): string[] {
  return packs.map(({ title, metrics }) => `${title} (${metrics})`);
}

function listed(what: string, names: string[]): string[] {
  return names.length ? [`${what}: ${names.join(', ')}`] : [];
}
