import { expect } from 'vitest';
import { type IndexReader, openIndex, UserNotServedError } from '../../src/index/open.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import { PEOPLE } from './org-folder.ts';
import type { SandboxOrg } from './sandbox-org.ts';

/** Hits that one search gives at most: the orgs of these tests have fewer records an object. */
const ALL_HITS = 200;

/**
 * The index equals the org: every active user finds exactly the records that the org lets that user read (a frozen one
 * is refused), and every document shows the text that its record has.
 *
 * @param reader who reads every record and every field
 */
export async function expectIndexEqualsOrg(
  path: string,
  org: SandboxOrg,
  reader: string = PEOPLE.admin,
): Promise<void> {
  const index = await openIndex({ path });
  try {
    await expectSameAccess(index, org);
    await expectSameTexts(index, org, reader);
  } finally {
    await index.close();
  }
}

async function expectSameAccess(index: IndexReader, org: SandboxOrg): Promise<void> {
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
    const readable = (await Promise.all(OBJECTS.map(({ name }) => org.readable(as, name)))).flat();
    expect({ user: user.Username, ids: found.toSorted() }).toEqual({ user: user.Username, ids: readable.toSorted() });
  }
}

async function expectSameTexts(index: IndexReader, org: SandboxOrg, reader: string): Promise<void> {
  for (const { name, fields } of OBJECTS) {
    const { hits, total } = await index.search('', { as: reader, types: [name], limit: ALL_HITS });
    expect(hits).toHaveLength(total);
    const rows = new Map((await org.rows(name)).map((row) => [row.Id, row]));
    for (const hit of hits) {
      const row = rows.get(hit.id) ?? {};
      const text = fields.flatMap((field) => {
        const value = row[field];
        return value === null || value === undefined || value === '' ? [] : [[field, String(value)]];
      });
      expect({ id: hit.id, fields: hit.fields }).toEqual({ id: hit.id, fields: Object.fromEntries(text) });
    }
  }
}
