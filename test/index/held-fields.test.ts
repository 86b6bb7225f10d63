import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { heldFields } from '../../src/index/held-fields.ts';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import { IndexUnavailableError } from '../../src/index/port/errors.ts';
import { fieldLists, STANDARD_FIELDS } from '../../src/objects/index.ts';

const path = (): string => join(mkdtempSync(join(tmpdir(), 'held-fields-')), 'index.db');
const START = '2026-01-01T00:00:00.000Z';

it('has no held fields without an index, and before a backfill has begun', async () => {
  const file = path();
  expect(await heldFields(indexAt(file))).toBeNull();
  const store = await openRunStore({ index: indexAt(file), create: true });
  expect(await heldFields(indexAt(file))).toBeNull();
  await store.close();
});

it('has the fields that the backfill began with, and every field that was ever held', async () => {
  const file = path();
  const store = await openRunStore({ index: indexAt(file), create: true });
  const { indexId } = await store.state();
  const fence = { run: 1, indexId, organizationId: '00D000000000001AAA' };
  await store.admit(fence, { backfillStart: START, now: START });
  const indexed = { ...STANDARD_FIELDS, fields: fieldLists(() => ['Name', 'Region__c']) };
  const everHeld = fieldLists(() => ['Name', 'Phone']);
  await store.begin(fence, { start: START, schema: 'all', contacts: 'own', indexed, everHeld, unguarded: [] });
  expect(await heldFields(indexAt(file))).toEqual({ indexed, everHeld });
  await store.close();
});

it('says that a file is not an index', async () => {
  const file = path();
  writeFileSync(file, 'not an index, but a text that is long enough for SQLite to look at it as a database file');
  await expect(heldFields(indexAt(file))).rejects.toThrow(IndexUnavailableError);
});
