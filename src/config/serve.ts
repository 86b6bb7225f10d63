import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { isLoopback } from '../salesforce/base-url.ts';
import { type NamingFile, readSecretFile } from './secret-files.ts';

/** What the server of searches accepts and allows. */

/** The kinds of names by which a claim can name a user. `salesforce`: the identity URL of a token of Salesforce. */
export const CLAIM_KINDS = ['id', 'username', 'federation_id', 'email', 'salesforce'] as const;

/**
 * The signature algorithms that a public key verifies. HMAC algorithms are excluded: with them, anyone could sign with
 * the public key.
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
const BARE_URL = 'write the address without a path, like https://search.example.com';
const secureUrl = text(URL_FORM).refine((value) => isSecure(value), { error: URL_FORM });
const ISSUER = 'write the issuer itself, without /.well-known/openid-configuration';
const OWN_TENANT =
  'write the issuer of your own tenant: with this one, everybody with an account at Microsoft could log in';
/** The issuers of Microsoft that stand for many tenants. */
const ALL_TENANTS = /^https:\/\/login\.microsoftonline\.com\/(?:common|organizations|consumers)(?:\/|$)/i;
const ORIGINS = 'write a list of origins, like [https://app.example.com]';
const origin = z.string({ error: ORIGINS }).refine((value) => URL.canParse(value) && new URL(value).origin === value, {
  error: ORIGINS,
});
const KINDS = `write one of ${CLAIM_KINDS.join(', ')}`;
const ALGORITHM = `write a list of some of ${ALGORITHMS.join(', ')}`;

const userClaim = {
  claim: text('write the name of a claim, like sub').meta({ description: 'The claim that names the user.' }),
  as: z.enum(CLAIM_KINDS, { error: KINDS }).meta({
    description:
      'What the claim names the user by: `id`, `username`, `federation_id`, `email`, or `salesforce` for the identity URL of a token that Salesforce issued.',
  }),
};

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
    ...userClaim,
  },
  { error: 'set issuer, audience, jwks_url, claim and as under it' },
);

const loginSchema = z.strictObject(
  {
    issuer: secureUrl
      .refine((value) => !value.includes('/.well-known/'), { error: ISSUER })
      .refine((value) => !ALL_TENANTS.test(value), { error: OWN_TENANT })
      .meta({
        description:
          'The identity provider: `issuer` of its metadata, which is at `/.well-known/openid-configuration`.',
      }),
    client_id: text('write the id that the identity provider gave this server, in quotes').meta({
      description: 'The id of this server at the provider. Its redirect URI there is `<serve.url>/login/callback`.',
    }),
    client_secret_file: text('write the path of a file that holds only the secret').optional().meta({
      description:
        'A file that holds the secret of `client_id` and nothing else. It is read again when the provider rejects the secret. Without it the client is public.',
    }),
    ...userClaim,
  },
  { error: 'set issuer, client_id, claim and as under it' },
);

export const serveSchema = z
  .strictObject(
    {
      jwt: jwtSchema
        .optional()
        .meta({ description: 'Tokens of an identity provider that name the user who searches.' }),
      login: loginSchema.optional().meta({
        description: 'How employees log in to the search page: OpenID Connect. It needs `serve.url`.',
      }),
      url: secureUrl.refine(isBare, { error: BARE_URL }).optional().meta({
        description:
          'The address by which clients reach the server, through its proxy. Clients of MCP and `serve.login` need it.',
      }),
      origins: z.array(origin, { error: ORIGINS }).default([]).meta({
        description:
          "The origins of other sites whose pages may ask the API and `/mcp`, like `https://app.example.com`. They send a credential of their own: the page's session does not count for them.",
      }),
      tokens_file: text('write the path of a file').optional().meta({
        description: 'The file of service tokens, which `token create` writes. It is read again when it changes.',
      }),
      requests_per_minute: whole('write a whole number, 1 or more').default(1200).meta({
        description:
          'The most requests of one caller a minute: of a service token, or of one user of the identity provider.',
      }),
      searches_at_once: whole('write a whole number, 1 or more').default(128).meta({
        description: 'The most searches at once, of all callers together. Others are refused with 429.',
      }),
    },
    { error: 'set jwt, login, url, origins, tokens_file, requests_per_minute and searches_at_once under it' },
  )
  .prefault({})
  .refine((serve) => serve?.login === undefined || serve.url !== undefined, {
    path: ['login'],
    error: 'the identity provider returns browsers to serve.url, so set that too',
    when: () => true,
  })
  .meta({ description: 'What `serve` accepts and allows: see [Serve searches](serve.md).' });

/** The page and its API are at the root. */
function isBare(value: string): boolean {
  return !URL.canParse(value) || /^\/?$/.test(new URL(value).href.slice(new URL(value).origin.length));
}

/** http is allowed on loopback, because nothing leaves the machine. */
function isSecure(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** How an identity provider names users. */
export interface UserClaim {
  /** The claim that names the user. */
  readonly claim: string;
  /** What the claim names the user by. */
  readonly as: (typeof CLAIM_KINDS)[number];
}

/** Which tokens of an identity provider count, and whom they name. */
export interface JwtSettings extends UserClaim {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  readonly algorithms: readonly (typeof ALGORITHMS)[number][];
}

/** How employees log in. */
export interface LoginSettings extends UserClaim {
  readonly issuer: string;
  readonly clientId: string;
  /** Reads the client's secret again; null: the client is public. */
  clientSecret(): Promise<string | null>;
  /** The address by which browsers reach the server, without a slash at the end. */
  readonly url: string;
}

export interface ServeConfig {
  /** Null: no token of an identity provider counts. */
  readonly jwt: JwtSettings | null;
  /** Null: nobody logs in. */
  readonly login: LoginSettings | null;
  /** The address by which clients reach the server, without a slash at the end. Null: only this machine reaches it. */
  readonly url: string | null;
  /** Sites whose pages may ask. */
  readonly origins: readonly string[];
  /** The file of service tokens. Null: there are none. */
  readonly tokensFile: string | null;
  readonly requestsPerMinute: number;
  readonly searchesAtOnce: number;
}

/** @param by the config file, in whose folder relative paths start */
export function serveConfig(written: z.infer<typeof serveSchema>, by: NamingFile): ServeConfig {
  const { jwt, login, tokens_file: file } = written;
  const url = written.url === undefined ? null : withoutSlash(written.url);
  return {
    jwt: jwt === undefined ? null : { ...jwt, jwksUrl: jwt.jwks_url },
    login: login === undefined || url === null ? null : loginSettings(login, url, by),
    url,
    origins: written.origins,
    tokensFile: file === undefined ? null : resolve(dirname(by.file), file),
    requestsPerMinute: written.requests_per_minute,
    searchesAtOnce: written.searches_at_once,
  };
}

/** Whether any credential is accepted. */
export function hasCredentials({ jwt, login, tokensFile }: ServeConfig): boolean {
  return jwt !== null || login !== null || tokensFile !== null;
}

function loginSettings(written: z.infer<typeof loginSchema>, url: string, by: NamingFile): LoginSettings {
  const { issuer, client_id: clientId, client_secret_file: path, claim, as } = written;
  return {
    issuer,
    clientId,
    // A closure hides the value.
    clientSecret: async () =>
      path === undefined
        ? null
        : readSecretFile(by, { path, key: 'serve.login.client_secret_file', secret: "client's secret" }),
    claim,
    as,
    url,
  };
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
