import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gapClosesEverything } from '../../src/facts/coverage-gaps.ts';
import { heldFields } from '../../src/index/held-fields.ts';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader } from '../../src/index/open.ts';
import { OBJECTS, type ObjectName } from '../../src/objects/index.ts';
import { DEFAULT_SETTINGS } from '../../src/objects/settings.ts';
import { type DescribingProxy, describingProxy } from './describing-proxy.ts';
import { account, caseId, lead, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

const EVERY_CUSTOM_FIELD = { Account: { ...DEFAULT_SETTINGS, add: ['*__c'] } };

let org: SandboxOrg;
let proxy: DescribingProxy;
let sync: SyncRunner;

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  proxy = await describingProxy(org.url);
  sync = createSyncRunner(proxy.url, { objects: EVERY_CUSTOM_FIELD });
});

afterEach(async () => {
  sync.close();
  await proxy.close();
  await org.close();
});

const names = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `Attr_${String(from + at).padStart(3, '0')}__c`);

/** Gives accounts these fields, and the first account a word of its own in each. */
async function addFields(fields: readonly string[]): Promise<void> {
  await org.change(...fields.map((name) => ({ add_field: 'Account', name })));
  const words = Object.fromEntries(fields.map((name) => [name, word(name)]));
  await org.change({ put: 'Account', row: { Id: account(1), ...words } });
  await org.advanceClock(60);
}

const word = (field: string) => `only${field.toLowerCase().replaceAll('_', '')}`;

async function fieldsOf(object: ObjectName): Promise<readonly string[]> {
  return (await heldFields(indexAt(sync.path)))?.indexed.fields[object] ?? [];
}

describe('an object with many custom fields', () => {
  it('has all of 130 in the index, and the default ones of the other objects beside them', async () => {
    const custom = names(1, 130);
    await addFields(custom);
    const { gaps, lostFields } = await sync.complete();
    expect({ fields: gaps.filter((gap) => 'field' in gap), lostFields }).toEqual({
      fields: [],
      lostFields: [],
    });
    for (const { name, fields } of OBJECTS) expect(await fieldsOf(name)).toEqual(expect.arrayContaining([...fields]));
    for (const field of custom) expect(await sync.found(PEOPLE.admin, word(field))).toEqual([account(1)]);
    expect(await sync.found(PEOPLE.admin, 'Future 1')).toContain(lead(1));
  });

  it('is read with one query of any length', async () => {
    await addFields(names(1, 500).map((name) => name.replace('Attr', 'A_Long_Name_As_Administrators_Like')));
    await org.clearRequests();
    await sync.complete();
    const asked = (await org.requests()).flatMap(({ query, parts = [] }) => [
      query,
      ...parts.map((part) => part.query),
    ]);
    const queries = asked.filter((query) => query?.includes('A_Long_Name_As_Administrators_Like_500__c'));
    expect(queries.length).toBeGreaterThan(0);
    // A URI that contains it would be refused.
    expect(Math.min(...queries.map((query) => query?.length ?? 0))).toBeGreaterThan(16_384);
    expect((await fieldsOf('Account')).length).toBeGreaterThan(500);
  });

  it('may get more later: nothing leaves the index, and an interrupted backfill resumes with them', async () => {
    await addFields(names(31, 90));
    await sync.complete();
    const before = await Promise.all(OBJECTS.map(({ name }) => fieldsOf(name)));
    await addFields(names(1, 30));
    await sync.completeInterrupted(1);
    await sync.resume();
    for (const [at, { name }] of OBJECTS.entries())
      expect(await fieldsOf(name)).toEqual(expect.arrayContaining([...(before[at] ?? [])]));
    for (const field of [...names(1, 90)]) expect(await sync.found(PEOPLE.admin, word(field))).toEqual([account(1)]);
  });
});

describe('a default field that the integration user can no longer see', () => {
  const hide = (...hidden: readonly string[]) => {
    proxy.describe = (object, field) => (hidden.includes(`${object}.${field.name}`) ? null : field);
  };

  it('is reported by every run from then on, until it is visible again or left out', async () => {
    await sync.complete();
    hide('Case.Subject', 'Account.Phone');
    const lost = [
      { object: 'Account', field: 'Phone', cause: 'hidden' },
      { object: 'Case', field: 'Subject', cause: 'hidden' },
    ];
    const first = await sync.run();
    expect(first).toMatchObject({ kind: 'complete', lostFields: lost });
    expect(first.gaps).toContainEqual({ code: 'field_hidden', object: 'Case', field: 'Subject', count: 1 });
    expect(first.gaps.filter(gapClosesEverything)).toEqual([]);
    expect(await sync.incremental()).toMatchObject({ lostFields: lost });

    sync.restart({ objects: { ...EVERY_CUSTOM_FIELD, Case: { ...DEFAULT_SETTINGS, leaveOut: ['Subject'] } } });
    expect((await sync.run()).lostFields).toEqual([lost[0]]);
    hide();
    expect((await sync.run()).lostFields).toEqual([]);
  });

  it('is not reported if it was never visible', async () => {
    hide('Account.Phone');
    expect((await sync.complete()).lostFields).toEqual([]);
    expect((await sync.incremental()).lostFields).toEqual([]);
  });
});

describe('a picklist', () => {
  const VALUES = [
    { value: 'CUST_01', label: 'Strategic customer', active: true },
    { value: 'CUST_02', label: 'Former customer', active: false },
  ];
  const shown = async (words: string) => {
    const index = await openIndexReader({ index: indexAt(sync.path) });
    const { hits } = await index.search(words, { as: PEOPLE.admin });
    await index.close();
    return hits.map(({ id, fields, snippet }) => ({ id, Type: fields.Type, snippet }));
  };

  it('is found and shown by its label, and by its value', async () => {
    proxy.describe = (object, field) =>
      object === 'Account' && field.name === 'Type' ? { ...field, type: 'picklist', picklistValues: VALUES } : field;
    await org.change(
      { put: 'Account', row: { Id: account(1), Type: 'CUST_01' } },
      { put: 'Account', row: { Id: account(2), Type: 'CUST_02' } },
      { put: 'Account', row: { Id: account(3), Type: 'CUST_03' } },
    );
    await org.advanceClock(60);
    await sync.complete();
    const first = { id: account(1), Type: 'Strategic customer (CUST_01)' };
    expect(await shown('strategic customer')).toEqual([{ ...first, snippet: '⟦Strategic⟧ ⟦customer⟧ (CUST_01)' }]);
    expect(await shown('CUST_01')).toMatchObject([first]);
    expect(await shown('former')).toMatchObject([{ id: account(2), Type: 'Former customer (CUST_02)' }]);
    expect(await shown('CUST_03')).toMatchObject([{ id: account(3), Type: 'CUST_03' }]);
  });

  it('of several values is found by each label', async () => {
    proxy.describe = (object, field) =>
      object === 'Account' && field.name === 'Type'
        ? { ...field, type: 'multipicklist', picklistValues: VALUES }
        : field;
    await org.change({ put: 'Account', row: { Id: account(1), Type: 'CUST_01;CUST_02;Other' } });
    await org.advanceClock(60);
    await sync.complete();
    const both = 'Strategic customer (CUST_01); Former customer (CUST_02); Other';
    for (const words of ['strategic', 'former', 'CUST_02', 'other strategic'])
      expect(await shown(words)).toMatchObject([{ id: account(1), Type: both }]);
  });

  it('is read with its labels by an incremental run too', async () => {
    proxy.describe = (object, field) =>
      object === 'Case' && field.name === 'Status' ? { ...field, picklistValues: VALUES } : field;
    await sync.complete();
    await org.advanceClock(3_600);
    await org.change({ put: 'Case', row: { Id: caseId(1), Status: 'CUST_01' } });
    await org.advanceClock(60);
    await sync.incremental();
    expect((await shown('strategic customer')).map(({ id }) => id)).toEqual([caseId(1)]);
  });
});
