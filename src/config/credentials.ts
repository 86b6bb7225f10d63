import { dirname, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { normalizeBaseUrl } from '../salesforce/base-url.ts';
import type { ClientCredentials, Credentials, Flow, JwtCredentials } from '../salesforce/credentials.ts';
import { isPath } from './auth.ts';
import { type PrivateKeyFile, readPrivateKey } from './private-key.ts';
import { checkNamed, type NamingFile, readSecretFile } from './secret-files.ts';

/** Where a connection's credentials can come from, and where they are sent. */
export interface CredentialSources extends NamingFile {
  /** The address that gets them. */
  readonly baseUrl: string;
  readonly auth: Flow;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly clientSecretFile: string | undefined;
  readonly username: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly audience: string | undefined;
}

/**
 * Reads the credentials again. Credentials from the environment go only to the address in SALESFORCE_BASE_URL. Without
 * that variable they go only to the address in a named config file. Files with a secret or a key are read only for a
 * named config file.
 *
 * @throws UserError saying which is missing, or why it is not sent; never with a value
 */
export function readCredentials(sources: CredentialSources, env: NodeJS.ProcessEnv): Promise<Credentials> {
  return sources.auth === 'jwt' ? readKeyed(sources, env) : readSecret(sources, env);
}

async function readSecret(sources: CredentialSources, env: NodeJS.ProcessEnv): Promise<ClientCredentials> {
  const { file, clientId = env.SALESFORCE_CLIENT_ID } = sources;
  const ownSecret = sources.clientSecret ?? (await secretFrom(sources));
  const clientSecret = ownSecret ?? env.SALESFORCE_CLIENT_SECRET;
  if (!clientId) throw missing(file, 'client_id', 'SALESFORCE_CLIENT_ID');
  if (!clientSecret)
    throw new UserError(
      `${file}: client_secret is missing: write it or client_secret_file there, or set SALESFORCE_CLIENT_SECRET.`,
      'credential_missing',
    );
  if (sources.clientId === undefined || ownSecret === undefined) checkDestination(sources, env);
  return { clientId, clientSecret };
}

async function readKeyed(sources: CredentialSources, env: NodeJS.ProcessEnv): Promise<JwtCredentials> {
  const { file, audience } = sources;
  const { clientId = env.SALESFORCE_CLIENT_ID, username = env.SALESFORCE_USERNAME } = sources;
  const keyFile = privateKeyFileOf(sources, env);
  if (!clientId) throw missing(file, 'client_id', 'SALESFORCE_CLIENT_ID');
  if (!username) throw missing(file, 'username', 'SALESFORCE_USERNAME');
  if (keyFile === null) throw missing(file, 'private_key_file', 'SALESFORCE_PRIVATE_KEY_FILE');
  if (!isPath(keyFile.path))
    throw new UserError(
      'SALESFORCE_PRIVATE_KEY_FILE is not a path: set it to the path of a file that holds the private key, not to the key itself.',
      'private_key_file_no_path',
    );
  const own = [sources.clientId, sources.username, sources.privateKeyFile];
  if (own.includes(undefined)) checkDestination(sources, env);
  if (sources.privateKeyFile !== undefined) checkNamed(sources, 'private_key_file');
  const privateKey = await readPrivateKey(keyFile);
  return { clientId, username, privateKey, ...(audience === undefined ? {} : { audience }) };
}

/**
 * The file of the private key; null: none is named. Paths in the config file are relative to it, paths in the
 * environment to the current folder.
 */
export function privateKeyFileOf(
  { file, privateKeyFile }: Pick<CredentialSources, 'file' | 'privateKeyFile'>,
  env: NodeJS.ProcessEnv,
): PrivateKeyFile | null {
  if (privateKeyFile !== undefined)
    return { path: resolve(dirname(file), privateKeyFile), namedBy: `${file}: private_key_file` };
  const path = env.SALESFORCE_PRIVATE_KEY_FILE;
  return path ? { path: resolve(path), namedBy: 'SALESFORCE_PRIVATE_KEY_FILE' } : null;
}

function missing(file: string, key: string, variable: string): UserError {
  return new UserError(`${file}: ${key} is missing: write it there, or set ${variable}.`, 'credential_missing');
}

/** The variables of each flow, and the same keys of the config file. */
const VARIABLES: Readonly<Record<Flow, { readonly names: string; readonly keys: string }>> = {
  client_credentials: {
    names: 'SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET',
    keys: 'client_id and client_secret',
  },
  jwt: {
    names: 'SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY_FILE',
    keys: 'client_id, username and private_key_file',
  },
};

/** The environment's credentials are for one org. No other address may get them. */
function checkDestination({ file, isNamed, baseUrl, auth }: CredentialSources, env: NodeJS.ProcessEnv): void {
  const { names, keys } = VARIABLES[auth];
  const bound = env.SALESFORCE_BASE_URL;
  if (!bound) {
    if (isNamed) return;
    throw new UserError(
      `${file}, from .data/last, would send ${names} from the environment to ${baseUrl}. Nothing was sent. If they are for that address, pass --config ${file}; otherwise set SALESFORCE_BASE_URL to the address that they are for.`,
      'credentials_of_other_org',
    );
  }
  const origin = originOf(bound);
  if (origin !== baseUrl)
    throw new UserError(
      `${names} in the environment are for ${origin} (SALESFORCE_BASE_URL), but base_url in ${file} is ${baseUrl}. Nothing was sent. Correct the one that is wrong, or write ${keys} into the file.`,
      'credentials_of_other_org',
    );
}

function originOf(address: string): string {
  try {
    return normalizeBaseUrl(address);
  } catch {
    throw new UserError(
      'SALESFORCE_BASE_URL in the environment is not a My Domain address: write it like https://mycompany.my.salesforce.com.',
      'base_url_malformed',
    );
  }
}

async function secretFrom(sources: CredentialSources): Promise<string | undefined> {
  const { clientSecretFile: path } = sources;
  return path === undefined
    ? undefined
    : readSecretFile(sources, { path, key: 'client_secret_file', secret: 'Consumer Secret' });
}
