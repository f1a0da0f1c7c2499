import { readFileSync } from 'fs';
import path from 'path';

import { isDuration } from './duration';

interface Table {
  durations: Array<{ text: string; seconds: number | null }>;
}

const { durations }: Table = JSON.parse(
  readFileSync(path.join(__dirname, '..', '..', 'tests', 'testdata', 'durations.json'), 'utf8')
);

it.each(durations.map(({ text, seconds }) => [text, seconds !== null]))('%j is a duration: %s', (text, want) => {
  expect(isDuration(text as string)).toBe(want);
});

it('an empty text is not a duration', () => {
  expect(isDuration('')).toBe(false);
});

// If the time were quadratic in the length of the text, this test would time out.
it('a long text with an invalid end is not a duration', () => {
  expect(isDuration('1'.repeat(100_000) + 'x')).toBe(false);
  expect(isDuration('1h'.repeat(100_000) + 'x')).toBe(false);
});
