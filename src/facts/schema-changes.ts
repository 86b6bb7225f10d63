import type { ObjectName } from '../objects/index.ts';

/** How the resolved schema differs from the one before. */
export type SchemaChange =
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
  /** The fields are in a different order, or a field that was read for access is now indexed. */
  | OfObject<'field_order'>
  | UnknownSchema
  /** Changes that are left out of the list; each field counts. */
  | { readonly code: 'more'; readonly count: number };

/** The resolved schema before is not known. */
export type UnknownSchema =
  /** A later version of this program has written it. */
  | { readonly code: 'selection_newer'; readonly version: number }
  /** It is damaged. */
  | { readonly code: 'selection_unreadable' };

type OfObject<Code extends string> = Code extends string ? { readonly code: Code; readonly object: ObjectName } : never;
