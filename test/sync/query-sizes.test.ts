import { expect, it } from 'vitest';
import { createRunSizes, QuerySizes } from '../../src/sync/query-sizes.ts';

it('a query that timed out is a quarter as large, until ten rows are too many', () => {
  const sizes = new QuerySizes();
  expect(sizes.of('leads')).toBeNull();
  const tried: number[] = [];
  for (let size = 16_000; ; size = sizes.of('leads') ?? 0) {
    tried.push(size);
    if (size < 40) break;
    sizes.narrow('leads', size);
  }
  expect(tried).toEqual([16_000, 4_000, 1_000, 250, 62, 15]);
  expect(() => sizes.narrow('leads', 15)).toThrow(
    'QUERY_TIMEOUT: leads: the org takes more than two minutes for a query of 15 rows',
  );
  // The next run begins with large ones.
  expect(sizes.of('leads')).toBeNull();
});

it('small queries mean small slices: an activity must end in time', () => {
  const sizes = new QuerySizes();
  expect(sizes.inOneGo(16_000, 'records', 'shares')).toBe(16_000);
  sizes.narrow('shares', 1_000);
  expect(sizes.inOneGo(16_000, 'records', 'shares')).toBe(2_500);
  expect(sizes.inOneGo(16_000, 'records')).toBe(16_000);
  sizes.narrow('records', 100);
  expect(sizes.inOneGo(16_000, 'records', 'shares')).toBe(250);
});

it('sizes are those of one run', () => {
  const sizesOf = createRunSizes();
  sizesOf(1).narrow('leads', null);
  expect(sizesOf(1).of('leads')).toBe(4_000);
  expect(sizesOf(2).of('leads')).toBeNull();
});
