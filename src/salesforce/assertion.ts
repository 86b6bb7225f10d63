import { type KeyObject, sign } from 'node:crypto';
import type { JwtCredentials } from './credentials.ts';

/** Salesforce takes no assertion that is good for more than three minutes; a request needs a few seconds. */
const GOOD_FOR_SECONDS = 120;

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * The assertion of the JWT bearer flow (RFC 7523), signed with RS256. Whoever has it can get a token until it expires.
 * It says no time of its own but `exp`, since one in the org's future would be refused. Pure.
 *
 * @param origin whom it is for, unless the credentials name an audience
 * @param now the org's time, ms since 1970
 */
export function signAssertion(
  { clientId, username, privateKey, audience }: JwtCredentials,
  origin: string,
  now: number,
): string {
  const claims = {
    iss: clientId,
    sub: username,
    aud: audience ?? origin,
    exp: Math.floor(now / 1000) + GOOD_FOR_SECONDS,
  };
  const signed = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey as KeyObject).toString('base64url')}`;
}
