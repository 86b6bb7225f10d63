import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/objects/settings.ts';
import type { Salesforce } from '../../src/salesforce/client.ts';
import type { SalesforceRecord } from '../../src/salesforce/page.ts';
import { QuerySizes } from '../../src/sync/query-sizes.ts';
import { recordsOfIds } from '../../src/sync/records-by-id.ts';
import { columnsOf, complicatedOrg } from './complicated-org.ts';
import { defaultSchema } from './described.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** An org that refuses to answer all fields of an object in one query. */

const { Account } = defaultSchema().objects;
const ALL = new Set(['Id', 'SystemModstamp', ...Account.fields, ...Account.accessFields]).size;

describe('fields that are read in parts', () => {
  const STAMP = '2026-05-04T10:00:00.000+0000';
  const rows = (count: number) =>
    new Map(
      Array.from({ length: count }, (_, n): [string, SalesforceRecord] => [
        account(n + 1),
        {
          SystemModstamp: STAMP,
          ...Object.fromEntries(Account.fields.map((f) => [f, `${f} ${n}`])),
          Id: account(n + 1),
        },
      ]),
    );

  /** An org in memory. `before` is called with the number of each call. */
  function orgOf(held: Map<string, SalesforceRecord>, before: (call: number) => void = () => {}): Salesforce {
    let calls = 0;
    const queryMany: Salesforce['queryMany'] = async (queries) => {
      before(calls++);
      return queries.map((one) => {
        const soql = typeof one === 'string' ? one : one.soql;
        const columns = columnsOf(soql, 'Account');
        const ids = soql.match(/001\w{15}/g) ?? [];
        const records = ids
          .map((id) => held.get(id))
          .filter((row) => row !== undefined)
          .map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
        return { ok: true, records, totalSize: records.length };
      });
    };
    return { queryMany } as Partial<Salesforce> as Salesforce;
  }

  const { signal } = new AbortController();
  const read = (salesforce: Salesforce, ids: readonly string[], sizes = new QuerySizes()) =>
    recordsOfIds(salesforce, Account, ids, sizes, signal);

  it('are those of the whole record, and the org gets no second query for all of them', async () => {
    const held = rows(3);
    const org = complicatedOrg(orgOf(held), 'Account', 8);
    const sizes = new QuerySizes();
    const found = await read(org.salesforce, [...held.keys(), account(9)], sizes);
    expect([...found.keys()]).toEqual([...held.keys()]);
    for (const [id, row] of held) expect(found.get(id)).toMatchObject(row);
    const refusals = org.refused.length;
    expect(refusals).toBeGreaterThan(0);
    await read(org.salesforce, [account(2)], sizes);
    expect(org.refused).toHaveLength(refusals);
  });

  it('have the stamps of one moment: a record that changed in between is read again', async () => {
    const held = rows(3);
    const changed = {
      ...held.get(account(2)),
      Id: account(2),
      SystemModstamp: '2026-05-04T11:00:00.000+0000',
      Name: 'New',
    };
    let reread: number[] = [];
    const salesforce = orgOf(held, (call) => {
      reread = [...reread, call];
      // After the first of two parts.
      if (call === 1) held.set(account(2), changed);
    });
    const sizes = new QuerySizes({ sizes: {}, parts: { Account: 2 } });
    const found = await read(salesforce, [...held.keys()], sizes);
    expect(found.get(account(2))).toMatchObject(changed);
    expect(found.size).toBe(3);
    expect(reread).toEqual([0, 1, 2, 3]);
  });

  it('of a record that is deleted in between give no record', async () => {
    const held = rows(3);
    const salesforce = orgOf(held, (call) => void (call === 1 && held.delete(account(2))));
    const found = await read(salesforce, [...held.keys()], new QuerySizes({ sizes: {}, parts: { Account: 2 } }));
    expect([...found.keys()]).toEqual([account(1), account(3)]);
  });

  it('of a record that changes all the time fail with an error, which is retried', async () => {
    const held = rows(3);
    const salesforce = orgOf(held, (call) => {
      const SystemModstamp = new Date(Date.parse(STAMP) + call * 1000).toISOString();
      held.set(account(2), { ...held.get(account(2)), SystemModstamp });
    });
    await expect(
      read(salesforce, [...held.keys()], new QuerySizes({ sizes: {}, parts: { Account: 2 } })),
    ).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(/^1 records of Account changed/),
    });
  });

  it('are refused for good if even a few of them are', async () => {
    const org = complicatedOrg(orgOf(rows(1)), 'Account', 3);
    const failure = await read(org.salesforce, [account(1)]).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'RejectedQueryError',
      errorCode: 'QUERY_TOO_COMPLICATED',
      message: expect.stringMatching(
        /^Account: .*: SELECT Id, SystemModstamp, .* FROM Account \(QUERY_TOO_COMPLICATED/,
      ),
    });
    expect(org.refused.length).toBeLessThan(6);
    const known = new QuerySizes({ sizes: {}, parts: { Account: 2 } });
    const stricter = complicatedOrg(orgOf(rows(1)), 'Account', 2);
    await expect(
      recordsOfIds(stricter.salesforce, { ...Account, fields: [] }, [account(1)], known, signal),
    ).rejects.toMatchObject({ name: 'RejectedQueryError' });
  });
});

describe('a sync of such an org', () => {
  let org: SandboxOrg;
  let sync: SyncRunner;
  let asked: ReturnType<typeof complicatedOrg>[];

  beforeEach(async () => {
    org = await sandboxOrg(orgFolder({ accounts: 12 }));
    asked = [];
  });

  afterEach(async () => {
    sync?.close();
    await org?.close();
  });

  function start(settings: Parameters<typeof createSyncRunner>[1] = {}): void {
    sync = createSyncRunner(org.url, settings, {
      through(salesforce) {
        const over = complicatedOrg(salesforce, 'Account', Math.ceil(ALL / 2) + 3);
        asked.push(over);
        return over.salesforce;
      },
    });
  }
  const refused = () => asked.flatMap((one) => one.refused);
  const anHourLater = async (deleted: number) => {
    await org.advanceClock(3600);
    await org.change(
      { put: 'Account', row: { Id: account(3), Name: 'Renamed', Phone: '555-3' } },
      { put: 'Account', row: { Id: account(4), OwnerId: PEOPLE.agent } },
      { delete: 'Account', id: account(deleted) },
    );
    await org.advanceClock(60);
  };

  it('indexes the whole records: complete, incremental, and in rounds of two', async () => {
    start();
    await sync.complete();
    expect(refused()).toHaveLength(1);
    await expectIndexEqualsOrg(sync.path, org);
    await anHourLater(5);
    await sync.incremental();
    await expectIndexEqualsOrg(sync.path, org);
    expect(await sync.found(PEOPLE.admin, 'renamed')).toEqual([account(3)]);
    sync.restart({ sliceRecords: 2 });
    await anHourLater(6);
    await sync.incremental();
    await expectIndexEqualsOrg(sync.path, org);
    // Once. After that the index knows it.
    expect(refused()).toHaveLength(1);
  });

  it('indexes the records that a filter matches', async () => {
    start({ objects: { Account: { ...DEFAULT_SETTINGS, where: "Name != 'Renamed'" } } });
    const takes = (object: string, row: { readonly Name?: unknown }) => object !== 'Account' || row.Name !== 'Renamed';
    await sync.complete();
    await anHourLater(5);
    await sync.incremental();
    expect(refused().length).toBeGreaterThan(0);
    await expectIndexEqualsOrg(sync.path, org, PEOPLE.admin, { takes });
  });
});
