import { beforeAll, expect, it } from 'vitest';
import { UserNotServedError } from '../../../src/index/errors.ts';
import { generation, member, type NewIndex, opened, START, Started, userId, userName } from './setup.ts';

const MIXED = '005Aa00000BcDeFIAV';

/** How a user is named. */
export function users(newIndex: NewIndex): void {
  let world: Started;
  beforeAll(async () => {
    world = await Started.begin(newIndex);
    await world.writer.replaceMembership(
      world.ticket,
      generation(START),
      [member(1), member(2), member(3), member(9), member(10), { ...member(7), userId: MIXED }],
      [
        userName(1, { username: 'Ada@Acme.example', email: 'ada@home.example', federationId: 'Fed-Ada' }),
        userName(2, { email: 'office@acme.example', federationId: 'ada@home.test' }),
        userName(3, { email: 'office@acme.example', username: 'same@acme.example' }),
        userName(4, { refused: 'inactive', email: 'gone@acme.example' }),
        userName(5, { refused: 'frozen' }),
        userName(6, { email: 'same@acme.example' }),
        userName(7, { userId: MIXED, username: 'mixed@acme.example', email: 'mixed@acme.example' }),
        userName(8, { username: 'rowless@acme.example' }),
        userName(9, { username: 'Samuel.Krause@acme.example', email: 'KRAUSE@home.example' }),
        userName(10, { username: 'Ärzte@acme.example' }),
      ],
    );
  });
  const search = async (as: string) => (await opened(world.index.reader())).search('', { as });

  it.each([
    ['id of 18 characters', userId(1), userId(1)],
    ['id of 15 characters', userId(1).slice(0, 15), userId(1)],
    ['id of 15 characters with capitals', MIXED.slice(0, 15), MIXED],
    ['username', 'Ada@Acme.example', userId(1)],
    ['username in another case', 'ADA@acme.EXAMPLE', userId(1)],
    ['username with blanks around', '  ada@acme.example ', userId(1)],
    ['e-mail in another case', 'Ada@Home.example', userId(1)],
    ['federation identifier', 'Fed-Ada', userId(1)],
    ['username with a tab and a line end around', '\tada@acme.example\r\n', userId(1)],
    ['a username with a k, in capitals', 'SAMUEL.KRAUSE@ACME.EXAMPLE', userId(9)],
    ['a username with a letter beyond ASCII, as it is', 'Ärzte@ACME.example', userId(10)],
    ['one text that is username and e-mail of one user', 'mixed@acme.example', MIXED],
  ])('a user is found by %s', async (_, as, id) => {
    expect((await search(as)).userId).toBe(id);
  });

  it.each([
    ['the Kelvin sign for a k', 'samuel.\u212Arause@acme.example'],
    ['the Kelvin sign in an e-mail', '\u212Arause@home.example'],
    ['a dotless i', 'm\u0131xed@acme.example'],
    ['a capital I with a dot', 'm\u0130xed@acme.example'],
    ['a full-width letter', '\uFF41da@acme.example'],
    ['a Cyrillic letter', '\u0430da@acme.example'],
    ['the other case of a letter beyond ASCII', 'ärzte@acme.example'],
    ['a combining mark for a letter', 'A\u0308rzte@acme.example'],
    ['a NUL at the end', 'ada@acme.example\0'],
    ['a NUL before the end', 'ada@acme.example\0@acme.example'],
    ['a no-break space around', '\u00A0ada@acme.example'],
    ['an ideographic space around', 'ada@acme.example\u3000'],
    ['a byte order mark before', '\uFEFFada@acme.example'],
    ['a zero-width space inside', 'ada\u200B@acme.example'],
    [
      'a user id with its last letters in another case',
      `${userId(1).slice(0, 15)}${userId(1).slice(15).toLowerCase()}`,
    ],
    ['a user id with a full-width digit', userId(1).replace('0', '\uFF10')],
  ])('what only looks like a name finds nobody: %s', async (_, as) => {
    await expect(search(as)).rejects.toThrow(UserNotServedError);
    await expect(search(as)).rejects.toThrow('No user is named');
  });

  it.each([
    [
      'an unknown name',
      'nobody',
      "No user is named 'nobody'. Name one by user id, username, federation identifier or e-mail.",
    ],
    ['nothing', '', "No user is named ''."],
    ['a federation identifier in another case', 'fed-ada', "No user is named 'fed-ada'."],
    ['a user id in another case', MIXED.slice(0, 15).toLowerCase(), 'No user is named'],
    ['part of a username', 'ada@acme', 'No user is named'],
    ['a pattern', 'ada%', 'No user is named'],
    ['an e-mail of two', 'office@acme.example', "'office@acme.example' names 2 users."],
    ["one user's username that is another's e-mail", 'same@acme.example', "'same@acme.example' names 2 users."],
    ['an inactive user', 'gone@acme.example', "'gone@acme.example' is inactive"],
    ['a frozen user', 'user5@acme.example', "'user5@acme.example' is frozen"],
    ['a user of whom no row says what they read', 'rowless@acme.example', 'is not known for now'],
  ])('%s is refused, in one line that says why', async (_, as, message) => {
    const error = await search(as).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserNotServedError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('\n');
  });

  it('the refusal of a name with line breaks is one line too', async () => {
    await expect(search('a\nb\u001b[2J')).rejects.toThrow("No user is named 'a b [2J'.");
    await expect(search('x\u202Eb\u2028c\u2066')).rejects.toThrow("No user is named 'xb c'.");
  });
}
