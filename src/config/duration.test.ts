import { readFileSync } from 'fs';
import path from 'path';

import { durationSeconds } from './duration';

interface Table {
  durations: Array<{ text: string; seconds: number | null }>;
}

const { durations }: Table = JSON.parse(
  readFileSync(path.join(__dirname, '..', '..', 'tests', 'testdata', 'durations.json'), 'utf8')
);

it.each(durations.map(({ text, seconds }) => [text, seconds] as const))('%j has %s seconds', (text, want) => {
  const seconds = durationSeconds(text);
  if (want === null) {
    expect(seconds).toBeUndefined();
  } else {
    expect(seconds).toBeCloseTo(want, 9);
  }
});

// If the time were quadratic in the length of the text, this test would time out.
it('a long text with an invalid end is not a duration', () => {
  expect(durationSeconds('1'.repeat(100_000) + 'x')).toBeUndefined();
  expect(durationSeconds('1h'.repeat(100_000) + 'x')).toBeUndefined();
});
