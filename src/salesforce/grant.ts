import { signAssertion } from './assertion.ts';
import { type Credentials, type Flow, isJwt } from './credentials.ts';

/** The body of a token request. */
export interface Grant {
  readonly flow: Flow;
  /** Form-encoded. */
  readonly body: string;
  /** The part that no message may repeat. */
  readonly secret: string;
}

/**
 * Makes the grant for one host of the org. An assertion is valid for that host only, counted from `now`, the org's
 * time.
 */
export function grantOf(credentials: Credentials, origin: string, now: number): Grant {
  if (isJwt(credentials)) {
    const assertion = signAssertion(credentials, origin, now);
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
    return { flow: 'jwt', body: new URLSearchParams(form).toString(), secret: assertion };
  }
  const { clientId: client_id, clientSecret: client_secret } = credentials;
  const form = { grant_type: 'client_credentials', client_id, client_secret };
  return { flow: 'client_credentials', body: new URLSearchParams(form).toString(), secret: client_secret };
}
