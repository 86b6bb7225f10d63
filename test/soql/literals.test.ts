import { describe, expect, it } from 'vitest';
import { dateTime, quotedId, quotedIds } from '../../src/soql/literals.ts';

describe('an outside value in a query', () => {
  it.each(['001000000000001', '001000000000001AAA'])('is the id %s, in quotes', (id) => {
    expect(quotedId(id)).toBe(`'${id}'`);
    expect(quotedIds([id, id]).join(', ')).toBe(`'${id}', '${id}'`);
  });

  it.each([
    '',
    "'",
    '00100000000000',
    '0010000000000011',
    '001000000000001AA',
    "001000000000001AA'",
    '001000000000001AAA\n',
    'null',
    'x OR Id > y',
  ])('is refused as an id: %j', (id) => {
    expect(() => quotedId(id)).toThrow(/is not a record id$/);
    expect(() => quotedIds(['001000000000001AAA', id])).toThrow();
  });

  it.each([
    ['2026-11-24T08:00:00.999Z', '2026-11-24T08:00:00Z'],
    ['2026-11-24T08:00:00Z', '2026-11-24T08:00:00Z'],
  ])('is the time %s, without fractions of a second', (iso, literal) => {
    expect(dateTime(iso)).toBe(literal);
  });

  it.each([
    '',
    '2026-11-24',
    '2026-13-24T08:00:00Z',
    '2026-11-24T08:00:00+0000',
    "2026-11-24T08:00:00Z OR Id > ''",
    '+010000-01-01T00:00:00.000Z',
  ])('is refused as a time: %j', (iso) => {
    expect(() => dateTime(iso)).toThrow(/is not a time$/);
  });
});
