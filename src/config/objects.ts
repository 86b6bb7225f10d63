import { z } from 'zod';
import { OBJECT_NAMES } from '../objects/index.ts';
import { DEFAULT_SETTINGS, type ObjectSettings, type SettingsByObject } from '../objects/settings.ts';

const FIELDS = 'write a list of API names, like [Region__c, "Ext_*__c"]';
const TITLE = 'write the API name of one field, like Name';
const WHERE = `write a condition in SOQL, in quotes, like "Type != 'Test'"`;
const FORM = 'write off, or set fields, where or title under it';

const names = z
  .array(
    z.string({ error: FIELDS }).regex(/^[A-Za-z*][A-Za-z0-9_*]*$/, {
      error: 'write the API name of a field of this object; * matches any letters',
    }),
    { error: FIELDS },
  )
  .default([]);

const where = z
  .string({ error: WHERE })
  .trim()
  .min(1, { error: WHERE })
  .max(2_000, { error: 'write at most 2,000 characters: it is sent with every query' })
  .superRefine((condition, context) => {
    const problem = conditionProblem(condition);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem, params: { clause: true } });
  });

/** The keys below one object. */
export const chosen = z.strictObject(
  {
    fields: z
      .strictObject(
        {
          add: names.meta({ description: 'Additional fields, by API name or by a pattern with `*`.' }),
          leave_out: names.meta({ description: 'Default fields to leave out of the index.' }),
        },
        { error: 'set add or leave_out under it' },
      )
      .prefault({})
      .meta({ description: 'Fields to add to the default ones, or to leave out.' }),
    where: where.optional().meta({ description: 'A condition in SOQL. Only records that meet it are indexed.' }),
    title: z
      .string({ error: TITLE })
      .regex(/^[A-Za-z][A-Za-z0-9_]*$/, { error: TITLE })
      .optional()
      .meta({
        description:
          'The field that a search result shows as its title. Default: the standard title field of the object.',
      }),
  },
  { error: FORM },
);

// In YAML 1.1 an unquoted off is false, in 1.2 it is the word.
const SWITCH: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['off', false],
  [false, false],
  ['on', true],
  [true, true],
]);

const settings = z
  .preprocess(
    (value) => {
      const on = SWITCH.get(value);
      return on === undefined ? value : on ? {} : { off: true };
    },
    chosen.extend({ off: z.literal(true).optional() }),
  )
  .transform(
    ({ off, fields, where: condition, title }): ObjectSettings =>
      off === true
        ? { ...DEFAULT_SETTINGS, on: false }
        : {
            on: true,
            add: fields.add,
            leaveOut: fields.leave_out,
            where: condition ?? null,
            title: title ?? null,
          },
  );

/** The key `objects` of the config file: what is indexed of each object. */
export const objectsSchema = z
  .strictObject(Object.fromEntries(OBJECT_NAMES.map((name) => [name, settings.optional()])), {
    error: `set any of ${OBJECT_NAMES.join(', ')} under it`,
  })
  .transform((objects) => objects as SettingsByObject)
  .prefault({});

/** The keys below `objects`, to suggest one for a wrong key. */
export const objectKeys: readonly string[] = OBJECT_NAMES.flatMap((name) => [
  `objects.${name}`,
  ...['fields', 'fields.add', 'fields.leave_out', 'where', 'title'].map((key) => `objects.${name}.${key}`),
]);

/** Why the text is not a condition; null: it seems to be one. The org has the last word. */
function conditionProblem(condition: string): string | null {
  // Strings may hold anything, even a quote after a backslash.
  const ownerOnly = condition.replaceAll(/'(?:\\.|[^'\\])*'/gs, "''");
  if ((ownerOnly.match(/'/g)?.length ?? 0) % 2 === 1) return 'has a string without a closing quote';
  let depth = 0;
  for (const letter of ownerOnly) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (depth < 0) break;
  }
  if (depth !== 0) return 'has an unbalanced parenthesis';
  const word = /^(where)\b|\b(order by|limit|offset|group by|for view|for reference|all rows)\b/i.exec(
    ownerOnly.replaceAll(/\s+/g, ' ').trim(),
  );
  if (word !== null && depth === 0 && !/\(\s*select\b/i.test(ownerOnly))
    return `contains ${(word[1] ?? word[2] ?? '').toUpperCase()}: write only the condition`;
  return null;
}
