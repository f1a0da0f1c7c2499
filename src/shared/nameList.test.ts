import { readNameList, withHints, withoutHints } from './nameList';
import { AdHocFilter } from './types';

const CUT = 'Only the first 1,000 are listed. Another filter narrows them.';
const PARTIAL = 'Some may be missing: the server could not read all of its storage.';
const thousand = Array.from({ length: 1000 }, (_, index) => `v${index}`);

it.each<[string, string[] | undefined, string[]]>([
  ['that is complete', undefined, []],
  ['that is truncated', ['results truncated due to limit'], [CUT]],
  ['of a server that lacks a store', ['store is down'], [PARTIAL]],
  ['that is truncated, of a server that lacks a store', ['a', 'results truncated due to limit', 'b'], [CUT, PARTIAL]],
])('a list %s ends with what it lacks', (_, warnings, hints) => {
  expect(withHints(readNameList({ data: thousand, warnings }))).toEqual([...thousand, ...hints]);
});

const job = (value: string, values?: string[]): AdHocFilter => ({ key: 'job', operator: '=', value, values });

it.each<[string, AdHocFilter, AdHocFilter[]]>([
  ['a value', job('a'), [job('a')]],
  ['several values', job('a', ['a', 'b']), [job('a', ['a', 'b'])]],
  ['a hint as its value', job(CUT), []],
  ['a hint as its label', { ...job('a'), key: PARTIAL }, []],
  ['a hint among its values', job(CUT, [CUT, 'a', PARTIAL]), [job('a', ['a'])]],
  ['hints alone', job(CUT, [CUT, PARTIAL]), []],
  [
    'a value that reads like a hint',
    job('Only the first 1,000 are listed.'),
    [job('Only the first 1,000 are listed.')],
  ],
])('a filter with %s', (_, filter, want) => {
  expect(withoutHints([filter])).toEqual(want);
});
