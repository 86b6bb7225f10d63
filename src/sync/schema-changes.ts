import type { SchemaChange } from '../facts/schema-changes.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { ObjectFacts, ReadObject, SchemaFacts } from './schema-facts.ts';

/** Returns how two resolved schemas differ. Empty if documents of one are valid for the other. */
export function schemaChanges(before: SchemaFacts, after: SchemaFacts): readonly SchemaChange[] {
  return OBJECT_NAMES.flatMap((object) => changesOf(object, before[object], after[object]));
}

function changesOf(object: ObjectName, before: ObjectFacts, after: ObjectFacts): SchemaChange[] {
  if (before.state === 'read' && after.state === 'read') return changesOfRead(object, before, after);
  if ((before.state === 'off') !== (after.state === 'off'))
    return [{ code: after.state === 'off' ? 'object_off' : 'object_on', object }];
  if (before.state === 'off' && after.state === 'off') return changeOfShares(object, before.shares, after.shares);
  if (before.state === after.state) return [];
  return [{ code: after.state === 'unseen' ? 'object_hidden' : 'object_visible', object }];
}

function changesOfRead(object: ObjectName, before: ReadObject, after: ReadObject): SchemaChange[] {
  const had = namesIn(before);
  const has = namesIn(after);
  const added = [...has].filter((field) => !had.has(field));
  const removed = [...had].filter((field) => !has.has(field));
  const kept = [...had].filter((field) => has.has(field));
  const changes: (SchemaChange | false)[] = [
    added.length > 0 && { code: 'fields_added', object, fields: added },
    removed.length > 0 && { code: 'fields_removed', object, fields: removed },
    ...changeOfShares(object, before.shares, after.shares),
    before.where !== after.where && { code: 'filter_changed', object, filter: after.where },
    !areSame(before.titleFields, after.titleFields) && { code: 'title_changed', object },
    before.eitherKind !== after.eitherKind && {
      code: after.eitherKind ? 'person_account_flag_hidden' : 'person_account_flag_visible',
      object,
    },
    ...shownDifferently(kept, before, after).map(
      (field): SchemaChange => ({ code: 'shown_differently', object, field }),
    ),
    isReordered(before, after, new Set(kept)) && { code: 'field_order', object },
  ];
  return changes.filter((change) => change !== false);
}

function changeOfShares(object: ObjectName, before: boolean, after: boolean): SchemaChange[] {
  return before === after ? [] : [{ code: after ? 'shares_visible' : 'shares_hidden', object }];
}

/** Returns every field that is read, once. */
function namesIn({ fields, accessFields }: ReadObject): ReadonlySet<string> {
  return new Set([...fields, ...accessFields]);
}

/** Returns those of the fields whose text is displayed differently in the two. */
function shownDifferently(fields: readonly string[], before: ReadObject, after: ReadObject): string[] {
  const differ = (some: readonly string[], others: readonly string[]) => {
    const [one, other] = [new Set(some), new Set(others)];
    return (field: string): boolean => one.has(field) !== other.has(field);
  };
  const isOtherText = differ(before.richFields, after.richFields);
  const hasOtherLabels = differ(before.labelledFields, after.labelledFields);
  return fields.filter((field) => isOtherText(field) || hasOtherLabels(field));
}

function isReordered(before: ReadObject, after: ReadObject, kept: ReadonlySet<string>): boolean {
  const orderOf = ({ fields, accessFields }: ReadObject) =>
    [fields, accessFields].map((names) => names.filter((field) => kept.has(field)));
  return JSON.stringify(orderOf(before)) !== JSON.stringify(orderOf(after));
}

function areSame(some: readonly string[] | null, others: readonly string[] | null): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
