import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, type Question } from '../../src/index/model/cursor.ts';
import { NO_FILTERS } from '../../src/index/model/filters.ts';
import { CursorRefusedError } from '../../src/index/port/errors.ts';

const KEY = Buffer.alloc(32, 7);
const LIST: Question = {
  userId: '005000000000001AAA',
  words: '',
  types: ['Lead', 'Account'],
  filters: { ...NO_FILTERS, modifiedFrom: 1 },
  sort: 'relevance',
};
const WORDS: Question = { ...LIST, words: ' sun ' };
const ORDER = 1_772_366_400_123_456;
const TOP = Number.MAX_SAFE_INTEGER;

describe('a cursor', () => {
  it.each([
    [
      'of a list',
      LIST,
      'CjMgGcui59MSUXPf3_EX3CZHKVAdN3a3bLassqdAADmG730mF11135VSapeMtkWlI0w8Iht6RoRnUhV-WsENqaqnRB3Pg_mp1L9l7Q',
      { count: 1_001, after: { score: 0, order: ORDER } },
    ],
    [
      'of hits',
      WORDS,
      '2WaAS3fHWyODs3-zy8FpbIP4cU22CNj65f4Sv4wkHBs6m2zXn-t76bFnZsgzeAH1Nq5iQKzcit46QwsBPbwK78qAbKGvxMlVrm_ukw',
      { count: 7, isCountCut: false, after: { score: 4, order: ORDER } },
    ],
    [
      'that only a typed id comes before',
      WORDS,
      'ZXCey14ksCgEdRU_Qm3G2-1ueDRBikC62WKjL7mZdANxJY8YLhGhvwvAtWlApZ58FemQMiKsSVKQ15zNgJRoneV4eTR7GwiVMLCC4Q',
      { count: 7, isCountCut: false, after: { score: TOP, order: TOP } },
    ],
  ])('%s that release 0.2.0 wrote is valid', (_, question, text, cursor) => {
    expect(decodeCursor(KEY, question, text)).toEqual({ ...cursor, isCountCut: false });
  });

  it('is the same text for the same search and place, and another for anything else', () => {
    const cursor = { count: 7, isCountCut: false, after: { score: 4, order: ORDER } };
    const text = encodeCursor(KEY, WORDS, cursor);
    expect(encodeCursor(KEY, { ...WORDS, words: 'sun', types: ['Account', 'Lead'] }, cursor)).toBe(text);
    const others = [
      encodeCursor(Buffer.alloc(32, 8), WORDS, cursor),
      encodeCursor(KEY, LIST, cursor),
      encodeCursor(KEY, WORDS, { ...cursor, count: 8 }),
      encodeCursor(KEY, WORDS, { ...cursor, isCountCut: true }),
      encodeCursor(KEY, WORDS, { count: 7, isCountCut: false, after: { score: 4, order: ORDER + 1 } }),
    ];
    expect(new Set([text, ...others]).size).toBe(6);
    for (const other of others) expect(other).toHaveLength(text.length);
  });

  it('keeps that the count was cut, in the longest place too', () => {
    const cursor = { count: 1_001, isCountCut: true, after: { score: TOP, order: TOP } };
    const text = encodeCursor(KEY, WORDS, cursor);
    expect(decodeCursor(KEY, WORDS, text)).toEqual(cursor);
    expect(text).toHaveLength(102);
  });

  it('is refused with another key', () => {
    const text = encodeCursor(KEY, WORDS, { count: 7, isCountCut: false, after: { score: 4, order: ORDER } });
    expect(() => decodeCursor(Buffer.alloc(32, 8), WORDS, text)).toThrow(CursorRefusedError);
  });
});
