import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openIndex, openIndexWriter } from '../../src/index/open.ts';
import type { BackfillPosition, IndexWriter, Ticket } from '../../src/index/port.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import type { Salesforce } from '../../src/salesforce/client.ts';
import { backfillSlice } from '../../src/sync/backfill-slice.ts';
import { readChanges } from '../../src/sync/changes.ts';
import type { Counts } from '../../src/sync/counts.ts';
import { describeSelection } from '../../src/sync/describe.ts';
import { refreshMembership } from '../../src/sync/membership.ts';
import { QuerySizes } from '../../src/sync/query-sizes.ts';
import type { Selection } from '../../src/sync/selection.ts';
import { clientOf } from '../salesforce/scripted-org.ts';
import { account, contact, lead, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { storedDocuments } from './stored-documents.ts';

const signal = new AbortController().signal;
const pageSizes = () => ({ pageSize: 2_000, sizes: new QuerySizes() });
const CAUSE = 'BillingAddress holds an object, not text';

let folder: string;
let path: string;
let org: SandboxOrg;
let salesforce: Salesforce;
let index: IndexWriter;
let ticket: Ticket;
let usual: Selection;
/** As if a version of the connector took a compound address for text. */
let spoilt: Selection;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unindexed-'));
  path = join(folder, 'index.db');
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  salesforce = clientOf(org, { credentials: async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' }) });
  const { organizationId } = await salesforce.authenticate();
  usual = await describeSelection(salesforce, {}, signal);
  const { Account } = usual.objects;
  spoilt = {
    ...usual,
    objects: { ...usual.objects, Account: { ...Account, fields: [...Account.fields, 'BillingAddress'] } },
  };
  index = await openIndexWriter({ path, create: true });
  ticket = { run: 1, indexId: (await index.state()).indexId, organizationId };
  await backfill(usual);
  await org.advanceClock(3600);
});

afterEach(async () => {
  await index?.close();
  await org?.close();
  rmSync(folder, { recursive: true });
});

/** A whole complete backfill; answers its start, and the slices that accounts took. */
async function backfill(selection: Selection, sliceCharacters = 1_000_000): Promise<{ start: string; slices: number }> {
  // The org's time comes with a reply.
  await salesforce.versions();
  const start = new Date(salesforce.clock.now()).toISOString();
  const input = { salesforce, index, ticket, selection, signal };
  const sizes = new QuerySizes();
  await refreshMembership({ ...input, probes: null, made: null, backfillStart: start, frozenUsers: 'closed' });
  let slices = 0;
  for (const object of OBJECT_NAMES) {
    let from: BackfillPosition | null = null;
    while (from?.done !== true) {
      const limits = { sliceRecords: 1_000, sliceCharacters, sizes, progress: () => {} };
      const slice: Awaited<ReturnType<typeof backfillSlice>> = await backfillSlice({
        ...input,
        ...limits,
        object,
        start,
        from,
      });
      from = slice.position;
      if (object === 'Account') slices++;
    }
  }
  for (const object of OBJECT_NAMES) await index.sweep(ticket, object, Date.parse(start), 20);
  await index.endBackfill(ticket, { contactsMixed: false });
  return { start, slices };
}

/** A whole incremental pass, a row a round where the limit is 1; answers what it did to accounts. */
async function pass(selection: Selection, limit = 1_000): Promise<Partial<Counts>> {
  await salesforce.versions();
  let round = { before: null, streams: null } as Pick<Parameters<typeof readChanges>[0], 'before' | 'streams'>;
  let changed = 0;
  let added = 0;
  do {
    const read = await readChanges({
      salesforce,
      index,
      ticket,
      selection,
      limit,
      ...pageSizes(),
      guardPercent: 20,
      signal,
      ...round,
    });
    changed += read.counts.Account?.changed ?? 0;
    added += read.counts.Account?.added ?? 0;
    round = read;
  } while ((round.streams ?? []).length > 0);
  return { changed, added };
}

async function found(as: string, words = ''): Promise<string[]> {
  const reader = await openIndex({ path });
  try {
    return (await reader.ids(words, { as })).sort();
  } finally {
    await reader.close();
  }
}

const unindexed = async () => (await index.state()).unindexed;
const principalsOf = (id: string) => storedDocuments(path).find((document) => document.id === id)?.principals;
const askedAgain = async () =>
  (await org.requests())
    .flatMap(({ parts = [] }) => parts)
    .filter(({ query }) => / FROM Account WHERE Id IN /.test(query ?? ''));

it('a record that breaks goes alone, is read again by every pass, and comes in without having changed', async () => {
  const before = await found(PEOPLE.admin);
  const principals = principalsOf(account(3));
  expect(principals).not.toEqual([]);
  await org.change(
    { put: 'Account', row: { Id: account(3), Name: 'Broken Harbour' } },
    { put: 'Account', row: { Id: account(4), Name: 'Sound Harbour', BillingCity: null } },
    { put: 'Contact', row: { Id: contact(3), Title: 'Pilot' } },
  );
  await org.advanceClock(60);
  await pass(spoilt);
  expect(await found(PEOPLE.admin)).toEqual(before.filter((id) => id !== account(3)));
  expect(await found(PEOPLE.admin, 'sound')).toEqual([account(4)]);
  expect(await found(PEOPLE.admin, 'pilot')).toEqual([contact(3)]);
  const listed = { count: 1, records: [{ id: account(3), object: 'Account', cause: CAUSE }] };
  expect(await unindexed()).toEqual(listed);

  // So that its change is behind the watermark.
  await org.advanceClock(3600);
  await pass(spoilt);
  await org.clearRequests();
  expect(await pass(spoilt)).toEqual({ changed: 0, added: 0 });
  expect([await unindexed(), (await askedAgain()).length]).toEqual([listed, 1]);

  expect(await pass(usual)).toEqual({ changed: 0, added: 1 });
  expect(await unindexed()).toEqual({ count: 0, records: [] });
  expect(await found(PEOPLE.admin, 'broken')).toEqual([account(3)]);
  expect([await found(PEOPLE.admin), principalsOf(account(3))]).toEqual([before, principals]);

  await org.clearRequests();
  await pass(usual);
  expect(await askedAgain()).toEqual([]);
});

it('in rounds of one row nothing is lost, broken or not, and what goes from the org goes from the list', async () => {
  await org.change(
    { put: 'Account', row: { Id: account(5), Name: 'First' } },
    { put: 'Account', row: { Id: account(6), Name: 'Second', BillingCity: null } },
    { put: 'Account', row: { Id: account(7), Name: 'Third' } },
  );
  await org.advanceClock(60);
  await pass(spoilt, 1);
  expect(await found(PEOPLE.admin, 'second')).toEqual([account(6)]);
  expect((await unindexed()).records.map(({ id }) => id)).toEqual([account(5), account(7)]);

  await org.change({ erase: 'Account', id: account(5) }, { delete: 'Account', id: account(7) });
  await org.advanceClock(60);
  await pass(spoilt);
  expect((await unindexed()).count).toBe(0);
});

it('a broken stamp at the end of a round does not end the pass', async () => {
  const now = new Date(salesforce.clock.now()).toISOString();
  const rows = [
    { Id: lead(2), SystemModstamp: now, LastName: 'Sound', OwnerId: PEOPLE.seller, IsConverted: false },
    { Id: lead(3), SystemModstamp: 'yesterday', LastName: 'Broken', OwnerId: PEOPLE.seller, IsConverted: false },
  ];
  const result = { totalSize: rows.length, done: true, records: rows };
  const body = { compositeResponse: [{ body: result, httpHeaders: {}, httpStatusCode: 200, referenceId: 'r0' }] };
  await org.setFaults([{ match: { query: 'FROM Lead WHERE SystemModstamp' }, reply: { status: 200, body } }]);
  const from = { object: 'Lead', of: 'records', after: null } as const;
  const input = {
    salesforce,
    index,
    ticket,
    selection: usual,
    limit: rows.length,
    ...pageSizes(),
    guardPercent: 20,
    signal,
  };
  const { streams } = await readChanges({ ...input, before: now, streams: [from] });
  expect(streams).toEqual([{ ...from, after: { stamp: now, id: lead(2) } }]);
  const cause = 'SystemModstamp is not a time';
  expect((await unindexed()).records).toEqual([{ id: lead(3), object: 'Lead', cause }]);
  expect(await found(PEOPLE.admin)).not.toContain(lead(3));
  await pass(usual);
  expect((await unindexed()).count).toBe(0);
  expect(await found(PEOPLE.admin)).toContain(lead(3));
});

it('a complete backfill lists what breaks, takes what does not, and ends', async () => {
  const [sound, erased] = [account(4), account(6)];
  await org.change({ put: 'Account', row: { Id: sound, BillingCity: null } }, { erase: 'Account', id: erased });
  await org.advanceClock(60);
  const addresses = async () => (await org.rows('Account')).filter((row) => row.IsDeleted !== true && row.BillingCity);
  expect((await addresses()).length).toBeGreaterThan(3);
  ticket = { ...ticket, run: 2 };
  expect((await backfill(spoilt)).slices).toBe(1);
  const broken = (await addresses()).map(({ Id }) => Id).sort();
  expect((await unindexed()).records.map(({ id }) => id)).toEqual(broken);
  expect((await found(PEOPLE.admin)).filter((id) => id.startsWith('001'))).toEqual([sound]);

  // Slices that long texts end early read the same.
  ticket = { ...ticket, run: 3 };
  expect((await backfill(usual, 200)).slices).toBeGreaterThan(2);
  expect(await unindexed()).toEqual({ count: 0, records: [] });
  expect((await found(PEOPLE.admin)).filter((id) => id.startsWith('001'))).toEqual([sound, ...broken].sort());
});
