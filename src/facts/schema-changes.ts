import type { ObjectName } from '../objects/index.ts';

/** How a resolved schema differs from the previous one. */
export type SchemaChange =
  /** The configuration switches the object on or off. */
  | OfObject<'object_on' | 'object_off'>
  /** The integration user no longer sees the object, or sees it again. */
  | OfObject<'object_hidden' | 'object_visible'>
  /** Fields that are read, for their text or for access. */
  | (OfObject<'fields_added' | 'fields_removed'> & { readonly fields: readonly string[] })
  /** The integration user no longer sees the object's share rows, or sees them again. */
  | OfObject<'shares_hidden' | 'shares_visible'>
  /** Other records are indexed: those that match the filter, in SOQL; null for all. */
  | (OfObject<'filter_changed'> & { readonly filter: string | null })
  | OfObject<'title_changed'>
  /** The integration user no longer sees `IsPersonAccount`, or sees it again. */
  | OfObject<'person_account_flag_hidden' | 'person_account_flag_visible'>
  /** The field has become, or is no longer, rich text or a picklist with labels. */
  | (OfObject<'shown_differently'> & { readonly field: string })
  /** The fields are in a different order, or a field that was read for access is now indexed. */
  | OfObject<'field_order'>
  | UnknownSchema
  /** Number of changes that are left out of the list. Each field counts. */
  | { readonly code: 'more'; readonly count: number };

/** The previous resolved schema is unknown. */
export type UnknownSchema =
  /** A later version of this program wrote it. */
  | { readonly code: 'selection_newer'; readonly version: number }
  /** It is damaged. */
  | { readonly code: 'selection_unreadable' };

type OfObject<Code extends string> = Code extends string ? { readonly code: Code; readonly object: ObjectName } : never;
