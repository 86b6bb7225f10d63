import { orgDefaults } from '../access/defaults.ts';
import { gapList } from '../access/gap-list.ts';
import type { OrgTables } from '../access/tables.ts';
import type { SharingDefault } from '../facts/coverage-gaps.ts';
import type { LostField } from '../facts/problems.ts';
import { hiddenRecords } from '../integration-user/blind-spots.ts';
import type { OwnRights } from '../integration-user/own-rights.ts';
import type { IndexedObject } from '../objects/index.ts';
import { grantDeciding, grantFields, grantObject, grantViewAll } from '../sentences/grants.ts';
import { hiddenRecordsWords } from '../sentences/integration-rights.ts';
import { hiddenAccessFields, type ObjectSchema, type ResolvedSchema } from '../sync/resolved-schema.ts';
import { type Finding, good } from './finding.ts';

const STEP = 'permission-set';

/** What the integration user can read of each object: records, share rows and fields. */
export function objectFindings(schema: ResolvedSchema, rights: OwnRights, tables: OrgTables): Finding[] {
  const { internal } = orgDefaults(tables, gapList());
  return Object.values(schema.objects).flatMap((chosen) => {
    const { object, on, readable } = chosen;
    // Share rows of accounts are read even if accounts are not.
    if (!on) return object.name === 'Account' ? sharesFindings(chosen, internal[object.name]) : [];
    if (!readable) return [unreadable(object)];
    return [
      recordsFinding(object, rights, internal[object.name]),
      ...sharesFindings(chosen, internal[object.name]),
      ...fieldFindings(chosen, internal[object.name]),
    ];
  });
}

function unreadable({ name }: IndexedObject): Finding {
  return {
    test: name,
    step: STEP,
    status: 'failed',
    found: `${name}: Read is missing`,
    closes:
      name === 'Account'
        ? 'every account, and access to contacts, cases and opportunities through their account'
        : `every record of ${name}: none is read`,
    remedy: grantObject(name),
    gap: { code: 'object_hidden', object: name, count: 1 },
  };
}

function recordsFinding({ name }: IndexedObject, rights: OwnRights, internal: SharingDefault): Finding {
  const base = { test: name, step: STEP } as const;
  if (rights.on(name) === null)
    return {
      ...base,
      status: 'unknown',
      found: `${name}: Read is granted; View All cannot be checked without View Setup and Configuration`,
      closes: null,
      remedy: grantViewAll(name),
    };
  const gap = hiddenRecords(name, rights, internal);
  if (gap === null) return good(name, STEP, `${name}: Read, View All`);
  return { ...base, status: internal === 'open' ? 'warning' : 'failed', ...hiddenRecordsWords(gap), gap };
}

/** Objects that everyone can edit have no share object. Contacts controlled by parent need none. */
function sharesFindings({ object, shareColumns }: ObjectSchema, internal: SharingDefault): Finding[] {
  if (shareColumns !== null || internal === 'open' || (object.name === 'Contact' && internal === 'controlled'))
    return [];
  return [
    {
      test: object.share.object,
      step: STEP,
      status: 'failed',
      found: `${object.share.object} is not visible`,
      closes:
        object.name === 'Account'
          ? 'accounts from everyone except their owners and users above them, and access to contacts, cases and opportunities through accounts'
          : `${object.name} from everyone except the owners and users above them`,
      remedy: grantObject(object.name),
      gap: { code: 'share_object_hidden', object: object.name, shareObject: object.share.object, count: 1 },
    },
  ];
}

/**
 * Missing fields that decide access, and lost fields, are failures. Other missing fields are warnings: searches do not
 * find their text. IsPersonAccount decides nothing if contacts are controlled by parent.
 */
function fieldFindings(schema: ObjectSchema, internal: SharingDefault): Finding[] {
  const { object, missing, lost } = schema;
  const deciding = hiddenAccessFields(schema).filter(
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
    found: `${object.name}: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not visible`,
    closes: searchesIn(names),
    remedy: grantFields(object.name, names.length),
  });
  const never = missing.filter((field) => !hidden.includes(field));
  return [
    ...finding('access', 'failed', deciding, {
      ...notSeen(deciding),
      remedy: grantDeciding(object.name, deciding),
      closes: deciding.map((field) => WHAT_DECIDES[field] ?? field).join('; '),
    }),
    ...finding('lost', 'failed', hidden, {
      ...notSeen(hidden),
      closes:
        hidden.length === 1
          ? 'matches in it, which users rely on: it is a title, or was in the index before'
          : 'matches in them, which users rely on: they are titles, or were in the index before',
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
  return length === 1 ? 'matches in it: it is not in the index' : 'matches in them: they are not in the index';
}

const WHAT_DECIDES: Readonly<Record<string, string>> = {
  OwnerId: 'records from users with access through ownership',
  AccountId: 'records from users with access through the account',
  IsPrivate: 'which opportunities are private: every opportunity is treated as private',
  IsConverted: 'which leads are converted: converted leads stay in the index',
  IsPersonAccount:
    'which contacts are person accounts: only access that covers both the contact and its account counts',
};
