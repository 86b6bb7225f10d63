import { expect } from 'vitest';
import { type IndexReader, openIndex, UserNotServedError } from '../../src/index/open.ts';
import { type FieldLists, OBJECTS, type ObjectName, STANDARD_FIELDS } from '../../src/objects/index.ts';
import { PEOPLE } from './org-folder.ts';
import type { SandboxOrg } from './sandbox-org.ts';

/** Hits that one search gives at most: the orgs of these tests have fewer records an object. */
const ALL_HITS = 200;

/**
 * The index equals the org: every active user finds exactly the records that the org lets that user read (a frozen one
 * is refused), and every document shows the text that its record has.
 *
 * @param reader who reads every record and every field
 * @param selection what is indexed; else every record, and the standard fields
 */
export async function expectIndexEqualsOrg(
  path: string,
  org: SandboxOrg,
  reader: string = PEOPLE.admin,
  { takes = () => true, fields = STANDARD_FIELDS.fields }: TestSelection = {},
): Promise<void> {
  const index = await openIndex({ path });
  try {
    await expectSameAccess(index, org, takes);
    await expectSameTexts(index, org, reader, fields);
  } finally {
    await index.close();
  }
}

/** Which records and fields the index is to hold. */
interface TestSelection {
  readonly takes?: (object: ObjectName, row: Row) => boolean;
  readonly fields?: FieldLists;
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
        return value === null || value === undefined || value === '' ? [] : [[field, String(value)]];
      });
      expect({ id: hit.id, fields: hit.fields }).toEqual({ id: hit.id, fields: Object.fromEntries(text) });
    }
  }
}
