import { z } from 'zod';
import { shaped } from './json.ts';

/** A field that the integration user can see. */
interface FieldDescription {
  readonly name: string;
  /** Salesforce's field type: `string`, `reference`, `address`, … */
  readonly type: string;
  /** Whether field-level security applies to it; other fields are readable with the object. */
  readonly permissionable: boolean;
  /** `BillingAddress` of BillingCity, `Name` of LastName; null for a field that is no part of another. */
  readonly compoundFieldName: string | null;
}

export interface ObjectDescription {
  readonly name: string;
  readonly fields: readonly FieldDescription[];
}

const schema = z.object({
  name: z.string(),
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      permissionable: z.boolean(),
      compoundFieldName: z.string().nullable().default(null),
    }),
  ),
});

export function describePath(root: string, name: string): string {
  return `${root}/sobjects/${encodeURIComponent(name)}/describe`;
}

export function readDescription(body: unknown): ObjectDescription {
  return shaped(schema, body, 'a describe');
}
