import { z } from 'zod';
import { shaped } from './json.ts';

/** A field that the integration user can see. */
interface FieldDescription {
  readonly name: string;
  /** Salesforce's field type: `string`, `reference`, `address`, …. */
  readonly type: string;
  /** Whether field-level security applies. Other fields are readable with the object. */
  readonly permissionable: boolean;
  /** The compound field it is part of: `BillingAddress` for BillingCity, `Name` for LastName; null if none. */
  readonly compoundFieldName: string | null;
  /** Whether its values are HTML: rich text, and formulas with HYPERLINK() or IMAGE(). */
  readonly htmlFormatted?: boolean | undefined;
  /**
   * The values of a picklist, including inactive ones that Salesforce still lists. Empty or missing for other fields.
   */
  readonly picklistValues?: readonly PicklistValue[];
}

export interface PicklistValue {
  readonly value: string;
  /** What users see, in the integration user's language; null if it equals the value. */
  readonly label: string | null;
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
      htmlFormatted: z.boolean().optional(),
      picklistValues: z
        .array(z.object({ value: z.string(), label: z.string().nullable().default(null) }))
        .nullish()
        .transform((values) => values ?? []),
    }),
  ),
});

export function describePath(root: string, name: string): string {
  return `${root}/sobjects/${encodeURIComponent(name)}/describe`;
}

export function readDescription(body: unknown): ObjectDescription {
  return shaped(schema, body, 'a describe');
}
