import { type KeyObject, sign } from 'node:crypto';
import type { JwtCredentials } from './credentials.ts';

/** Salesforce accepts assertions valid for up to three minutes. A request needs only a few seconds. */
const GOOD_FOR_SECONDS = 120;

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Signs the assertion of the JWT bearer flow (RFC 7523) with RS256. Anyone who has it can get a token until it expires.
 * Its only time is `exp`, because the org would refuse an issue time in its future. Pure.
 *
 * @param origin the audience, unless the credentials name one
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
