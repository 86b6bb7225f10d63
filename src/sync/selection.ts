import type { CoverageGap } from '../access/coverage-gaps.ts';
import { hasPersonAccounts } from '../access/person-accounts.ts';
import type { ContactDerivation } from '../access/types.ts';
import type { HeldFields } from '../index/port.ts';
import { type Choices, type ObjectChoice, USUAL_CHOICE } from '../objects/choice.ts';
import {
  type FieldLists,
  fieldLists,
  type IndexedFields,
  type IndexedObject,
  OBJECTS,
  type ObjectName,
} from '../objects/index.ts';
import type { ObjectDescription } from '../salesforce/describe.ts';
import { type ChosenFields, choosable, chooseFields, isLeftOut, type LeftOut } from './choose-fields.ts';
import { type LostField, lostFields } from './lost-fields.ts';
import { type PicklistLabels, picklistLabels } from './picklist-labels.ts';
import { richTextFields } from './rich-text.ts';
import type { ObjectFacts, SelectionFacts } from './selection-facts.ts';
import { shareColumns } from './share-columns.ts';
import { shareRoom, type TakenFields } from './share-room.ts';

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
  /** Those of them that are HTML. */
  readonly richFields: readonly string[];
  /** Fields that were to be indexed and are not seen. */
  readonly missing: readonly string[];
  /** See `Selection.lost`. */
  readonly lost: readonly LostField[];
  /** How the values of picklists among the fields are shown. */
  readonly labels: PicklistLabels;
  /** Further fields that decide on access. */
  readonly accessFields: readonly string[];
  /** Its records may be contacts of person accounts: one that does not say whether it is one is taken for either. */
  readonly hasPersonAccounts: boolean;
  /** Which records are indexed, in SOQL; null: all. */
  readonly where: string | null;
  /** Columns of the share object; null: there is none to read. */
  readonly shareColumns: readonly string[] | null;
}

export interface Selection {
  readonly objects: Readonly<Record<ObjectName, ObjectSelection>>;
  /** What the index is to hold of each object. */
  readonly indexed: IndexedFields;
  /** See `HeldFields`, with what the index is to hold. */
  readonly everHeld: FieldLists;
  /** By which a changed selection is noticed. */
  readonly facts: SelectionFacts;
  readonly gaps: readonly CoverageGap[];
  /** Those of `gaps` that are fields which the configuration names. */
  readonly leftOut: readonly LeftOut[];
  /** Usual fields and titles that people count on, and that are not indexed. */
  readonly lost: readonly LostField[];
  readonly describes: Describes;
}

/** Fields of all objects together: a table of SQLite has 2,000 columns, of which FTS5 and the principals take a few. */
export const MOST_FIELDS = 1_900;

/** Contacts that their account controls have no share rows that count. */
export function readsShares(
  selection: ObjectSelection,
  contacts: ContactDerivation,
): selection is ObjectSelection & { shareColumns: readonly string[] } {
  return selection.shareColumns !== null && !(selection.object.name === 'Contact' && contacts === 'controlled');
}

/**
 * Chooses, from what the configuration wants and what the integration user sees, what is read of each object. A wanted
 * field that is not there is left out, and told. It chooses the same before and after the index holds what was chosen.
 *
 * @param held what the index holds now; null: nothing. These fields keep their place
 * @param most so many fields the index can hold
 */
export function selectFields(
  describes: Describes,
  choices: Choices = {},
  held: HeldFields | null = null,
  most = MOST_FIELDS,
): Selection {
  const chosen = OBJECTS.map((object) => chosenOf(object, describes, choices[object.name] ?? USUAL_CHOICE, held));
  const taken = shareRoom(
    chosen.map(({ wanted }) => wanted),
    held?.indexed.fields ?? null,
    most,
  );
  const selected = chosen.map((one) => selectObject(one, describes, taken.get(one.object.name) ?? new Set(), held));
  const objects = Object.fromEntries(selected.map((one) => [one.object.name, one])) as Selection['objects'];
  const leftOut = chosen.flatMap(({ object: { name }, wanted }) => [
    ...wanted.leftOut,
    ...wanted.fields
      .filter((field) => taken.get(name)?.has(field) !== true)
      .map((field): LeftOut => ({ code: 'field_no_room', object: name, field, most, count: 1 })),
  ]);
  const isNamed = (gap: CoverageGap): boolean =>
    gap.code === 'field_hidden' && leftOut.some(({ object, field }) => object === gap.object && field === gap.field);
  return {
    objects,
    indexed: indexedIn(objects, taken, held),
    everHeld: everHeldIn(objects, held),
    facts: Object.fromEntries(selected.map((one) => [one.object.name, factsOf(one)])) as SelectionFacts,
    gaps: [...selected.flatMap(gapsIn).filter((gap) => !isNamed(gap)), ...leftOut],
    leftOut,
    lost: selected.flatMap(({ lost }) => lost),
    describes,
  };
}

/** What is wanted of an object. */
interface Chosen {
  readonly object: IndexedObject;
  readonly choice: ObjectChoice;
  readonly readable: boolean;
  readonly wanted: ChosenFields;
}

function chosenOf(object: IndexedObject, describes: Describes, choice: ObjectChoice, held: HeldFields | null): Chosen {
  const { name } = object;
  const described = describes.get(name) ?? null;
  const readable = choice.on && described !== null;
  const nothing = { object: name, fields: [], usual: [], named: [], titleFields: [], missing: [], leftOut: [] };
  if (!choice.on) return { object, choice, readable, wanted: nothing };
  if (described !== null) return { object, choice, readable, wanted: chooseFields(object, described, choice) };
  // Documents of an object that is not seen for now stay as they are; what it is to hold otherwise keeps its place.
  const { usual, named } = chooseFields(object, { name, fields: [] }, choice);
  const kept = (held?.indexed.fields[name] ?? []).filter((field) => !isLeftOut(choice, field));
  const fields = kept.length > 0 ? kept : object.fields.filter((field) => usual.includes(field));
  return { object, choice, readable, wanted: { ...nothing, fields, usual: [...fields, ...usual], named } };
}

function selectObject(
  { object, choice, readable, wanted }: Chosen,
  describes: Describes,
  taken: ReadonlySet<string>,
  held: HeldFields | null,
): ObjectSelection {
  const described = describes.get(object.name) ?? null;
  const has = choosable(described);
  const fields = readable ? wanted.fields.filter((field) => taken.has(field)) : [];
  return {
    object,
    on: choice.on,
    readable,
    fields,
    titleFields: wanted.titleFields.filter((field) => fields.includes(field)),
    richFields: richTextFields(described, fields),
    missing: wanted.missing,
    lost: readable ? lostFields(wanted, taken, held?.everHeld[object.name] ?? []) : [],
    labels: picklistLabels(described, fields),
    accessFields: readable ? object.accessFields.filter((field) => has.includes(field)) : [],
    hasPersonAccounts: object.name === 'Contact' && hasPersonAccounts((name) => describes.get(name)?.fields ?? null),
    where: choice.where,
    shareColumns: choice.on || object.name === 'Account' ? shareColumns(object, describes) : null,
  };
}

function indexedIn(objects: Selection['objects'], taken: TakenFields, held: HeldFields | null): IndexedFields {
  const isHidden = ({ on, readable }: ObjectSelection): boolean => on && !readable;
  return {
    fields: fieldLists(({ name }) => (isHidden(objects[name]) ? [...(taken.get(name) ?? [])] : objects[name].fields)),
    titleFields: fieldLists(({ name, titleFields }) => {
      if (!isHidden(objects[name])) return objects[name].titleFields;
      return (held?.indexed.titleFields[name] ?? titleFields).filter((field) => taken.get(name)?.has(field));
    }),
  };
}

/** What is read of the objects that are seen, beside what was held before. */
function everHeldIn(objects: Selection['objects'], held: HeldFields | null): FieldLists {
  return fieldLists(({ name, fields: usual }) => {
    const { fields, titleFields } = objects[name];
    const now = fields.filter((field) => usual.includes(field) || titleFields.includes(field));
    return [...new Set([...(held?.everHeld[name] ?? []), ...now])];
  });
}

function factsOf(selection: ObjectSelection): ObjectFacts {
  const { object, on, readable, where, shareColumns, fields, titleFields, richFields, labels, accessFields } =
    selection;
  const shares = shareColumns !== null;
  if (!on) return { state: 'off', shares };
  if (!readable) return { state: 'unseen' };
  const usual = object.titleFields.filter((field) => fields.includes(field));
  return {
    state: 'read',
    fields,
    accessFields,
    shares,
    richFields,
    labelledFields: fields.filter((field) => labels.get(field)?.labels.size),
    titleFields: titleFields.join() === usual.join() ? null : titleFields,
    where,
    eitherKind: hiddenAccessFields(selection).includes('IsPersonAccount'),
  };
}

function gapsIn(selection: ObjectSelection): CoverageGap[] {
  const { object, on, readable, shareColumns, lost } = selection;
  const { name, share } = object;
  const noShares: CoverageGap[] =
    shareColumns === null ? [{ code: 'share_object_hidden', object: name, shareObject: share.object, count: 1 }] : [];
  if (!on) return name === 'Account' ? noShares : [];
  if (!readable) return [{ code: 'object_hidden', object: name, count: 1 }];
  const hidden = lost.filter(({ cause }) => cause === 'hidden');
  return [
    ...hiddenAccessFields(selection).map(
      (field): CoverageGap => ({ code: 'deciding_field_hidden', object: name, field, count: 1 }),
    ),
    ...hidden.map(({ field }): CoverageGap => ({ code: 'field_hidden', object: name, field, count: 1 })),
    ...noShares,
  ];
}

/** Fields that decide on access and are not seen. IsPersonAccount is one only where the org has person accounts. */
export function hiddenAccessFields(selection: ObjectSelection): string[] {
  const { object, accessFields, hasPersonAccounts } = selection;
  return object.accessFields.filter(
    (field) => !accessFields.includes(field) && (field !== 'IsPersonAccount' || hasPersonAccounts),
  );
}
