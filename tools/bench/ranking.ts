import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveMembership } from '../../src/access/membership.ts';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openRunStore } from '../../src/index/open.ts';
import type { RecordWrite } from '../../src/index/port/documents.ts';
import { STANDARD_FIELDS } from '../../src/objects/index.ts';
import { idOf, largeOrg, sizeFor } from './large-org.ts';

const COMPANIES = 400;
const LOOKED_AT = 10;
const USERS = 8;
/** Can read every record. */
const HEAD = 0;

const FIRST =
  'North South East West Blue Red Green Silver Golden Alpine Coastal Baltic Iberian Nordic Urban Rapid'.split(' ');
const SECOND = 'wind stone field water bridge harbor forest light river gate'.split(' ');
const KIND = 'Solar Energy Logistics Pumps Foods Media Health Systems Textiles Robotics'.split(' ');
const GIVEN = 'Anna Tom Maria José Chen Aisha Pavel Ines Lars Noor'.split(' ');
const FAMILY = 'Bauer Silva Demir Novak Costa Berg Haddad Kovacs Moreau Rossi Lindqvist Okafor'.split(' ');
const CITY = 'Berlin Lisbon Oslo Prague Madrid Vienna Porto Malmö Kraków Ghent'.split(' ');
const PRODUCT = 'pump valve sensor inverter filter turbine'.split(' ');
const TROUBLE = 'leaks is broken makes noise has no power was delivered twice'.split(' ');

/** A query with a known answer: the records that a person who types it means. */
interface Question {
  readonly how: string;
  readonly words: string;
  readonly answers: ReadonlySet<string>;
}

/** Measures how high searches rank the record that they mean, over queries with known answers. */
export async function benchRanking(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ranking-'));
  const path = join(folder, 'index.db');
  try {
    const records = company();
    await fill(path, records);
    const index = await openIndexReader({ index: indexAt(path) });
    const places = new Map<string, number[]>();
    for (const { how, words, answers } of questionsOf(records)) {
      const { hits } = await index.search(words, { as: idOf('005', HEAD), limit: LOOKED_AT });
      const place = hits.findIndex(({ id }) => answers.has(id)) + 1;
      places.set(how, [...(places.get(how) ?? []), place]);
    }
    await index.close();
    for (const [how, each] of [...places, ['all together', [...places.values()].flat()] as const])
      process.stdout.write(`${how}: ${summary(each)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function summary(places: readonly number[]): string {
  const share = (part: number) => (part / places.length).toFixed(3);
  const first = places.filter((place) => place === 1).length;
  const shown = places.filter((place) => place > 0);
  const reciprocal = shown.reduce((sum, place) => sum + 1 / place, 0);
  return `first ${share(first)}, among ${LOOKED_AT} ${share(shown.length)}, mean reciprocal rank ${share(reciprocal)} (${places.length} questions)`;
}

/** Returns accounts with contacts, cases and opportunities, whose notes name other accounts repeatedly. */
function company(): RecordWrite[] {
  return Array.from({ length: COMPANIES }, (_, n) => {
    const name = `${pick(FIRST, n)}${pick(SECOND, n * 7)} ${pick(KIND, Math.floor(n / 16) + n)}`;
    const other = `${pick(FIRST, n + 3)}${pick(SECOND, (n + 3) * 7)}`;
    const notes = (words: string) =>
      `${words}. We spoke about ${`${other}, and ${other} again, `.repeat(1 + (n % 5))}then left.`;
    const person = `${pick(GIVEN, n * 3)} ${pick(FAMILY, n * 5 + Math.floor(n / 10))}`;
    const city = pick(CITY, n * 3 + 1);
    const [product, trouble] = [pick(PRODUCT, n), pick(TROUBLE, Math.floor(n / 6))];
    return [
      written('Account', n, { Name: name, BillingCity: city, Description: notes(`Makes ${product}s`) }),
      written('Contact', n, {
        Name: person,
        Email: `contact${n}@${pick(FIRST, n).toLowerCase()}.example`,
        Phone: `+49 30 55${String(10_000 + n)}`,
        MailingCity: city,
        Description: notes(`Works for ${name}`),
      }),
      written('Case', n, {
        CaseNumber: String(30_000_000 + n),
        Subject: `${product} ${trouble} at ${name}`,
        Description: notes(`The ${product} of ${person} ${trouble}`),
      }),
      written('Opportunity', n, { Name: `${name} - ${product} renewal`, Description: notes(`${person} decides`) }),
    ];
  }).flat();
}

function questionsOf(records: readonly RecordWrite[]): Question[] {
  return records.flatMap((record) => {
    const { object, fields } = record;
    const title = fields.Name ?? fields.Subject ?? '';
    const same = new Set(
      records.filter((each) => each.object === object && titleOf(each) === title).map(({ id }) => id),
    );
    const words = title.split(' ').filter((word) => word !== '-');
    const city = fields.BillingCity ?? fields.MailingCity;
    const own = new Set([record.id]);
    const asked = (how: string, typed: string, answers: ReadonlySet<string> = same): Question => ({
      how,
      words: typed,
      answers,
    });
    return [
      asked('its title', words.join(' ')),
      asked('its title, while it is typed', words.join(' ').slice(0, -2)),
      asked('its title, the words in another order', words.toReversed().join(' ')),
      ...(city === undefined ? [] : [asked('its title and its city', `${words.join(' ')} ${city}`)]),
      ...(fields.Email === undefined ? [] : [asked('its e-mail', fields.Email, own)]),
      ...(fields.Phone === undefined ? [] : [asked('its phone number', fields.Phone.replaceAll(' ', ''), own)]),
      ...(fields.CaseNumber === undefined ? [] : [asked('its case number', fields.CaseNumber, own)]),
    ];
  });
}

function titleOf({ fields }: RecordWrite): string | undefined {
  return fields.Name ?? fields.Subject;
}

function written(
  object: 'Account' | 'Contact' | 'Case' | 'Opportunity',
  n: number,
  fields: RecordWrite['fields'],
): RecordWrite {
  const prefix = { Account: '001', Contact: '003', Case: '500', Opportunity: '006' }[object];
  return {
    id: idOf(prefix, n),
    object,
    ownerId: idOf('005', HEAD),
    accountId: null,
    isPrivate: false,
    isPersonAccount: false,
    fields,
    modified: new Date(1_700_000_000_000 + ((n * 7919) % 100_003) * 60_000).toISOString(),
    version: 1,
  };
}

function pick(list: readonly string[], at: number): string {
  return list[at % list.length] ?? '';
}

async function fill(path: string, records: readonly RecordWrite[]): Promise<void> {
  const { fields } = STANDARD_FIELDS;
  const tables = largeOrg(sizeFor(USERS));
  const store = await openRunStore({ index: indexAt(path), create: true });
  const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: idOf('00D', 1) };
  const start = new Date(0).toISOString();
  const backfill = {
    start,
    schema: '',
    contacts: 'own',
    indexed: STANDARD_FIELDS,
    everHeld: STANDARD_FIELDS.fields,
    unguarded: [],
  } as const;
  const now = new Date().toISOString();
  await store.admit(fence, { backfillStart: start, now });
  await store.begin(fence, backfill);
  const resolved = resolveMembership(tables, { fields, now, frozenUsers: 'closed', documents: 'own' });
  const generation = { asOf: 1, gaps: [], fields, groups: [], shared: [], tables, readings: {} };
  await store.replaceMembership(fence, generation, resolved.members, resolved.names);
  const shares = records.map(({ id, object, ownerId }) => ({
    parentId: id,
    object,
    rowCount: 1,
    rows: [{ grantee: ownerId ?? '', cause: 'Owner', opens: [object] }],
    version: 1,
  }));
  await store.write(fence, { records, shares });
  await store.close();
}
