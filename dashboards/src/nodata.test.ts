import type { DynamicConfigValue, Panel, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

import { DASHBOARDS, panelsOf } from './testDashboards';
import { buildPanels, panel } from './testPack';
import { visualizations } from './visualizations';

const GREY = '#808080';
/** The colors of Grafana that have no meaning: blue, greys, and the color of text. */
const NEUTRAL = /^(.*blue|#808080|text|transparent)$/;

/** Returns what can look like a good value in a panel without data. */
function healthyParts({ title, fieldConfig, type }: Panel): string[] {
  const { noValue, mappings, thresholds, color } = fieldConfig?.defaults ?? {};
  const problems: string[] = [];
  if (!/^No data\b/.test(noValue ?? '')) {
    problems.push(`the text without data is "${noValue}"`);
  }
  const properties = (fieldConfig?.overrides ?? []).flatMap((override) => override.properties);
  const values = (id: string) => properties.filter((property: DynamicConfigValue) => property.id === id);
  for (const { value } of values('noValue')) {
    if (value !== '–') {
      problems.push(`an override's text without data is "${value}"`);
    }
  }
  const bases = [thresholds, ...values('thresholds').map(({ value }) => value)].map((config) => config?.steps[0].color);
  const isColored =
    color?.mode === 'thresholds' || values('custom.cellOptions').length > 0 || type === 'gauge' || type === 'stat';
  if (isColored && !bases.every((base) => NEUTRAL.test(base)) && !greysMissing(mappings ?? [])) {
    problems.push(`the color without data is ${bases.join(' or ')}`);
  }
  return problems.map((problem) => `${title}: ${problem}`);
}

const greysMissing = (mappings: ValueMapping[]) =>
  mappings.some(
    (mapping) =>
      mapping.type === 'special' && mapping.options.match === 'null+nan' && mapping.options.result.color === GREY
  );

describe('a panel without data', () => {
  it.each(Object.keys(visualizations))('does not look healthy as %s', (show) => {
    expect(buildPanels(panel(1, { show, bar: 'model', piece: 'tenant' })).flatMap(healthyParts)).toEqual([]);
  });

  it.each([
    ['a healthy text', (p: Panel) => (p.fieldConfig!.defaults.noValue = 'none')],
    ['no text', (p: Panel) => (p.fieldConfig!.defaults.noValue = undefined)],
    ['a healthy color', (p: Panel) => (p.fieldConfig!.defaults.mappings = [])],
  ])('is found if it has %s', (_, change) => {
    const [stat] = buildPanels(panel(1, { show: 'stat' }));
    change(stat);
    expect(healthyParts(stat)).toHaveLength(1);
  });

  it.each(DASHBOARDS)('does not look healthy in %s', (name) => {
    const checked = panelsOf(name).filter(({ type }) => type !== 'alertlist');
    expect(checked).not.toHaveLength(0);
    expect(checked.flatMap(healthyParts)).toEqual([]);
  });

  it('has the text of zero only for the value 0', () => {
    const [stat] = buildPanels(panel(1, { show: 'stat', zero: 'none' }));
    expect(stat.fieldConfig?.defaults.mappings).toEqual([
      { type: 'value', options: { '0': { text: 'none' } } },
      { type: 'special', options: { match: 'null+nan', result: { color: GREY } } },
    ]);
  });
});
