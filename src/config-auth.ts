import { z } from 'zod';
import type { Flow } from './salesforce/credentials.ts';

const text = (allowed: string) => z.string({ error: allowed }).trim().min(1, { error: allowed });

/** A key stands where its path should: nothing that is said of a path may repeat it. */
export function isPath(value: string): boolean {
  return value.length <= 500 && !/[\r\n]|-----BEGIN/.test(value);
}

const KEY_FILE = 'write the path of a file that holds the private key, not the key itself';
const USERNAME = "write the integration user's username, which has the form of an e-mail address";

/** The keys that say how the connector signs in to the org. */
export const authKeys = {
  auth: z
    .enum(['client_credentials', 'jwt'], { error: 'write client_credentials or jwt' })
    .default('client_credentials')
    .meta({
      description:
        'How the connector signs in. `client_credentials`: with the Consumer Secret. `jwt`: with a private key, whose certificate the app has.',
    }),
  client_id: text('write the Consumer Key of the External Client App, in quotes')
    .optional()
    .meta({ description: 'The Consumer Key of the External Client App. Without this key: `SALESFORCE_CLIENT_ID`.' }),
  client_secret_file: text('write the path of a file that holds the secret alone').optional().meta({
    description:
      'A file that holds the Consumer Secret and nothing else. The worker reads it again when the org rejects the secret.',
  }),
  client_secret: text('write the Consumer Secret of the External Client App, in quotes').optional().meta({
    description:
      'The Consumer Secret itself. Set this or `client_secret_file`. Without either: `SALESFORCE_CLIENT_SECRET`.',
  }),
  username: text(USERNAME)
    .regex(/^[^\s@]+@[^\s@]+$/, { error: USERNAME })
    .optional()
    .meta({
      description: 'With `auth: jwt`: the username of the integration user. Without this key: `SALESFORCE_USERNAME`.',
    }),
  private_key_file: text(KEY_FILE).refine(isPath, { error: KEY_FILE }).optional().meta({
    description:
      'With `auth: jwt`: a file that holds the RSA private key as PEM, without a passphrase. The worker reads it again when the org rejects the key. Without this key: `SALESFORCE_PRIVATE_KEY_FILE`.',
  }),
  audience: z
    .enum(['https://login.salesforce.com', 'https://test.salesforce.com'], {
      error: 'write https://login.salesforce.com or https://test.salesforce.com, or leave it out',
    })
    .optional()
    .meta({
      description:
        'With `auth: jwt`: what an old connected app may want instead of `base_url`. An External Client App does not need this key.',
    }),
};

interface WrittenAuth {
  readonly auth?: unknown;
  readonly client_secret?: unknown;
  readonly client_secret_file?: unknown;
  readonly username?: unknown;
  readonly private_key_file?: unknown;
  readonly audience?: unknown;
}

interface Mixture {
  readonly key: keyof WrittenAuth;
  readonly isAllowed: (file: WrittenAuth | undefined) => boolean;
  readonly error: string;
}

const isJwt = (file: WrittenAuth | undefined): boolean => file?.auth === 'jwt';
/** The way to sign in that a config file asks for, be the rest of it right or wrong. */
export function writtenFlow(content: unknown): Flow {
  return isJwt(content as WrittenAuth | undefined) ? 'jwt' : 'client_credentials';
}

const takesSecret = (file: WrittenAuth | undefined): boolean =>
  file?.auth === undefined || file.auth === 'client_credentials';

/** What cannot be meant. `auth` decides: a key of the other way is a mistake in one of the two. */
export const AUTH_MIXTURES: readonly Mixture[] = [
  ...(['client_secret', 'client_secret_file'] as const).map((key) => ({
    key,
    isAllowed: (file: WrittenAuth | undefined) => !isJwt(file) || file?.[key] === undefined,
    error: 'auth: jwt takes a private key and no secret; remove this, or write auth: client_credentials',
  })),
  ...(['username', 'private_key_file', 'audience'] as const).map((key) => ({
    key,
    isAllowed: (file: WrittenAuth | undefined) => !takesSecret(file) || file?.[key] === undefined,
    error: 'this key is only for auth: jwt: add auth: jwt, or remove this key',
  })),
  {
    key: 'client_secret_file',
    isAllowed: (file) => file?.client_secret === undefined || file.client_secret_file === undefined,
    error: 'give client_secret or this, not both',
  },
];
