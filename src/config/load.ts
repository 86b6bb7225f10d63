import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import type { IndexLocation } from '../index/location.ts';
import type { SettingsByObject } from '../objects/settings.ts';
import type { Credentials, Flow } from '../salesforce/credentials.ts';
import { writtenFlow } from './auth.ts';
import { type CredentialSources, privateKeyFileOf, readCredentials } from './credentials.ts';
import { indexLocation } from './index-engine.ts';
import { readLastConfig } from './last.ts';
import { type ListenAddress, type Notify, readNotify } from './monitoring.ts';
import { objectKeys } from './objects.ts';
import { BadConfigError, problemLines } from './problems.ts';
import { configKeys, fileSchema } from './schema.ts';
import { type ServeConfig, serveConfig } from './serve.ts';
import { parseYaml } from './yaml.ts';

/**
 * One connection: one Salesforce org, one Schedule, one index. Paths are absolute. It has no secret: see
 * `credentials`.
 */
export interface Config {
  /** The file that it was read from. */
  readonly file: string;
  /** Part of every id: of the Schedule, the workflows, the task queue, the documents. */
  readonly connection: string;
  /** `https://<MyDomain>.my.salesforce.com`, without a trailing slash. */
  readonly baseUrl: string;
  /** How the connector signs in to the org. */
  readonly auth: Flow;
  /** The file itself holds the secret. */
  readonly holdsSecret: boolean;
  /** The file of the private key; null: none is named or needed. */
  readonly privateKeyFile: string | null;
  /** Reads the credentials on each call, so that a rotated secret or key works without a restart. */
  credentials(): Promise<Credentials>;
  /** Five cron fields, in `timezone`. */
  readonly cronSpec: string;
  readonly timezone: string;
  /** Every n-th run is a complete backfill; 1: every run. */
  readonly completeBackfillFrequency: number;
  /** Records that an activity reads before a checkpoint. */
  readonly sliceRecords: number;
  /** Records in one reply of Salesforce's query. */
  readonly pageSize: number;
  /** A run waits while all clients together have used this percentage of the org's API requests of 24 hours. */
  readonly apiBudgetPercent: number;
  /** A sweep stops before it removes more than this percentage of an object. */
  readonly sweepGuardPercent: number;
  /** What a frozen user finds: nothing, or the same as before. */
  readonly frozenUsers: 'closed' | 'open';
  /** What is indexed of each object. */
  readonly objects: SettingsByObject;
  /** The folder for the state of all connections. Each has a subfolder by its name. */
  readonly dataDir: string;
  readonly index: IndexLocation;
  /** The Temporal command line program that the demo starts; null: the demo finds one. */
  readonly temporal: { readonly binary: string | null };
  /** Where the worker serves metrics and its health; null: nowhere. */
  readonly metrics: { readonly listen: ListenAddress | null };
  /** What `serve` accepts and allows. */
  readonly serve: ServeConfig;
  /** Reads again where the worker reports the connection's health (see `readNotify`); null: nowhere. */
  notify(): Promise<Notify | null>;
}

/**
 * Reads and checks one config file. Without a path it reads the one in `.data/last`, from the last `npm start`. If the
 * file has no credentials, they come from SALESFORCE_CLIENT_ID and similar variables, which go only to the address in
 * SALESFORCE_BASE_URL (see `readCredentials`). Relative paths start at the file's folder.
 *
 * @throws UserError with a line for every bad value in the file, but never with a value
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
  const isNamed = path !== undefined;
  const sources: CredentialSources = {
    file,
    isNamed,
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
    // A closure hides the values: printing or serialising a Config does not show them.
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
    index: indexLocation(data.index, { file, isNamed, dataDir, connection }, env),
    temporal: { binary: data.temporal.binary === undefined ? null : resolve(folder, data.temporal.binary) },
    metrics: { listen: data.metrics.listen ?? null },
    serve: serveConfig(data.serve, { file, isNamed }),
    // A closure, for the same reason.
    notify: () => readNotify({ file, isNamed, notify: data.notify }, env),
  };
}

/** A name that can be part of an id: small letters, digits, hyphens. Empty if the text has none of them. */
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
 * The host up to `.my.salesforce.com`, so that no two orgs share a name. Older versions used only its first label. A
 * connection with a folder by that name keeps the name.
 */
function defaultName(baseUrl: string, dataDir: string): string {
  const host = new URL(baseUrl).hostname;
  const name = slug(host.replace(/\.my\.salesforce\.com$/, ''));
  // The first label of an IP address names no org.
  const older = slug(/^[\d.]+$|:/.test(host) ? host : (host.split('.')[0] ?? host));
  return !existsSync(join(dataDir, name)) && existsSync(join(dataDir, older)) ? older : name;
}
