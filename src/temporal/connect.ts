import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import {
  type ClientConnectConfig,
  type LoadClientProfileOptions,
  loadClientConnectConfig,
} from '@temporalio/envconfig';
import { UserError } from '../errors.ts';
import { explained, mayPass, NoServerError, temporalError } from './errors.ts';

/** Temporal's own default. */
const DEFAULT_ADDRESS = 'localhost:7233';

/** Variables whose values are sent to the server unchanged. */
const SECRETS = /^TEMPORAL_(API_KEY$|GRPC_META_)/;

/** The address of the Temporal server and how to connect to it. `connectionOptions` suit both client and worker. */
export interface TemporalSettings {
  readonly address: string;
  /** The `temporal.toml` beside the config file, if it names the address. */
  readonly namedBy: string | null;
  readonly namespace: string;
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
}

/**
 * Reads Temporal's standard environment configuration: `TEMPORAL_ADDRESS` and its relatives, over the file that
 * `TEMPORAL_CONFIG_FILE` names. If none is named, a `temporal.toml` beside the config file takes precedence over the
 * user's own. The demo writes one, so that later commands find its server.
 *
 * The environment's key is never sent to an address that such a file names, because the file may have come with the
 * folder.
 *
 * @throws UserError if a setting cannot be read, or if the environment's key is not for the address
 */
export function temporalSettings(configFile: string, env: NodeJS.ProcessEnv = process.env): TemporalSettings {
  const beside = join(dirname(configFile), 'temporal.toml');
  const own = !env.TEMPORAL_CONFIG_FILE && existsSync(beside) ? { configSource: { path: beside } } : {};
  const namedBy = 'configSource' in own && !env.TEMPORAL_ADDRESS ? beside : null;
  const key = Object.keys(env).find((name) => SECRETS.test(name) && env[name]);
  if (namedBy !== null && key !== undefined)
    throw new UserError(
      `${key} from the environment is not sent to the address in ${namedBy}: set TEMPORAL_ADDRESS to the server that it is for, or remove ${key} from the environment.`,
    );
  if (env.TEMPORAL_CONFIG_FILE) checkReadable(env.TEMPORAL_CONFIG_FILE);
  const { connectionOptions, namespace } = read(own, env);
  const address = connectionOptions.address ?? DEFAULT_ADDRESS;
  const problem = addressProblem(address);
  if (problem !== null)
    throw new NoServerError(`${namedBy === null ? 'TEMPORAL_ADDRESS' : `The address in ${namedBy}`} ${problem}.`);
  // The transport's own error would quote the secret.
  const sent = [connectionOptions.apiKey, ...Object.values(connectionOptions.metadata ?? {})];
  if (sent.some((value) => typeof value === 'string' && UNSENDABLE.test(value)))
    throw new UserError(
      'TEMPORAL_API_KEY, or a TEMPORAL_GRPC_META_… value, contains a line break or another character that cannot be sent: set only the value.',
    );
  return { address, namedBy, namespace: namespace ?? 'default', connectionOptions: { ...connectionOptions, address } };
}

/** Headers allow printable ASCII only. */
const UNSENDABLE = /[^\x20-\x7e]/;

/** Checks that the file is readable. Temporal's own reader treats a missing file as empty. */
function checkReadable(file: string): void {
  try {
    readFileSync(file);
  } catch (error) {
    throw new UserError(
      `TEMPORAL_CONFIG_FILE names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}): correct it, or remove it from the environment.`,
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

/**
 * How long to wait for a server that is just starting. A server that accepts the connection may need longer to answer.
 */
const PATIENCE_MS = 5_000;
const ANSWER_MS = 10_000;
const BETWEEN_TRIES_MS = 200;

/**
 * Asks the server for the namespace, the least that a worker and every command need. So both report problems with
 * address, TLS, key or namespace in the same words.
 *
 * @throws UserError saying what to correct; NoServerError if no Temporal server can be reached
 */
export async function checkServer(settings: TemporalSettings): Promise<void> {
  const { namespace } = settings;
  const patience = Date.now() + PATIENCE_MS;
  await translating(settings, async () => {
    // Without the usual interceptors, which would retry until the deadline, and lose the cause.
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
 * Connects a client to the configured server. The caller closes `client.connection`.
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
 * Calls the work with a client of the server in the config file's settings, and then closes the client.
 *
 * @throws as `checkServer`, also during the work
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

/** Does the work. Turns an error of Temporal or of its connection into one that says what to correct. */
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

const HOST_PORT = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;
const HIGHEST_PORT = 65_535;
const LIKE = 'write only the host and port, like localhost:7233';

/** What is wrong with a Temporal server's address; null: nothing. Repeats no part that may be a secret. */
function addressProblem(address: string): string | null {
  const [, host, port = '7233'] = HOST_PORT.exec(address) ?? [];
  if (host !== undefined && Number(port) >= 1 && Number(port) <= HIGHEST_PORT) return null;
  if (!/^\w+:\/\//.test(address)) return `is not an address: ${LIKE}`;
  const alone = URL.canParse(address) ? new URL(address).host : '';
  const scheme = address.slice(0, address.indexOf('://') + 3);
  return `begins with ${scheme}: ${HOST_PORT.test(alone) ? `write only ${alone}` : LIKE}. TEMPORAL_TLS=true turns TLS on`;
}
