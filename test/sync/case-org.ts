import {
  type OrgTables,
  RECORDS,
  SMALL_ORG,
  sfId,
  USERS,
  type UserKey,
  writeFolder,
} from '@salesforce-connector/sandbox/testing';
import type { Asked, Case, Put } from '../access/cases/case.ts';
import { FIELD_ORG } from '../access/cases/field-org.ts';
import { FIELD_CASES, RECORD_CASES } from '../access/cases/index.ts';

/** Settings that exist once per org. Cases with such rows have an org of their own. */
const ORG_WIDE = ['Organization', 'EntityDefinition'];

/** This many ids for each case. Those of its base org are below it. */
const IDS_PER_CASE = 1_000;

/** A case in an org that it shares with others: a copy of the base org's users and records with ids of its own. */
export interface PlacedCase {
  readonly rule: string;
  readonly reads: Case['reads'];
  readonly rows: readonly Put[];
  /** The copy's users and records. */
  user(who: UserKey): string;
  /** The records that the case asks about: one, or those of the field's object. */
  records(what: Asked): readonly string[];
}

/** Cases that do not disturb each other, and the org folder that has a copy of the base org for each. */
export interface CaseOrg {
  readonly cases: readonly PlacedCase[];
  /** Writes the folder without the rows of the cases. */
  write(): ReturnType<typeof writeFolder>;
}

/** All cases, in as few orgs as possible, so that one sync serves many. */
export function caseOrgs(): CaseOrg[] {
  const groups = new Map<string, { base: OrgTables; cases: Case[] }>();
  for (const [base, cases] of [
    [SMALL_ORG, RECORD_CASES],
    [FIELD_ORG, FIELD_CASES],
  ] as const)
    for (const one of cases) {
      const orgWide = one.rows.filter(([object]) => ORG_WIDE.includes(object));
      const key = JSON.stringify([base === FIELD_ORG, orgWide, one.settings ?? null]);
      const group = groups.get(key) ?? { base, cases: [] };
      groups.set(key, group);
      group.cases.push(one);
    }
  return [...groups.values()].map(({ base, cases }) => ({
    cases: cases.map((one, at) => placed(one, at)),
    write: () => writeFolder(copies(base, cases.length), { ...cases[0]?.settings, run_as: USERS.integration }),
  }));
}

function placed({ rule, reads, rows }: Case, at: number): PlacedCase {
  return {
    rule,
    reads,
    rows: rows.map(([object, row]) => [object, ORG_WIDE.includes(object) ? row : moved(row, at)]),
    user: (who) => movedId(USERS[who], at),
    records: (what) =>
      Object.entries(RECORDS)
        .filter(([key, id]) => key === what || id.startsWith(PREFIXES[what.split('.')[0] ?? ''] ?? '-'))
        .map(([, id]) => movedId(id, at)),
  };
}

const PREFIXES: Readonly<Record<string, string>> = {
  Account: '001',
  Contact: '003',
  Case: '500',
  Opportunity: '006',
  Lead: '00Q',
};

function copies(base: OrgTables, count: number): OrgTables {
  return Object.fromEntries(
    Object.entries(base).map(([object, rows]) => [
      object,
      ORG_WIDE.includes(object)
        ? rows
        : Array.from({ length: count }, (_, at) => rows.map((row) => moved(row, at))).flat(),
    ]),
  );
}

function moved(row: Put[1], at: number): Put[1] {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, typeof value === 'string' ? movedId(value, at) : value]),
  );
}

/** The same id in the copy at that place. Anything that is not an id stays. */
function movedId(value: string, at: number): string {
  const [, prefix, number] = /^(\w{3})(\d{12})[A-Z0-5]{3}$/.exec(value) ?? [];
  return prefix === undefined ? value : sfId(prefix, Number(number) + at * IDS_PER_CASE);
}
