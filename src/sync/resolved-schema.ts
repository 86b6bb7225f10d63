import { hasPersonAccounts } from '../access/person-accounts.ts';
import type { ContactSharing } from '../access/types.ts';
import type { CoverageGap } from '../facts/coverage-gaps.ts';
import type { LostField } from '../facts/problems.ts';
import type { IndexLimits } from '../index/limits.ts';
import type { HeldFields } from '../index/port/state.ts';
import {
  type FieldLists,
  fieldLists,
  type IndexedFields,
  type IndexedObject,
  OBJECTS,
  type ObjectName,
} from '../objects/index.ts';
import { DEFAULT_SETTINGS, type ObjectSettings, type SettingsByObject } from '../objects/settings.ts';
import type { ObjectDescription } from '../salesforce/describe.ts';
import { type ChosenFields, choosable, chooseFields, isLeftOut, type LeftOut } from './choose-fields.ts';
import { lostFields } from './lost-fields.ts';
import { type PicklistLabels, picklistLabels } from './picklist-labels.ts';
import { richTextFields } from './rich-text.ts';
import type { ObjectFacts, SchemaFacts } from './schema-facts.ts';
import { shareColumns } from './share-columns.ts';
import { shareRoom, type TakenFields } from './share-room.ts';

/** The describe of each sObject; null if the integration user does not see it. */
export type Describes = ReadonlyMap<string, ObjectDescription | null>;

/** What is read of one object: the wanted fields that describe lists. */
export interface ObjectSchema {
  readonly object: IndexedObject;
  /** If false, the configuration switches it off: its records are not read, and its documents leave the index. */
  readonly on: boolean;
  /**
   * Whether its records are read. False also if the integration user does not see the object; then nothing is swept.
   */
  readonly readable: boolean;
  /** Indexed text fields. */
  readonly fields: readonly string[];
  /** The subset of `fields` that can be the title. */
  readonly titleFields: readonly string[];
  /** The subset of `fields` that is HTML. */
  readonly richFields: readonly string[];
  /** Wanted fields that are not visible. */
  readonly missing: readonly string[];
  /** See `ResolvedSchema.lost`. */
  readonly lost: readonly LostField[];
  /** How the values of picklists among the fields are displayed. */
  readonly labels: PicklistLabels;
  /** Additional fields that decide access. */
  readonly accessFields: readonly string[];
  /** True if its records may be contacts of person accounts. One without a value may or may not be. */
  readonly hasPersonAccounts: boolean;
  /** Which records are indexed, in SOQL; null for all. */
  readonly where: string | null;
  /** Columns of the share object; null if there are none to read. */
  readonly shareColumns: readonly string[] | null;
}

export interface ResolvedSchema {
  readonly objects: Readonly<Record<ObjectName, ObjectSchema>>;
  /** What the index should contain of each object. */
  readonly indexed: IndexedFields;
  /** See `HeldFields`, together with what the index should contain. */
  readonly everHeld: FieldLists;
  /** Facts that show whether the resolved schema has changed. */
  readonly facts: SchemaFacts;
  readonly gaps: readonly CoverageGap[];
  /** The subset of `gaps` that are fields named in the configuration. */
  readonly leftOut: readonly LeftOut[];
  /** Standard fields and titles that people rely on, but that are not indexed. */
  readonly lost: readonly LostField[];
  readonly describes: Describes;
}

/** What decides which fields are chosen, apart from what the org shows. */
export interface Wishes {
  readonly settings: SettingsByObject;
  /** What the index contains; null if nothing. These fields keep their place. */
  readonly held: HeldFields | null;
  readonly limits: IndexLimits;
}

/** Returns whether share rows of the object are read. Those of contacts controlled by their account have no effect. */
export function readsShares(
  schema: ObjectSchema,
  contacts: ContactSharing,
): schema is ObjectSchema & { shareColumns: readonly string[] } {
  return schema.shareColumns !== null && !(schema.object.name === 'Contact' && contacts === 'controlled');
}

/**
 * Chooses what is read of each object, from what the configuration wants and what the integration user sees. A wanted
 * field that does not exist is left out and reported. The choice is the same before and after the index contains it.
 */
export function resolveFields(describes: Describes, { settings, held, limits }: Wishes): ResolvedSchema {
  const chosen = OBJECTS.map((object) => chosenOf(object, describes, settings[object.name] ?? DEFAULT_SETTINGS, held));
  const taken = shareRoom(
    chosen.map(({ wanted }) => wanted),
    held?.indexed.fields ?? null,
    limits.fields,
  );
  const selected = chosen.map((one) => resolveObject(one, describes, taken.get(one.object.name) ?? new Set(), held));
  const objects = Object.fromEntries(selected.map((one) => [one.object.name, one])) as ResolvedSchema['objects'];
  const leftOut = chosen.flatMap(({ object: { name }, wanted }) => [
    ...wanted.leftOut,
    ...wanted.fields
      .filter((field) => taken.get(name)?.has(field) !== true)
      .map((field): LeftOut => ({ code: 'field_no_room', object: name, field, most: limits.fields, count: 1 })),
  ]);
  const isNamed = (gap: CoverageGap): boolean =>
    gap.code === 'field_hidden' && leftOut.some(({ object, field }) => object === gap.object && field === gap.field);
  return {
    objects,
    indexed: indexedIn(objects, taken, held),
    everHeld: everHeldIn(objects, held),
    facts: Object.fromEntries(selected.map((one) => [one.object.name, objectFacts(one)])) as SchemaFacts,
    gaps: [...selected.flatMap(gapsIn).filter((gap) => !isNamed(gap)), ...leftOut],
    leftOut,
    lost: selected.flatMap(({ lost }) => lost),
    describes,
  };
}

interface Chosen {
  readonly object: IndexedObject;
  readonly settings: ObjectSettings;
  readonly readable: boolean;
  readonly wanted: ChosenFields;
}

function chosenOf(
  object: IndexedObject,
  describes: Describes,
  settings: ObjectSettings,
  held: HeldFields | null,
): Chosen {
  const { name } = object;
  const described = describes.get(name) ?? null;
  const readable = settings.on && described !== null;
  const nothing = { object: name, fields: [], usual: [], named: [], titleFields: [], missing: [], leftOut: [] };
  if (!settings.on) return { object, settings, readable, wanted: nothing };
  if (described !== null) return { object, settings, readable, wanted: chooseFields(object, described, settings) };
  // Documents of an object that is temporarily invisible stay unchanged, and its fields keep their place.
  const { usual, named } = chooseFields(object, { name, fields: [] }, settings);
  const kept = (held?.indexed.fields[name] ?? []).filter((field) => !isLeftOut(settings, field));
  const fields = kept.length > 0 ? kept : object.fields.filter((field) => usual.includes(field));
  return { object, settings, readable, wanted: { ...nothing, fields, usual: [...fields, ...usual], named } };
}

function resolveObject(
  { object, settings, readable, wanted }: Chosen,
  describes: Describes,
  taken: ReadonlySet<string>,
  held: HeldFields | null,
): ObjectSchema {
  const described = describes.get(object.name) ?? null;
  const has = choosable(described);
  const fields = readable ? wanted.fields.filter((field) => taken.has(field)) : [];
  return {
    object,
    on: settings.on,
    readable,
    fields,
    titleFields: wanted.titleFields.filter((field) => fields.includes(field)),
    richFields: richTextFields(described, fields),
    missing: wanted.missing,
    lost: readable ? lostFields(wanted, taken, held?.everHeld[object.name] ?? []) : [],
    labels: picklistLabels(described, fields),
    accessFields: readable ? object.accessFields.filter((field) => has.includes(field)) : [],
    hasPersonAccounts: object.name === 'Contact' && hasPersonAccounts((name) => describes.get(name)?.fields ?? null),
    where: settings.where,
    shareColumns: settings.on || object.name === 'Account' ? shareColumns(object, describes) : null,
  };
}

function indexedIn(objects: ResolvedSchema['objects'], taken: TakenFields, held: HeldFields | null): IndexedFields {
  const isHidden = ({ on, readable }: ObjectSchema): boolean => on && !readable;
  return {
    fields: fieldLists(({ name }) => (isHidden(objects[name]) ? [...(taken.get(name) ?? [])] : objects[name].fields)),
    titleFields: fieldLists(({ name, titleFields }) => {
      if (!isHidden(objects[name])) return objects[name].titleFields;
      return (held?.indexed.titleFields[name] ?? titleFields).filter((field) => taken.get(name)?.has(field));
    }),
  };
}

/** Returns what was held before, plus what is now read of the visible objects. */
function everHeldIn(objects: ResolvedSchema['objects'], held: HeldFields | null): FieldLists {
  return fieldLists(({ name, fields: usual }) => {
    const { fields, titleFields } = objects[name];
    const now = fields.filter((field) => usual.includes(field) || titleFields.includes(field));
    return [...new Set([...(held?.everHeld[name] ?? []), ...now])];
  });
}

function objectFacts(schema: ObjectSchema): ObjectFacts {
  const { object, on, readable, where, shareColumns, fields, titleFields, richFields, labels, accessFields } = schema;
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
    eitherKind: hiddenAccessFields(schema).includes('IsPersonAccount'),
  };
}

function gapsIn(schema: ObjectSchema): CoverageGap[] {
  const { object, on, readable, shareColumns, lost } = schema;
  const { name, share } = object;
  const noShares: CoverageGap[] =
    shareColumns === null ? [{ code: 'share_object_hidden', object: name, shareObject: share.object, count: 1 }] : [];
  if (!on) return name === 'Account' ? noShares : [];
  if (!readable) return [{ code: 'object_hidden', object: name, count: 1 }];
  const hidden = lost.filter(({ cause }) => cause === 'hidden');
  return [
    ...hiddenAccessFields(schema).map(
      (field): CoverageGap => ({ code: 'deciding_field_hidden', object: name, field, count: 1 }),
    ),
    ...hidden.map(({ field }): CoverageGap => ({ code: 'field_hidden', object: name, field, count: 1 })),
    ...noShares,
  ];
}

/**
 * Returns the fields that decide access but are not visible. IsPersonAccount counts only in an org with person
 * accounts.
 */
export function hiddenAccessFields(schema: ObjectSchema): string[] {
  const { object, accessFields, hasPersonAccounts } = schema;
  return object.accessFields.filter(
    (field) => !accessFields.includes(field) && (field !== 'IsPersonAccount' || hasPersonAccounts),
  );
}
