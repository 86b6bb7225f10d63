import { RequestProblem } from '../problem.ts';
import { readActAs } from './act-as.ts';
import { type Caller, PERMISSIONS } from './caller.ts';
import { type JwtVerifier, KeysUnavailableError } from './jwt.ts';
import { isServiceToken, type ServiceTokens } from './service-tokens.ts';

/** The credentials that count. With `isOpen`, on loopback only, a request without one may name any user. */
export interface Accepted {
  readonly jwt: JwtVerifier | null;
  readonly tokens: ServiceTokens | null;
  readonly isOpen: boolean;
}

/** The headers of a request that say who sends it. */
export interface CredentialHeaders {
  readonly authorization: string | undefined;
  readonly actAs: string | undefined;
}

const UNAUTHORIZED =
  'The credential is missing, unknown, expired, or not for this connection. Send a valid one as `Authorization: Bearer …`.';

/**
 * Returns who sends a request, and for which user. Only a verified credential names a user.
 *
 * @throws RequestProblem for anything else
 */
export async function authenticate(headers: CredentialHeaders, accepted: Accepted): Promise<Caller> {
  const actsFor = readActAs(headers.actAs);
  const { authorization } = headers;
  if (authorization === undefined) {
    if (accepted.isOpen) return { name: 'local', user: actsFor, permissions: PERMISSIONS };
    throw new RequestProblem('unauthorized', UNAUTHORIZED);
  }
  const [, credential] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization.trim()) ?? [];
  const caller = credential === undefined ? null : await callerOf(credential, accepted, actsFor);
  if (caller === null) throw new RequestProblem('unauthorized', UNAUTHORIZED);
  return caller;
}

async function callerOf(
  credential: string,
  { jwt, tokens }: Accepted,
  actsFor: Caller['user'],
): Promise<Caller | null> {
  if (isServiceToken(credential)) {
    const caller = (await tokens?.callerOf(credential, actsFor)) ?? null;
    if (caller === 'user_refused')
      throw new RequestProblem(
        'forbidden',
        'The token may not act for that user. Its entry lists those whom it may act for.',
      );
    return caller;
  }
  const caller = await verifiedBy(jwt, credential);
  if (caller !== null && actsFor !== null)
    throw new RequestProblem('two_users', 'Both the token and the header Act-As name a user. Leave out the header.');
  return caller;
}

async function verifiedBy(jwt: JwtVerifier | null, credential: string): Promise<Caller | null> {
  try {
    return (await jwt?.callerOf(credential)) ?? null;
  } catch (error) {
    if (!(error instanceof KeysUnavailableError)) throw error;
    throw new RequestProblem(
      'keys_unavailable',
      'The keys of the identity provider could not be fetched, so the token could not be verified. Try again.',
    );
  }
}
