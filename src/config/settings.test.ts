import { readFileSync } from 'fs';
import { join } from 'path';

import { READERS, unreadableSettings, readableSettings } from './settings';

/** The keys of jsonData that options.go contains as literals. Keys in constants, such as access, are missing. */
function backendKeys(): string[] {
  const source = readFileSync(join(__dirname, '../../pkg/settings/options.go'), 'utf8');
  const list = source.slice(source.indexOf('var options = []option{'));
  return [...list.slice(0, list.indexOf('\n}')).matchAll(/^\t\{"(\w+)"/gm)].map(([, key]) => key);
}

it('reads every setting that the backend reads', () => {
  const ofPage = Object.keys(READERS);
  expect(backendKeys().length).toBeGreaterThan(10);
  // Grafana's own components edit these.
  const ofGrafana = ['timeout', 'tlsAuth', 'tlsAuthWithCACert', 'tlsSkipVerify', 'oauthPassThru', 'sigV4Auth'];
  expect(backendKeys().filter((key) => !ofPage.includes(key))).toEqual(ofGrafana);
});

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
  ['partialAlerts', 'off', false],
  ['showInfos', '0', false],
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
  ['access', 'rules: []', 'rules: []'],
  ['access', { rules: [] }, '{"rules":[]}'],
  ['access', false, 'false'],
  ['access', ' proxy', undefined],
  ['access', 'direct', undefined],
  ['access', null, undefined],
  ['access', '', ''],
  ['access', ' ', ' '],
  ['auditOtlpUrl', 'http://collector', 'http://collector'],
  ['auditOtlpUrl', 5, undefined],
  ['cacheLevel', 'High', 'High'],
])('reads %s stored as %j', (name, value, want) => {
  expect(readableSettings({ [name]: value })).toEqual(want === undefined ? {} : { [name]: want });
});

it.each([
  [{ customQueryParameters: { extra_label: 'tenant=a' } }, true],
  [{ customQueryParameters: 'a=b' }, false],
  [{ customQueryParameters: null }, false],
  [{ auditOtlpUrl: ['http://collector'] }, true],
  [{ auditOtlpUrl: 'http://collector' }, false],
  [{}, false],
])('keeps %j because of its type: %s', (stored, kept) => {
  expect(unreadableSettings(stored as object)).toEqual(kept ? stored : {});
});
