import { expect } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import {
  type Hit,
  type IndexReader,
  openIndexReader,
  type SearchResult,
  UserNotServedError,
} from '../../src/index/open.ts';
import { type FieldLists, OBJECTS, type ObjectName, STANDARD_FIELDS } from '../../src/objects/index.ts';
import { PEOPLE } from './org-folder.ts';
import type { SandboxOrg } from './sandbox-org.ts';

/** The maximum hits of one search. The orgs of these tests have fewer records per object. */
const ALL_HITS = 200;

/**
 * The index equals the org. Every active user finds exactly the records that the org lets that user read, and a frozen
 * user is refused. Every document shows the text of its record. It shows its account's name to exactly those who may
 * know it.
 *
 * @param reader reads every record and every field
 * @param selection what is indexed; by default every record, and the standard fields
 */
export async function expectIndexEqualsOrg(
  path: string,
  org: SandboxOrg,
  reader: string = PEOPLE.admin,
  {
    takes = () => true,
    fields = STANDARD_FIELDS.fields,
    open = () => openIndexReader({ index: indexAt(path) }),
  }: TestSelection = {},
): Promise<void> {
  const index = await open();
  try {
    await expectSameAccess(index, org, takes);
    await expectSameTexts(index, org, reader, fields);
    await expectSameAccounts(index, org, takes, fields);
  } finally {
    await index.close();
  }
}

/** Which records and fields the index must contain. */
interface TestSelection {
  readonly takes?: (object: ObjectName, row: Row) => boolean;
  readonly fields?: FieldLists;
  /** Opens the index. Left out: as a search does. */
  readonly open?: () => Promise<IndexReader>;
}

type Row = Readonly<Record<string, string | number | boolean | null>>;

async function expectSameAccess(
  index: IndexReader,
  org: SandboxOrg,
  takes: NonNullable<TestSelection['takes']>,
): Promise<void> {
  const taken = new Set<unknown>();
  for (const { name } of OBJECTS) for (const row of await org.rows(name)) if (takes(name, row)) taken.add(row.Id);
  const users = (await org.rows('User')).filter((user) => user.IsActive === true);
  const logins = (await org.rows('UserLogin')).filter((login) => login.IsFrozen === true);
  const frozen = new Set(logins.map((login) => login.UserId));
  expect(users.length).toBeGreaterThan(0);
  for (const user of users) {
    const as = String(user.Id);
    if (frozen.has(as)) {
      await expect(index.ids('', { as })).rejects.toThrow(UserNotServedError);
      continue;
    }
    const found = await index.ids('', { as });
    const readable = OBJECTS.flatMap(({ name }) => org.readable(as, name));
    const allowed = readable.filter((id) => taken.has(id));
    const leaked = found.filter((id) => !allowed.includes(id));
    const lost = allowed.filter((id) => !found.includes(id));
    if (leaked.length + lost.length + found.length - new Set(found).size > 0)
      throw new Error(`${user.Username ?? as} finds too much: ${leaked}; misses: ${lost}; finds: ${found}`);
  }
}

async function expectSameTexts(index: IndexReader, org: SandboxOrg, reader: string, fields: FieldLists): Promise<void> {
  for (const { name } of OBJECTS) {
    const { hits, total } = await index.search('', { as: reader, types: [name], limit: ALL_HITS });
    expect(hits).toHaveLength(total);
    const rows = new Map((await org.rows(name)).map((row) => [row.Id, row]));
    for (const hit of hits) {
      const row = rows.get(hit.id) ?? {};
      const text = fields[name].flatMap((field) => {
        const value = row[field];
        if (value === null || value === undefined || value === '') return [];
        return [[field, shownText(String(value), org.labels(name, field))]];
      });
      expect({ id: hit.id, fields: hit.fields }).toEqual({ id: hit.id, fields: Object.fromEntries(text) });
    }
  }
}

/** A picklist's values with their labels. Any other text is unchanged. */
function shownText(text: string, labels: ReadonlyMap<string, string> | null): string {
  if (labels === null) return text;
  const values = text.split(';').map((value) => (labels.has(value) ? `${labels.get(value)} (${value})` : value));
  return values.join('; ');
}

/** The objects whose records have an account. */
const CHILDREN = OBJECTS.filter(({ accountField }) => accountField !== null).map(({ name }) => name);

async function expectSameAccounts(
  index: IndexReader,
  org: SandboxOrg,
  takes: NonNullable<TestSelection['takes']>,
  fields: FieldLists,
): Promise<void> {
  const accounts = new Map<unknown, Row>((await org.rows('Account')).map((row) => [row.Id, row]));
  const rows = new Map<unknown, Row>();
  for (const name of CHILDREN) for (const row of await org.rows(name)) rows.set(row.Id, row);
  const isNamed = (id: unknown) => fields.Account.includes('Name') && takes('Account', accounts.get(id) ?? {});
  for (const { Id, Username, IsActive } of await org.rows('User')) {
    const as = String(Id);
    const found = IsActive === true ? await childrenOf(index, as) : [];
    if (found.length === 0) continue;
    const readable = new Set(org.readable(as, 'Account'));
    const open = new Map<string, boolean>();
    for (const name of CHILDREN) open.set(name, org.readableFields(as, name).includes('AccountId'));
    const expected = found.map(({ id, object }) => {
      const account = rows.get(id)?.AccountId;
      const isOpen = open.get(object) === true && readable.has(String(account)) && isNamed(account);
      const name = accounts.get(account)?.Name ?? '';
      return [id, isOpen && name !== '' ? { id: account, name } : null];
    });
    expect({ Username, accounts: found.map(({ id, account }) => [id, account]) }).toEqual({
      Username,
      accounts: expected,
    });
  }
}

/** Page by page. None for a user who is refused. */
async function childrenOf(index: IndexReader, as: string): Promise<Hit[]> {
  const hits: Hit[] = [];
  try {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: SearchResult = await index.search('', {
        as,
        types: CHILDREN,
        limit: ALL_HITS,
        cursor: cursor ?? null,
      });
      hits.push(...page.hits);
      cursor = page.cursor;
    }
  } catch (error) {
    if (!(error instanceof UserNotServedError)) throw error;
  }
  return hits;
}
