import { gapList } from '../access/coverage-gaps.ts';
import { orgDefaults } from '../access/defaults.ts';
import type { OrgTables } from '../access/tables.ts';
import type { SharingDefault } from '../access/types.ts';
import type { IndexedObject } from '../objects/index.ts';
import { grantDeciding, grantFields, grantObject, grantViewAll } from '../sentences/grants.ts';
import { hiddenRecordsWords } from '../sentences/integration-rights.ts';
import type { LostField } from '../sync/lost-fields.ts';
import { hiddenAccessFields, type ObjectSelection, type Selection } from '../sync/selection.ts';
import type { OwnRights } from './evidence.ts';
import { type Finding, good } from './finding.ts';

const STEP = 'permission-set';

/** What the integration user may read of each object: its records, its share rows, its fields. */
export function objectFindings(selection: Selection, rights: OwnRights, tables: OrgTables): Finding[] {
  const { internal } = orgDefaults(tables, gapList());
  return Object.values(selection.objects).flatMap((chosen) => {
    const { object, on, readable } = chosen;
    // Accounts' share rows are read even where accounts are not.
    if (!on) return object.name === 'Account' ? sharesFindings(chosen, internal[object.name]) : [];
    if (!readable) return [unreadable(object)];
    return [
      recordsFinding(object, rights, internal[object.name]),
      ...sharesFindings(chosen, internal[object.name]),
      ...fieldFindings(chosen, internal[object.name]),
    ];
  });
}

/** Of these, whether it may read every record. */
export function recordsFindings(selection: Selection, rights: OwnRights, tables: OrgTables): Finding[] {
  const { internal } = orgDefaults(tables, gapList());
  return Object.values(selection.objects)
    .filter(({ readable }) => readable)
    .map(({ object }) => recordsFinding(object, rights, internal[object.name]));
}

function unreadable({ name }: IndexedObject): Finding {
  return {
    test: name,
    step: STEP,
    status: 'failed',
    found: `${name}: Read is missing`,
    closes:
      name === 'Account'
        ? 'every account, and what reaches contacts, cases and opportunities through their account'
        : `every record of ${name}: none is read`,
    remedy: grantObject(name),
    gap: { code: 'object_hidden', object: name, count: 1 },
  };
}

function recordsFinding({ name }: IndexedObject, rights: OwnRights, internal: SharingDefault): Finding {
  const held = rights.on(name);
  const base = { test: name, step: STEP } as const;
  if (held === null)
    return {
      ...base,
      status: 'unknown',
      found: `${name}: Read; whether View All is held cannot be told before View Setup and Configuration is`,
      closes: null,
      remedy: grantViewAll(name),
    };
  if (held.viewAll) return good(name, STEP, `${name}: Read, View All`);
  const gap = { code: 'records_hidden', object: name, internalDefault: internal, count: null } as const;
  return { ...base, status: internal === 'open' ? 'warning' : 'failed', ...hiddenRecordsWords(gap), gap };
}

/** An object that everybody may edit has no share object; a contact that its account controls needs none. */
function sharesFindings({ object, shareColumns }: ObjectSelection, internal: SharingDefault): Finding[] {
  if (shareColumns !== null || internal === 'open' || (object.name === 'Contact' && internal === 'controlled'))
    return [];
  return [
    {
      test: object.share.object,
      step: STEP,
      status: 'failed',
      found: `${object.share.object} is not seen`,
      closes:
        object.name === 'Account'
          ? 'accounts to all but their owners and those above, and what reaches contacts, cases and opportunities through them'
          : `${object.name} to all but the owners and those above`,
      remedy: grantObject(object.name),
      gap: { code: 'share_object_hidden', object: object.name, shareObject: object.share.object, count: 1 },
    },
  ];
}

/**
 * Fields that decide on access and lost ones are failures; others that are searched are warnings: these are only not
 * found. Whether a contact is a person account's decides on nothing where its account decides on all.
 */
function fieldFindings(selection: ObjectSelection, internal: SharingDefault): Finding[] {
  const { object, missing, lost } = selection;
  const deciding = hiddenAccessFields(selection).filter(
    (field) => field !== 'IsPersonAccount' || internal !== 'controlled',
  );
  const lostBy = (cause: LostField['cause']) => lost.filter((one) => one.cause === cause).map(({ field }) => field);
  const hidden = lostBy('hidden');
  const noRoom = lostBy('no_room');
  const finding = (
    test: string,
    status: 'failed' | 'warning',
    names: readonly string[],
    said: Pick<Finding, 'found' | 'closes' | 'remedy'>,
  ): Finding[] => (names.length === 0 ? [] : [{ test: `${object.name}.${test}`, step: STEP, status, ...said }]);
  const notSeen = (names: readonly string[]) => ({
    found: `${object.name}: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not seen`,
    closes: searchesIn(names),
    remedy: grantFields(object.name, names.length),
  });
  const never = missing.filter((field) => !hidden.includes(field));
  return [
    ...finding('access', 'failed', deciding, {
      ...notSeen(deciding),
      remedy: grantDeciding(object.name, deciding),
      closes: `what ${deciding.map((field) => WHAT_DECIDES[field] ?? field).join(', ')}`,
    }),
    ...finding('lost', 'failed', hidden, {
      ...notSeen(hidden),
      closes:
        hidden.length === 1
          ? 'searches in it, which people count on: it is a title, or was in the index before'
          : 'searches in them, which people count on: they are titles, or were in the index before',
      remedy: `${grantFields(object.name, hidden.length)} Or leave ${hidden.length === 1 ? 'it' : 'them'} out under objects in the config file.`,
    }),
    ...finding('room', 'failed', noRoom, {
      found: `${object.name}: the index has no room for ${noRoom.join(', ')}`,
      closes: searchesIn(noRoom),
      remedy: 'Leave other fields out under objects in the config file.',
    }),
    ...finding('fields', 'warning', never, notSeen(never)),
  ];
}

function searchesIn({ length }: readonly string[]): string {
  return length === 1 ? 'searches in it: it is not in the index' : 'searches in them: they are not in the index';
}

const WHAT_DECIDES: Readonly<Record<string, string>> = {
  OwnerId: 'reaches users as owners',
  AccountId: 'reaches users through the account',
  IsPrivate: 'is not private: every opportunity is taken for private',
  IsConverted: 'is not converted: converted leads stay in the index',
  IsPersonAccount: 'is a person account: a contact is found only by what reaches it and its account alike',
};
