import { closedList } from '../access/closed.ts';
import { orgDefaults, type SharingDefault } from '../access/defaults.ts';
import { grantFields, grantObject } from '../access/integration-rights.ts';
import type { OrgTables } from '../access/tables.ts';
import type { IndexedObject } from '../objects/index.ts';
import type { ObjectSelection, Selection } from '../sync/selection.ts';
import type { OwnRights } from './evidence.ts';
import { type Finding, good } from './finding.ts';

const STEP = 'permission-set';

/** What the integration user may read of each object: its records, its share rows, its fields. */
export function objectFindings(selection: Selection, rights: OwnRights, tables: OrgTables): Finding[] {
  const { internal } = orgDefaults(tables, closedList());
  return Object.values(selection.objects).flatMap((chosen) => {
    const { object, on, readable } = chosen;
    // Accounts' share rows are read even where accounts are not.
    if (!on) return object.name === 'Account' ? sharesFindings(chosen, internal[object.name]) : [];
    if (!readable) return [unreadable(object)];
    return [
      recordsFinding(object, rights, internal[object.name]),
      ...sharesFindings(chosen, internal[object.name]),
      ...fieldFindings(chosen),
    ];
  });
}

/** Of these, whether it may read every record. */
export function recordsFindings(selection: Selection, rights: OwnRights, tables: OrgTables): Finding[] {
  const { internal } = orgDefaults(tables, closedList());
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
  };
}

function recordsFinding({ name }: IndexedObject, rights: OwnRights, internal: SharingDefault): Finding {
  const held = rights.on(name);
  const base = { test: name, step: STEP } as const;
  const remedy = `Grant View All on ${name} (Object Settings), or "View All Data" (System Permissions), in the integration user's permission set.`;
  if (held === null)
    return {
      ...base,
      status: 'unknown',
      found: `${name}: Read; whether View All is held cannot be told before View Setup and Configuration is`,
      closes: null,
      remedy,
    };
  if (held.viewAll) return good(name, STEP, `${name}: Read, View All`);
  const found = `${name}: Read, but View All is missing`;
  if (internal !== 'open')
    return {
      ...base,
      status: 'failed',
      found,
      closes: `every record and share row of ${name} that the integration user is not shared`,
      remedy,
    };
  return {
    ...base,
    status: 'warning',
    found: `${found}; the org-wide default shows the records`,
    closes:
      name === 'Opportunity'
        ? 'private opportunities, and all of them once the default changes'
        : `${name} once the default changes`,
    remedy,
  };
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
    },
  ];
}

/** Fields that decide on access are failures, fields that are searched are warnings: these are only not found. */
function fieldFindings({ object, missing, accessFields }: ObjectSelection): Finding[] {
  // IsPersonAccount exists only where person accounts are on.
  const deciding = object.accessFields.filter((field) => field !== 'IsPersonAccount' && !accessFields.includes(field));
  const finding = (test: string, status: 'failed' | 'warning', names: readonly string[], closes: string): Finding[] =>
    names.length === 0
      ? []
      : [
          {
            test: `${object.name}.${test}`,
            step: STEP,
            status,
            found: `${object.name}: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not seen`,
            closes,
            remedy: grantFields(object.name, names.length),
          },
        ];
  return [
    ...finding(
      'access',
      'failed',
      deciding,
      `what ${deciding.map((field) => WHAT_DECIDES[field] ?? field).join(', ')}`,
    ),
    ...finding('fields', 'warning', missing, 'searches in them: they are not in the index'),
  ];
}

const WHAT_DECIDES: Readonly<Record<string, string>> = {
  OwnerId: 'reaches users as owners',
  AccountId: 'reaches users through the account',
  IsPrivate: 'is not private: every opportunity is taken for private',
  IsConverted: 'is not converted: converted leads stay in the index',
};
