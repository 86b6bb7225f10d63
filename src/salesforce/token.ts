import { z } from 'zod';
import { recordId18 } from '../lib/record-ids.ts';
import { MY_DOMAIN_FORM } from './base-url.ts';
import { type Credentials, isJwt } from './credentials.ts';
import { ConfigurationError, TransientError } from './errors.ts';
import { type Grant, grantOf } from './grant.ts';
import type { Exchange, HttpReply } from './http.ts';
import { parseJson } from './json.ts';
import { shortened } from './message-text.ts';
import { proxyLoginError } from './network-errors.ts';
import { createRedact } from './redact.ts';
import { isOwn, MOST_HOPS, redirectTarget, whyForeign } from './redirect.ts';
import { tokenErrorOf, unreadableTokenError } from './token-errors.ts';

export interface Token {
  readonly value: string;
  readonly instanceUrl: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly scope: string;
}

/**
 * `id` ends in `/id/<Organization Id>/<User Id>`, on any host; the ids have 15 or 18 characters. A token may be opaque
 * or a JWT.
 */
const tokenReply = z.object({
  // The characters that a header can contain.
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

/** Returns the origin that a token is for. Every request goes there, with the token. */
function ownInstance(text: string, baseUrl: string): string {
  const instance = new URL(text);
  if (isOwn(instance, [baseUrl])) return instance.origin;
  throw new ConfigurationError({
    message: `${new URL(baseUrl).host} issues tokens for ${whyForeign(instance)}; nothing was sent there`,
    hint: `base_url must be the My Domain URL, ${MY_DOMAIN_FORM} (Setup › My Domain › Current My Domain URL). Set it to the address that the tokens are for only if Setup shows that address.`,
    status: 200,
    setupStep: 'credentials',
  });
}

interface Answered {
  readonly reply: HttpReply;
  /** The host that answered, possibly after a redirect within the org. */
  readonly host: string;
  /** What was sent to that host. */
  readonly grant: Grant;
}

/** Reads the token endpoint's reply. Throws an error that says what to fix. */
function readToken({ reply, host, grant: { flow, secret } }: Answered, baseUrl: string): Token {
  const body = parseJson(reply.text);
  const refusal = tokenRefusal.safeParse(body);
  if (refusal.success && reply.status >= 400) {
    const redact = createRedact([secret]);
    const { error, error_description } = refusal.data;
    throw tokenErrorOf(flow, reply.status, redact(shortened(error)), redact(shortened(error_description)));
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

/** Sends a grant and follows redirects. Each host gets its own grant. */
async function send(exchange: Exchange, baseUrl: string, grantFor: (origin: string) => Grant): Promise<Answered> {
  let url = new URL('/services/oauth2/token', baseUrl);
  for (let hop = 0; hop <= MOST_HOPS; hop += 1) {
    const grant = grantFor(url.origin);
    const reply = await exchange({
      method: 'POST',
      url,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: grant.body,
      asked: { what: 'token', queries: [] },
    });
    if (reply.status === 407) throw proxyLoginError(url.host);
    const target = redirectTarget(reply, url);
    if (target === null) return { reply, host: url.host, grant };
    if (!isOwn(target, [baseUrl])) {
      const secret = grant.flow === 'jwt' ? 'the assertion' : 'the secret';
      throw new ConfigurationError({
        message: `${url.host} redirects token requests to ${whyForeign(target)}; ${secret} was not sent there`,
        hint: `base_url must be the My Domain URL, ${MY_DOMAIN_FORM} (Setup › My Domain › Current My Domain URL).`,
        status: reply.status,
        setupStep: 'credentials',
      });
    }
    url = target;
  }
  throw new TransientError({ message: `${url.host} redirects in a loop`, hint: 'Check base_url.' });
}

/**
 * If a clock differs more than this from the org's, an assertion made with it may have expired, or be valid for too
 * long.
 */
const CLOCK_MS = 30_000;

/** The best known time of the org, the time in a refusal, and this machine's. */
const MOST_CLOCKS = 3;

/**
 * Returns another time that the org might have, if the refused assertions were made with times far from it; null if
 * there is none.
 */
function otherTime(reply: HttpReply, tried: readonly number[]): number | null {
  const refusal = tokenRefusal.safeParse(parseJson(reply.text));
  if (!refusal.success || refusal.data.error !== 'invalid_grant' || tried.length === MOST_CLOCKS) return null;
  const isNew = (time: number): boolean => tried.every((other) => Math.abs(time - other) > CLOCK_MS);
  return [Date.parse(reply.headers.date ?? ''), Date.now()].find(isNew) ?? null;
}

/**
 * Requests a token. An assertion is valid from `now`. If the org refuses it and another clock shows another time, tries
 * again with that, so that neither a wrong clock on this machine nor a wrong `Date` locks the connector out.
 *
 * @param now the best known time of the org, ms since 1970
 */
export async function requestToken(
  exchange: Exchange,
  baseUrl: string,
  credentials: Credentials,
  now: number,
): Promise<Token> {
  const tried: number[] = [];
  let time = now;
  for (;;) {
    tried.push(time);
    const at = time;
    const answered = await send(exchange, baseUrl, (origin) => grantOf(credentials, origin, at));
    const other = isJwt(credentials) ? otherTime(answered.reply, tried) : null;
    if (other === null) return readToken(answered, baseUrl);
    time = other;
  }
}
