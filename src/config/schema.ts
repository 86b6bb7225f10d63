import { z } from 'zod';
import { readBaseUrl } from '../salesforce/base-url.ts';
import { AUTH_MIXTURES, authKeys } from './auth.ts';
import { cronProblem, isTimezone } from './cron.ts';
import { indexSchema } from './index-engine.ts';
import { DATA_DIR } from './last.ts';
import { metricsSchema, notifySchema } from './monitoring.ts';
import { objectsSchema } from './objects.ts';
import { serveSchema } from './serve.ts';

const text = (allowed: string) => z.string({ error: allowed }).trim().min(1, { error: allowed });
const whole = (min: number, max: number, allowed: string) =>
  z.int({ error: allowed }).min(min, { error: allowed }).max(max, { error: allowed });

const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const FREQUENCY = 'write a whole number, 1 or more (48: every 48th run is complete; 1: every run)';
const TIMEZONE = 'write a zone of the IANA time zone database, like UTC or Europe/Berlin';

const MY_DOMAIN = 'write the My Domain address, like https://mycompany.my.salesforce.com';
// The client's own message would repeat a wrong scheme, so it is caught here.
const baseUrl = text(MY_DOMAIN)
  .regex(/^(?:https?:\/\/|(?![a-z][a-z0-9+.-]*:\/\/))/i, { error: MY_DOMAIN, abort: true })
  .transform((value, context) => {
    const read = readBaseUrl(value);
    if ('origin' in read) return read.origin;
    const message = withoutHost(`${read.clause}. ${read.hint}`);
    context.addIssue({ code: 'custom', message, params: { clause: true } });
    return z.NEVER;
  });

/** Hides an org's host, which is part of the value. Other hosts are not secret. */
function withoutHost(message: string): string {
  return message
    .replaceAll(/[\w.-]+(?=\.lightning\.force\.com|\.my\.salesforce\.com)/g, '<MyDomain>')
    .replace(/is \S+, which does not serve the API/, 'is a host that does not serve the API');
}

const CRON = 'write five fields in quotes, like "*/10 * * * *"';
const cronSpec = text(CRON).superRefine((value, context) => {
  const problem = cronProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: problem, params: { clause: true } });
});

/** The keys, in the words of Salesforce and Temporal. docs/config.md is generated from them. */
const allKeys = z.strictObject({
  base_url: baseUrl.meta({
    description: "The org's My Domain address: Setup › My Domain › Current My Domain URL.",
  }),
  ...authKeys,
  'cron-spec': cronSpec.default('*/10 * * * *').meta({
    description: 'When runs start: minute, hour, day of month, month, day of week. Put it in quotes.',
  }),
  timezone: text(TIMEZONE)
    .refine(isTimezone, { error: TIMEZONE })
    .default('UTC')
    .meta({ description: 'The time zone of `cron-spec`, by its IANA name, like `Europe/Berlin`.' }),
  complete_backfill_frequency: whole(1, Number.MAX_SAFE_INTEGER, FREQUENCY).default(48).meta({
    description:
      'Every nth run is a complete backfill: it reads every record again and finds hard deletes. 1: every run is complete.',
  }),
  connection: text('write a name')
    .regex(SLUG, { error: 'use small letters, digits and hyphens, 63 at most' })
    .optional()
    .meta({
      description:
        'The name of this connection in every Temporal id. Default: the host of `base_url`, without `.my.salesforce.com`.',
    }),
  objects: objectsSchema.meta({
    description: 'What is indexed of each object: see [Choose what is indexed](#choose-what-is-indexed).',
  }),
  frozen_users: z.enum(['closed', 'open'], { error: 'write closed or open' }).default('closed').meta({
    description: 'What a frozen user finds. `closed`: nothing. `open`: the same as before the user was frozen.',
  }),
  api_budget_percent: whole(1, 100, 'write a whole number from 1 to 100').default(80).meta({
    description: "Runs wait while all clients together have used this percentage of the org's 24-hour API limit.",
  }),
  sweep_guard_percent: whole(0, 100, 'write a whole number from 0 to 100').default(20).meta({
    description:
      'A complete backfill stops before it removes more than this percentage of an object, if that is more than 50 documents. See [what may be stale](troubleshooting.md#stale-documents).',
  }),
  slice_records: whole(1, Number.MAX_SAFE_INTEGER, 'write a whole number, 1 or more').default(16000).meta({
    description:
      'How many records a complete backfill reads between two checkpoints. It takes fewer when their texts are long.',
  }),
  page_size: whole(200, 2000, 'write a whole number from 200 to 2000')
    .default(2000)
    .meta({ description: 'How many records Salesforce sends in one reply.' }),
  data_dir: text('write a folder')
    .default(DATA_DIR)
    .meta({ description: 'The folder for the state of all connections. A relative path starts at the config file.' }),
  index: indexSchema,
  temporal: z
    .strictObject(
      {
        binary: text('write the path of the Temporal CLI').optional().meta({
          description: 'The `temporal` program that `npm start` runs. Default: found on this machine, or downloaded.',
        }),
      },
      { error: 'set binary under it' },
    )
    .prefault({})
    .meta({ description: 'For `npm start` only. A worker takes its settings from `TEMPORAL_…` variables.' }),
  metrics: metricsSchema,
  notify: notifySchema,
  serve: serveSchema,
});

export const fileSchema = AUTH_MIXTURES.reduce(
  (schema, { key, isAllowed, error }) => schema.refine(isAllowed, { path: [key], error, when: () => true }),
  allKeys,
);

/** Every key that a config file may hold; nested ones as `index.path`. */
export const configKeys: readonly string[] = keysOf(fileSchema);

function keysOf(schema: z.ZodObject, parent = ''): string[] {
  return Object.entries(schema.shape).flatMap(([name, value]) => {
    const key = `${parent}${name}`;
    const inner = innermost(value as z.ZodType);
    return inner instanceof z.ZodObject ? [key, ...keysOf(inner, `${key}.`)] : [key];
  });
}

function innermost(schema: z.ZodType): z.ZodType {
  const isWrapped = schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return isWrapped ? innermost(schema.unwrap() as z.ZodType) : schema;
}
