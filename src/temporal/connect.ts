import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client, Connection, type ConnectionOptions, isGrpcServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { UserError } from '../user-error.ts';

/** Temporal's own default. */
const DEFAULT_ADDRESS = 'localhost:7233';
const CONNECT_SECONDS = 5;

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
 * @throws UserError when a setting cannot be read
 */
export function temporalSettings(configFile: string, env: NodeJS.ProcessEnv = process.env): TemporalSettings {
  const beside = join(dirname(configFile), 'temporal.toml');
  const own = !env.TEMPORAL_CONFIG_FILE && existsSync(beside) ? { configSource: { path: beside } } : {};
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({
      ...own,
      overrideEnvVars: Object.fromEntries(set),
    });
    const address = connectionOptions.address ?? DEFAULT_ADDRESS;
    return {
      address,
      namedBy: 'configSource' in own && !env.TEMPORAL_ADDRESS ? beside : null,
      namespace: namespace ?? 'default',
      connectionOptions: { ...connectionOptions, address },
    };
  } catch (error) {
    throw new UserError(
      `Temporal's settings cannot be read (${messageOf(error)}): mend temporal.toml or the TEMPORAL_… variables.`,
    );
  }
}

/**
 * A client of the configured server; the caller closes `client.connection`.
 *
 * @throws UserError naming the address when no server answers there
 */
export async function connectClient(settings: TemporalSettings): Promise<Client> {
  const options = settings.connectionOptions as ConnectionOptions;
  try {
    const connection = await Connection.connect({ ...options, connectTimeout: `${CONNECT_SECONDS}s` });
    return new Client({ connection, namespace: settings.namespace });
  } catch (error) {
    throw noServer(settings, error);
  }
}

/**
 * Gives the work a client of the server that the config file's settings name, and closes it afterwards.
 *
 * @throws NoServerError where none answers, also when it goes away in the middle; UserError for an unknown namespace
 */
export async function withClient<T>(configFile: string, work: (client: Client) => Promise<T>): Promise<T> {
  const settings = temporalSettings(configFile);
  const client = await connectClient(settings);
  try {
    return await work(client);
  } catch (error) {
    if (error instanceof NamespaceNotFoundError)
      throw new UserError(
        `The Temporal server at ${settings.address} has no namespace '${settings.namespace}': create it, or name another by TEMPORAL_NAMESPACE.`,
      );
    const refused = isGrpcServiceError(error) ? error : error instanceof Error ? error.cause : undefined;
    if (isGrpcServiceError(refused) && AWAY.has(refused.code)) throw noServer(settings, refused);
    throw error;
  } finally {
    await client.connection.close();
  }
}

/** gRPC's DEADLINE_EXCEEDED and UNAVAILABLE: nobody answers. */
const AWAY: ReadonlySet<number> = new Set([4, 14]);

/** No Temporal server answers: `status` has an exit code of its own for it. */
export class NoServerError extends UserError {
  override name = 'NoServerError';
}

/** What to say when the configured server does not answer. */
export function noServer({ address, namedBy }: TemporalSettings, error: unknown): NoServerError {
  const start =
    namedBy === null ? 'start one there' : `start the one that ${namedBy} names (the demo's by \`npm start\`)`;
  return new NoServerError(
    `No Temporal server answers at ${address} (${whyOf(error)}): ${start}, or name another by TEMPORAL_ADDRESS.`,
  );
}

/** Client and worker have transports of their own, whose texts are for who wrote them. */
const WHY: readonly (readonly [RegExp, string])[] = [
  [/refused/i, 'connection refused'],
  [/deadline|timed out|ETIMEDOUT/i, `no answer within ${CONNECT_SECONDS} seconds`],
  [/ENOTFOUND|EAI_AGAIN|dns error|name resolution/i, 'its name is not known'],
  [/ECONNRESET|reset by peer|closed|dropped|UNAVAILABLE/i, 'the connection broke off'],
];

function whyOf(error: unknown): string {
  const messages: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) messages.push(cause.message);
  return WHY.find(([pattern]) => messages.some((message) => pattern.test(message)))?.[1] ?? messageOf(error);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/\.$/, '') ?? '';
}
