import type { ObjectDescription, PicklistValue } from '../salesforce/describe.ts';

/** How a picklist's values are displayed. */
export interface FieldLabels {
  /** True if a record can have several values, separated by semicolons. */
  readonly isMulti: boolean;
  /** Labels by value, only where they differ from the value. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Labels by field. */
export type PicklistLabels = ReadonlyMap<string, FieldLabels>;

const TYPES = new Set(['picklist', 'multipicklist', 'combobox']);

/** Returns the labels of those fields that are picklists. */
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
 * Returns a field's text as people see it, with the values in brackets: `Strategic customer (CUST_01)`. A value without
 * a different label, or one that describe does not list, is unchanged.
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
