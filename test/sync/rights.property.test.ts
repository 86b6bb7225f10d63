import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OBJECT_NAMES, type ObjectName, objectNamed } from '../../src/objects/index.ts';
import { OWN_SET } from '../check/checked.ts';
import { holdsInTime } from '../salesforce/seeded.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { orgFolder, PEOPLE, recordId } from './org-folder.ts';
import { type Change, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

const FILE = 'test/sync/rights.property.test.ts';
/** FC_RUNS sets a higher number. */
const RUNS = 12;
const LONGEST_MS = 60 * 60_000;

const ACCOUNTS = 6;

/** What happens to the integration user's View All on an object and to its records, and the run after that. */
interface Step {
  readonly object: ObjectName;
  /**
   * Between runs; or lost at the given request of the run, and given back the given number of requests later, or after
   * the run.
   */
  readonly right: 'lost' | 'given back' | { readonly at: number; readonly back: number | null };
  readonly changes: readonly { readonly what: 'text' | 'owner' | 'deleted'; readonly n: number }[];
  readonly run: 'as planned' | 'complete';
}

const arbitraryStep: fc.Arbitrary<Step> = fc.record({
  object: fc.constantFrom(...OBJECT_NAMES),
  right: fc.oneof(
    fc.constantFrom('lost' as const, 'given back' as const),
    fc.record({ at: fc.integer({ min: 0, max: 9 }), back: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 1 }) }),
    fc.record({ at: fc.integer({ min: 0, max: 9 }), back: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 1 }) }),
  ),
  changes: fc.array(
    fc.record({ what: fc.constantFrom('text', 'owner', 'deleted'), n: fc.integer({ min: 1, max: ACCOUNTS }) }),
    { minLength: 1, maxLength: 3 },
  ),
  run: fc.constantFrom('as planned', 'as planned', 'complete'),
});

const rightOf = (object: ObjectName) => recordId('110', 20 + OBJECT_NAMES.indexOf(object));
const viewAll = (object: ObjectName, held: boolean): Change => ({
  put: 'ObjectPermissions',
  row: {
    Id: rightOf(object),
    ParentId: OWN_SET,
    SobjectType: object,
    PermissionsRead: true,
    PermissionsViewAllRecords: held,
  },
});

/** Twenty minutes: the overlap of windows must not hide what they would lose. */
const pass = (org: SandboxOrg) => org.advanceClock(1_200);

async function play(steps: readonly Step[]): Promise<void> {
  const org = await sandboxOrg(orgFolder({ accounts: ACCOUNTS }));
  const sync = createSyncRunner(org.url, { sliceRecords: 3 });
  try {
    await org.change(...OBJECT_NAMES.map((object) => viewAll(object, true)), {
      put: 'PermissionSet',
      row: { Id: OWN_SET, PermissionsViewAllData: false },
    });
    await sync.complete();
    for (const step of steps) await playStep(org, sync, step);
    await org.change(...OBJECT_NAMES.map((object) => viewAll(object, true)));
    await pass(org);
    // One run notices, and the next makes up for it. A backfill that was begun earlier may come first.
    for (let left = 3; left > 0; left -= 1) await sync.run();
    const { stale, missed } = await sync.indexState();
    expect({ stale, missed }).toEqual({ stale: [], missed: [] });
    await expectIndexEqualsOrg(sync.path, org);
    await pass(org);
    await sync.incremental();
  } finally {
    sync.close();
    await org.close();
  }
}

async function playStep(org: SandboxOrg, sync: SyncRunner, { object, right, changes, run }: Step): Promise<void> {
  if (typeof right === 'string') await org.change(viewAll(object, right === 'given back'));
  for (const { what, n } of changes) {
    const id = recordId(objectNamed(object).keyPrefix, n);
    const row = (await org.rows(object)).find(({ Id }) => Id === id);
    if (row === undefined || row.IsDeleted === true || row.IsConverted === true) continue;
    if (what === 'deleted') await org.change({ delete: object, id });
    if (what === 'owner') await org.change({ put: object, row: { Id: id, OwnerId: PEOPLE.agent } });
    const title = object === 'Case' ? 'Subject' : object === 'Contact' || object === 'Lead' ? 'LastName' : 'Name';
    if (what === 'text') await org.change({ put: object, row: { Id: id, [title]: `changed ${n}` } });
  }
  await pass(org);
  if (typeof right !== 'string') {
    const { at, back } = right;
    const turn = (skip: number, held: boolean) => {
      return { match: { path: '/services/data/', skip }, reply: { change: [viewAll(object, held)] } };
    };
    await org.setFaults([turn(at, false), ...(back === null ? [] : [turn(at + back, true)])]);
  }
  await (run === 'complete' ? sync.complete() : sync.run());
  await org.setFaults([]);
  if (typeof right !== 'string') await org.change(viewAll(object, true));
}

it(
  'once all rights are back, the index equals the org again, for any changes of rights at any time',
  { timeout: LONGEST_MS },
  () =>
    holdsInTime(FILE, RUNS, fc.array(arbitraryStep, { minLength: 1, maxLength: 4 }), {
      check: play,
      show: (steps) => JSON.stringify(steps, null, 1),
    }),
);
