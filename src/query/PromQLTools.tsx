import { EditorRow } from '@grafana/plugin-ui';
import { Stack } from '@grafana/ui';
import React, { useId, useState } from 'react';

import { EditorDataSource } from '../shared/editorDataSource';
import { ExpandButton } from '../shared/ExpandButton';
import { useModule } from '../shared/useModule';

interface Props {
  datasource: EditorDataSource;
  expr: string;
  isHeatmap: boolean;
  /** Called with the expression that a tool has made. */
  onChange: (expr: string) => void;
}

const loadTools = () => import(/* webpackChunkName: "promql" */ '../code/expressionTools');
const loadBrowser = () => import(/* webpackChunkName: "browser" */ './MetricsBrowser');

/** Shows hints for an expression, its explanation, and a browser of Prometheus's metrics. */
export function PromQLTools({ datasource, expr, isHeatmap, onChange }: Props) {
  const id = useId();
  const [isExplained, setExplained] = useState(false);
  const [isBrowsing, setBrowsing] = useState(false);
  const tools = useModule(loadTools, expr.trim() !== '' || isExplained);
  const browser = useModule(loadBrowser, isBrowsing);
  return (
    <>
      <EditorRow>
        <Stack direction="column" alignItems="flex-start" gap={1}>
          {tools && (
            <tools.ExpressionHints datasource={datasource} expr={expr} isHeatmap={isHeatmap} onApply={onChange} />
          )}
          <Stack gap={1} wrap="wrap">
            <ExpandButton size="sm" isOpen={isBrowsing} controls={`${id}-browser`} onChange={setBrowsing}>
              Metrics browser
            </ExpandButton>
            <ExpandButton size="sm" isOpen={isExplained} controls={`${id}-explanation`} onChange={setExplained}>
              Explain
            </ExpandButton>
          </Stack>
          <div id={`${id}-explanation`} hidden={!isExplained}>
            {isExplained && tools && <tools.Explanation expr={expr} />}
          </div>
        </Stack>
      </EditorRow>
      <div id={`${id}-browser`} hidden={!isBrowsing}>
        {isBrowsing && browser && (
          <browser.MetricsBrowser
            datasource={datasource}
            onUse={(next) => {
              setBrowsing(false);
              onChange(next);
            }}
          />
        )}
      </div>
    </>
  );
}
