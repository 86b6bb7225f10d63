import { type Row, type SharedObject, sfId } from '@salesforce-connector/sandbox/testing';
import fc from 'fast-check';
import type { Change } from '../sandbox-org.ts';
import {
  FIELDS,
  GROUPS,
  OBJECTS,
  PERMITTED_FIELDS,
  ROLES,
  recordsOf,
  SETS,
  SHARES_PER_RECORD,
  shareId,
  TERRITORIES,
  USERS,
  wordIn,
} from './pools.ts';
import * as rows from './rows.ts';

/** A random change of an org, as the change API takes it. The org may refuse it, for example for a missing record. */
type Changes = fc.Arbitrary<Change[]>;

const object = rows.anyOf(...OBJECTS);
const nth = (count: number) => fc.nat({ max: count - 1 });
const put = (name: string, row: fc.Arbitrary<Row>): Changes => row.map((row) => [{ put: name, row }]);
/** Some columns of an existing row. The others stay. */
const change = (name: string, id: string, ...columns: readonly [string, fc.Arbitrary<Row[string]>][]): Changes =>
  put(name, fc.record({ Id: fc.constant(id), ...Object.fromEntries(columns) }));
const erase = (name: string, id: fc.Arbitrary<string>): Changes => id.map((id) => [{ erase: name, id }]);
const ofRecord = (make: (object: SharedObject, at: number, id: string) => Changes): Changes =>
  fc.tuple(object, nth(recordsOf('Lead').length)).chain(([name, at]) => make(name, at, recordsOf(name)[at] ?? ''));

const isOf = (...names: SharedObject[]) => rows.anyOf(...names);

const RECORD_CHANGES: readonly Changes[] = [
  ofRecord((name, _at, id) => change(name, id, ['OwnerId', rows.ownerOf(name)])),
  ofRecord((name, at) => put(name, rows.record(name, at))),
  ofRecord((name, _at, id) =>
    rows
      .anyOf(...FIELDS[name])
      .chain((field) => change(name, id, [field, rows.anyOf(wordIn(name, field, 1), wordIn(name, field, 2), null)])),
  ),
  isOf('Contact', 'Case', 'Opportunity').chain((name) =>
    rows.anyOf(...recordsOf(name)).chain((id) => change(name, id, ['AccountId', rows.maybe(...recordsOf('Account'))])),
  ),
  rows.anyOf(...recordsOf('Opportunity')).chain((id) => change('Opportunity', id, ['IsPrivate', fc.boolean()])),
  ofRecord((name, _at, id) => fc.constant([{ delete: name, id }])),
  ofRecord((name, _at, id) => fc.constant([{ undelete: name, id }])),
  isOf('Account', 'Contact', 'Lead').chain((name) =>
    fc
      .shuffledSubarray(recordsOf(name), { minLength: 2, maxLength: 2 })
      .map(([master, loser]) => [{ merge: name, master, losers: [loser] }]),
  ),
  fc
    .tuple(rows.anyOf(...recordsOf('Lead')), fc.boolean())
    .map(([id, opportunity]) => [{ convert: 'Lead', id, opportunity }]),
];

const SHARE_CHANGES: readonly Changes[] = [
  ofRecord((name, at) => nth(SHARES_PER_RECORD).chain((slot) => put(`${name}Share`, rows.share(name, at, slot)))),
];

const PEOPLE_CHANGES: readonly Changes[] = [
  nth(ROLES.length).chain((at) => put('UserRole', rows.role(at))),
  nth(USERS.length).chain((at) => put('User', rows.user(at))),
  nth(USERS.length).chain((at) => put('UserLogin', rows.login(at))),
  nth(GROUPS.length).chain((at) => put('Group', rows.group(at))),
  nth(rows.MEMBERS).chain((slot) => put('GroupMember', rows.groupMember(slot))),
  erase('GroupMember', nth(rows.MEMBERS).map(rows.memberId)),
  nth(TERRITORIES.length).chain((at) => put('Territory2', rows.territory(at))),
  nth(rows.TERRITORY_USERS).chain((slot) => put('UserTerritory2Association', rows.territoryUser(slot))),
  erase(
    'UserTerritory2Association',
    nth(rows.TERRITORY_USERS).map((slot) => sfId('0MC', slot + 1)),
  ),
];

const PERMISSION_CHANGES: readonly Changes[] = [
  nth(SETS.length).chain((at) => put('PermissionSet', rows.permissionSet(at))),
  nth(rows.ASSIGNMENTS).chain((slot) => put('PermissionSetAssignment', rows.assignment(slot))),
  erase(
    'PermissionSetAssignment',
    nth(rows.ASSIGNMENTS).map((slot) => sfId('0Pa', slot + 1)),
  ),
  fc
    .tuple(nth(SETS.length), nth(OBJECTS.length))
    .chain(([set, at]) => put('ObjectPermissions', rows.objectPermission(set, at))),
  erase(
    'ObjectPermissions',
    fc.tuple(nth(SETS.length), nth(OBJECTS.length)).map(([set, at]) => rows.objectPermissionId(set, at)),
  ),
  fc
    .tuple(nth(SETS.length), nth(PERMITTED_FIELDS.length))
    .chain(([set, field]) => put('FieldPermissions', rows.fieldPermission(set, field))),
  erase(
    'FieldPermissions',
    fc.tuple(nth(SETS.length), nth(PERMITTED_FIELDS.length)).map(([set, field]) => rows.fieldPermissionId(set, field)),
  ),
  object.chain((name) =>
    change('Organization', sfId('00D', 1), [`Default${name}Access`, rows.organizationDefault(name)]),
  ),
  object.chain((name) => put('EntityDefinition', rows.entityDefinition(name))),
];

/** They change a count, and nothing else. */
const SHARE_REMOVALS: readonly Changes[] = [
  ofRecord((name, at) =>
    erase(
      `${name}Share`,
      nth(SHARES_PER_RECORD).map((slot) => shareId(name, at + 1, slot)),
    ),
  ),
];

/** Changes without a trace in Salesforce: a complete backfill finds them, earlier runs need not. */
const TRACELESS_CHANGES: readonly Changes[] = [
  // Hard deletes leave no share rows and no children behind.
  isOf('Contact', 'Case', 'Opportunity', 'Lead').chain((name) => erase(name, rows.anyOf(...recordsOf(name)))),
];

export interface RandomChange {
  readonly changes: readonly Change[];
  /** Whether the next run must bring it in. Otherwise a complete backfill must. */
  readonly leavesTrace: boolean;
}

export const arbitraryChange: fc.Arbitrary<RandomChange> = fc.oneof(
  ...(
    [
      [RECORD_CHANGES, 5, true],
      [SHARE_CHANGES, 3, true],
      [SHARE_REMOVALS, 2, true],
      [PEOPLE_CHANGES, 3, true],
      [PERMISSION_CHANGES, 3, true],
      [TRACELESS_CHANGES, 1, false],
    ] as const
  ).map(([kinds, weight, leavesTrace]) => ({
    weight,
    arbitrary: fc.oneof(...kinds).map((changes): RandomChange => ({ changes, leavesTrace })),
  })),
);
