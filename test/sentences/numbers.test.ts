import { expect, it } from 'vitest';
import { thousands } from '../../src/sentences/numbers.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [1_900, '1,900'],
  [12_345_678, '12,345,678'],
])('%d reads %s', (n, text) => {
  expect(thousands(n)).toBe(text);
});
