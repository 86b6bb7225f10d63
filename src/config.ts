import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { AUTH_MIXTURES, authKeys, writtenFlow } from './config-auth.ts';
import { type CredentialSources, privateKeyFileOf, readCredentials } from './config-credentials.ts';
import { readLastConfig } from './config-last.ts';
import { type ListenAddress, metricsSchema, type Notify, notifySchema, readNotify } from './config-monitoring.ts';
import { objectKeys, objectsSchema } from './config-objects.ts';
import { BadConfigError, problemLines } from './config-problems.ts';
import { parseYaml } from './config-yaml.ts';
import { cronProblem, isTimezone } from './cron.ts';
import type { Choices } from './objects/choice.ts';
import { readBaseUrl } from './salesforce/base-url.ts';
import type { Credentials, Flow } from './salesforce/credentials.ts';
import { UserError } from './user-error.ts';

/** One connection: one Salesforce org, one Schedule, one index. Paths are absolute. Holds no secret: see `credentials`. */
export interface Config {
  /** The file that it was read from. */
  readonly file: string;
  /** Part of every id: of the Schedule, the workflows, the task queue, the documents. */
  readonly connection: string;
  /** `https://<MyDomain>.my.salesforce.com`, without a slash at its end. */
  readonly baseUrl: string;
  /** How the connector signs in to the org. */
  readonly auth: Flow;
  /** The file itself holds the secret. */
  readonly holdsSecret: boolean;
  /** The file of the private key; null: none is named, or none is needed. */
  readonly privateKeyFile: string | null;
  /** Reads the credentials anew on each call, so that a rotated secret or key is found without a restart. */
  credentials(): Promise<Credentials>;
  /** Five cron fields, in `timezone`. */
  readonly cronSpec: string;
  readonly timezone: string;
  /** Every n-th run is a complete backfill; 1: every run. */
  readonly completeBackfillFrequency: number;
  /** Records that one activity reads before it makes a checkpoint. */
  readonly sliceRecords: number;
  /** Records in one reply of Salesforce's query. */
  readonly pageSize: number;
  /** A run waits while the org's API requests of 24 hours, whoever made them, are at this part of their limit or above. */
  readonly apiBudgetPercent: number;
  /** A sweep that would remove more than this share of an object stops. */
  readonly sweepGuardPercent: number;
  /** What a frozen user finds: nothing, or what they would find unfrozen. */
  readonly frozenUsers: 'closed' | 'open';
  /** What is indexed of each object. */
  readonly objects: Choices;
  /** Where the states of all connections lie; this one's is the folder of its name below. */
  readonly dataDir: string;
  readonly index: { readonly engine: 'sqlite'; readonly path: string };
  /** The Temporal command line program that the demo starts; null: found by itself. */
  readonly temporal: { readonly binary: string | null };
  /** Where the worker serves metrics and its health; null: nowhere. */
  readonly metrics: { readonly listen: ListenAddress | null };
  /** Reads anew whom the worker tells of the connection's health, see `readNotify`; null: nobody. */
  notify(): Promise<Notify | null>;
}

const text = (allowed: string) => z.string({ error: allowed }).trim().min(1, { error: allowed });
const whole = (min: number, max: number, allowed: string) =>
  z.int({ error: allowed }).min(min, { error: allowed }).max(max, { error: allowed });

const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const FREQUENCY = 'write a whole number, 1 or more (48: every 48th run is complete; 1: every run)';
const TIMEZONE = 'write a zone of the IANA time zone database, like UTC or Europe/Berlin';

const MY_DOMAIN = 'write the My Domain address, like https://mycompany.my.salesforce.com';
// A foreign scheme is caught here, for the client's own message would repeat it.
const baseUrl = text(MY_DOMAIN)
  .regex(/^(?:https?:\/\/|(?![a-z][a-z0-9+.-]*:\/\/))/i, { error: MY_DOMAIN, abort: true })
  .transform((value, context) => {
    const read = readBaseUrl(value);
    if ('origin' in read) return read.origin;
    const message = withoutHost(`${read.clause}. ${read.hint}`);
    context.addIssue({ code: 'custom', message, params: { clause: true } });
    return z.NEVER;
  });

/** Hosts that are everybody's may be named; one org's is part of the value. */
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

/** The file's keys, in the words that Salesforce and Temporal use for the same things. docs/config.md is made from this. */
const allKeys = z.strictObject({
  base_url: baseUrl.meta({
    description: "The org's My Domain address: Setup › My Domain › Current My Domain URL.",
  }),
  ...authKeys,
  'cron-spec': cronSpec.default('*/10 * * * *').meta({
    description: 'When a run starts: minute, hour, day of month, month, day of week. Put it in quotes.',
  }),
  timezone: text(TIMEZONE)
    .refine(isTimezone, { error: TIMEZONE })
    .default('UTC')
    .meta({ description: 'The time zone of `cron-spec`, by its IANA name, like `Europe/Berlin`.' }),
  complete_backfill_frequency: whole(1, Number.MAX_SAFE_INTEGER, FREQUENCY).default(48).meta({
    description:
      'Every n-th run is a complete backfill: it reads every record again and finds hard deletes. 1: every run is complete.',
  }),
  connection: text('write a name')
    .regex(SLUG, { error: 'use small letters, digits and hyphens, 63 at most' })
    .optional()
    .meta({
      description:
        'The name of this connection in every Temporal id. Without it: the host of `base_url`, without `.my.salesforce.com`.',
    }),
  objects: objectsSchema.meta({
    description: 'What is indexed of each object: see [Choose what is indexed](#choose-what-is-indexed).',
  }),
  frozen_users: z.enum(['closed', 'open'], { error: 'write closed or open' }).default('closed').meta({
    description: 'What a frozen user finds. `closed`: nothing. `open`: the same as before the user was frozen.',
  }),
  api_budget_percent: whole(1, 100, 'write a whole number from 1 to 100').default(80).meta({
    description:
      "Runs wait while all clients together have used this percentage of the org's API requests of 24 hours.",
  }),
  sweep_guard_percent: whole(0, 100, 'write a whole number from 0 to 100').default(20).meta({
    description:
      'A complete backfill stops before it removes more than this percentage of an object, if that is more than 50 documents. See [what may be stale](operate.md#what-may-be-stale).',
  }),
  slice_records: whole(1, Number.MAX_SAFE_INTEGER, 'write a whole number, 1 or more').default(16000).meta({
    description:
      'How many records a complete backfill reads between two checkpoints. It takes fewer when their texts are long.',
  }),
  page_size: whole(200, 2000, 'write a whole number from 200 to 2000')
    .default(2000)
    .meta({ description: 'How many records Salesforce sends in one reply.' }),
  data_dir: text('write a folder')
    .default('.data')
    .meta({ description: 'The folder for the state of all connections. A relative path starts at the config file.' }),
  index: z
    .strictObject(
      {
        engine: z
          .literal('sqlite', { error: 'write sqlite' })
          .default('sqlite')
          .meta({ description: 'The search engine. There is one.' }),
        path: text('write the path of the index file')
          .optional()
          .meta({ description: 'The index file. Without it: `<data_dir>/<connection>/index.db`.' }),
      },
      { error: 'write engine and path below it' },
    )
    .prefault({})
    .meta({ description: 'The index.' }),
  temporal: z
    .strictObject(
      {
        binary: text('write the path of the Temporal command line program')
          .optional()
          .meta({ description: 'The `temporal` program that `npm start` runs. Without it: found or fetched.' }),
      },
      { error: 'write binary below it' },
    )
    .prefault({})
    .meta({ description: 'For `npm start` only. A worker takes its settings from `TEMPORAL_…` variables.' }),
  metrics: metricsSchema,
  notify: notifySchema,
});

export const fileSchema = AUTH_MIXTURES.reduce(
  (schema, { key, isAllowed, error }) => schema.refine(isAllowed, { path: [key], error, when: () => true }),
  allKeys,
);

/** Every key that a config file may hold; nested ones as `index.path`. */
export const configKeys: readonly string[] = Object.entries(fileSchema.shape).flatMap(([key, schema]) => {
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? [key, ...Object.keys(inner.shape).map((name) => `${key}.${name}`)] : [key];
});

/**
 * Reads and checks one config file. Without a path: the one that `.data/last` names, which is the last `npm start`.
 * The credentials that the file leaves out come from SALESFORCE_CLIENT_ID and the variables beside it, which go to the
 * address of SALESFORCE_BASE_URL only (see `readCredentials`); relative paths in the file start at the file's folder.
 *
 * @throws UserError telling of every bad value of the file at once, one a line; a value is never in it
 */
export async function loadConfig(path?: string, env: NodeJS.ProcessEnv = process.env): Promise<Config> {
  const { file, text } = path === undefined ? await readLastConfig() : await read(resolve(path));
  const known = [...configKeys, ...objectKeys];
  const written = parseYaml(text, file, known);
  const parsed = fileSchema.safeParse(written.content);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const keys = issues.map((issue) => issue.path.join('.'));
    const auth = writtenFlow(written.content);
    throw new BadConfigError(file, { keys, auth }, problemLines(issues, written, file, known));
  }
  const { data } = parsed;
  const folder = dirname(file);
  const dataDir = resolve(folder, data.data_dir);
  const connection = data.connection ?? defaultName(data.base_url, dataDir);
  const sources: CredentialSources = {
    file,
    isNamed: path !== undefined,
    baseUrl: data.base_url,
    auth: data.auth,
    clientId: data.client_id,
    clientSecret: data.client_secret,
    clientSecretFile: data.client_secret_file,
    username: data.username,
    privateKeyFile: data.private_key_file,
    audience: data.audience,
  };
  return {
    file,
    connection,
    baseUrl: data.base_url,
    auth: data.auth,
    holdsSecret: data.client_secret !== undefined,
    privateKeyFile: data.auth === 'jwt' ? (privateKeyFileOf(sources, env)?.path ?? null) : null,
    // The values stay in this closure, so that printing or serialising a Config shows none of them.
    credentials: () => readCredentials(sources, env),
    cronSpec: data['cron-spec'].split(/\s+/).join(' '),
    timezone: data.timezone,
    completeBackfillFrequency: data.complete_backfill_frequency,
    sliceRecords: data.slice_records,
    pageSize: data.page_size,
    apiBudgetPercent: data.api_budget_percent,
    sweepGuardPercent: data.sweep_guard_percent,
    frozenUsers: data.frozen_users,
    objects: data.objects,
    dataDir,
    index: {
      engine: data.index.engine,
      path: resolve(folder, data.index.path ?? join(dataDir, connection, 'index.db')),
    },
    temporal: { binary: data.temporal.binary === undefined ? null : resolve(folder, data.temporal.binary) },
    metrics: { listen: data.metrics.listen ?? null },
    // In a closure for the same reason as the credentials.
    notify: () => readNotify({ file, isNamed: path !== undefined, notify: data.notify }, env),
  };
}

/** A name as it may stand in ids: small letters, digits, hyphens. Empty when the text has none of them. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
}

async function read(file: string): Promise<{ readonly file: string; readonly text: string }> {
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    throw new UserError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}): --config takes the path of a YAML file.`,
    );
  }
}

/**
 * The host up to `.my.salesforce.com`, so that no two orgs share a name. Older versions took its first label only: a
 * connection that has a folder by that name keeps it.
 */
function defaultName(baseUrl: string, dataDir: string): string {
  const host = new URL(baseUrl).hostname;
  const name = slug(host.replace(/\.my\.salesforce\.com$/, ''));
  // An IP address has no label that would name an org.
  const older = slug(/^[\d.]+$|:/.test(host) ? host : (host.split('.')[0] ?? host));
  return !existsSync(join(dataDir, name)) && existsSync(join(dataDir, older)) ? older : name;
}
