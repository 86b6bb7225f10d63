import { z } from 'zod';
import { recordId18 } from '../record-id.ts';
import { MY_DOMAIN_FORM } from './base-url.ts';
import { ConfigurationError, CredentialsError, TransientError } from './errors.ts';
import type { Exchange, HttpReply } from './http.ts';
import { parseJson } from './json.ts';
import { shortened } from './message-text.ts';
import { proxyLoginError } from './network-errors.ts';
import { createRedact } from './redact.ts';
import { isOwn, MOST_HOPS, redirectTarget, whyForeign } from './redirect.ts';
import { unlessAborted } from './retry.ts';
import { tokenErrorOf, unreadableTokenError } from './token-errors.ts';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Token {
  readonly value: string;
  readonly instanceUrl: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly scope: string;
}

/** `id` ends in `/id/<Organization Id>/<User Id>`, whatever its host; the ids have 15 or 18 characters. A token may be opaque or a JWT. */
const tokenReply = z.object({
  // What a header can carry.
  access_token: z
    .string()
    .max(8_000)
    .regex(/^[!-~]+$/),
  instance_url: z.url(),
  id: z.string().regex(/\/id\/00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?\/005[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?$/),
  scope: z
    .string()
    .max(1_000)
    .regex(/^[ -~]*$/)
    .default(''),
});

const tokenRefusal = z.object({ error: z.string(), error_description: z.string().default('') });

/** The origin that a token is for: every request goes there, and takes the token along. */
function ownInstance(text: string, baseUrl: string): string {
  const instance = new URL(text);
  if (isOwn(instance, [baseUrl])) return instance.origin;
  throw new ConfigurationError({
    message: `${new URL(baseUrl).host} gives tokens for ${whyForeign(instance)}; nothing was sent there`,
    hint: `base_url must be the My Domain URL, ${MY_DOMAIN_FORM} (Setup › My Domain › Current My Domain URL). Set it to the address that the tokens are for only if Setup shows that address.`,
    status: 200,
    setupStep: 'credentials',
  });
}

/** Reads the token endpoint's reply. Throws the error that names what to mend. */
function readToken(reply: HttpReply, host: string, baseUrl: string, secret: string): Token {
  const body = parseJson(reply.text);
  const refusal = tokenRefusal.safeParse(body);
  if (refusal.success && reply.status >= 400) {
    const redact = createRedact([secret]);
    const { error, error_description } = refusal.data;
    throw tokenErrorOf(reply.status, redact(shortened(error)), redact(shortened(error_description)));
  }
  const token = tokenReply.safeParse(body);
  if (reply.status !== 200 || !token.success) {
    const broken = body === undefined && /json/i.test(reply.headers['content-type'] ?? '');
    throw unreadableTokenError(host, reply.status, broken);
  }
  const [organizationId = '', userId = ''] = token.data.id
    .split('/')
    .slice(-2)
    .map((id) => recordId18(id) ?? '');
  return {
    value: token.data.access_token,
    instanceUrl: ownInstance(token.data.instance_url, baseUrl),
    organizationId,
    userId,
    scope: token.data.scope,
  };
}

async function requestToken(exchange: Exchange, baseUrl: string, credentials: Credentials): Promise<Token> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
  }).toString();
  let url = new URL('/services/oauth2/token', baseUrl);
  for (let hop = 0; hop <= MOST_HOPS; hop += 1) {
    const reply = await exchange({
      method: 'POST',
      url,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body,
      asked: { what: 'token', queries: [] },
    });
    if (reply.status === 407) throw proxyLoginError(url.host);
    const target = redirectTarget(reply, url);
    if (target === null) return readToken(reply, url.host, baseUrl, credentials.clientSecret);
    if (!isOwn(target, [baseUrl])) {
      throw new ConfigurationError({
        message: `${url.host} sends token requests on to ${whyForeign(target)}; the secret was not sent there`,
        hint: `base_url must be the My Domain URL, ${MY_DOMAIN_FORM} (Setup › My Domain › Current My Domain URL).`,
        status: reply.status,
        setupStep: 'credentials',
      });
    }
    url = target;
  }
  throw new TransientError({ message: `${url.host} redirects in a circle`, hint: 'Check base_url.' });
}

/** The one token of a process. Whoever waits for it shares one request; it is kept in this closure and nowhere else. */
export interface TokenHolder {
  /** The token at hand, or a new one. */
  current(signal?: AbortSignal): Promise<Token>;
  /** A new token, unless another request has renewed `rejected` meanwhile. */
  renew(rejected: Token, signal?: AbortSignal): Promise<Token>;
  /** A new token in any case. */
  fresh(signal?: AbortSignal): Promise<Token>;
  /** Whom the last token belongs to; null before the first. */
  readonly userId: string | null;
  /** The next request asks for a new token, and so reads `instance_url` again. */
  forget(token: Token): void;
}

const WRONG_CLIENT = new Set(['invalid_client', 'invalid_client_id']);

export function createTokenHolder(
  exchange: Exchange,
  baseUrl: string,
  credentials: () => Promise<Credentials>,
): TokenHolder {
  let known: Credentials | null = null;
  let token: Token | null = null;
  let userId: string | null = null;
  let flight: Promise<Token> | null = null;

  async function login(): Promise<Token> {
    const tried = known ?? (await credentials());
    known = tried;
    try {
      return await requestToken(exchange, baseUrl, tried);
    } catch (error) {
      if (!(error instanceof CredentialsError && WRONG_CLIENT.has(error.errorCode ?? ''))) throw error;
      const now = await credentials();
      if (now.clientId === tried.clientId && now.clientSecret === tried.clientSecret) throw error;
      known = now;
      return await requestToken(exchange, baseUrl, now);
    }
  }

  function fresh(signal?: AbortSignal): Promise<Token> {
    flight ??= login()
      .then((got) => {
        token = got;
        userId = got.userId;
        return got;
      })
      .finally(() => {
        flight = null;
      });
    return unlessAborted(flight, signal);
  }

  return {
    fresh,
    get userId() {
      return userId;
    },
    async current(signal) {
      return token ?? (await fresh(signal));
    },
    async renew(rejected, signal) {
      return token !== null && token !== rejected ? token : await fresh(signal);
    },
    forget(old) {
      if (token === old) token = null;
    },
  };
}
