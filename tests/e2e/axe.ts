import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What Grafana's own parts do, wherever they stand. */
const GRAFANAS = [
  /^aria-prohibited-attr: <label [^>]*aria-label="Toggle switch">/,
  // Fields that it gives no name and a made up id, such as those of an annotation's mapping. Ours have ids of their own.
  /^label(-title-only)?: <input [^>]*\bid="react-select-\d+-inp/,
  // Two fields of Grafana 12's editor of variables: where the variable is shown, and the switch of static options.
  /^label: <input [^>]*data-testid="data-testid Variable\.\.\."[^>]*value="Above dashboard"/,
  /^label: <input [^>]*data-testid="Variable editor Form Query Static Options toggle"/,
  // In its text about a variable's regular expression.
  /^link-in-text-block: <a [^>]*filter-variables-with-regex/,
];

/** A query's editor, without what Grafana puts around it. */
export const QUERY_EDITOR = {
  within: '[data-testid="query-editor-row"], [aria-label="Query editor row"]',
  without: '[data-testid="query-editor-row-header"]',
};

/** What axe finds serious or critical in a part of the page, as "rule: element". */
export async function seriousViolations(page: Page, part: { within: string; without?: string }): Promise<string[]> {
  const builder = new AxeBuilder({ page }).include(part.within);
  const { violations } = await (part.without ? builder.exclude(part.without) : builder).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
    .filter((violation) => !GRAFANAS.some((known) => known.test(violation)));
}
