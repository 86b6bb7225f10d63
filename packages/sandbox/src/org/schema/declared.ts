import { z } from 'zod';
import { CUSTOM_FIELD_TYPES, type FieldDeclaration, type PicklistValue } from '../types.ts';
import type { FieldSpec } from './field.ts';

const text = z.string().min(1);

const picklistValue = z
  .union(
    [
      text,
      z.strictObject({
        value: text,
        label: text.optional(),
        active: z.boolean().default(true),
        defaultValue: z.boolean().default(false),
        validFor: text.nullable().default(null),
      }),
    ],
    { error: 'must be a string, or an object with "value"' },
  )
  .transform((given): PicklistValue => {
    if (typeof given === 'string')
      return { value: given, label: given, active: true, defaultValue: false, validFor: null };
    return { ...given, label: given.label ?? given.value };
  });

/** The keys of a declaration. */
export const FIELD_DECLARATION = {
  type: z.enum(CUSTOM_FIELD_TYPES).optional(),
  label: text.optional(),
  length: z.number().int().positive().optional(),
  required: z.boolean().optional(),
  htmlFormatted: z.boolean().optional(),
  picklistValues: z.array(picklistValue).optional(),
  referenceTo: z.array(text).min(1).optional(),
} as const;

const NAME = /^[A-Za-z]\w*$/;

/** Declarations by object and field, as in `org.json`. */
export const fieldDeclarations = z.record(
  z.string(),
  z.record(z.string().regex(NAME, 'must be the API name of a field'), z.strictObject(FIELD_DECLARATION)),
);

/** Returns the field as declared, and the problem if the declaration doesn't fit, or null. */
export function declared(
  spec: FieldSpec,
  given: FieldDeclaration,
): { readonly field: FieldSpec; readonly problem: string | null } {
  const changes = Object.entries(given).filter(([, value]) => value !== undefined);
  const field: FieldSpec = { ...spec, ...Object.fromEntries(changes) };
  return { field, problem: problemOf(spec, field, given) };
}

function problemOf(spec: FieldSpec, { type, referenceTo }: FieldSpec, given: FieldDeclaration): string | null {
  if (type !== spec.type) return `its type is ${spec.type}: omit the type, or give that one`;
  if (given.htmlFormatted === true && type !== 'textarea')
    return `htmlFormatted is for fields of type textarea, but its type is ${type}`;
  if (given.picklistValues !== undefined && type !== 'picklist' && type !== 'multipicklist')
    return `picklistValues are for fields of type picklist and multipicklist, but its type is ${type}`;
  if (given.referenceTo !== undefined && type !== 'reference')
    return `referenceTo is for fields of type reference, but its type is ${type}`;
  if (type === 'reference' && referenceTo.length === 0)
    return 'a reference needs referenceTo, the objects that it can point to';
  return null;
}
