import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import {
  type ClientConnectConfig,
  type LoadClientProfileOptions,
  loadClientConnectConfig,
} from '@temporalio/envconfig';
import { UserError } from '../user-error.ts';
import { addressProblem } from './address.ts';
import { explained, mayPass, NoServerError, temporalError } from './errors.ts';

/** Temporal's own default. */
const DEFAULT_ADDRESS = 'localhost:7233';

/** Variables whose values are sent to the server as they are. */
const SECRETS = /^TEMPORAL_(API_KEY$|GRPC_META_)/;

/** Where the Temporal server is and how to speak to it; `connectionOptions` fit client and worker alike. */
export interface TemporalSettings {
  readonly address: string;
  /** The `temporal.toml` beside the config file, where that names the address. */
  readonly namedBy: string | null;
  readonly namespace: string;
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
}

/**
 * Temporal's standard environment configuration: `TEMPORAL_ADDRESS` and its relatives, over the file that
 * `TEMPORAL_CONFIG_FILE` names. Where none is named, a `temporal.toml` beside the config file comes before the user's own:
 * the demo writes one, so that later commands find its server.
 *
 * The environment's key never goes to an address that such a file names: the file may have come with the folder.
 *
 * @throws UserError when a setting cannot be read, or the environment's key is not for the address
 */
export function temporalSettings(configFile: string, env: NodeJS.ProcessEnv = process.env): TemporalSettings {
  const beside = join(dirname(configFile), 'temporal.toml');
  const own = !env.TEMPORAL_CONFIG_FILE && existsSync(beside) ? { configSource: { path: beside } } : {};
  const namedBy = 'configSource' in own && !env.TEMPORAL_ADDRESS ? beside : null;
  const key = Object.keys(env).find((name) => SECRETS.test(name) && env[name]);
  if (namedBy !== null && key !== undefined)
    throw new UserError(
      `${key} of the environment is not sent to the address that ${namedBy} names: set TEMPORAL_ADDRESS to the server that it is for, or take ${key} out of the environment.`,
    );
  if (env.TEMPORAL_CONFIG_FILE) checkReadable(env.TEMPORAL_CONFIG_FILE);
  const { connectionOptions, namespace } = read(own, env);
  const address = connectionOptions.address ?? DEFAULT_ADDRESS;
  const problem = addressProblem(address);
  if (problem !== null)
    throw new NoServerError(`${namedBy === null ? 'TEMPORAL_ADDRESS' : `The address in ${namedBy}`} ${problem}.`);
  // The transport's own error would repeat it.
  const sent = [connectionOptions.apiKey, ...Object.values(connectionOptions.metadata ?? {})];
  if (sent.some((value) => typeof value === 'string' && UNSENDABLE.test(value)))
    throw new UserError(
      'TEMPORAL_API_KEY, or a TEMPORAL_GRPC_META_… value, holds a line break or another character that cannot be sent: write the value alone.',
    );
  return { address, namedBy, namespace: namespace ?? 'default', connectionOptions: { ...connectionOptions, address } };
}

/** A header holds printable ASCII only. */
const UNSENDABLE = /[^\x20-\x7e]/;

/** Temporal's own reader takes a file that is not there for an empty one. */
function checkReadable(file: string): void {
  try {
    readFileSync(file);
  } catch (error) {
    throw new UserError(
      `TEMPORAL_CONFIG_FILE names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}): correct it, or take it out of the environment.`,
    );
  }
}

function read(own: LoadClientProfileOptions, env: NodeJS.ProcessEnv): ClientConnectConfig {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    return loadClientConnectConfig({ ...own, overrideEnvVars: Object.fromEntries(set) });
  } catch (error) {
    throw new UserError(
      `Temporal's settings cannot be read (${messageOf(error)}): correct temporal.toml or the TEMPORAL_… variables.`,
    );
  }
}

/** How long a server that is just starting is waited for; one that takes the connection may need longer for its answer. */
const PATIENCE_MS = 5_000;
const ANSWER_MS = 10_000;
const BETWEEN_TRIES_MS = 200;

/**
 * Asks the server for the namespace, which is the least that a worker and every command need: so both say in the same
 * words what is wrong with address, TLS, key or namespace.
 *
 * @throws UserError saying what to correct; NoServerError where no Temporal server can be reached
 */
export async function checkServer(settings: TemporalSettings): Promise<void> {
  const { namespace } = settings;
  const patience = Date.now() + PATIENCE_MS;
  await translating(settings, async () => {
    // Without the usual interceptors: they would try again until the deadline, and forget why.
    const connection = Connection.lazy({ ...(settings.connectionOptions as ConnectionOptions), interceptors: [] });
    const ask = () => connection.workflowService.describeNamespace({ namespace });
    try {
      for (;;) {
        try {
          await connection.withDeadline(Date.now() + ANSWER_MS, ask);
          return;
        } catch (error) {
          const why = explained(error);
          if (why === null || !mayPass(why) || Date.now() > patience) throw error;
        }
        await sleep(BETWEEN_TRIES_MS);
      }
    } finally {
      await connection.close();
    }
  });
}

/**
 * A client of the configured server; the caller closes `client.connection`.
 *
 * @throws as `checkServer`
 */
export async function connectClient(settings: TemporalSettings): Promise<Client> {
  await checkServer(settings);
  const options = settings.connectionOptions as ConnectionOptions;
  const connection = await translating(settings, () => Connection.connect({ ...options, connectTimeout: ANSWER_MS }));
  return new Client({ connection, namespace: settings.namespace });
}

/**
 * Gives the work a client of the server that the config file's settings name, and closes it afterwards.
 *
 * @throws as `checkServer`, also for what comes in the middle of the work
 */
export async function withClient<T>(configFile: string, work: (client: Client) => Promise<T>): Promise<T> {
  const settings = temporalSettings(configFile);
  const client = await connectClient(settings);
  try {
    return await translating(settings, () => work(client));
  } finally {
    await client.connection.close();
  }
}

/** Does the work; an error of Temporal or of its connection becomes one that says what to correct. */
export async function translating<T>(settings: TemporalSettings, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = explained(error);
    throw why === null ? error : temporalError(why, settings);
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/\.$/, '') ?? '';
}
