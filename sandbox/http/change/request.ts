import { z } from 'zod';
import { CUSTOM_FIELD_TYPES } from '../../org/types.ts';

const id = z.string().regex(/^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/, 'must be an id of 15 or 18 characters');
const row = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const put = z.strictObject({ put: z.string(), row });
const erase = z.strictObject({ erase: z.string(), id: z.string() });
const remove = z.strictObject({ delete: z.string(), id });
const undelete = z.strictObject({ undelete: z.string(), id });
const merge = z.strictObject({ merge: z.string(), master: id, losers: z.array(id).min(1).max(2) });
const convert = z.strictObject({ convert: z.literal('Lead'), id, opportunity: z.boolean().default(false) });

const fieldName = z.string().regex(/^[A-Za-z]\w*__c$/, 'must be the name of a custom field, which ends in __c');
const addField = z.strictObject({
  add_field: z.string(),
  name: fieldName,
  type: z.enum(CUSTOM_FIELD_TYPES).default('string'),
});
const dropField = z.strictObject({ drop_field: z.string(), name: fieldName });

const SHAPES = {
  put,
  erase,
  delete: remove,
  undelete,
  merge,
  convert,
  add_field: addField,
  drop_field: dropField,
} as const;

export type Change =
  | z.infer<typeof put>
  | z.infer<typeof erase>
  | z.infer<typeof remove>
  | z.infer<typeof undelete>
  | z.infer<typeof merge>
  | z.infer<typeof convert>
  | z.infer<typeof addField>
  | z.infer<typeof dropField>;

/** A change that cannot be made; nothing of its batch is. The message says which one and why. */
export class ChangeError extends Error {
  override name = 'ChangeError';
}

/** Reads the body of `POST /sandbox/change`. Throws `ChangeError` naming the first change that is not understood. */
export function readChanges(body: unknown): Change[] {
  const envelope = z.strictObject({ changes: z.array(z.looseObject({})) }).safeParse(body);
  if (!envelope.success) throw new ChangeError('The body must be {"changes": [ … ]}.');
  return envelope.data.changes.map((change, i) => {
    const verb = (Object.keys(SHAPES) as (keyof typeof SHAPES)[]).find((name) => name in change);
    if (verb === undefined)
      throw new ChangeError(`Change ${i + 1} has none of the keys ${Object.keys(SHAPES).join(', ')}.`);
    const read = SHAPES[verb].safeParse(change);
    if (read.success) return read.data;
    const issue = read.error.issues[0];
    throw new ChangeError(`Change ${i + 1} (${verb}): ${[...(issue?.path ?? []), issue?.message].join(' ')}.`);
  });
}
