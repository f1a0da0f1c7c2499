import { unreadableSettings, readableSettings } from './settings';

it.each<[string, unknown, unknown]>([
  ['timeInterval', 10, '10'],
  ['timeInterval', ['15s'], undefined],
  ['httpMethod', 'get', 'GET'],
  ['httpMethod', 'PUT', undefined],
  ['seriesLimit', '1000', 1000],
  ['seriesLimit', 'many', undefined],
  ['responseLimitMiB', '0.5', 0.5],
  ['maxRetries', '', undefined],
  ['partialData', 'on', true],
  ['partialData', {}, undefined],
  ['packs', { pack: 'my_team' }, '{"pack":"my_team"}'],
  ['packs', ['pack: a', 'pack: b'], 'pack: a\n---\npack: b'],
  ['packs', null, undefined],
  ['disabledPacks', 'lango, tango', ['lango', 'tango']],
  ['disabledPacks', ['lango', null], ['lango']],
  ['disabledPacks', [{}], undefined],
  ['disabledPacks', null, undefined],
  ['keepCookies', 'session', undefined],
  ['exemplarTraceIdDestinations', { name: 'trace_id' }, [{ name: 'trace_id' }]],
  ['exemplarTraceIdDestinations', [null, { name: 'trace_id' }, 5], [{ name: 'trace_id' }]],
  ['exemplarTraceIdDestinations', null, undefined],
  ['customQueryParameters', 5, undefined],
  ['cacheLevel', 'High', 'High'],
])('reads %s stored as %j', (name, value, want) => {
  expect(readableSettings({ [name]: value })).toEqual(want === undefined ? {} : { [name]: want });
});

it.each([
  [{ customQueryParameters: { extra_label: 'tenant=a' } }, true],
  [{ customQueryParameters: 'a=b' }, false],
  [{ customQueryParameters: null }, false],
  [{}, false],
])('keeps the query parameters of %j because of their type: %s', (stored, kept) => {
  expect(unreadableSettings(stored as object)).toEqual(kept ? stored : {});
});
