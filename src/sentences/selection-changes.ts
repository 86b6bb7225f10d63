import type { SelectionChange } from '../sync/selection-changes.ts';

/** How two selections differ, for a person: `Account gains Phone; Case loses Type`. */
export function selectionChangesText(changes: readonly SelectionChange[]): string {
  const told = changes.filter(({ code }) => code !== 'field_order');
  if (told.length === 0) return changes.length === 0 ? '' : 'the order of the fields';
  const objects = [...new Set(told.map(objectOf))];
  return objects.flatMap((object) => sentencesOf(told.filter((change) => objectOf(change) === object))).join('; ');
}

function objectOf(change: SelectionChange): string | null {
  return 'object' in change ? change.object : null;
}

/** What is said of one object. Share rows are told like a field. */
function sentencesOf(changes: readonly SelectionChange[]): string[] {
  const gained = changes.flatMap((change) => {
    if (change.code === 'fields_added') return change.fields;
    if (change.code === 'shares_hidden') return ['no shares'];
    return change.code === 'shares_visible' ? ['shares'] : [];
  });
  const lost = changes.flatMap((change) => {
    if (change.code === 'fields_removed') return change.fields;
    if (change.code === 'shares_hidden') return ['shares'];
    return change.code === 'shares_visible' ? ['no shares'] : [];
  });
  const object = changes.map(objectOf)[0];
  return [
    ...(gained.length > 0 ? [`${object} gains ${gained.join(', ')}`] : []),
    ...(lost.length > 0 ? [`${object} loses ${lost.join(', ')}`] : []),
    ...changes.flatMap((change) => sentenceOf(change) ?? []),
  ];
}

/** null: it is told otherwise. */
function sentenceOf(change: SelectionChange): string | null {
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
      return `${change.object} has another title`;
    case 'person_account_flag_hidden':
      return `${change.object} hides which are of person accounts`;
    case 'person_account_flag_visible':
      return `${change.object} shows which are of person accounts`;
    case 'shown_differently':
      return `${change.object}.${change.field} is shown differently`;
    case 'selection_newer':
      return 'a later version of the connector chose what is indexed';
    case 'selection_unreadable':
      return 'the index does not tell what was chosen before';
    case 'more':
      return `${change.count} more`;
    default:
      return unknown(change);
  }
}

/** A later version may send what this one does not know. */
function unknown(change: never): string {
  return `another change (${(change as { readonly code: string }).code})`;
}
