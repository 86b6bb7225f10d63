import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { ObjectFacts, ReadObject, SelectionFacts } from './selection-facts.ts';

/** How a selection differs from the one before. */
export type SelectionChange =
  /** The configuration switches the object on or off. */
  | OfObject<'object_on' | 'object_off'>
  /** The integration user sees the object no longer, or again. */
  | OfObject<'object_hidden' | 'object_visible'>
  /** Fields that are read, be it for their text or for access. */
  | (OfObject<'fields_added' | 'fields_removed'> & { readonly fields: readonly string[] })
  /** The integration user sees the object's share rows no longer, or again. */
  | OfObject<'shares_hidden' | 'shares_visible'>
  /** Other records are indexed: those of the filter, in SOQL; null: all. */
  | (OfObject<'filter_changed'> & { readonly filter: string | null })
  | OfObject<'title_changed'>
  /** The integration user sees `IsPersonAccount` no longer, or again. */
  | OfObject<'person_account_flag_hidden' | 'person_account_flag_visible'>
  /** The field has become rich text or a picklist with labels, or has ceased to be one. */
  | (OfObject<'shown_differently'> & { readonly field: string })
  /** The fields that are read before and after stand in another order, or a field that was read for access is indexed. */
  | OfObject<'field_order'>
  | UnknownSelection
  /** Changes that are left out of the list; each field counts. */
  | { readonly code: 'more'; readonly count: number };

/** The selection before is not known. */
export type UnknownSelection =
  /** A later version of this program has written it. */
  | { readonly code: 'selection_newer'; readonly version: number }
  /** It is damaged. */
  | { readonly code: 'selection_unreadable' };

type OfObject<Code extends string> = Code extends string ? { readonly code: Code; readonly object: ObjectName } : never;

/** How two selections differ; nothing: documents of the one are documents of the other. */
export function selectionChanges(before: SelectionFacts, after: SelectionFacts): readonly SelectionChange[] {
  return OBJECT_NAMES.flatMap((object) => changesOf(object, before[object], after[object]));
}

function changesOf(object: ObjectName, before: ObjectFacts, after: ObjectFacts): SelectionChange[] {
  if (before.state === 'read' && after.state === 'read') return changesOfRead(object, before, after);
  if ((before.state === 'off') !== (after.state === 'off'))
    return [{ code: after.state === 'off' ? 'object_off' : 'object_on', object }];
  if (before.state === 'off' && after.state === 'off') return changeOfShares(object, before.shares, after.shares);
  if (before.state === after.state) return [];
  return [{ code: after.state === 'unseen' ? 'object_hidden' : 'object_visible', object }];
}

function changesOfRead(object: ObjectName, before: ReadObject, after: ReadObject): SelectionChange[] {
  const had = namesIn(before);
  const has = namesIn(after);
  const added = [...has].filter((field) => !had.has(field));
  const removed = [...had].filter((field) => !has.has(field));
  const kept = [...had].filter((field) => has.has(field));
  const changes: (SelectionChange | false)[] = [
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
      (field): SelectionChange => ({ code: 'shown_differently', object, field }),
    ),
    isReordered(before, after, new Set(kept)) && { code: 'field_order', object },
  ];
  return changes.filter((change) => change !== false);
}

function changeOfShares(object: ObjectName, before: boolean, after: boolean): SelectionChange[] {
  return before === after ? [] : [{ code: after ? 'shares_visible' : 'shares_hidden', object }];
}

/** Every field that is read, once. */
function namesIn({ fields, accessFields }: ReadObject): ReadonlySet<string> {
  return new Set([...fields, ...accessFields]);
}

/** Those of the fields that one of both shows by another text. */
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
