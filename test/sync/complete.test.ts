import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DevServer } from '../../src/temporal/server.ts';
import { type ListedRun, type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, lead, orgFolder, ROLES, recordId, share } from './org-folder.ts';
import { type LoggedRequest, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { type StoredDocument, storedDocuments } from './stored-documents.ts';
import { createSyncRunner } from './sync-runner.ts';
import { testTemporal } from './temporal.ts';
import { waitUntil } from './wait.ts';

const SIZE = { accounts: 60, slice: 25 };

let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;
let first: ListedRun;
let firstRequests: LoggedRequest[];

beforeAll(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: SIZE.accounts }));
  const personalGroup = share('01o', 900, 'Lead', lead(1), recordId('00G', 99), 'Read', 'Manual');
  await org.change({ put: 'LeadShare', row: personalGroup });
  const settings = { slice_records: SIZE.slice };
  connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
  await connection.startWorker();
  first = await connection.run();
  firstRequests = await org.requests();
});

afterAll(async () => {
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

const stored = () => storedDocuments(connection.config.index.path);
const contents = (documents: StoredDocument[]) => documents.map(({ version: _, ...content }) => content);

/** The data of every payload below a value, as text. */
function payloadTexts(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (value === null || typeof value !== 'object') return typeof value === 'string' ? [value] : [];
  return Object.values(value).flatMap(payloadTexts);
}

it('the first run is a complete backfill, started by the Schedule, and the index equals the org', async () => {
  expect(first).toMatchObject({ status: 'COMPLETED', scheduled: true, memo: { run: 1, kind: 'complete' } });
  await expectIndexEqualsOrg(connection.config.index.path, org);
});

it('its memo says what it hides, how many records, and what to do', async () => {
  expect(first.memo.closed).toEqual([
    expect.stringMatching(/^Manage Users is missing .* → Grant "Manage Users"/),
    expect.stringMatching(
      /^records shared with groups that the API does not show \(1\): these are personal groups, .* → Share with/,
    ),
  ]);
  expect(first.memo.gaps).toEqual([
    { code: 'right_missing', right: 'manage-users', inferred: true, externalOnly: false, count: null },
    { code: 'unknown_group_shares', count: 1 },
  ]);
});

it('its memo can be read without a worker: the headline, the counts and the watermarks', async () => {
  expect(first.memo.headline).toBe(
    'run 1, complete backfill (no complete backfill has ever finished) done: 294 records read, 294 documents added, 0 changed, 0 removed',
  );
  expect(first.memo.progress.Contact).toEqual({
    expected: 60,
    read: 60,
    added: 60,
    changed: 0,
    renewed: 0,
    removed: 0,
    done: true,
  });
  expect(Object.keys(first.memo.watermarks).toSorted()).toEqual(['Account', 'Case', 'Contact', 'Lead', 'Opportunity']);
});

it('a history contains no record, token or secret', async () => {
  const { workflowId, runId } = first;
  const history = await connection.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const text = payloadTexts(history).join('\n');
  // The control: the same scan finds what is there.
  expect(text).toContain('Account');
  for (const hidden of ['Harbour', 'mail.example', 'access_token', 'client_secret', '00D000000000001!']) {
    expect(text).not.toContain(hidden);
  }
});

/** The requests in order, without the times in them. */
function asked(requests: readonly LoggedRequest[]): string[] {
  const text = requests.map(({ method, path, query, parts }) => JSON.stringify({ method, path, query, parts }));
  return text.map((line) => line.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'));
}

it('the org gets the same requests as from an in-process run, in a complete and in an incremental run', async () => {
  const twin = await sandboxOrg(orgFolder({ accounts: SIZE.accounts }));
  const runner = createSyncRunner(twin.url, { sliceRecords: SIZE.slice, pageSize: connection.config.pageSize });
  try {
    await runner.complete();
    expect(asked(await twin.requests())).toEqual(asked(firstRequests));
    await twin.clearRequests();
    await runner.incremental();
    await org.clearRequests();
    expect(await connection.run()).toMatchObject({ memo: { kind: 'incremental' } });
    expect(asked(await twin.requests())).toEqual(asked(await org.requests()));
  } finally {
    runner.close();
    await twin.close();
  }
});

it('a requested complete backfill on an unchanged org keeps every document, and renews them all', async () => {
  const before = stored();
  await connection.force();
  const run = await connection.run();
  expect(run).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete', reason: 'requested by a signal' } });
  const after = stored();
  expect(contents(after)).toEqual(contents(before));
  const start = Date.parse(run.memo.backfillStart ?? '');
  expect(after.filter((document) => document.version < start)).toEqual([]);
  expect(before.filter((document) => document.version >= start)).toEqual([]);
});

it('a promotion in the role hierarchy rewrites no document, and changes who finds them', async () => {
  const before = stored();
  await org.change({ put: 'UserRole', row: { Id: ROLES.agent, ParentRoleId: ROLES.manager } });
  await connection.run();
  expect(contents(stored())).toEqual(contents(before));
  await expectIndexEqualsOrg(connection.config.index.path, org);
});

it('a record that changes after a backfill has passed it is not swept', async () => {
  await org.setFaults([{ match: { query: 'FROM Case ' }, reply: 'hang' }]);
  await connection.force();
  const run = await connection.trigger();
  await waitUntil(async () => (await org.held()) === 1);
  await org.change({ put: 'Account', row: { Id: account(7), Name: 'Renamed meanwhile' } });
  await org.setFaults([]);
  await org.release();
  expect(await connection.ended(run)).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
  expect(stored().map((document) => document.id)).toContain(account(7));
  await org.advanceClock(60);
  await connection.run();
  await expectIndexEqualsOrg(connection.config.index.path, org);
});

it('a sweep that looks like lost access stops, says so, and leaves the documents as they were', async () => {
  const before = stored();
  const leads = (await org.rows('Lead')).filter((row) => row.IsConverted === false);
  // More than fifty and more than a fifth of the object.
  await org.change(...leads.map((row) => ({ erase: 'Lead', id: row.Id })));
  await connection.force();
  const run = await connection.run();
  expect(run.memo.warnings).toEqual([
    `sweep of Lead stopped: it would have removed ${leads.length} of ${leads.length} documents, which looks like lost access. None of them was removed`,
  ]);
  expect(contents(stored())).toEqual(contents(before));
});
