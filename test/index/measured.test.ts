import { expect, it } from 'vitest';
import type { IndexReader, Searched } from '../../src/index/port/reader.ts';
import { measuring } from '../../src/index/search/measured.ts';

const result = {
  userId: '005000000000001AAA',
  hits: [],
  total: 0,
  totalIsLowerBound: false,
  isCut: false,
  cursor: null,
};

function measured(search: IndexReader['search']) {
  const all: Searched[] = [];
  const index: IndexReader = {
    search,
    ids: async () => ['00Q000000000001EAA'],
    record: async () => null,
    close: async () => {},
  };
  return { all, index: measuring(index, (each) => all.push(each)) };
}

it('reports each search that answered, without words', async () => {
  const { all, index } = measured(async () => result);
  expect(await index.search('secret', { as: 'jane' })).toBe(result);
  await index.search('secret', { as: 'jane', verify: true });
  expect(all).toEqual([
    { userId: result.userId, milliseconds: expect.any(Number), hits: 0, isVerified: false },
    { userId: result.userId, milliseconds: expect.any(Number), hits: 0, isVerified: true },
  ]);
});

it('reports no search that failed, and passes the other calls on', async () => {
  const { all, index } = measured(async () => Promise.reject(new Error('no')));
  await expect(index.search('secret', { as: 'jane' })).rejects.toThrow('no');
  expect(await index.ids('secret', { as: 'jane' })).toEqual(['00Q000000000001EAA']);
  expect(all).toEqual([]);
});
