import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Explanation, explainer } from '../../../src/access/explain/explain.ts';
import { STANDARD_FIELDS } from '../../../src/objects/index.ts';
import { holds } from '../../salesforce/seeded.ts';
import { arbitraryOrg, arbitraryRecord, TIMES } from '../arbitrary-org.ts';
import { naiveReading } from '../naive.ts';
import { finds, memberOf, membershipOf, NOW, type TestOrg, type TestRecord, tablesOf } from '../org.ts';
import { type World, without } from './removal.ts';

fc.configureGlobal({ numRuns: 60 });

const FILE = 'test/access/explain/explain.property.test.ts';
const records = fc.array(arbitraryRecord, { minLength: 6, maxLength: 8 });
const RECORD_ID = '500record';

/** Only an org with person accounts has contacts of person accounts. */
function ofOrg(org: TestOrg, record: TestRecord): TestRecord {
  const hasPersons = org.described?.Contact?.some((field) => field.name === 'IsPersonAccount') ?? false;
  return { ...record, isPersonAccount: hasPersons && record.isPersonAccount === true };
}

function explaining(org: TestOrg, now = NOW, documents: 'own' | 'controlled' | null = null) {
  const explain = explainer(tablesOf(org), { fields: STANDARD_FIELDS.fields, now, documents });
  return (userId: string, { shares = [], account = null, ...facts }: TestRecord): Explanation =>
    explain(userId, {
      id: RECORD_ID,
      label: `${facts.object} 1`,
      accountName: null,
      facts: { ownerId: null, accountId: null, isPrivate: false, isPersonAccount: false, ...facts },
      shares,
      account,
    });
}

const usersOf = (org: TestOrg) => (org.User ?? []).map(({ Id }) => Id ?? '');

function idsOf({ org, record }: World): Set<string> {
  const rows = [org.User, org.UserRole, org.Group, org.PermissionSet, org.Territory2].flatMap((table) => table ?? []);
  return new Set([RECORD_ID, record.accountId ?? '', ...rows.map((row) => row.Id ?? '')]);
}

test('explains why for each record that a search and the naive rules find, and why not for all others', () => {
  const seen = { yes: 0, no: 0 };
  const property = fc.property(arbitraryOrg, records, (org, made) => {
    const reads = naiveReading(org);
    const { members, contacts } = membershipOf(org);
    const all = [...members];
    for (const at of TIMES) {
      const explain = explaining(org, at);
      for (const user of usersOf(org))
        for (const any of made) {
          const record = ofOrg(org, any);
          const told = explain(user, record);
          const expected = [reads(user, record, at), finds(memberOf(all, user, at), record, contacts)];
          if (expected.some((each) => each !== told.reads))
            throw new Error(
              `${user} at ${at}: ${expected} expected, got ${JSON.stringify(told)}, for ${JSON.stringify(record)}`,
            );
          expect([told.chain.length > 0, told.ways > 0, told.missing.length === 0]).toEqual(Array(3).fill(told.reads));
          seen[told.reads ? 'yes' : 'no'] += 1;
        }
    }
  });
  holds(FILE, property);
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan((seen.yes + seen.no) / 40);
});

test('explains what a search finds while documents have another contact sharing', () => {
  const property = fc.property(arbitraryOrg, records, (org, made) => {
    const documents = membershipOf(org).contacts === 'own' ? 'controlled' : 'own';
    const members = [...membershipOf(org, { documents }).members];
    const explain = explaining(org, NOW, documents);
    for (const user of usersOf(org))
      for (const record of made.map((any) => ofOrg(org, any)))
        expect(explain(user, record).reads).toBe(finds(memberOf(members, user), record, documents));
  });
  holds(FILE, property);
});

test('names only ids that exist in the org, or grantees that nothing shows', () => {
  const property = fc.property(arbitraryOrg, records, (org, made) => {
    const explain = explaining(org);
    for (const record of made.map((any) => ofOrg(org, any))) {
      const ids = idsOf({ org, record });
      for (const user of usersOf(org)) {
        const { chain, missing } = explain(user, record);
        for (const { ids: named, text } of chain)
          expect({ text, stray: named.filter((id) => !ids.has(id)) }).toEqual({ text, stray: [] });
        for (const id of missing.flatMap((each) => each.ids)) if (id !== '00Gnone') expect(ids).toContain(id);
      }
    }
  });
  holds(FILE, property);
});

test('shows the only way: without the row that its first link after the permission names, there is no access', () => {
  let seen = 0;
  const property = fc.property(arbitraryOrg, records, (org, made) => {
    for (const any of made)
      for (const user of usersOf(org)) {
        const record = ofOrg(org, any);
        const { ways, chain } = explaining(org)(user, record);
        const link = chain.find(({ kind }) => kind !== 'permission');
        if (ways !== 1 || link === undefined || (link.kind === 'account' && link.ids.length < 3)) continue;
        const left = without({ org, record }, link);
        // Removing a default can give contacts another sharing, and so other ways.
        if (membershipOf(left.org).contacts !== membershipOf(org).contacts) continue;
        if (naiveReading(left.org)(user, left.record, NOW))
          throw new Error(`${user} still reads ${JSON.stringify(record)} without: ${link.text}`);
        seen += 1;
      }
  });
  holds(FILE, property);
  expect(seen).toBeGreaterThan(20);
});

test('leaves no access in the end if the rows that each chain names are removed one by one', () => {
  const property = fc.property(arbitraryOrg, arbitraryRecord, fc.nat(), (org, any, choice) => {
    for (const user of usersOf(org)) {
      let world: World = { org, record: ofOrg(org, any) };
      for (let left = 100; ; left -= 1) {
        const told = explaining(world.org)(user, world.record);
        expect(told.reads).toBe(naiveReading(world.org)(user, world.record, NOW));
        if (!told.reads) break;
        const link = told.chain[choice % told.chain.length];
        if (left === 0 || link === undefined) throw new Error(`does not end: ${JSON.stringify(told)}`);
        world = without(world, link);
      }
    }
  });
  holds(FILE, property);
});
