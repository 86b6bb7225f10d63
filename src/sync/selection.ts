import { grantFields, grantObject } from '../access/integration-rights.ts';
import type { Closed, ContactDerivation } from '../access/types.ts';
import { type Choices, type ObjectChoice, USUAL_CHOICE } from '../objects/choice.ts';
import { fieldLists, type IndexedFields, type IndexedObject, OBJECTS, type ObjectName } from '../objects/index.ts';
import type { ObjectDescription } from '../salesforce/describe.ts';
import { choosable, chooseFields } from './choose-fields.ts';

/** What describe says of each sObject; null: the integration user does not see it. */
export type Describes = ReadonlyMap<string, ObjectDescription | null>;

/** What is read of one object: the wanted fields that describe lists. */
export interface ObjectSelection {
  readonly object: IndexedObject;
  /** False: the configuration switches it off. Its records are not read, and its documents leave the index. */
  readonly on: boolean;
  /** Its records are read. False also where the integration user does not see it: then nothing is swept. */
  readonly readable: boolean;
  /** Indexed text fields. */
  readonly fields: readonly string[];
  /** Those of them that are the title. */
  readonly titleFields: readonly string[];
  /** Fields that were to be indexed and are not seen. */
  readonly missing: readonly string[];
  /** Further fields that decide on access. */
  readonly accessFields: readonly string[];
  /** Which records are indexed, in SOQL; null: all. */
  readonly where: string | null;
  /** Columns of the share object; null: there is none to read. */
  readonly shareColumns: readonly string[] | null;
}

export interface Selection {
  readonly objects: Readonly<Record<ObjectName, ObjectSelection>>;
  /** What the index is to hold of each object. */
  readonly indexed: IndexedFields;
  /** The selection as one line of text, by which a changed one is noticed. */
  readonly text: string;
  readonly closed: readonly Closed[];
  /** Those of `closed` that are fields which the configuration names. */
  readonly leftOut: readonly Closed[];
  readonly describes: Describes;
}

/** Fields of all objects together: bm25() takes no more arguments. */
export const MOST_FIELDS = 120;

/** Contacts that their account controls have no share rows that count. */
export function readsShares(
  selection: ObjectSelection,
  contacts: ContactDerivation,
): selection is ObjectSelection & { shareColumns: readonly string[] } {
  return selection.shareColumns !== null && !(selection.object.name === 'Contact' && contacts === 'controlled');
}

/**
 * Chooses, from what the configuration wants and what the integration user sees, what is read of each object. A wanted
 * field that is not there is left out, and told.
 */
export function selectFields(describes: Describes, choices: Choices = {}): Selection {
  let room = MOST_FIELDS;
  const closed: Closed[] = [];
  const leftOut: Closed[] = [];
  const chosen = OBJECTS.map((object) => {
    const one = selectObject(object, describes, choices[object.name] ?? USUAL_CHOICE, room);
    room -= one.selection.fields.length;
    closed.push(...closedIn(one.selection), ...one.leftOut);
    leftOut.push(...one.leftOut);
    return one.selection;
  });
  const objects = Object.fromEntries(chosen.map((one) => [one.object.name, one])) as Selection['objects'];
  return { objects, indexed: indexedIn(objects), text: chosen.map(textOf).join(';'), closed, leftOut, describes };
}

/** Documents of an object that is not seen for now stay as they are. */
function indexedIn(objects: Selection['objects']): IndexedFields {
  const isHidden = ({ on, readable }: ObjectSelection): boolean => on && !readable;
  return {
    fields: fieldLists((object) => {
      const chosen = objects[object.name];
      return isHidden(chosen) ? object.fields : chosen.fields;
    }),
    titleFields: fieldLists((object) => {
      const chosen = objects[object.name];
      return isHidden(chosen) ? object.titleFields : chosen.titleFields;
    }),
  };
}

function selectObject(
  object: IndexedObject,
  describes: Describes,
  choice: ObjectChoice,
  room: number,
): { readonly selection: ObjectSelection; readonly leftOut: readonly Closed[] } {
  const described = describes.get(object.name) ?? null;
  const readable = choice.on && described !== null;
  const has = choosable(described);
  const { fields, titleFields, missing, leftOut } = readable
    ? chooseFields(object, described, choice, room)
    : { fields: [], titleFields: [], missing: [], leftOut: [] };
  const selection: ObjectSelection = {
    object,
    on: choice.on,
    readable,
    fields,
    titleFields,
    missing,
    accessFields: readable ? object.accessFields.filter((field) => has.includes(field)) : [],
    where: choice.where,
    shareColumns: shareColumnsOf(object, describes, choice),
  };
  return { selection, leftOut };
}

/** An account's share rows open its contacts, cases and opportunities too: they are read whatever is read of accounts. */
function shareColumnsOf(object: IndexedObject, describes: Describes, { on }: ObjectChoice): string[] | null {
  const share = describes.get(object.share.object) ?? null;
  if (share === null || (!on && object.name !== 'Account')) return null;
  const has = new Set(share.fields.map((field) => field.name));
  const { parentField, levelField, childLevelFields } = object.share;
  const wanted = [
    'Id',
    parentField,
    'UserOrGroupId',
    levelField,
    ...Object.values(childLevelFields),
    'RowCause',
    'IsDeleted',
    'LastModifiedDate',
  ];
  return wanted.filter((column) => has.has(column));
}

function textOf({ object, on, readable, where, shareColumns, ...chosen }: ObjectSelection): string {
  const shares = shareColumns === null ? 'no shares' : 'shares';
  if (!on) return `${object.name}:off${object.name === 'Account' ? `,${shares}` : ''}`;
  if (!readable) return `${object.name}:-`;
  const { fields, titleFields, accessFields } = chosen;
  const usual = object.titleFields.filter((field) => fields.includes(field));
  return `${object.name}:${[
    ...fields,
    ...accessFields,
    shares,
    ...(titleFields.join() === usual.join() ? [] : [`title=${titleFields.join('+')}`]),
    // Without commas, semicolons and colons.
    ...(where === null ? [] : [`where=${encodeURIComponent(where)}`]),
  ].join(',')}`;
}

function closedIn({ object, on, readable, accessFields, shareColumns }: ObjectSelection): Closed[] {
  const noShares =
    shareColumns === null
      ? [
          closed(
            `shares of ${object.name}`,
            `${object.share.object} is not there for the integration user (no gap where the org-wide default is Public Read/Write)`,
            grantObject(object.name),
          ),
        ]
      : [];
  if (!on) return object.name === 'Account' ? noShares : [];
  if (!readable) {
    return [closed(object.name, 'the integration user does not see it', grantObject(object.name))];
  }
  const missing = object.accessFields.filter((field) => field !== 'IsPersonAccount' && !accessFields.includes(field));
  return [
    ...missing.map((field) =>
      closed(
        `what ${object.name}.${field} decides`,
        'the integration user does not see the field',
        grantFields(object.name, 1),
      ),
    ),
    ...noShares,
  ];
}

function closed(what: string, why: string, remedy: string): Closed {
  return { what, why, count: 1, remedy };
}
