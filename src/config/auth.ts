import { z } from 'zod';
import type { Flow } from '../salesforce/credentials.ts';

const text = (allowed: string) => z.string({ error: allowed }).trim().min(1, { error: allowed });

/** False if the value may be the key itself instead of its path. Then no message may repeat it. */
export function isPath(value: string): boolean {
  return value.length <= 500 && !/[\r\n]|-----BEGIN/.test(value);
}

const KEY_FILE = 'write the path of a file that holds the private key, not the key itself';
const USERNAME = "write the integration user's username, which has the form of an e-mail address";

/** The keys for signing in to the org. */
export const authKeys = {
  auth: z
    .enum(['client_credentials', 'jwt'], { error: 'write client_credentials or jwt' })
    .default('client_credentials')
    .meta({
      description:
        'How the connector signs in. `client_credentials`: with the Consumer Secret. `jwt`: with a private key, whose certificate is uploaded to the app.',
    }),
  client_id: text('write the Consumer Key of the External Client App, in quotes')
    .optional()
    .meta({ description: 'The Consumer Key of the External Client App. Default: `SALESFORCE_CLIENT_ID`.' }),
  client_secret_file: text('write the path of a file that holds only the secret').optional().meta({
    description:
      'A file that holds the Consumer Secret and nothing else. The worker reads it again when the org rejects the secret.',
  }),
  client_secret: text('write the Consumer Secret of the External Client App, in quotes').optional().meta({
    description: 'The Consumer Secret itself. Set this or `client_secret_file`. Default: `SALESFORCE_CLIENT_SECRET`.',
  }),
  username: text(USERNAME)
    .regex(/^[^\s@]+@[^\s@]+$/, { error: USERNAME })
    .optional()
    .meta({
      description: 'With `auth: jwt`: the username of the integration user. Default: `SALESFORCE_USERNAME`.',
    }),
  private_key_file: text(KEY_FILE).refine(isPath, { error: KEY_FILE }).optional().meta({
    description:
      'With `auth: jwt`: a file that holds the RSA private key as PEM, without a passphrase. The worker reads it again when the org rejects the key. Default: `SALESFORCE_PRIVATE_KEY_FILE`.',
  }),
  audience: z
    .enum(['https://login.salesforce.com', 'https://test.salesforce.com'], {
      error: 'write https://login.salesforce.com or https://test.salesforce.com, or leave it out',
    })
    .optional()
    .meta({
      description:
        'With `auth: jwt`: the audience, if an old connected app requires one other than `base_url`. An External Client App does not need this key.',
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
/** How a config file wants to sign in, even if other parts of it are wrong. */
export function writtenFlow(content: unknown): Flow {
  return isJwt(content as WrittenAuth | undefined) ? 'jwt' : 'client_credentials';
}

const takesSecret = (file: WrittenAuth | undefined): boolean =>
  file?.auth === undefined || file.auth === 'client_credentials';

/** Keys that contradict each other. If `auth` and a key of the other flow are both there, one is a mistake. */
export const AUTH_MIXTURES: readonly Mixture[] = [
  ...(['client_secret', 'client_secret_file'] as const).map((key) => ({
    key,
    isAllowed: (file: WrittenAuth | undefined) => !isJwt(file) || file?.[key] === undefined,
    error: 'auth: jwt uses a private key, not a secret; remove this, or write auth: client_credentials',
  })),
  ...(['username', 'private_key_file', 'audience'] as const).map((key) => ({
    key,
    isAllowed: (file: WrittenAuth | undefined) => !takesSecret(file) || file?.[key] === undefined,
    error: 'this key is only for auth: jwt: add auth: jwt, or remove this key',
  })),
  {
    key: 'client_secret_file',
    isAllowed: (file) => file?.client_secret === undefined || file.client_secret_file === undefined,
    error: 'set client_secret or this, not both',
  },
];
