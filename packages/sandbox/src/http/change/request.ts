import { z } from 'zod';
import { FIELD_DECLARATION } from '../../org/schema/declared.ts';

const id = z.string().regex(/^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/, 'must be an id of 15 or 18 characters');
const row = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const put = z.strictObject({ put: z.string(), row });
const erase = z.strictObject({ erase: z.string(), id: z.string() });
const remove = z.strictObject({ delete: z.string(), id });
const undelete = z.strictObject({ undelete: z.string(), id });
const merge = z.strictObject({ merge: z.string(), master: id, losers: z.array(id).min(1).max(2) });
const purge = z.strictObject({ purge: z.string() });
const convert = z.strictObject({ convert: z.literal('Lead'), id, opportunity: z.boolean().default(false) });

const fieldName = z.string().regex(/^[A-Za-z]\w*__c$/, 'must be the name of a custom field, which ends in __c');
const addField = z.strictObject({ add_field: z.string(), name: fieldName, ...FIELD_DECLARATION });
const changeField = z.strictObject({ change_field: z.string(), name: z.string(), ...FIELD_DECLARATION });
const dropField = z.strictObject({ drop_field: z.string(), name: fieldName });

const SHAPES = {
  put,
  erase,
  delete: remove,
  undelete,
  merge,
  purge,
  convert,
  add_field: addField,
  change_field: changeField,
  drop_field: dropField,
} as const;

export type Change =
  | z.infer<typeof put>
  | z.infer<typeof erase>
  | z.infer<typeof remove>
  | z.infer<typeof undelete>
  | z.infer<typeof merge>
  | z.infer<typeof purge>
  | z.infer<typeof convert>
  | z.infer<typeof addField>
  | z.infer<typeof changeField>
  | z.infer<typeof dropField>;

/** Reports a change that cannot be made; its batch changes nothing. The message says which change, and why. */
export class ChangeError extends Error {
  override name = 'ChangeError';
}

/** The body of `POST /sandbox/change`. */
export interface ChangeRequest {
  readonly changes: Change[];
  /** Seconds for which the stamped changes stay invisible, as in a slow transaction. */
  readonly visibleAfterSeconds: number;
}

const envelope = z.strictObject({
  changes: z.array(z.looseObject({})),
  visible_after_seconds: z.number().min(0).default(0),
});

/** Reads the body of `POST /sandbox/change`. Throws `ChangeError`, which names the first invalid change. */
export function readChanges(body: unknown): ChangeRequest {
  const read = envelope.safeParse(body);
  if (!read.success)
    throw new ChangeError(
      'The body must be {"changes": [ … ]}, optionally with "visible_after_seconds" to delay them.',
    );
  const { changes, visible_after_seconds: visibleAfterSeconds } = read.data;
  return { changes: changes.map(readChange), visibleAfterSeconds };
}

function readChange(change: Readonly<Record<string, unknown>>, at: number): Change {
  const verb = (Object.keys(SHAPES) as (keyof typeof SHAPES)[]).find((name) => name in change);
  if (verb === undefined)
    throw new ChangeError(`Change ${at + 1} has none of the keys ${Object.keys(SHAPES).join(', ')}.`);
  const read = SHAPES[verb].safeParse(change);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new ChangeError(`Change ${at + 1} (${verb}): ${[...(issue?.path ?? []), issue?.message].join(' ')}.`);
}
