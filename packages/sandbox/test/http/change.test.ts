import { expect, test } from 'vitest';
import type { Row } from '../../src/org/types.ts';
import { sfId } from '../../src/testing/folder.ts';
import { RECORDS, SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { column, pick, type Served, served } from './served.ts';

const OLD = '2024-01-01T00:00:00.000Z';
const OWNER_SHARE = sfId('01o', 1);
const MANUAL_SHARE = sfId('01o', 2);
const ORG = {
  ...SMALL_ORG,
  Account: SMALL_ORG.Account?.map((row) => ({ ...row, SystemModstamp: OLD })) ?? [],
  Case: SMALL_ORG.Case?.map((row) => ({ ...row, SystemModstamp: OLD })) ?? [],
  LeadShare: [
    { Id: OWNER_SHARE, LeadId: RECORDS.lead, UserOrGroupId: USERS.rep, LeadAccessLevel: 'All', RowCause: 'Owner' },
    {
      Id: MANUAL_SHARE,
      LeadId: RECORDS.lead,
      UserOrGroupId: USERS.viewer,
      LeadAccessLevel: 'Read',
      RowCause: 'Manual',
    },
  ],
};

const change = (org: Served, ...changes: unknown[]) => org.control('POST', 'change', { changes });
async function row(org: Served, object: string, id: string): Promise<Row | undefined> {
  const found = pick((await org.control('GET', `rows/${object}?Id=${id}`)).body, 'rows', 0);
  return found as Row | undefined;
}

test('put changes the fields that it names and stamps the row', async () => {
  const org = await served(ORG);
  const reply = await change(org, { put: 'Account', row: { Id: RECORDS.account, Name: 'Renamed' } });
  expect(reply).toMatchObject({
    status: 200,
    body: { changed: [{ object: 'Account', id: RECORDS.account, change: 'changed' }] },
  });
  const account = await row(org, 'Account', RECORDS.account);
  expect(account).toMatchObject({ Name: 'Renamed', OwnerId: USERS.rep });
  expect(Date.parse(String(account?.SystemModstamp))).toBeGreaterThan(Date.parse(OLD));
  expect(await row(org, 'Account', RECORDS.otherAccount)).toMatchObject({
    SystemModstamp: '2024-01-01T00:00:00.000+0000',
  });
});

test('stamps follow the org’s clock, and a put can give its own', async () => {
  const org = await served(ORG);
  await org.control('POST', 'clock', { advance_seconds: 864_000 });
  await change(org, { put: 'Account', row: { Id: RECORDS.account, Name: 'B' } });
  await change(org, { put: 'Account', row: { Id: RECORDS.otherAccount, SystemModstamp: '2025-05-05T05:05:05.000Z' } });
  const stamp = Date.parse(String((await row(org, 'Account', RECORDS.account))?.SystemModstamp));
  expect(stamp - Date.now()).toBeGreaterThan(800_000_000);
  expect(await row(org, 'Account', RECORDS.otherAccount)).toMatchObject({
    SystemModstamp: '2025-05-05T05:05:05.000+0000',
  });
});

test('a new record gets an Id, an owner and its Owner share row', async () => {
  const org = await served(ORG);
  const { body } = await change(org, { put: 'Lead', row: { Name: 'Dee', OwnerId: USERS.eastLead } });
  const id = String(pick(body, 'changed', 0, 'id'));
  expect(id).toMatch(/^00Q[A-Za-z0-9]{15}$/);
  const shares = (await org.control('GET', `rows/LeadShare?LeadId=${id}`)).body;
  expect(shares).toMatchObject({
    rows: [{ UserOrGroupId: USERS.eastLead, RowCause: 'Owner', LeadAccessLevel: 'All' }],
  });
  expect(column((await org.query(`SELECT Name FROM Lead WHERE Id = '${id}'`)).body, 'Name')).toEqual(['Dee']);
});

test('a new owner takes over the Owner share row, and the Manual rows are erased', async () => {
  const org = await served(ORG);
  await change(org, { put: 'Lead', row: { Id: RECORDS.lead, OwnerId: USERS.eastLead } });
  expect(await row(org, 'LeadShare', OWNER_SHARE)).toMatchObject({ UserOrGroupId: USERS.eastLead });
  expect(await row(org, 'LeadShare', MANUAL_SHARE)).toBeUndefined();
});

test('a change that keeps the owner keeps the shares', async () => {
  const org = await served(ORG);
  await change(org, { put: 'Lead', row: { Id: RECORDS.lead, OwnerId: USERS.rep, Name: 'Cyd' } });
  expect(await row(org, 'LeadShare', MANUAL_SHARE)).toMatchObject({ UserOrGroupId: USERS.viewer });
});

test('erase removes a record even from queryAll', async () => {
  const org = await served(ORG);
  await change(org, { erase: 'Lead', id: RECORDS.lead });
  const all = await org.request('GET', `/services/data/v67.0/queryAll?q=SELECT+Id+FROM+Lead`, {
    headers: await org.login(),
  });
  expect(pick(all.body, 'totalSize')).toBe(0);
});

test('a deleted account takes its children and shares along, and undelete restores them', async () => {
  const org = await served(ORG);
  const live = async (): Promise<unknown[]> => {
    const counts: unknown[] = [];
    for (const object of ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'])
      counts.push(pick((await org.query(`SELECT COUNT() FROM ${object}`)).body, 'totalSize'));
    return counts;
  };
  expect(await live()).toEqual([2, 2, 1, 1, 1]);
  await change(org, { delete: 'Account', id: RECORDS.account });
  expect(await live()).toEqual([1, 1, 0, 0, 1]);
  expect(await row(org, 'Case', RECORDS.case)).toMatchObject({ IsDeleted: true });
  await change(org, { undelete: 'Account', id: RECORDS.account });
  expect(await live()).toEqual([2, 2, 1, 1, 1]);
});

test('a merge deletes the loser with its master’s id, and moves its children with new stamps', async () => {
  const org = await served(ORG);
  await change(org, { merge: 'Account', master: RECORDS.otherAccount, losers: [RECORDS.account] });
  expect(await row(org, 'Account', RECORDS.account)).toMatchObject({
    IsDeleted: true,
    MasterRecordId: RECORDS.otherAccount,
  });
  const moved = await row(org, 'Case', RECORDS.case);
  expect(moved).toMatchObject({ AccountId: RECORDS.otherAccount, IsDeleted: false });
  expect(Date.parse(String(moved?.SystemModstamp))).toBeGreaterThan(Date.parse(OLD));
});

test('a converted lead stays, with IsConverted, and its account and contact exist', async () => {
  const org = await served(ORG);
  await change(org, { convert: 'Lead', id: RECORDS.lead });
  const lead = await row(org, 'Lead', RECORDS.lead);
  expect(lead).toMatchObject({ IsConverted: true });
  expect(await row(org, 'Contact', String(lead?.ConvertedContactId))).toMatchObject({
    AccountId: lead?.ConvertedAccountId,
  });
});

test.each([
  ['an unknown object', { put: 'Nope', row: { Id: RECORDS.account } }, /Nope/],
  ['an unknown field', { put: 'Account', row: { Id: RECORDS.account, Nope__c: 'x' } }, /Nope__c/],
  ['an unknown record', { delete: 'Lead', id: sfId('00Q', 99) }, /has no row/],
  ['undelete of a live record', { undelete: 'Lead', id: RECORDS.lead }, /is not deleted/],
  ['a merge into itself', { merge: 'Account', master: RECORDS.account, losers: [RECORDS.account] }, /into itself/],
  ['an unknown verb', { drop: 'Account' }, /none of the keys put/],
])('%s is refused, and the batch changes nothing', async (_what, broken, message) => {
  const org = await served(ORG);
  const reply = await change(org, { put: 'Account', row: { Id: RECORDS.account, Name: 'Half' } }, broken);
  expect(reply).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
  expect(pick(reply.body, 'error')).toContain('Change 2');
  expect(await row(org, 'Account', RECORDS.account)).toMatchObject({ Name: 'Harbor' });
});

test('a late change is stamped when it is made, and visible after its delay', async () => {
  const org = await served(ORG);
  const modified = async () => {
    const { body } = await org.query(`SELECT SystemModstamp FROM Account WHERE Name = 'Late'`);
    return column(body, 'SystemModstamp').map((stamp) => Date.parse(String(stamp)));
  };
  const now = async () => Date.parse(String(pick((await org.control('GET', 'clock')).body, 'now')));
  const changes = [{ put: 'Account', row: { Id: RECORDS.account, Name: 'Late' } }];
  const madeAt = await now();
  const reply = await org.control('POST', 'change', { changes, visible_after_seconds: 540 });
  expect(reply).toMatchObject({ status: 200, body: { changed: [] } });
  expect(await modified()).toEqual([]);
  await org.control('POST', 'clock', { advance_seconds: 541 });
  const [stamp = 0] = await modified();
  expect(Math.abs(stamp - madeAt)).toBeLessThan(60_000);
});

test('an impossible late change is refused at once', async () => {
  const org = await served(ORG);
  const changes = [{ delete: 'Account', id: sfId('001', 77) }];
  const reply = await org.control('POST', 'change', { changes, visible_after_seconds: 540 });
  expect(reply).toMatchObject({ status: 400, body: { error: expect.stringContaining('has no row') } });
});

test('purge empties an object’s recycle bin, even for queryAll', async () => {
  const org = await served(ORG);
  const headers = await org.login();
  const all = async () => {
    const soql = encodeURIComponent('SELECT Id FROM Lead');
    return pick((await org.request('GET', `/services/data/v67.0/queryAll?q=${soql}`, { headers })).body, 'totalSize');
  };
  await change(org, { delete: 'Lead', id: RECORDS.lead });
  expect(await all()).toBe(1);
  const reply = await change(org, { purge: 'Lead' });
  expect(pick(reply.body, 'changed')).toHaveLength(3);
  expect(await all()).toBe(0);
  expect((await change(org, { undelete: 'Lead', id: RECORDS.lead })).status).toBe(400);
});
