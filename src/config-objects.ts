import { z } from 'zod';
import { type Choices, type ObjectChoice, USUAL_CHOICE } from './objects/choice.ts';
import { OBJECT_NAMES } from './objects/index.ts';

const FIELDS = 'write a list of API names, like [Region__c, "Ext_*__c"]';
const TITLE = 'write the API name of one field, like Name';
const WHERE = `write a condition in SOQL, in quotes, like "Type != 'Test'"`;
const FORM = 'write off, or what is chosen below it: fields, where, title';

const names = z
  .array(
    z
      .string({ error: FIELDS })
      .regex(/^[A-Za-z*][A-Za-z0-9_*]*$/, { error: 'write an API name of the object itself, * for any letters' }),
    { error: FIELDS },
  )
  .default([]);

const where = z
  .string({ error: WHERE })
  .trim()
  .min(1, { error: WHERE })
  .max(2_000, { error: 'write at most 2,000 letters: it is sent with every query' })
  .superRefine((condition, context) => {
    const problem = conditionProblem(condition);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem, params: { clause: true } });
  });

/** What may stand below one object. */
export const chosen = z.strictObject(
  {
    fields: z
      .strictObject(
        {
          add: names.meta({ description: 'Further fields, by API name or by a pattern with `*`.' }),
          leave_out: names.meta({ description: 'Usual fields that are not to be indexed.' }),
        },
        { error: 'write add and leave_out below it' },
      )
      .prefault({})
      .meta({ description: 'Fields to add to the usual ones, or to leave out.' }),
    where: where.optional().meta({ description: 'A condition in SOQL. Only records that meet it are indexed.' }),
    title: z
      .string({ error: TITLE })
      .regex(/^[A-Za-z][A-Za-z0-9_]*$/, { error: TITLE })
      .optional()
      .meta({ description: 'The field that a search result shows as its title. Without it: the usual one.' }),
  },
  { error: FORM },
);

// YAML 1.1 takes a bare off for false, 1.2 for the word.
const SWITCH: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['off', false],
  [false, false],
  ['on', true],
  [true, true],
]);

const choice = z
  .preprocess(
    (value) => {
      const on = SWITCH.get(value);
      return on === undefined ? value : on ? {} : { off: true };
    },
    chosen.extend({ off: z.literal(true).optional() }),
  )
  .transform(
    ({ off, fields, where: condition, title }): ObjectChoice =>
      off === true
        ? { ...USUAL_CHOICE, on: false }
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
  .strictObject(Object.fromEntries(OBJECT_NAMES.map((name) => [name, choice.optional()])), {
    error: `write ${OBJECT_NAMES.join(', ')} below it`,
  })
  .transform((objects) => objects as Choices)
  .prefault({});

/** The keys below `objects`, for the nearest name of a wrong one. */
export const objectKeys: readonly string[] = OBJECT_NAMES.flatMap((name) => [
  `objects.${name}`,
  ...['fields', 'fields.add', 'fields.leave_out', 'where', 'title'].map((key) => `objects.${name}.${key}`),
]);

/** Why the text is no condition of its own; null: nothing is seen. The org has the last word. */
function conditionProblem(condition: string): string | null {
  // Strings may hold anything, a quote behind a backslash too.
  const bare = condition.replaceAll(/'(?:\\.|[^'\\])*'/gs, "''");
  if ((bare.match(/'/g)?.length ?? 0) % 2 === 1) return 'has a string without its closing quote';
  let depth = 0;
  for (const letter of bare) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (depth < 0) break;
  }
  if (depth !== 0) return 'has a parenthesis without its other half';
  const word = /^(where)\b|\b(order by|limit|offset|group by|for view|for reference|all rows)\b/i.exec(
    bare.replaceAll(/\s+/g, ' ').trim(),
  );
  if (word !== null && depth === 0 && !/\(\s*select\b/i.test(bare))
    return `holds ${(word[1] ?? word[2] ?? '').toUpperCase()}: write the condition alone`;
  return null;
}
