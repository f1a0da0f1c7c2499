import { DASHBOARDS, panelsOf } from './testDashboards';
import { buildPanels, panel } from './testPack';

describe('the colors of series', () => {
  it.each(DASHBOARDS)('are the same on all panels of %s', (name) => {
    const colors = new Map<string, string>();
    for (const { title, fieldConfig } of panelsOf(name)) {
      for (const { matcher, properties } of fieldConfig?.overrides ?? []) {
        const color = properties.find(({ id }) => id === 'color')?.value.fixedColor;
        if (matcher.id === 'byName' && color) {
          expect(`${title}: ${matcher.options} is ${color}`).toBe(
            `${title}: ${matcher.options} is ${colors.get(matcher.options) ?? color}`
          );
          colors.set(matcher.options, color);
        }
      }
    }
  });
});

describe('a threshold line', () => {
  /** The smallest distance of a line from 0 in each unit. Without a distance for its unit, a line is at 0.5 or more. */
  const DISTANCE: Record<string, number> = { percentunit: 0.01, s: 0.1, ops: 0.1, reqps: 0.1 };

  it.each(DASHBOARDS)('is not near 0 in %s', (name) => {
    const near = panelsOf(name).flatMap(({ title, fieldConfig }) => {
      const { custom, thresholds, unit } = fieldConfig?.defaults ?? {};
      const lines = custom?.thresholdsStyle ? (thresholds?.steps ?? []) : [];
      return lines
        .filter(({ value }) => value !== null && Math.abs(value) < (DISTANCE[unit ?? ''] ?? 0.5))
        .map(({ value }) => `${title}: a line at ${value} ${unit}`);
    });
    expect(near).toEqual([]);
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
