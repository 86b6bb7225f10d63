import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holds } from '../salesforce/seeded.ts';
import { arbitraryOrg, arbitraryRecord, TIMES } from './arbitrary-org.ts';
import { naiveReading } from './naive.ts';
import { finds, memberOf, membershipOf } from './org.ts';

fc.configureGlobal({ numRuns: 200 });

const FILE = 'test/access/rules.property.test.ts';
const records = fc.array(arbitraryRecord, { minLength: 8, maxLength: 12 });

test('a search finds what the naive rules allow record by record, in any small org and at any time', () => {
  const seen = { found: 0, refused: 0 };
  const property = fc.property(arbitraryOrg, records, (org, made) => {
    // Only an org with person accounts has contacts of person accounts.
    const hasPersons = org.described?.Contact?.some((field) => field.name === 'IsPersonAccount') ?? false;
    const reads = naiveReading(org);
    const membership = membershipOf(org);
    const { contacts } = membership;
    const members = [...membership.members];
    for (const at of TIMES)
      for (const { Id: userId = null } of org.User ?? [])
        for (const any of made) {
          const record = { ...any, isPersonAccount: hasPersons && any.isPersonAccount === true };
          const expected = reads(userId ?? '', record, at);
          const found = finds(memberOf(members, userId ?? '', at), record, contacts);
          if (found !== expected)
            throw new Error(`${userId} at ${at}: found ${found}, naive ${expected}, ${JSON.stringify(record)}`);
          seen[found ? 'found' : 'refused'] += 1;
        }
  });
  holds(FILE, property);
  // A comparison of refusals alone would prove nothing.
  expect(seen.found).toBeGreaterThan(seen.refused / 20);
  expect(seen.refused).toBeGreaterThan(seen.found / 20);
});

test("a contact that may or may not be a person account's is found only by users who read it in both cases", () => {
  const seen = { found: 0, refused: 0 };
  const property = fc.property(arbitraryOrg, records, (org, made) => {
    const reads = naiveReading(org);
    const { members, contacts } = membershipOf(org);
    const all = [...members];
    for (const at of TIMES)
      for (const { Id } of org.User ?? [])
        for (const any of made) {
          const record = { ...any, object: 'Contact' as const };
          const isFound = finds(memberOf(all, Id ?? '', at), { ...record, isPersonAccount: 'unknown' }, contacts);
          const kinds = [true, false].map((isPersonAccount) => reads(Id ?? '', { ...record, isPersonAccount }, at));
          if (isFound && kinds.includes(false))
            throw new Error(`${Id} at ${at} finds ${JSON.stringify(record)}; as a person account's, and not: ${kinds}`);
          seen[isFound ? 'found' : 'refused'] += 1;
        }
  });
  holds(FILE, property);
  expect(seen.found).toBeGreaterThan(seen.refused / 20);
});

test('only View All finds contacts while documents have another contact sharing, and other records stay', () => {
  const property = fc.property(arbitraryOrg, records, (org, made) => {
    const asked = membershipOf(org).contacts;
    const documents = asked === 'own' ? 'controlled' : 'own';
    const before = [...membershipOf(org).members];
    const moved = membershipOf(org, { documents });
    const members = [...moved.members];
    expect(moved.contactsClosed).toBe(true);
    for (const { Id: userId = null } of org.User ?? [])
      for (const record of made) {
        const found = finds(memberOf(members, userId ?? ''), record, documents);
        const then = memberOf(before, userId ?? '');
        if (record.object !== 'Contact') expect(found).toBe(finds(then, record, asked));
        else expect(found).toBe(then?.objects.Contact.reach === 'all');
      }
  });
  holds(FILE, property);
});
