import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RecordWrite, WriteBatch } from '../../../src/index/port/documents.ts';
import type { RunStore } from '../../../src/index/port/run-store.ts';
import { OBJECT_NAMES, type ObjectName } from '../../../src/objects/index.ts';
import { guard, iso, member, type NewIndex, opening, record, recordId, START, Started, userId } from './setup.ts';

const seed = process.env.FC_SEED === undefined ? undefined : Number(process.env.FC_SEED);

/** What a caller passes after it has gone wrong. */
const noText = Object.create(null) as string;

/**
 * What a batch says about a record. `outdated` ones are older than all others; `broken` ones make the batch that takes
 * them fail.
 */
interface Part {
  readonly object: ObjectName;
  readonly n: number;
  readonly does: 'write' | 'outdated' | 'broken' | 'remove' | 'cause';
}

type Step =
  /** `fails`: the batch has more broken records than it may have, and is rolled back. */
  | { readonly kind: 'batch'; readonly parts: readonly Part[]; readonly fails: boolean }
  | { readonly kind: 'sweep'; readonly object: ObjectName; readonly percent: number | null }
  | { readonly kind: 'endBackfill' | 'reopen' };

const object = fc.constantFrom(...OBJECT_NAMES);
const part: fc.Arbitrary<Part> = fc.record({
  object,
  // A few records of every object, so that later steps hit the same ones again.
  n: fc.integer({ min: 1, max: 4 }),
  does: fc.constantFrom('write', 'write', 'write', 'outdated', 'broken', 'remove', 'cause'),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      parts: fc.array(part, { maxLength: 8 }),
      fails: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('sweep' as const), object, percent: fc.constantFrom(100, null) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('endBackfill' as const, 'reopen' as const) }) },
);

const written = ({ object, n, does }: Part, version: number): RecordWrite =>
  record(object, n, does === 'broken' ? { [nameOf(object)]: noText } : {}, {
    version: does === 'outdated' ? START + 1 : version,
  });

const nameOf = (object: ObjectName): string => (object === 'Case' ? 'Subject' : 'Name');

function batchOf(parts: readonly Part[], version: number): WriteBatch {
  const isRemoved = ({ does }: Part): boolean => does === 'remove' || does === 'cause';
  return {
    records: parts.filter((each) => !isRemoved(each)).map((each) => written(each, version)),
    removals: parts.filter(isRemoved).map(({ object, n, does }) => ({
      id: recordId(object, n),
      object,
      version,
      ...(does === 'cause' ? { cause: { code: 'modified_malformed' } as const } : {}),
    })),
  };
}

async function take(world: Started, store: RunStore, step: Step, version: number): Promise<RunStore> {
  switch (step.kind) {
    case 'batch': {
      const batch = batchOf(step.parts, version);
      if (!step.fails) await store.write(world.fence, batch);
      else {
        const broken = Array.from({ length: 25 }, (_, n) => record('Lead', 100 + n, { Name: noText }, { version }));
        const records = [record('Lead', 99, {}, { version }), ...(batch.records ?? []), ...broken];
        await expect(store.write(world.fence, { ...batch, records })).rejects.toThrow();
      }
      return store;
    }
    case 'sweep':
      await world.sweep(step.object, version, guard(step.percent));
      return store;
    case 'endBackfill':
      await world.endBackfill();
      return store;
    case 'reopen':
      await store.close();
      return world.index.store();
  }
}

/** The counts, without asking for them: what user 9, who reads everything, finds of each object. */
async function found(world: Started): Promise<Record<string, number>> {
  const reader = await world.index.reader();
  const of = async (object: ObjectName) => (await reader.ids('', { as: userId(9), types: [object] })).length;
  const counts = await Promise.all(OBJECT_NAMES.map(async (name) => [name, await of(name)] as const));
  await reader.close();
  return Object.fromEntries(counts);
}

/** Documents are never counted: every write updates their counts. */
export function counts(newIndex: NewIndex): void {
  const begin = () => {
    const all = { reach: 'all', fields: 'all' } as const;
    return Started.begin(newIndex, member(9, [], Object.fromEntries(OBJECT_NAMES.map((name) => [name, all]))));
  };

  it('a new index has no documents', async () => {
    const store = await (await newIndex()).store();
    expect(await store.counts()).toEqual({ Account: 0, Contact: 0, Case: 0, Opportunity: 0, Lead: 0 });
    await store.close();
  });

  it('the counts match the documents after any write, removal, sweep or rollback', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const world = await begin();
        let store = await world.index.store();
        try {
          for (const [at, each] of steps.entries()) {
            store = await take(world, store, each, START + (at + 2) * 1_000);
            expect(await store.counts()).toEqual(await found(world));
          }
        } finally {
          await store.close();
          await world.store.close();
        }
      }),
      { numRuns: 40, ...(seed === undefined ? {} : { seed }) },
    );
  }, 120_000);

  it('a clock that was set back makes every document old, and leaves the counts', async () => {
    const world = await begin();
    const version = Date.parse('2999-01-01T00:00:00.000Z');
    await world.write({ records: [record('Lead', 1, {}, { version }), record('Case', 1, {}, { version })] });
    const now = iso(START + 60_000);
    await world.admit({ ...world.fence, run: 2 }, now, now);
    expect(await world.store.counts()).toEqual(await found(world));
    expect(await world.store.counts()).toMatchObject({ Lead: 1, Case: 1 });
  });

  it('other fields leave the counts', async () => {
    const world = await begin();
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    const { fields, titleFields } = opening().indexed;
    const indexed = { titleFields, fields: { ...fields, Lead: fields.Lead.slice(0, -1) } };
    await world.begin(opening({ start: iso(START + 60_000), indexed }));
    expect(await world.store.counts()).toMatchObject({ Lead: 1, Case: 0 });
  });
}
