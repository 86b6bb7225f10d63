import type { Closed, ContactDerivation } from '../access/types.ts';
import { type IndexedObject, OBJECTS, type ObjectName } from '../objects/index.ts';
import type { ObjectDescription } from '../salesforce/describe.ts';

/** What describe says of each sObject; null: the integration user does not see it. */
export type Describes = ReadonlyMap<string, ObjectDescription | null>;

/** What is read of one object: the wanted fields that describe lists. */
export interface ObjectSelection {
  readonly object: IndexedObject;
  /** False: the integration user does not see the object; nothing of it is read, and nothing swept. */
  readonly readable: boolean;
  /** Indexed text fields. */
  readonly fields: readonly string[];
  /** Further fields that decide on access. */
  readonly accessFields: readonly string[];
  /** Columns of the share object; null: there is none to read. */
  readonly shareColumns: readonly string[] | null;
}

export interface Selection {
  readonly objects: Readonly<Record<ObjectName, ObjectSelection>>;
  /** The selection as one line of text, by which a changed one is noticed. */
  readonly text: string;
  readonly closed: readonly Closed[];
  readonly describes: Describes;
}

/** Its plain text would be shown to users who lack View Encrypted Data. */
const NOT_INDEXED_TYPE = 'encryptedstring';

/** Contacts that their account controls have no share rows that count. */
export function readsShares(
  selection: ObjectSelection,
  contacts: ContactDerivation,
): selection is ObjectSelection & { shareColumns: readonly string[] } {
  return selection.shareColumns !== null && !(selection.object.name === 'Contact' && contacts === 'controlled');
}

/** Chooses, from what the integration user sees, what is read of each object. */
export function selectFields(describes: Describes): Selection {
  const chosen = OBJECTS.map((object) => selectObject(object, describes));
  return {
    objects: Object.fromEntries(chosen.map((one) => [one.object.name, one])) as Selection['objects'],
    text: chosen.map(textOf).join(';'),
    closed: chosen.flatMap((one) => closedIn(one)),
    describes,
  };
}

function selectObject(object: IndexedObject, describes: Describes): ObjectSelection {
  const described = describes.get(object.name) ?? null;
  const share = describes.get(object.share.object) ?? null;
  const has = new Set(described?.fields.filter((field) => field.type !== NOT_INDEXED_TYPE).map((field) => field.name));
  const shareHas = new Set(share?.fields.map((field) => field.name));
  const { parentField, levelField, childLevelFields } = object.share;
  const wanted = [
    'Id',
    parentField,
    'UserOrGroupId',
    levelField,
    ...Object.values(childLevelFields),
    'RowCause',
    'IsDeleted',
  ];
  return {
    object,
    readable: described !== null,
    fields: object.fields.filter((field) => has.has(field)),
    accessFields: object.accessFields.filter((field) => has.has(field)),
    shareColumns: share === null ? null : wanted.filter((column) => shareHas.has(column)),
  };
}

function textOf({ object, readable, fields, accessFields, shareColumns }: ObjectSelection): string {
  if (!readable) return `${object.name}:-`;
  return `${object.name}:${[...fields, ...accessFields, shareColumns === null ? 'no shares' : 'shares'].join(',')}`;
}

function closedIn({ object, readable, accessFields, shareColumns }: ObjectSelection): Closed[] {
  if (!readable) {
    return [closed(`${object.name}`, `the integration user does not see it: grant it Read on ${object.name}`)];
  }
  const missing = object.accessFields.filter((field) => field !== 'IsPersonAccount' && !accessFields.includes(field));
  return [
    ...missing.map((field) =>
      closed(
        `what ${object.name}.${field} decides`,
        `the integration user does not see the field: grant it Read on it`,
      ),
    ),
    ...(shareColumns === null
      ? [
          closed(
            `shares of ${object.name}`,
            `${object.share.object} is not there for the integration user (no gap where the org-wide default is Public Read/Write)`,
          ),
        ]
      : []),
  ];
}

function closed(what: string, why: string): Closed {
  return { what, why, count: 1 };
}

/**
 * How two selections differ, for a person: `Account gains Phone; Case loses Type`. null: not at all. An index without a
 * selection was never filled.
 */
export function selectionChange(before: string | null, after: string): string | null {
  if (before === null || before === after) return null;
  const old = parse(before);
  const changes = [...parse(after)].flatMap(([object, fields]) => {
    const had = old.get(object) ?? [];
    const gains = fields.filter((field) => !had.includes(field));
    const loses = had.filter((field) => !fields.includes(field));
    return [
      ...(gains.length > 0 ? [`${object} gains ${gains.join(', ')}`] : []),
      ...(loses.length > 0 ? [`${object} loses ${loses.join(', ')}`] : []),
    ];
  });
  return changes.length > 0 ? changes.join('; ') : 'the order of the fields';
}

function parse(text: string): Map<string, string[]> {
  return new Map(
    text.split(';').map((part) => {
      const [object = '', fields = ''] = part.split(':');
      return [object, fields.split(',')];
    }),
  );
}
