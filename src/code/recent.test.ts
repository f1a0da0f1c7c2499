import { recentQueries, rememberQuery } from './recent';

afterEach(() => localStorage.clear());

it('keeps the last queries, each once, the latest first', () => {
  ['up', 'rate(x[5m])', ' up\n', ' '].forEach((expr) => rememberQuery('a', expr));
  expect(recentQueries('a')).toEqual(['up', 'rate(x[5m])']);
  expect(recentQueries('b')).toEqual([]);

  Array.from({ length: 20 }, (_, i) => rememberQuery('a', `x_${i}`));
  expect(recentQueries('a')).toHaveLength(10);
  expect(recentQueries('a')[0]).toBe('x_19');
});

it.each([['not JSON'], ['{"up": 1}'], ['[1, "up"]']])('ignores invalid entries in %s', (stored) => {
  rememberQuery('a', 'x');
  localStorage.setItem(Object.keys(localStorage)[0], stored);
  expect(recentQueries('a')).toEqual(stored.includes('[') ? ['up'] : []);
});

it('works without storage', () => {
  const setItem = jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  rememberQuery('a', 'up');
  expect(recentQueries('a')).toEqual([]);
  setItem.mockRestore();
});
