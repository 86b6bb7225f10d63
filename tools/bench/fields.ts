import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectAccess } from '../../src/access/types.ts';
import { limitsOf } from '../../src/index/limits.ts';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openRunStore } from '../../src/index/open.ts';
import {
  decidedFields,
  fieldLists,
  type IndexedFields,
  OBJECT_NAMES,
  type ObjectName,
  STANDARD_FIELDS,
} from '../../src/objects/index.ts';
import { idOf, largeOrg, namesOf, sizeFor } from './large-org.ts';
import { median } from './median.ts';

const ACCOUNTS = 3_000;
/** The number of custom fields with text in one account. */
const FILLED = 25;
const ROUNDS = 15;

const NONE: ObjectAccess = { reach: 'none', fields: [] };

/** The searchers. Everyone can read every account. */
const ASKERS = ['every field', 'all fields but one', 'every second field', 'the name alone'] as const;

/**
 * Writes and searches the same accounts in indexes with more and more custom fields.
 *
 * @param sizes the numbers of fields of all objects together; default: some numbers up to the highest
 */
export async function benchFields(sizes: readonly string[]): Promise<void> {
  const most = limitsOf(indexAt('index.db')).fields;
  for (const all of sizes.length > 0 ? sizes.map(Number) : [120, 196, 666, most]) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-fields-'));
    try {
      await measure(join(folder, 'index.db'), all);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

function indexedWith(all: number): IndexedFields {
  const usual = OBJECT_NAMES.reduce((sum, name) => sum + STANDARD_FIELDS.fields[name].length, 0);
  const custom = Array.from({ length: all - usual }, (_, at) => `Custom_Attribute_${at}__c`);
  const fields = fieldLists(({ name, fields: own }) => (name === 'Account' ? [...own, ...custom] : own));
  return { fields, titleFields: STANDARD_FIELDS.titleFields };
}

async function measure(path: string, all: number): Promise<void> {
  const indexed = indexedWith(all);
  const fields = decidedFields(indexed);
  const store = await openRunStore({ index: indexAt(path), create: true });
  const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: idOf('00D', 1) };
  const start = new Date().toISOString();
  await store.admit(fence, { backfillStart: start, now: start });
  await store.begin(fence, { start, schema: '', contacts: 'own', indexed, everHeld: fields, unguarded: [] });
  const readable: Readonly<Record<(typeof ASKERS)[number], ObjectAccess['fields']>> = {
    'every field': 'all',
    'all fields but one': fields.Account.filter((field) => field !== 'Fax'),
    'every second field': fields.Account.filter((_, at) => at % 2 === 0),
    'the name alone': ['Name'],
  };
  const members = ASKERS.map((asker, at) => ({
    userId: idOf('005', at),
    validUntil: null,
    principals: [],
    objects: Object.fromEntries(
      OBJECT_NAMES.map((name) => [name, name === 'Account' ? { reach: 'all', fields: readable[asker] } : NONE]),
    ) as Record<ObjectName, ObjectAccess>,
  }));
  const names = namesOf(members);
  const tables = largeOrg(sizeFor(40));
  await store.replaceMembership(
    fence,
    { asOf: 1, gaps: [], fields, groups: [], shared: [], tables, readings: {} },
    members,
    names,
  );

  const begun = performance.now();
  for (let from = 0; from < ACCOUNTS; from += 1_000) {
    const records = Array.from({ length: 1_000 }, (_, nth) => accountAt(from + nth, indexed));
    await store.write(fence, { records });
  }
  const written = (performance.now() - begun) / (ACCOUNTS / 1_000);
  await store.close();

  const reader = await openIndexReader({ index: indexAt(path) });
  const said: string[] = [];
  for (const [at, asker] of ASKERS.entries()) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const from = performance.now();
      await reader.search('pump harbour', { as: idOf('005', at), limit: 20 });
      times.push(performance.now() - from);
    }
    said.push(`${asker} ${median(times).toFixed(1)} ms`);
  }
  await reader.close();
  const size = statSync(path).size / 1_000_000;
  process.stdout.write(
    `${all} fields: 1,000 accounts written in ${written.toFixed(0)} ms, ${size.toFixed(1)} MB; two words asked by who reads ${said.join(', ')}\n`,
  );
}

function accountAt(at: number, { fields }: IndexedFields) {
  const custom = fields.Account.filter((field) => field.endsWith('__c'));
  const texts = Array.from({ length: FILLED }, (_, nth) => [
    custom[(at * 31 + nth * 7) % custom.length] ?? 'Name',
    `word${(at * 7919 + nth) % 5_003} ${nth === 0 && at % 5 === 0 ? 'pump' : 'valve'}`,
  ]);
  return {
    id: idOf('001', at),
    object: 'Account' as const,
    ownerId: idOf('005', 0),
    accountId: null,
    isPrivate: false,
    isPersonAccount: false,
    fields: { Name: `Account ${at}`, Description: at % 2 === 0 ? 'harbour' : 'pier', ...Object.fromEntries(texts) },
    modified: new Date(1_700_000_000_000 + at * 60_000).toISOString(),
    version: 1,
  };
}
