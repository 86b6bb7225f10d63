import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { objectKeys, objectsSchema } from './config-objects.ts';
import { BadConfigError, parseYaml, problemLines } from './config-problems.ts';
import { cronProblem, isTimezone } from './cron.ts';
import type { Choices } from './objects/choice.ts';
import { normalizeBaseUrl } from './salesforce/base-url.ts';
import { ConfigurationError } from './salesforce/errors.ts';
import { UserError } from './user-error.ts';

/** One connection: one Salesforce org, one Schedule, one index. Paths are absolute. Holds no secret: see `credentials`. */
export interface Config {
  /** The file that it was read from. */
  readonly file: string;
  /** Part of every id: of the Schedule, the workflows, the task queue, the documents. */
  readonly connection: string;
  /** `https://<MyDomain>.my.salesforce.com`, without a slash at its end. */
  readonly baseUrl: string;
  /** Reads client id and secret anew on each call, so that a rotated secret is found without a restart. */
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
}

/** What the External Client App was given. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const text = (allowed: string) => z.string({ error: allowed }).trim().min(1, { error: allowed });
const whole = (min: number, max: number, allowed: string) =>
  z.int({ error: allowed }).min(min, { error: allowed }).max(max, { error: allowed });

const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const FREQUENCY = 'write a whole number, 1 or more (48: every 48th run is complete; 1: every run)';
const TIMEZONE = 'write a zone of the IANA time zone database, like UTC or Europe/Berlin';

const baseUrl = text('write the My Domain address, like https://mycompany.my.salesforce.com').transform(
  (value, context) => {
    try {
      return normalizeBaseUrl(value);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const clause = error.message.replace(/^base_url /, '').replace(/\.$/, '');
      context.addIssue({ code: 'custom', message: `${clause}. ${error.hint}`, params: { clause: true } });
      return z.NEVER;
    }
  },
);

const CRON = 'write five fields in quotes, like "*/10 * * * *"';
const cronSpec = text(CRON).superRefine((value, context) => {
  const problem = cronProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: problem, params: { clause: true } });
});

/** The file's keys, in the words that Salesforce and Temporal use for the same things. */
const fileSchema = z
  .strictObject({
    connection: text('write a name')
      .regex(SLUG, { error: 'use small letters, digits and hyphens, 63 at most' })
      .optional(),
    base_url: baseUrl,
    client_id: text('write the Consumer Key of the External Client App, in quotes').optional(),
    client_secret: text('write the Consumer Secret of the External Client App, in quotes').optional(),
    client_secret_file: text('write the path of a file that holds the secret alone').optional(),
    'cron-spec': cronSpec.default('*/10 * * * *'),
    timezone: text(TIMEZONE).refine(isTimezone, { error: TIMEZONE }).default('UTC'),
    complete_backfill_frequency: whole(1, Number.MAX_SAFE_INTEGER, FREQUENCY).default(48),
    slice_records: whole(1, Number.MAX_SAFE_INTEGER, 'write a whole number, 1 or more').default(16000),
    page_size: whole(200, 2000, 'write a whole number from 200 to 2000').default(2000),
    api_budget_percent: whole(1, 100, 'write a whole number from 1 to 100').default(80),
    sweep_guard_percent: whole(0, 100, 'write a whole number from 0 to 100').default(20),
    frozen_users: z.enum(['closed', 'open'], { error: 'write closed or open' }).default('closed'),
    objects: objectsSchema,
    data_dir: text('write a folder').default('.data'),
    index: z
      .strictObject(
        {
          engine: z.literal('sqlite', { error: 'write sqlite' }).default('sqlite'),
          path: text('write the path of the index file').optional(),
        },
        { error: 'write engine and path below it' },
      )
      .prefault({}),
    temporal: z
      .strictObject(
        { binary: text('write the path of the Temporal command line program').optional() },
        { error: 'write binary below it' },
      )
      .prefault({}),
  })
  .refine((file) => file?.client_secret === undefined || file.client_secret_file === undefined, {
    path: ['client_secret_file'],
    error: 'give client_secret or this, not both',
    when: () => true,
  });

/** Every key that a config file may hold; nested ones as `index.path`. */
export const configKeys: readonly string[] = Object.entries(fileSchema.shape).flatMap(([key, schema]) => {
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? [key, ...Object.keys(inner.shape).map((name) => `${key}.${name}`)] : [key];
});

/**
 * Reads and checks one config file. Without a path: the one that `.data/last` names, which is the last `npm start`.
 * The client id and secret that the file leaves out come from SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET;
 * relative paths in the file start at the file's folder.
 *
 * @throws UserError naming every bad value of the file at once, one a line; a secret is never in it
 */
export async function loadConfig(path?: string, env: NodeJS.ProcessEnv = process.env): Promise<Config> {
  const file = resolve(path ?? (await lastConfig()));
  const content = parseYaml(await read(file), file);
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const keys = issues.map((issue) => issue.path.join('.'));
    throw new BadConfigError(file, keys, problemLines(issues, content, file, [...configKeys, ...objectKeys]));
  }
  const { data } = parsed;
  const folder = dirname(file);
  const connection = data.connection ?? slug(hostName(data.base_url));
  const dataDir = resolve(folder, data.data_dir);
  return {
    file,
    connection,
    baseUrl: data.base_url,
    credentials: credentialsOf(file, data, env),
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

/** The file that names the config of the last `npm start` in this folder. */
export const lastFile = (dataDir = '.data'): string => join(dataDir, 'last');

async function lastConfig(): Promise<string> {
  const path = await readFile(lastFile(), 'utf8').catch(() => null);
  if (path === null)
    throw new UserError(
      'No --config given, and nothing was started here yet: give --config <file>, or run `npm start` first.',
    );
  return path.trim();
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}): --config takes the path of a YAML file.`,
    );
  }
}

// An IP address has no label that would name an org.
function hostName(baseUrl: string): string {
  const host = new URL(baseUrl).hostname;
  return /^[\d.]+$|:/.test(host) ? host : (host.split('.')[0] ?? host);
}

// The values stay in this closure, so that printing or serialising a Config shows none of them.
function credentialsOf(file: string, data: z.infer<typeof fileSchema>, env: NodeJS.ProcessEnv): Config['credentials'] {
  return async () => {
    const clientId = data.client_id ?? env.SALESFORCE_CLIENT_ID;
    const clientSecret =
      data.client_secret ?? (await secretFrom(file, data.client_secret_file)) ?? env.SALESFORCE_CLIENT_SECRET;
    if (!clientId) throw new UserError(`${file}: client_id is missing: write it there, or set SALESFORCE_CLIENT_ID.`);
    if (!clientSecret) {
      throw new UserError(
        `${file}: client_secret is missing: write it or client_secret_file there, or set SALESFORCE_CLIENT_SECRET.`,
      );
    }
    return { clientId, clientSecret };
  };
}

async function secretFrom(file: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const secretFile = resolve(dirname(file), path);
  const secret = await readFile(secretFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file}: client_secret_file: ${secretFile} cannot be read (${error.code}).`);
  });
  return secret.trim();
}
