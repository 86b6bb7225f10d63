import { originRefused, RequestProblem } from '../problem.ts';
import { readActAs } from './act-as.ts';
import { type Caller, PERMISSIONS } from './caller.ts';
import type { JwtVerifier } from './jwt.ts';
import { isServiceToken, type ServiceTokens } from './service-tokens.ts';
import type { Sessions } from './sessions.ts';

/** The credentials that count. With `isOpen`, on loopback only, a request without one may name any user. */
export interface Accepted {
  readonly jwt: JwtVerifier | null;
  readonly tokens: ServiceTokens | null;
  /** The sessions of those who logged in. Null: nobody can. */
  readonly sessions: Sessions | null;
  readonly isOpen: boolean;
}

/** The credentials in a request. */
export interface Presented {
  readonly authorization: string | undefined;
  readonly actAs: string | undefined;
  /** The session of the browser. Null: there is none, or it does not count at this address. */
  readonly session: PresentedSession | null;
}

export interface PresentedSession {
  readonly token: string;
  /** The request may change something, and a page of another site may have sent it. */
  readonly mayBeForged: boolean;
}

const UNAUTHORIZED =
  'The credential is missing, unknown, expired, or not for this connection. Send a valid one as `Authorization: Bearer …`';

/**
 * Returns who sends a request, and for which user. Only a verified credential names a user.
 *
 * @throws RequestProblem for anything else
 */
export async function authenticate(presented: Presented, accepted: Accepted): Promise<Caller> {
  const { authorization, session } = presented;
  const { sessions, isOpen } = accepted;
  if (session !== null && sessions !== null) {
    checkAlone(presented, session);
    return sessions.callerOf(session.token) ?? refuse(accepted);
  }
  const actsFor = readActAs(presented.actAs);
  if (authorization === undefined) {
    if (isOpen) return { kind: 'local', name: 'local', user: actsFor, permissions: PERMISSIONS };
    return refuse(accepted);
  }
  const [, credential] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization.trim()) ?? [];
  const caller = credential === undefined ? null : await callerOf(credential, accepted, actsFor);
  return caller ?? refuse(accepted);
}

function refuse({ sessions }: Accepted): never {
  throw new RequestProblem('unauthorized', `${UNAUTHORIZED}${sessions === null ? '.' : ', or log in at /login.'}`);
}

/** A request with a session's cookie must not also name a user in a header. */
function checkAlone({ authorization, actAs }: Presented, { mayBeForged }: PresentedSession): void {
  if (authorization !== undefined || actAs !== undefined)
    throw new RequestProblem(
      'two_users',
      "The session's cookie names the user, and so does the header Authorization or Act-As. Send only one of them.",
    );
  if (mayBeForged) throw originRefused();
}

async function callerOf(
  credential: string,
  { jwt, tokens }: Accepted,
  actsFor: Caller['user'],
): Promise<Caller | null> {
  if (isServiceToken(credential)) return (await tokens?.callerOf(credential, actsFor)) ?? null;
  const caller = (await jwt?.callerOf(credential)) ?? null;
  if (caller !== null && actsFor !== null)
    throw new RequestProblem('two_users', 'Both the token and the header Act-As name a user. Leave out the header.');
  return caller;
}
