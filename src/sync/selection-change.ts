import { SelectionChangedError } from '../index/errors.ts';
import type { IndexState } from '../index/port.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import { EITHER_KIND, type Selection } from './selection.ts';

/**
 * How two selections differ, for a person: `Account gains Phone; Case loses Type`. null: not at all. An index without a
 * selection was never filled.
 */
export function selectionChange(before: string | null, after: string): string | null {
  if (before === null || before === after) return null;
  const old = parse(before);
  const changes = [...parse(after)].flatMap(([object, fields]) => {
    const had = old.get(object) ?? [];
    if (fields.includes('off') !== had.includes('off'))
      return [`${object} is switched ${fields.includes('off') ? 'off' : 'on'}`];
    if (fields.includes(UNSEEN) !== had.includes(UNSEEN))
      return [`${object} is ${fields.includes(UNSEEN) ? 'no longer visible' : 'visible again'}`];
    const gains = fields.filter((field) => !had.includes(field) && isField(field));
    const loses = had.filter((field) => !fields.includes(field) && isField(field));
    return [
      ...(gains.length > 0 ? [`${object} gains ${gains.join(', ')}`] : []),
      ...(loses.length > 0 ? [`${object} loses ${loses.join(', ')}`] : []),
      ...(filterIn(had) === filterIn(fields) ? [] : [`${object} ${filtered(filterIn(fields))}`]),
      ...(titleIn(had) === titleIn(fields) ? [] : [`${object} has another title`]),
      ...(had.includes(EITHER_KIND) === fields.includes(EITHER_KIND)
        ? []
        : [`${object} ${fields.includes(EITHER_KIND) ? 'hides' : 'shows'} which are of person accounts`]),
      ...shownDifferently(had, fields).map((field) => `${object}.${field} is shown differently`),
    ];
  });
  return changes.length > 0 ? changes.join('; ') : 'the order of the fields';
}

/** Objects of which the new selection is meant to hold other records: whose filter is another, or that are off. */
export function filterChanges(before: string | null, after: string): ObjectName[] {
  if (before === null) return [];
  const old = parse(before);
  const now = parse(after);
  return OBJECT_NAMES.filter((name) => filterIn(old.get(name) ?? []) !== filterIn(now.get(name) ?? []));
}

/**
 * Refuses to go on with another selection than the index was opened for: a worker with another config file, or one that
 * took the run over when the org had changed.
 *
 * @throws SelectionChangedError
 */
export function checkSelection(state: IndexState, selection: Selection): void {
  if (state.selection !== selection.text) throw new SelectionChangedError();
}

/** The integration user does not see the object: see `textOf` in selection.ts. */
const UNSEEN = '-';

const FILTER = 'where=';
const TITLE = 'title=';
/** Of a field that is rich text, and of a picklist with labels. */
const WAYS = ['html=', 'label='];

function isField(entry: string): boolean {
  return ![FILTER, TITLE, ...WAYS].some((mark) => entry.startsWith(mark)) && entry !== EITHER_KIND;
}

/** Fields that both selections have, and that one of them shows by another text. */
function shownDifferently(before: readonly string[], after: readonly string[]): string[] {
  const isOther = (mark: string): boolean => before.includes(mark) !== after.includes(mark);
  return before.filter((field) => after.includes(field) && WAYS.some((way) => isOther(way + field)));
}

function filterIn(entries: readonly string[]): string | null {
  return entries.find((entry) => entry.startsWith(FILTER)) ?? null;
}

function titleIn(entries: readonly string[]): string | null {
  return entries.find((entry) => entry.startsWith(TITLE)) ?? null;
}

function filtered(filter: string | null): string {
  return filter === null
    ? 'is no longer filtered'
    : `is filtered by ${decodeURIComponent(filter.slice(FILTER.length))}`;
}

function parse(text: string): Map<string, string[]> {
  return new Map(
    text.split(';').map((part) => {
      const [object = '', fields = ''] = part.split(':');
      return [object, fields.split(',')];
    }),
  );
}
