import { Catalog, CatalogMetric, firstSentence, searchCatalog } from './catalog';
import { CATALOG } from '../testing/datasource';

function metric(name: string, title: string, more: Partial<CatalogMetric> = {}): CatalogMetric {
  return { ...CATALOG.metrics[0], name, title, description: '', tags: [], pack: 'tango', ...more };
}

const catalog: Catalog = {
  packs: [
    { name: 'inference', title: 'Inference server', owner: '' },
    { name: 'tango', title: 'TANGO', owner: '' },
  ],
  metrics: [
    metric('error_ratio', 'Error ratio', {
      pack: 'inference',
      description: 'Invocations whose failure was seen, as a rate.',
    }),
    metric('failure_rate', 'Invocation failure rate (lifetime)'),
    metric('failure_rate_window', 'Invocation failure rate', { tags: ['errors'] }),
    metric('sessions', 'Sessions', { description: 'Those that are open.' }),
  ],
};

/** What is found, as "pack: name name". */
function found(text: string): string[] {
  return searchCatalog(catalog, text).map(
    ({ pack, metrics }) => `${pack.name}: ${metrics.map(({ name }) => name).join(' ')}`
  );
}

it.each([
  ['', ['inference: error_ratio', 'tango: failure_rate failure_rate_window sessions']],
  ['  ', ['inference: error_ratio', 'tango: failure_rate failure_rate_window sessions']],
  ['failure_rate', ['tango: failure_rate failure_rate_window']],
  ['invocation failure rate', ['tango: failure_rate_window failure_rate', 'inference: error_ratio']],
  ['Rate FAILURE', ['tango: failure_rate_window failure_rate', 'inference: error_ratio']],
  ['errors', ['tango: failure_rate_window']],
  ['tango open', ['tango: sessions']],
  ['.*', []],
])('a search for %p', (text, want) => {
  expect(found(text)).toEqual(want);
});

it.each([
  ['Requests per second. When it falls, look at the gateway.', 'Requests per second.'],
  ['Share of those over 0.5 s', 'Share of those over 0.5 s'],
  ['Is it up? 1 is yes.', 'Is it up?'],
  ['', ''],
])('the first sentence of %p', (text, want) => {
  expect(firstSentence(text)).toBe(want);
});
