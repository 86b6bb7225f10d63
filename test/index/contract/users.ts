import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { UserNotServedError } from '../../../src/index/port/errors.ts';
import type { SearchOptions } from '../../../src/index/port/reader.ts';
import { clashingUsers, NAMES, whoIs } from '../clashing-names.ts';
import {
  generation,
  member,
  type NewIndex,
  ORG,
  OTHER_ORG,
  opened,
  START,
  Started,
  userId,
  userName,
} from './setup.ts';

const seed = process.env.FC_SEED === undefined ? undefined : Number(process.env.FC_SEED);

const MIXED = '005Aa00000BcDeFIAV';

/** The names by which a user can be given. */
export function users(newIndex: NewIndex): void {
  let world: Started;
  beforeAll(async () => {
    world = await Started.begin(newIndex);
    await world.store.replaceMembership(
      world.fence,
      generation(START),
      [...[1, 2, 3, 6, 9, 10, 11, 14, 15, 16].map((n) => member(n)), { ...member(7), userId: MIXED }],
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
        userName(11, { username: 'ben@acme.example', email: 'ben@acme.example', federationId: 'ben' }),
        userName(12, { email: 'ben@acme.example', federationId: 'ben', refused: 'inactive' }),
        userName(13, { username: 'cold@acme.example', email: 'cold@home.example', refused: 'frozen' }),
        userName(14, { email: 'cold@acme.example', federationId: 'gone@acme.example' }),
        userName(15, { email: 'cold@home.example', username: 'twice@acme.example', federationId: 'both' }),
        userName(17, { email: 'left@home.example', refused: 'inactive' }),
        userName(18, { email: 'left@home.example', refused: 'inactive' }),
        userName(16, { email: 'user4@acme.example', username: 'TWICE@acme.example', federationId: 'both' }),
      ],
    );
  });
  const search = async (as: SearchOptions['as']) => (await opened(world.index.reader())).search('', { as });

  it.each([
    ['id of 18 characters', userId(1), userId(1)],
    ['id of 15 characters', userId(1).slice(0, 15), userId(1)],
    ['id of 15 characters with capitals', MIXED.slice(0, 15), MIXED],
    ['username', 'Ada@Acme.example', userId(1)],
    ['username in another case', 'ADA@acme.EXAMPLE', userId(1)],
    ['username with blanks around it', '  ada@acme.example ', userId(1)],
    ['e-mail in another case', 'Ada@Home.example', userId(1)],
    ['federation identifier', 'Fed-Ada', userId(1)],
    ['username with a tab and a line end around it', '\tada@acme.example\r\n', userId(1)],
    ['a username with a k, in capitals', 'SAMUEL.KRAUSE@ACME.EXAMPLE', userId(9)],
    ['a username with a letter beyond ASCII, unchanged', 'Ärzte@ACME.example', userId(10)],
    ['one text that is both username and e-mail of one user', 'mixed@acme.example', MIXED],
    ['a username that is the e-mail of an inactive user', 'ben@acme.example', userId(11)],
    ['a username that is the e-mail of an active one', 'same@acme.example', userId(3)],
    ['a federation identifier that an inactive user also has', 'ben', userId(11)],
    ['a federation identifier that is the e-mail of an inactive user', 'gone@acme.example', userId(14)],
  ])('finds a user by %s', async (_, as, id) => {
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
    ['a no-break space around the name', '\u00A0ada@acme.example'],
    ['an ideographic space around the name', 'ada@acme.example\u3000'],
    ['a byte order mark before the name', '\uFEFFada@acme.example'],
    ['a zero-width space inside the name', 'ada\u200B@acme.example'],
    [
      'a user id with its last letters in another case',
      `${userId(1).slice(0, 15)}${userId(1).slice(15).toLowerCase()}`,
    ],
    ['a user id with a full-width digit', userId(1).replace('0', '\uFF10')],
  ])('finds nobody by what only looks like a name: %s', async (_, as) => {
    await expect(search(as)).rejects.toThrow(UserNotServedError);
    await expect(search(as)).rejects.toThrow('No user is named');
  });

  it.each([
    [
      'an unknown name',
      'nobody',
      "No user is named 'nobody'. Give a user id, username, federation identifier or e-mail.",
    ],
    ['nothing', '', "No user is named ''."],
    ['a federation identifier in another case', 'fed-ada', "No user is named 'fed-ada'."],
    ['a user id in another case', MIXED.slice(0, 15).toLowerCase(), 'No user is named'],
    ['part of a username', 'ada@acme', 'No user is named'],
    ['a pattern', 'ada%', 'No user is named'],
    ['an e-mail of two users', 'office@acme.example', "'office@acme.example' matches 2 users."],
    [
      'a username of two users, one of them in another case',
      'twice@acme.example',
      "'twice@acme.example' matches 2 users. Give the user id, which only one of them has.",
    ],
    ['a federation identifier of two users', 'both', "'both' matches 2 users."],
    ['an e-mail of two users, one of them frozen', 'cold@home.example', "'cold@home.example' matches 2 users."],
    [
      'an e-mail of two inactive users',
      'left@home.example',
      "'left@home.example' matches 2 users, none of them active.",
    ],
    ["a frozen user whose username is another user's e-mail", 'cold@acme.example', "'cold@acme.example' is frozen"],
    [
      "an inactive user whose username is another user's e-mail",
      'user4@acme.example',
      "'user4@acme.example' is inactive",
    ],
    ['an inactive user', 'user4@acme.example', "'user4@acme.example' is inactive"],
    ['a frozen user', 'user5@acme.example', "'user5@acme.example' is frozen"],
    ['a user without a row that says what they read', 'rowless@acme.example', 'does not know yet what the user'],
  ])('refuses %s in one line that says why', async (_, as, message) => {
    const error = await search(as).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserNotServedError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('\n');
  });

  it.each([
    ['id', userId(1), userId(1)],
    ['id', userId(1).slice(0, 15), userId(1)],
    ['username', 'ADA@acme.example', userId(1)],
    ['username', 'ben@acme.example', userId(11)],
    ['federationId', 'Fed-Ada', userId(1)],
    ['federationId', 'gone@acme.example', userId(14)],
    ['federationId', 'ben', userId(11)],
    ['email', 'Ada@Home.example', userId(1)],
    ['email', 'same@acme.example', userId(6)],
  ] as const)('finds a user by a name of one kind: %s %s', async (kind, name, id) => {
    expect((await search({ kind, name })).userId).toBe(id);
  });

  it.each([
    ['a username as an id', 'id', 'ada@acme.example', 'unknown'],
    ['an id as a username', 'username', userId(1), 'unknown'],
    ['an e-mail as a username', 'username', 'ada@home.example', 'unknown'],
    ['a username as a federation identifier', 'federationId', 'ada@acme.example', 'unknown'],
    ['a username as an e-mail', 'email', 'user5@acme.example', 'unknown'],
    ['a federation identifier with a blank at the end', 'federationId', 'Fed-Ada ', 'unknown'],
    ['a federation identifier of two active users', 'federationId', 'both', 'ambiguous'],
    ['an e-mail of two active users', 'email', 'office@acme.example', 'ambiguous'],
    ['an e-mail that an inactive user also has', 'email', 'ben@acme.example', 'ambiguous'],
    ['the e-mail of an inactive user', 'email', 'gone@acme.example', 'inactive'],
    ['a frozen user', 'username', 'user5@acme.example', 'frozen'],
  ] as const)('refuses a name of one kind: %s', async (_, kind, name, code) => {
    await expect(search({ kind, name })).rejects.toMatchObject({ name: 'UserNotServedError', code });
  });

  it('finds a user of the organization that the name belongs to, and of no other', async () => {
    const named = { kind: 'id', name: userId(1) } as const;
    expect((await search({ ...named, organizationId: ORG })).userId).toBe(userId(1));
    await expect(search({ ...named, organizationId: OTHER_ORG })).rejects.toMatchObject({ code: 'unknown' });
  });

  it('does not find a user without a username by the id in another case', async () => {
    const other = await Started.begin(newIndex);
    const names = [userName(7, { userId: MIXED, username: MIXED })];
    await other.store.replaceMembership(other.fence, generation(START), [{ ...member(7), userId: MIXED }], names);
    const reader = await opened(other.index.reader());
    expect((await reader.search('', { as: MIXED })).userId).toBe(MIXED);
    await expect(reader.search('', { as: MIXED.toLowerCase() })).rejects.toThrow('No user is named');
  });

  it('if several users share names, the first kind of name that matches anyone decides', async () => {
    const other = await Started.begin(newIndex);
    const reader = await opened(other.index.reader());
    let asOf = START;
    await fc.assert(
      fc.asyncProperty(clashingUsers, async (names) => {
        const members = names.map((_, at) => member(at + 1));
        await other.store.replaceMembership(other.fence, generation(++asOf), members, names);
        for (const name of NAMES) {
          const answer = await reader.search('', { as: ` ${name}` }).then(
            ({ userId: id }) => ({ userId: id }),
            (error: unknown) => refusalOf(error),
          );
          expect([name, answer]).toEqual([name, whoIs(names, name)]);
        }
      }),
      { numRuns: 60, ...(seed === undefined ? {} : { seed }) },
    );
  }, 60_000);

  it('refuses a name with line breaks in one line too', async () => {
    await expect(search('a\nb\u001b[2J')).rejects.toThrow("No user is named 'a b [2J'.");
    await expect(search('x\u202Eb\u2028c\u2066')).rejects.toThrow("No user is named 'xb c'.");
  });
}

function refusalOf(error: unknown): string {
  if (!(error instanceof UserNotServedError)) throw error;
  return error.code;
}
