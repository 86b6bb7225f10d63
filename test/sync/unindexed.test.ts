import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import type { FencingToken } from '../../src/index/port/admission.ts';
import type { RunStore } from '../../src/index/port/run-store.ts';
import type { Salesforce } from '../../src/salesforce/client.ts';
import { backfillSlices } from '../../src/sync/backfill-slices.ts';
import { readChanges } from '../../src/sync/changes.ts';
import type { Counts } from '../../src/sync/counts.ts';
import { QuerySizes } from '../../src/sync/query-sizes.ts';
import { resolveSchema } from '../../src/sync/resolve-schema.ts';
import type { ResolvedSchema } from '../../src/sync/resolved-schema.ts';
import { clientOf } from '../salesforce/scripted-org.ts';
import { account, contact, lead, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { storedDocuments } from './stored-documents.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';
import { wishes } from './wishes.ts';

const CAUSE = { code: 'field_holds_object', field: 'BillingAddress' };

let folder: string;
let org: SandboxOrg;
let sync: SyncRunner;
/** As if a version of the connector took a compound address for text. */
let isSpoilt: boolean;

beforeEach(async () => {
  folder = orgFolder({ accounts: 12 });
  org = await sandboxOrg(folder);
  isSpoilt = false;
  const select = (usual: ResolvedSchema) => (isSpoilt ? withAddress(usual) : usual);
  sync = createSyncRunner(org.url, { sliceRecords: 1_000, pageSize: 2_000 }, { select });
  await sync.complete();
  await org.advanceClock(3600);
});

afterEach(async () => {
  sync?.close();
  await org?.close();
  rmSync(folder, { recursive: true });
});

function withAddress(usual: ResolvedSchema): ResolvedSchema {
  const { Account } = usual.objects;
  const fields = [...Account.fields, 'BillingAddress'];
  return { ...usual, objects: { ...usual.objects, Account: { ...Account, fields } } };
}

/** An incremental run. Returns what it did to accounts. */
async function pass(version: 'spoilt' | 'usual'): Promise<Partial<Counts>> {
  isSpoilt = version === 'spoilt';
  const { changed, added } = (await sync.incremental()).counts.Account ?? {};
  return { changed, added };
}

/**
 * Changes one argument of the last run's activities, for rounds and slices that end where no configuration ends them.
 */
interface Part {
  readonly salesforce: Salesforce;
  readonly store: RunStore;
  readonly fence: FencingToken;
  readonly schema: ResolvedSchema;
  readonly sizes: QuerySizes;
  readonly signal: AbortSignal;
  readonly attempt: number;
}

async function inLastRun<T>(work: (part: Part) => Promise<T>): Promise<T> {
  const salesforce = clientOf(org, { credentials: async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' }) });
  const { organizationId } = await salesforce.authenticate();
  const { signal } = new AbortController();
  const schema = await resolveSchema(salesforce, wishes(), signal);
  const { indexId, highestRun } = await sync.indexState();
  const store = await openRunStore({ index: indexAt(sync.path), create: false });
  try {
    const fence = { run: highestRun, indexId, organizationId };
    return await work({ salesforce, store, fence, schema, sizes: new QuerySizes(), signal, attempt: 1 });
  } finally {
    await store.close();
  }
}

const found = (as: string, words?: string) => sync.found(as, words).then((ids) => ids.toSorted());
const unindexed = async () => (await sync.indexState()).unindexed;
const principalsOf = (id: string) => storedDocuments(sync.path).find((document) => document.id === id)?.principals;
const askedAgain = async () =>
  (await org.requests())
    .flatMap(({ parts = [] }) => parts)
    .filter(({ query }) => / FROM Account WHERE Id IN /.test(query ?? ''));

it('a broken record leaves alone, is read again by every pass, and comes back without a change', async () => {
  const before = await found(PEOPLE.admin);
  const principals = principalsOf(account(3));
  expect(principals).not.toEqual([]);
  await org.change(
    { put: 'Account', row: { Id: account(3), Name: 'Broken Harbour' } },
    { put: 'Account', row: { Id: account(4), Name: 'Sound Harbour', BillingCity: null } },
    { put: 'Contact', row: { Id: contact(3), Title: 'Pilot' } },
  );
  await org.advanceClock(60);
  await pass('spoilt');
  expect(await found(PEOPLE.admin)).toEqual(before.filter((id) => id !== account(3)));
  expect(await found(PEOPLE.admin, 'sound')).toEqual([account(4)]);
  expect(await found(PEOPLE.admin, 'pilot')).toEqual([contact(3)]);
  const listed = { count: 1, records: [{ id: account(3), object: 'Account', cause: CAUSE }] };
  expect(await unindexed()).toEqual(listed);

  // So that its change is behind the watermark.
  await org.advanceClock(3600);
  await pass('spoilt');
  await org.clearRequests();
  expect(await pass('spoilt')).toEqual({ changed: 0, added: 0 });
  expect([await unindexed(), (await askedAgain()).length]).toEqual([listed, 1]);

  expect(await pass('usual')).toEqual({ changed: 0, added: 1 });
  expect(await unindexed()).toEqual({ count: 0, records: [] });
  expect(await found(PEOPLE.admin, 'broken')).toEqual([account(3)]);
  expect([await found(PEOPLE.admin), principalsOf(account(3))]).toEqual([before, principals]);

  await org.clearRequests();
  await pass('usual');
  expect(await askedAgain()).toEqual([]);
});

it('rounds of one row lose nothing, broken or not, and a record that leaves the org leaves the list', async () => {
  sync.restart({ sliceRecords: 1 });
  await org.change(
    { put: 'Account', row: { Id: account(5), Name: 'First' } },
    { put: 'Account', row: { Id: account(6), Name: 'Second', BillingCity: null } },
    { put: 'Account', row: { Id: account(7), Name: 'Third' } },
  );
  await org.advanceClock(60);
  await pass('spoilt');
  expect(await found(PEOPLE.admin, 'second')).toEqual([account(6)]);
  expect((await unindexed()).records.map(({ id }) => id)).toEqual([account(5), account(7)]);

  await org.change({ erase: 'Account', id: account(5) }, { delete: 'Account', id: account(7) });
  await org.advanceClock(60);
  await pass('spoilt');
  expect((await unindexed()).count).toBe(0);
});

it('a broken stamp at the end of a round does not end the pass', async () => {
  const ms = await inLastRun(async ({ salesforce }) => salesforce.clock.now());
  const [stamp, now] = [new Date(ms - 1000).toISOString(), new Date(ms).toISOString()];
  const rows = [
    { Id: lead(2), SystemModstamp: stamp, LastName: 'Sound', OwnerId: PEOPLE.seller, IsConverted: false },
    { Id: lead(3), SystemModstamp: 'yesterday', LastName: 'Broken', OwnerId: PEOPLE.seller, IsConverted: false },
  ];
  const result = { totalSize: rows.length, done: true, records: rows };
  const body = { compositeResponse: [{ body: result, httpHeaders: {}, httpStatusCode: 200, referenceId: 'r0' }] };
  await org.setFaults([{ match: { query: 'FROM Lead WHERE SystemModstamp' }, reply: { status: 200, body } }]);
  const from = { object: 'Lead', of: 'records', after: null } as const;
  const { streams } = await inLastRun(async (part) => {
    await part.store.notePass(part.fence, { before: now, streams: [from] });
    return readChanges({ ...part, limit: rows.length, pageSize: 2_000, guardPercent: 20, before: now });
  });
  expect(streams).toEqual([{ ...from, after: { stamp, id: lead(2) } }]);
  const cause = { code: 'modified_malformed' };
  expect((await unindexed()).records).toEqual([{ id: lead(3), object: 'Lead', cause }]);
  expect(await found(PEOPLE.admin)).not.toContain(lead(3));
  // Two workers know the org's time only to the second: the next write of one may count as older than the other's.
  await org.advanceClock(60);
  await pass('usual');
  expect((await unindexed()).count).toBe(0);
  expect(await found(PEOPLE.admin)).toContain(lead(3));
});

it('a complete backfill lists broken records, takes the others, and ends', async () => {
  const [sound, erased] = [account(4), account(6)];
  await org.change({ put: 'Account', row: { Id: sound, BillingCity: null } }, { erase: 'Account', id: erased });
  await org.advanceClock(60);
  const addresses = async () => (await org.rows('Account')).filter((row) => row.IsDeleted !== true && row.BillingCity);
  expect((await addresses()).length).toBeGreaterThan(3);
  isSpoilt = true;
  const read: string[] = [];
  await sync.complete({ afterSlice: async ({ object }) => void read.push(object) });
  expect(read.filter((object) => object === 'Account')).toHaveLength(1);
  const broken = (await addresses()).map(({ Id }) => Id).sort();
  expect((await unindexed()).records.map(({ id }) => id)).toEqual(broken);
  expect((await found(PEOPLE.admin)).filter((id) => id.startsWith('001'))).toEqual([sound]);

  // Slices that long texts end early read the same.
  isSpoilt = false;
  // A worker that has just started knows the org's time only to the second.
  await org.advanceClock(60);
  sync.restart({ sliceRecords: 1 });
  await sync.completeInterrupted(1);
  const slices = await inLastRun(async (part) => {
    const { start, positions } = sync.state().openBackfill ?? expect.fail('no backfill is open');
    const limits = { sliceRecords: 1_000, sliceCharacters: 200 };
    const oneSlice = { mayBegin: () => false, mustEnd: () => false, progress: () => {} };
    let from: { done: boolean; recordsRead: number } | null = positions.Account ?? null;
    let count = 0;
    for (; from?.done !== true; count++) {
      const read = await backfillSlices({ ...part, ...limits, ...oneSlice, objects: ['Account'], start, from });
      from = read.get('Account')?.position ?? null;
    }
    return count;
  });
  expect(slices).toBeGreaterThan(2);
  await org.advanceClock(60);
  sync.restart({ sliceRecords: 1_000 });
  await sync.resume();
  expect(await unindexed()).toEqual({ count: 0, records: [] });
  expect((await found(PEOPLE.admin)).filter((id) => id.startsWith('001'))).toEqual([sound, ...broken].sort());
});
