import { expect, it } from 'vitest';
import { age } from '../../../src/cli/age.ts';

const second = 1;
const minute = 60;
const hour = 3600;
const day = 86_400;

// The steps of HumanDuration in k8s.io/apimachinery.
it.each([
  [0, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [5 * minute + 10, '5m10s'],
  [10 * minute + 10, '10m'],
  [179 * minute, '179m'],
  [3 * hour + 20 * minute, '3h20m'],
  [8 * hour + 20 * minute, '8h'],
  [47 * hour, '47h'],
  [2 * day + 3 * hour, '2d3h'],
  [8 * day + 3 * hour, '8d'],
  [729 * day, '729d'],
  [730 * day, '2y'],
  [800 * day, '2y70d'],
  [3000 * day, '8y'],
])('shows %i seconds as %s, as kubectl does', (seconds, text) => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(age(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
});

it('shows what is no time as unknown, and a time to come as now', () => {
  expect(age(undefined, 0)).toBe('<unknown>');
  expect(age('soon', 0)).toBe('<unknown>');
  expect(age('2026-01-01T00:00:00Z', 0)).toBe('0s');
});
