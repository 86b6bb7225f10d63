import { expect, it } from 'vitest';
import { TransientError } from '../../src/salesforce/errors.ts';
import { QuerySizes } from '../../src/sync/query-sizes.ts';

const REFUSED = new TransientError({ message: 'QUERY_TOO_COMPLICATED: no', hint: '', remedy: 'fewer-fields' });

it('a query that timed out becomes a quarter as large, until ten rows are too many', () => {
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
  // The next run starts there: larger ones would cost two minutes each.
  expect(sizes.of('leads')).toBe(15);
});

it('a range that timed out becomes half as wide with fewer rows, or only loses rows if it cannot be halved', () => {
  const sizes = new QuerySizes();
  const tried: unknown[] = [];
  const attempt = (size: number, span: number) => () => sizes.narrow('leads', size, undefined, span);
  for (let [size, span] = [16_000, 8]; span > 1; ) {
    attempt(size, span)();
    [size, span] = [sizes.of('leads') ?? 0, sizes.span('leads') ?? 0];
    tried.push([size, span]);
  }
  expect(tried).toEqual([
    [4_000, 4],
    [1_000, 2],
    [250, 1],
  ]);
  attempt(250, 1)();
  expect([sizes.of('leads'), sizes.span('leads')]).toEqual([62, 1]);
  attempt(62, 1)();
  expect(attempt(15, 1)).toThrow('a query of 15 rows');
});

it('sizes grow after consecutive fast answers, and later after a size that was too much', () => {
  const sizes = new QuerySizes();
  sizes.narrow('leads', null, undefined, 600);
  const answers = (count: number, ms: number) => {
    for (let n = 0; n < count; n++) sizes.answered('leads', ms);
    return [sizes.of('leads'), sizes.span('leads')];
  };
  expect(answers(100, 60_000)).toEqual([4_000, 300]);
  expect(answers(7, 100)).toEqual([4_000, 300]);
  answers(1, 60_000);
  expect(answers(7, 100)).toEqual([4_000, 300]);
  expect(answers(1, 100)).toEqual([8_000, 600]);
  sizes.narrow('leads', 8_000, undefined, 600);
  expect(answers(15, 100)).toEqual([2_000, 300]);
  expect(answers(1, 100)).toEqual([4_000, 600]);
  // In the end the size is as large as any query needs.
  expect(answers(16 * 20, 100)).toEqual([null, null]);
});

it('sizes are the same after a round trip through plain values', () => {
  const sizes = new QuerySizes();
  sizes.narrow('leads', null, undefined, 600);
  sizes.splitFields('Lead', 20, 'SELECT Id FROM Lead', REFUSED);
  const again = new QuerySizes(JSON.parse(JSON.stringify(sizes)));
  expect([again.of('leads'), again.span('leads'), again.parts('Lead')]).toEqual([4_000, 300, 2]);
  expect(again.toJSON()).toEqual(sizes.toJSON());
});

it('splits the fields of an object until they are few, and then the refusal names object and query', () => {
  const sizes = new QuerySizes();
  const tried: number[] = [];
  for (let fields = 20; fields > 3; fields = Math.ceil(20 / sizes.parts('Lead'))) {
    sizes.splitFields('Lead', fields, 'SELECT Id, … FROM Lead', REFUSED);
    tried.push(sizes.parts('Lead'));
  }
  expect(tried).toEqual([2, 4, 8]);
  expect(() => sizes.splitFields('Lead', 3, 'SELECT Id, A__c FROM Lead', REFUSED)).toThrow(
    expect.objectContaining({
      name: 'RejectedQueryError',
      message: expect.stringMatching(/^Lead: .*: SELECT Id, A__c FROM Lead \(QUERY_TOO_COMPLICATED/),
    }),
  );
  expect(sizes.parts('Case')).toBe(1);
});

it('small queries mean small slices, because an activity must end in time', () => {
  const sizes = new QuerySizes();
  expect(sizes.inOneGo(16_000, 'records', 'shares')).toBe(16_000);
  sizes.narrow('shares', 1_000);
  expect(sizes.inOneGo(16_000, 'records', 'shares')).toBe(2_500);
  expect(sizes.inOneGo(16_000, 'records')).toBe(16_000);
  sizes.narrow('records', 100);
  expect(sizes.inOneGo(16_000, 'records', 'shares')).toBe(250);
});

it('says what was too large about a reply that is still too large, not that time was short', () => {
  const sizes = new QuerySizes();
  const error = new TransientError({ message: 'the reply is larger than 128 MiB', hint: '', remedy: 'smaller-range' });
  expect(() => sizes.narrow('leads', 15, error)).toThrow(
    expect.objectContaining({
      name: 'RejectedQueryError',
      message: 'leads: even a query of 15 rows fails: the reply is larger than 128 MiB',
      errorCode: null,
    }),
  );
});
