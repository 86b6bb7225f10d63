import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unservedClauses, unservedOf } from '../../src/index/model/unserved.ts';
import { holds } from '../salesforce/seeded.ts';
import { clashingUsers, whoIs } from './clashing-names.ts';
import { userId, userName } from './contract/setup.ts';

const FILE = 'test/index/unserved.test.ts';

const EMAIL = 'team@acme.example';

describe('unserved users', () => {
  it('are counted by cause', () => {
    const users = [
      userName(1, { email: EMAIL }),
      userName(2, { email: EMAIL.toUpperCase() }),
      userName(3, { email: EMAIL, refused: 'inactive' }),
      userName(4, { refused: 'frozen' }),
      userName(5, { federationId: 'one' }),
      userName(6, { federationId: 'one' }),
      userName(7, { email: 'user8@acme.example' }),
      userName(8, { federationId: 'user1@acme.example' }),
    ];
    const unserved = unservedOf(users);
    expect(unserved).toEqual({
      inactive: 1,
      frozen: 1,
      sharedUsername: { users: 0, usernames: 0 },
      sharedFederationId: { users: 2, ids: 1 },
      sharedEmail: { users: 2, addresses: 1 },
      federationIdOfOthers: 1,
      emailOfOthers: 1,
    });
    expect(unservedClauses(unserved)).toEqual([
      '3 users cannot be identified by federation identifier, because others have the same one',
      '3 users cannot be identified by e-mail, because others have the same one',
    ]);
  });

  it('do not include a user whose name only an inactive user or the user themselves also has', () => {
    const name = 'user1@acme.example';
    const unserved = unservedOf([
      userName(1, { email: name, federationId: name }),
      userName(2, { email: name, federationId: name, refused: 'inactive' }),
    ]);
    expect(unservedClauses(unserved)).toEqual([]);
    expect(unserved.inactive).toBe(1);
  });

  it('share no username if they have none', () => {
    const unserved = unservedOf([userName(1, { username: userId(1) }), userName(2, { username: userId(2) })]);
    expect(unserved.sharedUsername).toEqual({ users: 0, usernames: 0 });
  });

  it('are exactly the served users whose names do not identify them', () => {
    holds(
      FILE,
      fc.property(clashingUsers, (users) => {
        const lost = { username: 0, federationId: 0, email: 0 };
        for (const user of users)
          for (const kind of ['username', 'federationId', 'email'] as const) {
            const name = user[kind];
            const meant = name === null || user.refused !== null ? null : whoIs(users, name);
            if (meant !== null && (typeof meant === 'string' || meant.userId !== user.userId)) lost[kind] += 1;
          }
        const met = { username: 0, federationId: 0, email: 0 };
        const unserved = unservedOf(users, (_, kind) => {
          met[kind] += 1;
        });
        expect(met).toEqual(lost);
        expect([unserved.inactive, unserved.frozen]).toEqual(
          ['inactive', 'frozen'].map((cause) => users.filter(({ refused }) => refused === cause).length),
        );
        expect(unserved.sharedEmail.users + unserved.emailOfOthers).toBe(lost.email);
        expect(unserved.sharedFederationId.users + unserved.federationIdOfOthers).toBe(lost.federationId);
      }),
    );
  });
});
