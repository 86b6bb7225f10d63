import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIndexReader } from '../../src/index/open.ts';
import { fieldLists, type ObjectName, objectNamed, STANDARD_FIELDS } from '../../src/objects/index.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { type BeginRun, beginRunUpdate, connectionWorkflowId } from '../../workflows/contract.ts';
import { stopWorker, type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, accountShare, contact, lead, orgFolder, PEOPLE, recordId } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';

/** More than the sweep guard removes without asking. */
const ACCOUNTS = 120;

const INTEGRATION_SEES_REGION = recordId('0IR', 9_001);

const FIRST = {
  Account: { fields: { add: ['Region__c'], leave_out: ['Fax'] }, where: "BillingCity = 'Porto'" },
  Lead: 'off',
};

let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;
let worker: ChildProcess;

beforeAll(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(withRegions(orgFolder({ accounts: ACCOUNTS })));
  connection = await testConnection({
    baseUrl: org.url,
    temporalAddress: temporal.address,
    settings: { objects: FIRST, slice_records: 50 },
  });
  worker = await connection.startWorker();
});

afterAll(async () => {
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

/** What the connection knew when the last run began. */
async function lastBegin(): Promise<BeginRun> {
  const workflowId = connectionWorkflowId(connection.config.connection);
  const { events } = await connection.client.workflow.getHandle(workflowId).fetchHistory();
  const requests = (events ?? []).map((event) => event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest);
  const last = requests.findLast((request) => request?.input?.name === beginRunUpdate.name);
  return JSON.parse(Buffer.from(last?.input?.args?.payloads?.[0]?.data ?? []).toString('utf8'));
}

/** The permission set of every profile except the two that read everything. */
const STANDARD = 2;

/**
 * Case.AccountId is hidden from everybody except the profiles that read everything. Only the chief's permission set and
 * these two profiles show Account.Region__c.
 */
function withRegions(folder: string): string {
  const file = join(folder, 'Account.csv');
  const [header, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const lines = rows.map((row, at) => `${row},"${at % 2 === 0 ? 'Nordwest' : 'Suedost'}"`);
  writeFileSync(file, `${[`${header},"Region__c"`, ...lines].join('\n')}\n`);

  const everyField = (['Account', 'Contact', 'Case', 'Opportunity', 'Lead'] as const).flatMap((object) =>
    [...objectNamed(object).fields, ...objectNamed(object).accessFields, 'BillingAddress', 'MailingAddress', 'Address']
      .filter((field) => field !== 'IsPersonAccount')
      .map((field) => [object, field] as const),
  );
  let n = 0;
  const grants = [1, 2, 3].flatMap((set) =>
    everyField
      .filter(([object, field]) => !(set === STANDARD && object === 'Case' && field === 'AccountId'))
      .map(([object, field]) => grant(recordId('0IR', ++n), recordId('0PS', set), object, field)),
  );
  writeFileSync(
    join(folder, 'FieldPermissions.csv'),
    [
      'Id,ParentId,SobjectType,Field,PermissionsRead',
      ...grants,
      grant(INTEGRATION_SEES_REGION, recordId('0PS', 3), 'Account', 'Region__c'),
      grant(recordId('0IR', 9_002), recordId('0PS', 1), 'Account', 'Region__c'),
      grant(recordId('0IR', 9_003), recordId('0PS', 4), 'Account', 'Region__c'),
      '',
    ].join('\n'),
  );
  const sets = join(folder, 'PermissionSet.csv');
  const set = `"${recordId('0PS', 4)}","Regions","Regions","false","","Regular","false","false","false"\n`;
  writeFileSync(sets, readFileSync(sets, 'utf8') + set);
  writeFileSync(
    join(folder, 'PermissionSetAssignment.csv'),
    `Id,AssigneeId,PermissionSetId\n${recordId('0Pa', 1)},${PEOPLE.chief},${recordId('0PS', 4)}\n`,
  );
  return folder;
}

function grant(id: string, set: string, object: string, field: string): string {
  return [id, set, object, `${object}.${field}`, 'true'].join(',');
}

async function found(as: string, words = ''): Promise<string[]> {
  const index = await openIndexReader({ index: connection.config.index });
  try {
    return await index.ids(words, { as });
  } finally {
    await index.close();
  }
}

/** Restarts the worker with another `objects`. */
async function choose(objects: unknown): Promise<void> {
  await stopWorker(worker);
  const { file } = connection.config;
  const lines = readFileSync(file, 'utf8').split('\n');
  const others = lines.filter((line) => !line.startsWith('objects:'));
  writeFileSync(file, `objects: ${JSON.stringify(objects)}\n${others.join('\n')}`);
  worker = await connection.startWorker();
}

const accountFields = (fields: readonly string[]) =>
  fieldLists(({ name }) => (name === 'Account' ? fields : STANDARD_FIELDS.fields[name]));
const usual = STANDARD_FIELDS.fields.Account;
const chosen = accountFields([...usual.filter((field) => field !== 'Fax'), 'Region__c']);
const isPorto = (object: ObjectName, row: { BillingCity?: unknown }): boolean =>
  object !== 'Lead' && (object !== 'Account' || row.BillingCity === 'Porto');

it('the index contains what is selected, and shows each user what that user may read of it', async () => {
  const run = await connection.run();
  expect(run).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete', progress: { Lead: { read: 0 } } } });
  await expectIndexEqualsOrg(connection.config.index.path, org, PEOPLE.admin, { takes: isPorto, fields: chosen });
});

it("contacts show their account's name to users who read both, and cases do not if AccountId is hidden", async () => {
  const index = await openIndexReader({ index: connection.config.index });
  const names = async (as: string, type: 'Contact' | 'Case') =>
    new Set((await index.search('', { as, types: [type] })).hits.map((hit) => hit.account?.name.split(' ')[0]));
  expect([await names(PEOPLE.admin, 'Case'), await names(PEOPLE.agent, 'Case')]).toEqual([
    new Set(['Harbour', undefined]),
    new Set([undefined]),
  ]);
  expect(await names(PEOPLE.agent, 'Contact')).toContain('Harbour');
  await index.close();
});

it('no record of an object that is off is requested', async () => {
  const asked = (await org.requests()).map(({ query }) => query ?? '');
  expect(asked.filter((query) => /FROM Contact\b/.test(query))).not.toEqual([]);
  expect(asked.filter((query) => /FROM Lead(Share)?\b/.test(query))).toEqual([]);
});

it('only users who may read a custom field find by it', async () => {
  expect(await found(PEOPLE.chief, 'Nordwest')).toContain(account(1));
  expect(await found(PEOPLE.manager)).toContain(account(1));
  expect(await found(PEOPLE.manager, 'Nordwest')).toEqual([]);
});

it('the next run removes what no longer matches the filter, and adds what matches now', async () => {
  await org.advanceClock(3600);
  const { LastModifiedDate: _, ...share } = accountShare(9_000, account(4), PEOPLE.agent, 'Read', 'Read', 'Manual');
  await org.change(
    { put: 'Account', row: { Id: account(1), BillingCity: 'Oslo' } },
    { put: 'Account', row: { Id: account(2), BillingCity: 'Porto' } },
    { put: 'AccountShare', row: share },
    { delete: 'Account', id: account(5) },
  );
  await org.advanceClock(60);
  const run = await connection.run();
  expect(run).toMatchObject({ status: 'COMPLETED', memo: { kind: 'incremental' } });
  const accounts = await found(PEOPLE.admin);
  expect(accounts).not.toContain(account(1));
  expect(accounts).toContain(account(2));
  // The account itself is filtered out. Its new share still opens its contact.
  expect(await found(PEOPLE.agent)).toContain(contact(4));
  await expectIndexEqualsOrg(connection.config.index.path, org, PEOPLE.admin, { takes: isPorto, fields: chosen });
});

it('a field that disappears is left out and reported, and no run fails because of it', async () => {
  await org.change({ erase: 'FieldPermissions', id: INTEGRATION_SEES_REGION });
  const complete = await connection.run();
  expect(complete).toMatchObject({
    status: 'COMPLETED',
    memo: { kind: 'complete', reason: 'what is indexed has changed: Account loses Region__c' },
  });
  const vanished = { code: 'field_unknown', object: 'Account', field: 'Region__c', near: [], count: 1 };
  expect(complete.memo.gaps).toContainEqual(vanished);
  expect(await found(PEOPLE.chief, 'Nordwest')).toEqual([]);
  const next = await connection.run();
  expect(next).toMatchObject({ status: 'COMPLETED', memo: { kind: 'incremental' } });
  expect(next.memo.gaps).toContainEqual(vanished);
});

it('an object that is switched off leaves the index at any size, and its shares still give access to its children', async () => {
  await choose({ Account: 'off' });
  const run = await connection.run();
  expect(run).toMatchObject({
    status: 'COMPLETED',
    memo: {
      kind: 'complete',
      reason: 'what is indexed has changed: Account is switched off; Lead is switched on',
    },
  });
  expect((await lastBegin()).index.selectionChanges).toEqual([
    { code: 'object_off', object: 'Account' },
    { code: 'object_on', object: 'Lead' },
  ]);
  expect(run.memo.warnings ?? []).toEqual([]);
  expect(run.memo.progress.Account?.removed).toBeGreaterThan(50);
  const takes = (object: ObjectName) => object !== 'Account';
  await expectIndexEqualsOrg(connection.config.index.path, org, PEOPLE.admin, { takes });

  const { LastModifiedDate: _, ...share } = accountShare(9_001, account(8), PEOPLE.agent, 'Read', 'Read', 'Manual');
  await org.advanceClock(3600);
  await org.change({ put: 'AccountShare', row: share });
  await org.advanceClock(60);
  expect(await connection.run()).toMatchObject({ status: 'COMPLETED', memo: { kind: 'incremental' } });
  expect(await found(PEOPLE.agent)).toContain(contact(8));
  await expectIndexEqualsOrg(connection.config.index.path, org, PEOPLE.admin, { takes });
});

it('a new filter removes what it does not match, regardless of how much that is', async () => {
  await choose({ Lead: { where: "Company = 'Future 1 Ltd'" } });
  const run = await connection.run();
  expect(run).toMatchObject({
    status: 'COMPLETED',
    memo: {
      reason: "what is indexed has changed: Account is switched on; Lead is filtered by Company = 'Future 1 Ltd'",
    },
  });
  expect(run.memo.warnings ?? []).toEqual([]);
  expect((await found(PEOPLE.admin)).filter((id) => id.startsWith('00Q'))).toEqual([lead(1)]);
});

it('a default field that disappears is reported as lost, by that run and by all later ones', async () => {
  const isGrant = (row: Readonly<Record<string, unknown>>) =>
    row.ParentId === recordId('0PS', 3) && row.Field === 'Case.Subject';
  const grant = (await org.rows('FieldPermissions')).find(isGrant);
  await org.change({ erase: 'FieldPermissions', id: grant?.Id });
  const lostFields = [{ object: 'Case', field: 'Subject', cause: 'hidden' }];
  expect(await connection.run()).toMatchObject({
    status: 'COMPLETED',
    memo: { reason: 'what is indexed has changed: Case loses Subject', lostFields },
  });
  expect(await connection.run()).toMatchObject({ status: 'COMPLETED', memo: { kind: 'incremental', lostFields } });
});

it('a condition that the org refuses fails the run with one line', async () => {
  await choose({ Case: { where: 'Nonsense__c = 1' } });
  const run = await connection.run();
  expect(run.status).toBe('FAILED');
  expect(run.memo.headline).toMatch(/objects\.Case\.where in the config file: the org refuses the condition/);
  expect(run.memo.headline).not.toContain('\n');
});
