import { expect, test } from 'vitest';
import { drawRecords, drawUsers, peersOf, userCount } from '../../src/audit/draw.ts';
import { seeded } from '../../src/audit/random.ts';
import { countsOf, withVerdicts } from '../../src/audit/verdicts.ts';
import type { Border, ServedUser } from '../../src/index/port/inspector.ts';

const user = (n: number, reach: string, roleId: string | null = null): ServedUser => ({
  id: `u${n}`,
  username: `u${n}@x`,
  roleId,
  reach,
});
const many = (count: number, of: (n: number) => ServedUser) => Array.from({ length: count }, (_, n) => of(n));

test('draws a few users of a rare reach as surely as many of a common one', () => {
  const users = [...many(500, (n) => user(n, 'common', `r${n % 3}`)), user(1_000, 'rare')];
  for (let seed = 0; seed < 20; seed++) {
    const drawn = drawUsers(users, 4, seeded(seed));
    expect(drawn.map(({ reach }) => reach).sort()).toEqual(['common', 'common', 'common', 'rare']);
    const roles = drawn.filter(({ reach }) => reach === 'common').map(({ roleId }) => roleId);
    expect(new Set(roles).size).toBe(3);
  }
});

test.each([
  [1, 100, 1],
  [1_000, 100, 20],
  [1_000, 3, 3],
  [100_000, 5_000, 200],
  [10, 0, 0],
])('a sample of %i of %i served users is of %i', (sample, served, count) => {
  expect(userCount(sample, served)).toBe(count);
});

test('draws peers of the same role first, and never the user', () => {
  const users = many(50, (n) => user(n, 'one', n % 10 === 0 ? 'same' : `r${n}`));
  const peers = peersOf(user(0, 'one', 'same'), users, seeded(7));
  expect(peers.map(({ id }) => id)).not.toContain('u0');
  expect(peers.slice(0, 2).map(({ roleId }) => roleId)).toEqual(['same', 'same']);
  expect(new Set(peers.map(({ id }) => id)).size).toBe(4);
});

test('draws records of every boundary in turn until there are enough', () => {
  const record = (border: Border, n: number) => ({
    id: `${border} ${n}`,
    object: 'Case' as const,
    border,
    finds: true,
  });
  const records = [
    ...Array.from({ length: 40 }, (_, n) => record('random', n)),
    record('one way', 1),
    record('private opportunity', 1),
  ];
  const drawn = drawRecords(records, 5, seeded(1)).map(({ border }) => border);
  expect(drawn.sort()).toEqual(['one way', 'private opportunity', 'random', 'random', 'random']);
  expect(drawRecords(records, 100, seeded(1))).toHaveLength(42);
});

test('a leak is found and denied, a loss is read and not found, and a missing answer is neither', () => {
  const pair = (finds: boolean) => ({
    id: 'r',
    object: 'Lead' as const,
    border: 'random' as const,
    finds,
    user: user(1, ''),
  });
  const all = [
    withVerdicts(pair(true), true),
    withVerdicts(pair(false), false),
    withVerdicts(pair(true), false),
    withVerdicts(pair(false), true),
    withVerdicts(pair(true), undefined),
    withVerdicts(pair(false), undefined),
  ];
  expect(all.map(({ verdict }) => verdict)).toEqual(['agree', 'agree', 'leak', 'loss', 'unanswered', 'unanswered']);
  expect(countsOf(all)).toEqual({ asked: 6, agree: 2, leaks: 1, losses: 1, unanswered: 2 });
});
