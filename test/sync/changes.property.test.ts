import { ControlError } from '@salesforce-connector/sandbox/control';
import { type OrgTables, type SharedObject, writeFolder } from '@salesforce-connector/sandbox/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { type IndexReader, openIndexReader } from '../../src/index/open.ts';
import { holdsInTime } from '../salesforce/seeded.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { arbitraryChange, type RandomChange } from './random/changes.ts';
import { arbitraryOrg } from './random/org.ts';
import { ADMIN, FIELDS, OBJECTS } from './random/pools.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type Slice, type SyncRunner } from './sync-runner.ts';

const FILE = 'test/sync/changes.property.test.ts';
/** FC_RUNS sets a higher number. */
const RUNS = 10;
const LONGEST_MS = 60 * 60_000;

/** Two or more slices of most objects. */
const SLICE = 2;

/** Some changes, and the runs that must bring them in. */
interface Step {
  readonly changes: readonly RandomChange[];
  readonly made:
    | 'before the next run'
    | 'before a complete backfill'
    | 'during a complete backfill'
    | 'during a complete backfill that outlasts ticks'
    | 'while a complete backfill is interrupted';
  /** After how many slices of the backfill. */
  readonly slices: number;
}

const arbitraryStep: fc.Arbitrary<Step> = fc.record({
  changes: fc.array(arbitraryChange, { minLength: 1, maxLength: 4 }),
  made: fc.constantFrom(
    'before the next run',
    'before the next run',
    'before the next run',
    'before a complete backfill',
    'during a complete backfill',
    'during a complete backfill that outlasts ticks',
    'while a complete backfill is interrupted',
  ),
  slices: fc.integer({ min: 1, max: 5 }),
});
/** Steps first: fast-check shrinks in this order. */
const arbitraryStory = fc.record({
  /** Share rows are compared by ranges, because the org is too slow over their dates. */
  slowDates: fc.boolean(),
  steps: fc.array(arbitraryStep, { minLength: 1, maxLength: 3 }),
  tables: arbitraryOrg,
});

/** What was compared. A comparison of nothing would prove nothing. */
const seen = { comparisons: 0, users: 0, found: 0, hidden: 0, words: 0, made: 0, refused: 0 };

interface Story {
  readonly tables: OrgTables;
  readonly steps: readonly Step[];
  readonly slowDates: boolean;
}

const SLOW_DATES = { match: { query: 'Share WHERE LastModifiedDate >=' }, times: 'always', reply: 'query-timeout' };

async function play({ tables, steps, slowDates }: Story): Promise<void> {
  const files = writeFolder(tables, { run_as: ADMIN });
  const org = await sandboxOrg(files.folder);
  const sync = createSyncRunner(org.url, { sliceRecords: SLICE });
  try {
    if (slowDates) await org.setFaults([SLOW_DATES]);
    await sync.complete();
    await expectEqual(sync, org);
    let hasTraceless = false;
    for (const step of steps) {
      // The overlap of the windows must not hide what a wrong window would lose.
      await org.advanceClock(1_200);
      if (step.made !== 'before the next run') hasTraceless = false;
      await bringIn(sync, org, step);
      if (step.made !== 'before a complete backfill') hasTraceless ||= step.changes.some((one) => !one.leavesTrace);
      if (!hasTraceless) await expectEqual(sync, org);
    }
    if (hasTraceless) {
      await sync.complete();
      await expectEqual(sync, org);
    }
  } finally {
    sync.close();
    await org.close();
    files.remove();
  }
}

/** Makes the changes, and the runs after which the index must be right, as the README's table promises. */
async function bringIn(sync: SyncRunner, org: SandboxOrg, { changes, made, slices }: Step): Promise<void> {
  const make = async () => {
    for (const { changes: some } of changes) await change(org, some);
    // A run reads up to its own second, exclusive.
    await org.advanceClock(2);
  };
  const makeAt = async ({ number }: Slice) => void (number === slices && (await make()));
  switch (made) {
    case 'before the next run':
      await make();
      break;
    case 'before a complete backfill':
      await make();
      await sync.complete();
      return;
    case 'during a complete backfill':
      await sync.complete({ afterSlice: makeAt });
      break;
    case 'during a complete backfill that outlasts ticks':
      await sync.complete({
        async afterSlice(slice) {
          await makeAt(slice);
          slice.tick();
        },
      });
      break;
    case 'while a complete backfill is interrupted':
      await sync.completeInterrupted(slices);
      await make();
      await sync.resume();
      break;
  }
  await sync.run();
  // A default that moves contacts causes a complete backfill, which the next tick makes.
  while (sync.state().completeNext !== null) await sync.run();
}

async function change(org: SandboxOrg, changes: RandomChange['changes']): Promise<void> {
  const withShares = await Promise.all(changes.map(async (one) => [...(await sharesGoneWith(org, one)), one]));
  try {
    await org.change(...withShares.flat());
    seen.made += 1;
  } catch (error) {
    // The change is of something that does not exist, or no longer exists.
    if (!(error instanceof ControlError) || error.status !== 400) throw error;
    seen.refused += 1;
  }
}

/** Salesforce deletes a record's share rows with it. */
async function sharesGoneWith(org: SandboxOrg, { erase, id }: RandomChange['changes'][number]) {
  const object = OBJECTS.find((name) => name === erase);
  if (object === undefined) return [];
  const shares = (await org.rows(`${object}Share`)).filter((row) => row[`${object}Id`] === id);
  return shares.map((row) => ({ erase: `${object}Share`, id: row.Id }));
}

async function expectEqual(sync: SyncRunner, org: SandboxOrg): Promise<void> {
  await expectIndexEqualsOrg(sync.path, org, ADMIN);
  const index = await openIndexReader({ index: indexAt(sync.path) });
  try {
    const frozen = new Set((await org.rows('UserLogin')).filter((row) => row.IsFrozen).map((row) => row.UserId));
    const users = (await org.rows('User')).filter((row) => row.IsActive === true && !frozen.has(row.Id ?? null));
    const records = new Map(await Promise.all(OBJECTS.map(async (name) => [name, await org.rows(name)] as const)));
    for (const { Id } of users) await expectSameWords(index, org, records, String(Id));
    seen.comparisons += 1;
    seen.users += users.length;
  } finally {
    await index.close();
  }
}

/** A word finds the records that have it in a field that the user may read. */
async function expectSameWords(
  index: IndexReader,
  org: SandboxOrg,
  records: ReadonlyMap<SharedObject, Awaited<ReturnType<SandboxOrg['rows']>>>,
  as: string,
): Promise<void> {
  for (const [object, rows] of records) {
    const readable = new Set(org.readable(as, object));
    const fields = new Set(org.readableFields(as, object));
    seen.found += readable.size;
    seen.hidden += rows.length - readable.size;
    for (const field of FIELDS[object]) {
      for (const word of new Set(rows.map((row) => row[field]).filter((value) => typeof value === 'string'))) {
        const having = rows.filter((row) => row[field] === word && readable.has(String(row.Id)));
        const ids = fields.has(field) ? having.map((row) => String(row.Id)).toSorted() : [];
        const found = (await index.ids(word, { as, types: [object] })).toSorted();
        if (found.join() !== ids.join())
          throw new Error(`${as} finds by ${word} in ${object}.${field} ${found}, but the org lets them read ${ids}`);
        seen.words += 1;
      }
    }
  }
}

it(
  'everybody finds what the org lets them read, by readable fields, after any changes and their runs',
  async () => {
    await holdsInTime(FILE, RUNS, arbitraryStory, {
      check: play,
      // The org folder stays, so that a person can look at it and serve it.
      show: ({ tables, ...story }) => `org: ${writeFolder(tables, { run_as: ADMIN }).folder}\n${JSON.stringify(story)}`,
    });
    if (process.env.FC_RUNS !== undefined) process.stderr.write(`compared: ${JSON.stringify(seen)}\n`);
    expect(seen.found).toBeGreaterThan(seen.hidden / 10);
    expect(seen.hidden).toBeGreaterThan(seen.found / 10);
    expect(seen.made).toBeGreaterThan(seen.refused);
  },
  LONGEST_MS,
);
