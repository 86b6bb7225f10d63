import { resolve } from 'node:path';
import { z } from 'zod';
import { isLoopback } from '../salesforce/base-url.ts';

/** What the server of searches accepts and allows. */

/** The kinds of names by which a claim can name a user. `salesforce`: the identity URL of a token of Salesforce. */
export const CLAIM_KINDS = ['id', 'username', 'federation_id', 'email', 'salesforce'] as const;

/**
 * The signature algorithms that a public key verifies. One with a shared secret is not among them: it would take the
 * public key for the secret.
 */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

const text = (allowed: string) => z.string({ error: allowed }).trim().min(1, { error: allowed });
const whole = (allowed: string) => z.int({ error: allowed }).min(1, { error: allowed });

const URL_FORM = 'write a URL that begins with https://';
const secureUrl = text(URL_FORM).refine((value) => isSecure(value), { error: URL_FORM });
const KINDS = `write one of ${CLAIM_KINDS.join(', ')}`;
const ALGORITHM = `write a list of some of ${ALGORITHMS.join(', ')}`;

const jwtSchema = z.strictObject(
  {
    issuer: text("write the identity provider's issuer, as its tokens have it").meta({
      description: 'The identity provider: the claim `iss` of its tokens.',
    }),
    audience: text('write the audience of the tokens').meta({
      description: 'The claim `aud` of tokens that are for this server.',
    }),
    jwks_url: secureUrl.meta({ description: 'Where the provider publishes its keys: `jwks_uri` of its metadata.' }),
    algorithms: z
      .array(z.enum(ALGORITHMS, { error: ALGORITHM }), { error: ALGORITHM })
      .min(1, { error: ALGORITHM })
      .default(['RS256'])
      .meta({ description: 'The signature algorithms that count.' }),
    claim: text('write the name of a claim, like sub').meta({ description: 'The claim that names the user.' }),
    as: z.enum(CLAIM_KINDS, { error: KINDS }).meta({
      description:
        'What the claim names the user by: `id`, `username`, `federation_id`, `email`, or `salesforce` for the identity URL of a token that Salesforce issued.',
    }),
  },
  { error: 'set issuer, audience, jwks_url, claim and as under it' },
);

export const serveSchema = z
  .strictObject(
    {
      jwt: jwtSchema
        .optional()
        .meta({ description: 'Tokens of an identity provider that name the user who searches.' }),
      url: secureUrl.optional().meta({
        description: 'The address by which clients reach the server, through its proxy. Clients of MCP need it.',
      }),
      tokens_file: text('write the path of a file').optional().meta({
        description: 'The file of service tokens, which `token create` writes. It is read again when it changes.',
      }),
      requests_per_minute: whole('write a whole number, 1 or more').default(600).meta({
        description:
          'The most requests of one caller a minute: of a service token, or of one user of the identity provider.',
      }),
      searches_at_once: whole('write a whole number, 1 or more').default(64).meta({
        description: 'The most searches at once, of all callers together. Others are refused with 429.',
      }),
    },
    { error: 'set jwt, tokens_file, requests_per_minute and searches_at_once under it' },
  )
  .prefault({})
  .meta({ description: 'What `serve` accepts and allows: see [Serve searches](serve.md).' });

/** On this machine, http is as good: nothing leaves it. */
function isSecure(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Which tokens of an identity provider count, and whom they name. */
export interface JwtSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  readonly algorithms: readonly (typeof ALGORITHMS)[number][];
  /** The claim that names the user. */
  readonly claim: string;
  /** What the claim names the user by. */
  readonly as: (typeof CLAIM_KINDS)[number];
}

export interface ServeConfig {
  /** Null: no token of an identity provider counts. */
  readonly jwt: JwtSettings | null;
  /** The address by which clients reach the server, without a slash at the end. Null: only this machine reaches it. */
  readonly url: string | null;
  /** The file of service tokens. Null: there are none. */
  readonly tokensFile: string | null;
  readonly requestsPerMinute: number;
  readonly searchesAtOnce: number;
}

/** @param folder where relative paths start */
export function serveConfig(written: z.infer<typeof serveSchema>, folder: string): ServeConfig {
  const { jwt, tokens_file: file } = written;
  return {
    jwt: jwt === undefined ? null : { ...jwt, jwksUrl: jwt.jwks_url },
    url: written.url?.replace(/\/+$/, '') ?? null,
    tokensFile: file === undefined ? null : resolve(folder, file),
    requestsPerMinute: written.requests_per_minute,
    searchesAtOnce: written.searches_at_once,
  };
}

/** Whether any credential is accepted. */
export function hasCredentials({ jwt, tokensFile }: ServeConfig): boolean {
  return jwt !== null || tokensFile !== null;
}
