import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** Violations in elements that Grafana renders. */
const IGNORED = [
  /^aria-prohibited-attr: <label [^>]*aria-label="Toggle switch">/,
  // Fields without a name and with a generated id, such as those of an annotation's mapping. The plugin sets the ids of
  // its own fields.
  /^label(-title-only)?: <input [^>]*\bid="react-select-\d+-inp/,
  // Two fields of Grafana 12's variable editor: the position of the variable and the switch for static options.
  /^label: <input [^>]*data-testid="data-testid Variable\.\.\."[^>]*value="Above dashboard"/,
  /^label: <input [^>]*data-testid="Variable editor Form Query Static Options toggle"/,
  // The link in the help text for a variable's regular expression.
  /^link-in-text-block: <a [^>]*filter-variables-with-regex/,
];

/** The plugin's query editor, without Grafana's header. */
export const QUERY_EDITOR = {
  within: '[data-testid="query-editor-row"], [aria-label="Query editor row"]',
  without: '[data-testid="query-editor-row-header"]',
};

/** Returns axe's serious and critical violations in a part of the page, except IGNORED ones, as "rule: element". */
export async function seriousViolations(page: Page, part: { within: string; without?: string }): Promise<string[]> {
  const builder = new AxeBuilder({ page }).include(part.within);
  const { violations } = await (part.without ? builder.exclude(part.without) : builder).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
    .filter((violation) => !IGNORED.some((ignored) => ignored.test(violation)));
}
