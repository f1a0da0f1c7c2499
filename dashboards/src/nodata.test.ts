import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DynamicConfigValue, Panel, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

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

  const folder = join(__dirname, '..');
  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('does not look healthy in %s', (name) => {
    const { panels } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const all: Panel[] = panels.flatMap((top: Panel & { panels?: Panel[] }) => [top, ...(top.panels ?? [])]);
    const checked = all.filter(({ type }) => type !== 'row');
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

describe('the legend', () => {
  const legend = (rest: object) => (buildPanels(panel(1, rest))[0].options as { legend: object }).legend;

  it('is a table sorted by last value if there can be more than four series', () => {
    expect(legend({})).toMatchObject({
      displayMode: 'table',
      calcs: ['lastNotNull', 'max', 'mean'],
      sortBy: 'Last *',
      sortDesc: true,
    });
  });

  it('is a list for a few series', () => {
    const colors = [{ series: 'a', color: 'red' }];
    for (const rest of [{ metric: 'total' }, { colors }]) {
      expect(legend(rest)).toMatchObject({ displayMode: 'list', calcs: [] });
    }
  });
});
