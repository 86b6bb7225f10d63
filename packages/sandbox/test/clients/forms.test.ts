import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Org } from '../../src/org/types.ts';
import { ALL, orgOf } from '../org/folder.ts';
import { FORMS_ORG, TODAY } from './forms-org.ts';

/** Whether each client sends its queries to `queryAll`, which also finds deleted rows. */
const QUERIES_ALL: Readonly<Record<string, boolean>> = {
  jsforce: false,
  'simple-salesforce': false,
  'airbyte-source-salesforce': true,
  'tap-salesforce': true,
};
const FILE = /^(.+)\.soql\.txt$/;
const FORM = /^# (.+) → (\d+)\n([^#\n].*)$/gm;

interface Form {
  readonly origin: string;
  readonly rows: number;
  readonly soql: string;
}

const clients = readdirSync(import.meta.dirname).flatMap((name) => FILE.exec(name)?.[1] ?? []);

function textOf(client: string): string {
  return readFileSync(new URL(`${client}.soql.txt`, import.meta.url), 'utf8');
}

function formsOf(client: string): Form[] {
  return [...textOf(client).matchAll(FORM)].map(([, origin = '', rows = '', soql = '']) => ({
    origin,
    rows: Number(rows),
    soql,
  }));
}

let org: Org;
beforeAll(async () => {
  org = await orgOf(FORMS_ORG);
  org.advanceClock((TODAY - Date.now()) / 1000);
});
afterAll(() => org.close());

test('every client has a file, and every query in it is read as a form', () => {
  expect(clients.toSorted()).toEqual(Object.keys(QUERIES_ALL).toSorted());
  for (const client of clients) expect(formsOf(client)).toHaveLength(textOf(client).match(/^(?!#).+$/gm)?.length ?? 0);
});

describe.each(clients)('%s', (client) => {
  test.each(formsOf(client))('$origin: $soql', ({ soql, rows }) => {
    const result = org.query(soql, { all: QUERIES_ALL[client] ?? false, visibility: ALL });
    expect(result.totalSize).toBe(rows);
    expect(result.page(0, rows)).toHaveLength(result.columns.length === 0 ? 0 : rows);
  });
});
