import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { normalizeBaseUrl } from './salesforce/base-url.ts';
import { UserError } from './user-error.ts';

/** What the External Client App was given. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Where a connection's credentials may come from, and where they would be sent. */
export interface CredentialSources {
  /** The config file. */
  readonly file: string;
  /** A person or a program named the file; false: `.data/last` did, which came with the folder. */
  readonly isNamed: boolean;
  /** The address that would get them. */
  readonly baseUrl: string;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly clientSecretFile: string | undefined;
}

/**
 * Reads client id and secret again. Those of the environment go only to the address that they are for: that of
 * SALESFORCE_BASE_URL, or, without it, that of a config file that was named. A secret file is read only for a config
 * file that was named.
 *
 * @throws UserError saying which is missing, or why it is not sent; never with a value
 */
export async function readCredentials(sources: CredentialSources, env: NodeJS.ProcessEnv): Promise<Credentials> {
  const { file, clientId = env.SALESFORCE_CLIENT_ID } = sources;
  const ownSecret = sources.clientSecret ?? (await secretFrom(sources));
  const clientSecret = ownSecret ?? env.SALESFORCE_CLIENT_SECRET;
  if (!clientId) throw new UserError(`${file}: client_id is missing: write it there, or set SALESFORCE_CLIENT_ID.`);
  if (!clientSecret)
    throw new UserError(
      `${file}: client_secret is missing: write it or client_secret_file there, or set SALESFORCE_CLIENT_SECRET.`,
    );
  if (sources.clientId === undefined || ownSecret === undefined) checkDestination(sources, env);
  return { clientId, clientSecret };
}

/** The environment's credentials are for one org: no other address may get them. */
function checkDestination({ file, isNamed, baseUrl }: CredentialSources, env: NodeJS.ProcessEnv): void {
  const bound = env.SALESFORCE_BASE_URL;
  if (!bound) {
    if (isNamed) return;
    throw new UserError(
      `${file}, which .data/last names, would get SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET of the environment for ${baseUrl}. Nothing was sent. Give --config ${file} if they are for that address; set SALESFORCE_BASE_URL to the address that they are for.`,
    );
  }
  const origin = originOf(bound);
  if (origin !== baseUrl)
    throw new UserError(
      `SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET of the environment are for ${origin} (SALESFORCE_BASE_URL), and ${file} has the base_url ${baseUrl}. Nothing was sent. Correct the one that is wrong, or write client_id and client_secret into the file.`,
    );
}

function originOf(address: string): string {
  try {
    return normalizeBaseUrl(address);
  } catch {
    throw new UserError(
      'SALESFORCE_BASE_URL of the environment is no My Domain address: write it like https://mycompany.my.salesforce.com.',
    );
  }
}

async function secretFrom({ file, isNamed, clientSecretFile }: CredentialSources): Promise<string | undefined> {
  if (clientSecretFile === undefined) return undefined;
  if (!isNamed)
    throw new UserError(
      `${file}, which .data/last names, has a client_secret_file, and that is read only for a config file that you name: give --config ${file} if you trust it.`,
    );
  const secret = await readFile(resolve(dirname(file), clientSecretFile), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      throw new UserError(
        `${file}: client_secret_file: the file that it names cannot be read (${error.code}): correct the path, or the file's rights.`,
      );
    },
  );
  const alone = secret.trim();
  const problem = alone === '' ? 'is empty' : /[\r\n]/.test(alone) ? 'holds more than one line' : null;
  if (problem === null) return alone;
  throw new UserError(
    `${file}: client_secret_file: the file that it names ${problem}: write the Consumer Secret into it, and nothing else.`,
  );
}
