import { readNameList, withHints, withoutHints } from './nameList';
import { AdHocFilter } from './types';

const TRUNCATED = 'Only the first 1,000 are listed. Add another filter to narrow the list.';
const PARTIAL = 'Some may be missing: the server could not read all of its storage.';
const thousand = Array.from({ length: 1000 }, (_, index) => `v${index}`);

it.each<[string, string[] | undefined, string[]]>([
  ['that is complete', undefined, []],
  ['that is truncated', ['results truncated due to limit'], [TRUNCATED]],
  ['from a server with an unavailable store', ['store is down'], [PARTIAL]],
  [
    'that is truncated, from a server with an unavailable store',
    ['a', 'results truncated due to limit', 'b'],
    [TRUNCATED, PARTIAL],
  ],
])('a list %s ends with hints', (_, warnings, hints) => {
  expect(withHints(readNameList({ data: thousand, warnings }))).toEqual([...thousand, ...hints]);
});

const job = (value: string, values?: string[]): AdHocFilter => ({ key: 'job', operator: '=', value, values });

it.each<[string, AdHocFilter, AdHocFilter[]]>([
  ['a value', job('a'), [job('a')]],
  ['several values', job('a', ['a', 'b']), [job('a', ['a', 'b'])]],
  ['a hint as its value', job(TRUNCATED), []],
  ['a hint as its label', { ...job('a'), key: PARTIAL }, []],
  ['a hint among its values', job(TRUNCATED, [TRUNCATED, 'a', PARTIAL]), [job('a', ['a'])]],
  ['only hints', job(TRUNCATED, [TRUNCATED, PARTIAL]), []],
  ['a value similar to a hint', job('Only the first 1,000 are listed.'), [job('Only the first 1,000 are listed.')]],
])('a filter with %s', (_, filter, want) => {
  expect(withoutHints([filter])).toEqual(want);
});
