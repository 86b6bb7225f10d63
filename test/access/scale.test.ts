import { expect, test } from 'vitest';
import type { TestOrg } from './org.ts';
import { memberOf, membershipOf, standardProfile, user } from './org.ts';

const USERS = 10_000;
const ROLES = 2_000;
const GROUPS = 5_000;

/** Each role has four roles below it (depth 6). Most roles have three groups. Public groups are nested. */
function bigOrg(): TestOrg {
  const role = (at: number) => `00E${String(at).padStart(6, '0')}`;
  const person = (at: number) => `005${String(at).padStart(6, '0')}`;
  const group = (at: number) => `00G${String(at).padStart(6, '0')}`;
  const types = ['Role', 'RoleAndSubordinates'];
  return {
    ...standardProfile(),
    UserRole: Array.from({ length: ROLES }, (_, at) => ({
      Id: role(at),
      ParentRoleId: at === 0 ? null : role(Math.floor((at - 1) / 4)),
    })),
    User: Array.from({ length: USERS }, (_, at) => user(person(at), { UserRoleId: role(at % ROLES) })),
    Group: Array.from({ length: GROUPS }, (_, at) =>
      at < 2 * ROLES
        ? { Id: group(at), Type: types[at % 2], RelatedId: role(Math.floor(at / 2)) }
        : { Id: group(at), Type: 'Regular', DoesIncludeBosses: at % 2 === 0 },
    ),
    // Each public group has ten users, a role's group and the next public group: a chain that ends in a cycle.
    GroupMember: Array.from({ length: GROUPS - 2 * ROLES }, (_, at) => at + 2 * ROLES).flatMap((at) => [
      ...Array.from({ length: 10 }, (_, nth) => ({
        GroupId: group(at),
        UserOrGroupId: person((at * 31 + nth * 997) % USERS),
      })),
      { GroupId: group(at), UserOrGroupId: group(at % (2 * ROLES)) },
      { GroupId: group(at), UserOrGroupId: group(at + 1 < GROUPS && at % 20 !== 19 ? at + 1 : at - 10) },
    ]),
  };
}

test('resolves 10,000 users in 2,000 roles and 5,000 groups within seconds, one user at a time', () => {
  const before = performance.now();
  const { members } = membershipOf(bigOrg());
  let rows = 0;
  let principals = 0;
  for (const member of members) {
    rows += 1;
    principals += member.principals.length;
  }
  const seconds = (performance.now() - before) / 1000;
  expect(rows).toBe(USERS);
  expect(principals).toBeGreaterThan(USERS * 100);
  // Everybody except the five in the top role is below it.
  const top = memberOf(members, '005000000');
  expect(top?.principals.filter((principal) => principal.startsWith('005'))).toHaveLength(USERS - 4);
  // Far more than it takes, and far less than a walk over users times groups would take.
  expect(seconds).toBeLessThan(20);
});
