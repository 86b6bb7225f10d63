import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isPath } from './config-auth.ts';
import { type PrivateKeyFile, readPrivateKey } from './config-private-key.ts';
import { normalizeBaseUrl } from './salesforce/base-url.ts';
import type { ClientCredentials, Credentials, Flow, JwtCredentials } from './salesforce/credentials.ts';
import { UserError } from './user-error.ts';

/** Where a connection's credentials may come from, and where they would be sent. */
export interface CredentialSources {
  /** The config file. */
  readonly file: string;
  /** A person or a program named the file; false: `.data/last` did, which came with the folder. */
  readonly isNamed: boolean;
  /** The address that would get them. */
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
 * Reads the credentials again. Those of the environment go only to the address that they are for: that of
 * SALESFORCE_BASE_URL, or, without it, that of a config file that was named. A file with a secret or a key is read only
 * for a config file that was named.
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
      'SALESFORCE_PRIVATE_KEY_FILE is no path: set it to the path of a file that holds the private key, not to the key itself.',
      'private_key_file_no_path',
    );
  const own = [sources.clientId, sources.username, sources.privateKeyFile];
  if (own.includes(undefined)) checkDestination(sources, env);
  if (sources.privateKeyFile !== undefined) checkNamed(sources, 'private_key_file');
  const privateKey = await readPrivateKey(keyFile);
  return { clientId, username, privateKey, ...(audience === undefined ? {} : { audience }) };
}

/** The file of the private key; null: none is named. One of the config file starts there, one of the environment here. */
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

/** The variables of each way, and the keys that stand for them in the file. */
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

/** The environment's credentials are for one org: no other address may get them. */
function checkDestination({ file, isNamed, baseUrl, auth }: CredentialSources, env: NodeJS.ProcessEnv): void {
  const { names, keys } = VARIABLES[auth];
  const bound = env.SALESFORCE_BASE_URL;
  if (!bound) {
    if (isNamed) return;
    throw new UserError(
      `${file}, which .data/last names, would get ${names} of the environment for ${baseUrl}. Nothing was sent. Give --config ${file} if they are for that address; set SALESFORCE_BASE_URL to the address that they are for.`,
      'credentials_of_other_org',
    );
  }
  const origin = originOf(bound);
  if (origin !== baseUrl)
    throw new UserError(
      `${names} of the environment are for ${origin} (SALESFORCE_BASE_URL), and ${file} has the base_url ${baseUrl}. Nothing was sent. Correct the one that is wrong, or write ${keys} into the file.`,
      'credentials_of_other_org',
    );
}

function originOf(address: string): string {
  try {
    return normalizeBaseUrl(address);
  } catch {
    throw new UserError(
      'SALESFORCE_BASE_URL of the environment is no My Domain address: write it like https://mycompany.my.salesforce.com.',
      'base_url_malformed',
    );
  }
}

/** A config file that came with the folder may name any file of this user. */
function checkNamed({ file, isNamed }: CredentialSources, key: string): void {
  if (isNamed) return;
  throw new UserError(
    `${file}, which .data/last names, has a ${key}, and that is read only for a config file that you name: give --config ${file} if you trust it.`,
    'config_file_not_named',
  );
}

async function secretFrom(sources: CredentialSources): Promise<string | undefined> {
  const { file, clientSecretFile } = sources;
  if (clientSecretFile === undefined) return undefined;
  checkNamed(sources, 'client_secret_file');
  const secret = await readFile(resolve(dirname(file), clientSecretFile), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      throw new UserError(
        `${file}: client_secret_file: the file that it names cannot be read (${error.code}): correct the path, or the file's rights.`,
        'secret_file_unreadable',
      );
    },
  );
  const alone = secret.trim();
  const problem = alone === '' ? 'is empty' : /[\r\n]/.test(alone) ? 'holds more than one line' : null;
  if (problem === null) return alone;
  throw new UserError(
    `${file}: client_secret_file: the file that it names ${problem}: write the Consumer Secret into it, and nothing else.`,
    'secret_file_malformed',
  );
}
