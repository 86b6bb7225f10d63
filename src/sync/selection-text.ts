import { z } from 'zod';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import { readOldSelection } from './old-selection.ts';
import type { UnknownSelection } from './selection-changes.ts';
import type { ObjectFacts, SelectionFacts } from './selection-facts.ts';

/** Raised where the text has a fact more or less: then it is another selection for every earlier version. */
const VERSION = 1;

/** The selection as the index keeps it: equal ones are equal texts. */
export function printSelection(facts: SelectionFacts): string {
  const objects = Object.fromEntries(OBJECT_NAMES.map((name) => [name, inOrder(facts[name])]));
  return JSON.stringify({ version: VERSION, objects });
}

function inOrder(facts: ObjectFacts): ObjectFacts {
  switch (facts.state) {
    case 'off':
      return { state: facts.state, shares: facts.shares };
    case 'unseen':
      return { state: facts.state };
    case 'read':
      return {
        state: facts.state,
        fields: facts.fields,
        accessFields: facts.accessFields,
        shares: facts.shares,
        richFields: facts.richFields,
        labelledFields: facts.labelledFields,
        titleFields: facts.titleFields,
        where: facts.where,
        eitherKind: facts.eitherKind,
      };
  }
}

/** What a text says, of this version or an earlier one. */
export function readSelection(text: string): SelectionFacts | UnknownSelection {
  const known = text.startsWith('{') ? readJson(text) : readOldSelection(text);
  if (known === null) return { code: 'selection_unreadable' };
  return 'code' in known ? known : complete(known);
}

/** An object that the text does not have was not indexed. */
function complete(known: Partial<SelectionFacts>): SelectionFacts {
  const off: ObjectFacts = { state: 'off', shares: false };
  return Object.fromEntries(OBJECT_NAMES.map((name) => [name, known[name] ?? off])) as SelectionFacts;
}

const names = z.array(z.string());

const OBJECT: z.ZodType<ObjectFacts> = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('off'), shares: z.boolean() }),
  z.strictObject({ state: z.literal('unseen') }),
  z.strictObject({
    state: z.literal('read'),
    fields: names,
    accessFields: names,
    shares: z.boolean(),
    richFields: names,
    labelledFields: names,
    titleFields: names.nullable(),
    where: z.string().nullable(),
    eitherKind: z.boolean(),
  }),
]);

const SELECTION = z.strictObject({
  version: z.literal(VERSION),
  objects: z.partialRecord(z.enum(OBJECT_NAMES as [ObjectName, ...ObjectName[]]), OBJECT),
});

const LATER = z.object({ version: z.int().min(VERSION + 1) });

/** null: it is damaged. */
function readJson(text: string): Partial<SelectionFacts> | UnknownSelection | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const later = LATER.safeParse(json);
  if (later.success) return { code: 'selection_newer', version: later.data.version };
  return SELECTION.safeParse(json).data?.objects ?? null;
}
