import type { SchemaChange } from '../src/facts/schema-changes.ts';
import { OBJECT_NAMES } from '../src/objects/index.ts';
import { type Form, type Forms, type FormsOf, list, object, oneOf, orNull, text, whole, wrongField } from './form.ts';

type Code = SchemaChange['code'];

/** A field or a code. No API name is this long. */
const name = text(1_000);
const ofObject = { object: oneOf(OBJECT_NAMES) };
const ofFields = { ...ofObject, fields: list(name, 10_000) };

/** The data of each change. */
const DATA: { readonly [C in Code]: FormsOf<Omit<Extract<SchemaChange, { code: C }>, 'code'>> } = {
  object_on: ofObject,
  object_off: ofObject,
  object_hidden: ofObject,
  object_visible: ofObject,
  fields_added: ofFields,
  fields_removed: ofFields,
  shares_hidden: ofObject,
  shares_visible: ofObject,
  filter_changed: { ...ofObject, filter: orNull(text(100_000)) },
  title_changed: ofObject,
  person_account_flag_hidden: ofObject,
  person_account_flag_visible: ofObject,
  shown_differently: { ...ofObject, field: name },
  field_order: ofObject,
  selection_newer: { version: whole(1) },
  selection_unreadable: {},
  more: { count: whole(1) },
};

const hasCode = object({ code: name });

/** A later version may send a code that this one does not know, with any data. */
const change: Form<SchemaChange> = (given): given is SchemaChange =>
  hasCode(given) && wrongField(given, dataOf(given.code)) === null;

function dataOf(code: string): Forms {
  return Object.hasOwn(DATA, code) ? DATA[code as Code] : {};
}

/** Accepts a list of changes. The limit is more than any message has. */
export const selectionChanges: Form<readonly SchemaChange[]> = list(change, 1_000);
