import type { SchemaChange } from '../facts/schema-changes.ts';

/** Describes how two resolved schemas differ, for a person: `Account gains Phone; Case loses Type`. */
export function schemaChangesText(changes: readonly SchemaChange[]): string {
  const told = changes.filter(({ code }) => code !== 'field_order');
  if (told.length === 0) return changes.length === 0 ? '' : 'the order of the fields';
  const objects = [...new Set(told.map(objectOf))];
  return objects.flatMap((object) => sentencesOf(told.filter((change) => objectOf(change) === object))).join('; ');
}

function objectOf(change: SchemaChange): string | null {
  return 'object' in change ? change.object : null;
}

/** Describes the changes of one object. Share rows are described like a field. */
function sentencesOf(changes: readonly SchemaChange[]): string[] {
  const gained = changes.flatMap((change) => {
    if (change.code === 'fields_added') return change.fields;
    return change.code === 'shares_visible' ? ['shares'] : [];
  });
  const lost = changes.flatMap((change) => {
    if (change.code === 'fields_removed') return change.fields;
    return change.code === 'shares_hidden' ? ['shares'] : [];
  });
  const object = changes.map(objectOf)[0];
  return [
    ...(gained.length > 0 ? [`${object} gains ${gained.join(', ')}`] : []),
    ...(lost.length > 0 ? [`${object} loses ${lost.join(', ')}`] : []),
    ...changes.flatMap((change) => sentenceOf(change) ?? []),
  ];
}

/** Describes one change. Null: another sentence describes it. */
function sentenceOf(change: SchemaChange): string | null {
  switch (change.code) {
    case 'object_on':
      return `${change.object} is switched on`;
    case 'object_off':
      return `${change.object} is switched off`;
    case 'object_hidden':
      return `${change.object} is no longer visible`;
    case 'object_visible':
      return `${change.object} is visible again`;
    case 'fields_added':
    case 'fields_removed':
    case 'shares_hidden':
    case 'shares_visible':
    case 'field_order':
      return null;
    case 'filter_changed':
      return change.filter === null
        ? `${change.object} is no longer filtered`
        : `${change.object} is filtered by ${change.filter}`;
    case 'title_changed':
      return `${change.object} has a different title`;
    case 'person_account_flag_hidden':
      return `${change.object} no longer shows which records are person accounts`;
    case 'person_account_flag_visible':
      return `${change.object} shows again which records are person accounts`;
    case 'shown_differently':
      return `${change.object}.${change.field} is shown differently`;
    case 'selection_newer':
      return 'a newer version of the connector chose what is indexed';
    case 'selection_unreadable':
      return 'the index does not say what was chosen before';
    case 'more':
      return `${change.count} more`;
    default:
      return unknown(change);
  }
}

/** Names a change that only a later version knows. */
function unknown(change: never): string {
  return `another change (${(change as { readonly code: string }).code})`;
}
