import fc from 'fast-check';
import type { UserName } from '../../src/access/types.ts';
import { userId, userName } from './contract/setup.ts';

/** A few names, so that users share them, in each kind and in both cases. */
export const NAMES: readonly string[] = [
  'ada@acme.example',
  'ADA@acme.example',
  'bob@acme.example',
  'Bob@Acme.example',
  'cy@acme.example',
  'fed-1',
  'FED-1',
  userId(1),
  userId(2).slice(0, 15),
];

const refused = fc.constantFrom(null, null, null, 'inactive', 'frozen');
const name = fc.constantFrom(...NAMES);
const maybe = fc.option(name, { freq: 3 });

/** Users 1 to 6 at most. Usernames, which are unique in Salesforce, clash less often than the other names. */
export const clashingUsers: fc.Arbitrary<UserName[]> = fc
  .array(
    fc.record({
      username: fc.option(name, { freq: 1 }),
      federationId: maybe,
      email: maybe,
      refused,
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((users) =>
    users.map(({ username, ...rest }, at) =>
      userName(at + 1, { ...rest, username: username ?? `user${at + 1}@acme.example` }),
    ),
  );

/** Whom the name means: a served user, or why nobody. */
export type Meant = { readonly userId: string } | 'inactive' | 'frozen' | 'ambiguous' | 'unknown';

/** What a name means, by a naive reading of the rule. */
export function whoIs(users: readonly UserName[], typed: string): Meant {
  const small = (text: string | null) => text?.toLowerCase() ?? null;
  const ofId = users.filter(({ userId: id }) => id === typed || id.slice(0, 15) === typed);
  const ofUsername = users.filter(({ username }) => small(username) === small(typed));
  const ofFederation = users.filter(({ federationId }) => federationId === typed);
  const ofEmail = users.filter(({ email }) => small(email) === small(typed));
  const [decides = []] = [ofId, ofUsername, activeFirst(ofFederation), activeFirst(ofEmail)].filter(
    (found) => found.length > 0,
  );
  const [one, another] = decides;
  if (one === undefined) return 'unknown';
  if (another !== undefined) return 'ambiguous';
  if (one.refused === 'inactive' || one.refused === 'frozen') return one.refused;
  return { userId: one.userId };
}

function activeFirst(users: readonly UserName[]): readonly UserName[] {
  const active = users.filter((user) => user.refused !== 'inactive');
  return active.length > 0 ? active : users;
}
