import type { ObjectDescription, PicklistValue } from '../salesforce/describe.ts';

/** How a picklist's values are shown. */
export interface FieldLabels {
  /** A record may have several values, with a semicolon between them. */
  readonly isMulti: boolean;
  /** By value, where the label is another text. */
  readonly labels: ReadonlyMap<string, string>;
}

/** By field. */
export type PicklistLabels = ReadonlyMap<string, FieldLabels>;

const TYPES = new Set(['picklist', 'multipicklist', 'combobox']);

/** Those of the fields that are picklists, with the labels of their values. */
export function picklistLabels(described: ObjectDescription | null, fields: readonly string[]): PicklistLabels {
  const wanted = new Set(fields);
  const picklists = (described?.fields ?? []).filter(({ name, type }) => TYPES.has(type) && wanted.has(name));
  return new Map(
    picklists.map(({ name, type, picklistValues = [] }) => [
      name,
      { isMulti: type === 'multipicklist', labels: new Map(picklistValues.flatMap(labelOf)) },
    ]),
  );
}

function labelOf({ value, label }: PicklistValue): [string, string][] {
  return label === null || label === '' || label === value ? [] : [[value, label]];
}

/**
 * A field's text as people see it, with the values in brackets: `Strategic customer (CUST_01)`. A value without another
 * label, and one that describe does not list, stays as it is.
 */
export function withLabels(text: string, field: FieldLabels | undefined): string {
  if (field === undefined) return text;
  const shown = (value: string): string => {
    const label = field.labels.get(value);
    return label === undefined ? value : `${label} (${value})`;
  };
  // Salesforce allows no semicolon inside a value of such a field.
  return field.isMulti ? text.split(';').map(shown).join('; ') : shown(text);
}
