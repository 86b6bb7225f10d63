import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { MEMBERSHIP_TABLES } from '../../src/access/queries.ts';
import type { TableName } from '../../src/facts/coverage-gaps.ts';
import { createSalesforce, type Salesforce } from '../../src/salesforce/client.ts';
import { LostAccessError } from '../../src/salesforce/errors.ts';
import { type Described, type DescribedTables, describeAndProbe } from '../../src/sync/resolve-schema.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { orgFolder } from './org-folder.ts';
import { logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner } from './sync-runner.ts';
import { wishes } from './wishes.ts';

/** When a run describes the membership tables. */

const MINUTE = 60_000;
const signal = AbortSignal.timeout(600_000);

let org: SandboxOrg;
let salesforce: Salesforce;

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: 3 }));
  onTestFinished(() => org.close());
  const credentials = async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' });
  salesforce = createSalesforce({ baseUrl: org.url, credentials });
});

const described = (known: DescribedTables | null, from = salesforce): Promise<Described> =>
  describeAndProbe(from, wishes(), { described: known, assignments: null }, signal);

const columns = ({ schema }: Described, table: string): string[] | undefined =>
  schema.describes.get(table)?.fields.map(({ name }) => name);

/** The tables as they were described some minutes ago, when User had no ManagerId. */
async function earlier(minutes: number): Promise<DescribedTables> {
  const { tables } = await described(null);
  const user = tables.describes.get('User');
  if (!user) throw new Error('User is not described');
  const fields = user.fields.filter(({ name }) => name !== 'ManagerId');
  const describes = new Map([...tables.describes, ['User', { ...user, fields }] as const]);
  return { ...tables, describes, at: tables.at - minutes * MINUTE };
}

/** The org, with one table less. */
function without(table: TableName): Salesforce {
  const compositeBatch: Salesforce['compositeBatch'] = async (work, options) => {
    const { queries, describes } = await salesforce.compositeBatch(work, options);
    const error = new LostAccessError({ message: 'INVALID_TYPE', hint: '' });
    return {
      queries: queries.map((outcome, at) =>
        String(work.queries?.[at]).endsWith(` FROM ${table}`) ? { ok: false, error } : outcome,
      ),
      describes: new Map([...describes].map(([name, one]) => [name, name === table ? null : one])),
    };
  };
  const describe: Salesforce['describe'] = async (names, options) =>
    (await compositeBatch({ describes: names }, options)).describes;
  return { ...salesforce, compositeBatch, describe };
}

it('does not describe again what was described half an hour ago', async () => {
  const known = await earlier(30);
  const { tables, schema, probes, calls } = await logged(org, () => described(known));
  expect(calls).toBe(3);
  expect(tables).toBe(known);
  expect(columns({ tables, schema, probes }, 'User')).not.toContain('ManagerId');
  expect(columns({ tables, schema, probes }, 'Lead')).toContain('Company');
});

it.each([
  ['within the hour', 50],
  ['after a clock that was set back', -1],
])('sees a new column %s', async (_, minutes) => {
  const known = await earlier(minutes);
  const now = await logged(org, () => described(known));
  expect(now.calls).toBe(3);
  expect(columns(now, 'User')).toContain('ManagerId');
  expect(now.tables.at).not.toBe(known.at);
});

it('describes a table at once that the org has hidden or shown since, and then not again', async () => {
  const known = await earlier(30);
  const hiding = without('UserRole');
  const hidden = await described(known, hiding);
  expect(hidden.schema.describes.get('UserRole')).toBeNull();
  expect(columns(hidden, 'User')).toContain('ManagerId');
  const still = await described(hidden.tables, hiding);
  expect(still.tables).toBe(hidden.tables);
  const shown = await described(hidden.tables);
  expect(columns(shown, 'UserRole')).toContain('ParentRoleId');
});

describe('a query that names a missing column', () => {
  it('makes the same run describe the tables again', async () => {
    let runs = 0;
    const sync = createSyncRunner(
      org.url,
      {},
      {
        // As if IsRevoked had existed when the previous run described it.
        select: (usual) => {
          runs += 1;
          const table = usual.describes.get('PermissionSetAssignment');
          if (runs !== 2 || !table) return usual;
          const [first] = table.fields;
          if (first === undefined) throw new Error('PermissionSetAssignment has no field');
          const fields = [...table.fields, { ...first, name: 'IsRevoked' }];
          return {
            ...usual,
            describes: new Map([...usual.describes, ['PermissionSetAssignment', { ...table, fields }]]),
          };
        },
      },
    );
    onTestFinished(() => sync.close());
    await sync.complete();
    await org.advanceClock(1_200);
    const { gaps, queries } = await logged(org, sync.incremental);
    const reads = queries.filter((query) => /^SELECT AssigneeId.* FROM PermissionSetAssignment/.test(query));
    // Without the column the query is the same as in the previous run, and nothing has changed.
    expect(reads.map((query) => query.includes('IsRevoked'))).toEqual([true]);
    expect(gaps).not.toContainEqual(expect.objectContaining({ table: 'PermissionSetAssignment' }));
    await expectIndexEqualsOrg(sync.path, org);
  });
});

it('describes every table', async () => {
  const { tables } = await described(null);
  expect([...tables.describes.keys()]).toEqual(MEMBERSHIP_TABLES);
});
