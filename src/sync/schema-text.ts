import { z } from 'zod';
import type { UnknownSchema } from '../facts/schema-changes.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import { readOldSelection } from './old-schema-text.ts';
import type { ObjectFacts, SchemaFacts } from './schema-facts.ts';

/** Raise it when the text gains or loses a fact. Earlier versions then treat it as another resolved schema. */
const VERSION = 1;

/** Returns the resolved schema as the index stores it. Equal ones give equal texts. */
export function printSchema(facts: SchemaFacts): string {
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

/** Reads a text of this version or an earlier one. */
export function readSchema(text: string): SchemaFacts | UnknownSchema {
  const known = text.startsWith('{') ? readJson(text) : readOldSelection(text);
  if (known === null) return { code: 'selection_unreadable' };
  return 'code' in known ? known : complete(known);
}

/** Adds missing objects, which were not indexed. */
function complete(known: Partial<SchemaFacts>): SchemaFacts {
  const off: ObjectFacts = { state: 'off', shares: false };
  return Object.fromEntries(OBJECT_NAMES.map((name) => [name, known[name] ?? off])) as SchemaFacts;
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

/** Returns null if the text is damaged. */
function readJson(text: string): Partial<SchemaFacts> | UnknownSchema | null {
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
