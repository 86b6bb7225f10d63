import { expect, test } from 'vitest';
import { sfId } from '../../src/testing/folder.ts';
import { SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { pick, served } from './served.ts';

const TEXTS = ['a\u0000b', '\u0000', 'a\u0000\u0000', 'x\u{10ffff}y', '\u{10ffff}0\u0000', 'plain'];
const LEADS = TEXTS.map((text, at) => ({
  Id: sfId('00Q', at + 1),
  Name: `Lead ${at}`,
  OwnerId: USERS.rep,
  Title: text,
}));

test('U+0000 in a file’s value is served unchanged, with the text after it', async () => {
  const org = await served({ ...SMALL_ORG, Lead: LEADS });
  const headers = await org.login();
  const query = encodeURIComponent('SELECT Title FROM Lead ORDER BY Id');
  const reply = await fetch(`${org.url}/services/data/v67.0/query?q=${query}`, { headers });
  const text = await reply.text();
  expect(text).toContain(String.raw`"a\u0000b"`);
  expect(pick(JSON.parse(text), 'records')).toMatchObject(TEXTS.map((Title) => ({ Title })));
});

test('… and so it is in a change, a filter and the rows for tests', async () => {
  const org = await served(SMALL_ORG);
  const id = sfId('00Q', 1);
  await org.control('POST', 'change', { changes: [{ put: 'Lead', row: { Id: id, Title: 'n\u0000m' } }] });
  expect(pick((await org.control('GET', `rows/Lead?Id=${id}`)).body, 'rows', 0, 'Title')).toBe('n\u0000m');
  const found = await org.query(String.raw`SELECT Title, MAX(Name) FROM Lead WHERE Title = 'n\u0000m' GROUP BY Title`);
  expect(pick(found.body, 'records', 0, 'Title')).toBe('n\u0000m');
});
