import { CATALOG } from '../testing/datasource';
import { Catalog, CatalogMetric, firstSentence, groupByPack } from './catalog';

const metric = (name: string, pack: string): CatalogMetric => ({ ...CATALOG.metrics[0], name, pack });

const catalog: Catalog = {
  packs: [
    { name: 'inference', title: 'Inference server', owner: '' },
    { name: 'tango', title: 'TANGO', owner: '' },
  ],
  metrics: [metric('error_ratio', 'inference'), metric('sessions', 'tango'), metric('failure_rate', 'tango')],
};

it.each([
  ['all metrics', [0, 1, 2], ['inference: error_ratio', 'tango: sessions failure_rate']],
  ['the best pack first', [2, 0, 1], ['tango: failure_rate sessions', 'inference: error_ratio']],
  ['omits empty packs', [1], ['tango: sessions']],
  ['no metrics', [], []],
])('groups by pack: %s', (_, order, want) => {
  const metrics = order.map((index) => catalog.metrics[index]);
  const groups = groupByPack(catalog, metrics);
  expect(groups.map(({ pack, metrics }) => `${pack.name}: ${metrics.map(({ name }) => name).join(' ')}`)).toEqual(want);
});

it('does not group metrics of an unknown pack', () => {
  expect(groupByPack(catalog, [metric('orders', 'shop')])).toEqual([]);
});

it.each([
  ['Requests per second. When it falls, look at the gateway.', 'Requests per second.'],
  ['Share of those over 0.5 s', 'Share of those over 0.5 s'],
  ['Is it up? 1 is yes.', 'Is it up?'],
  ['', ''],
])('the first sentence of %p', (text, want) => {
  expect(firstSentence(text)).toBe(want);
});
