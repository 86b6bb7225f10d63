import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { UserError } from '../../errors.ts';
import { RequestProblem } from '../problem.ts';

/** A failed login: what the person reads, and what the log says. */
export interface FailedLogin {
  readonly problem: RequestProblem;
  /** Without any text of the browser, and without secrets. */
  readonly why: string;
}

/** What the library calls an answer that is not valid for this login: another nonce or audience, an old token. */
const NOT_VALID: readonly unknown[] = [
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
];

/** Returns the message for the browser, and the reason for the log. */
export function providerProblem(error: unknown): FailedLogin {
  if (error instanceof RequestProblem) return { problem: error, why: error.code };
  const why = reasonOf(error);
  if (error instanceof AuthorizationResponseError)
    return failed(why, `The identity provider did not let you in (${why}). Log in again, or ask your administrator.`);
  if (error instanceof ResponseBodyError && error.error === 'invalid_grant')
    return failed(why, 'This login was used already, or took too long. Log in again.');
  if (error instanceof ClientError && NOT_VALID.includes(error.code))
    return failed(why, 'The answer of the identity provider is not valid for this login. Log in again.');
  return {
    problem: new RequestProblem(
      'login_unavailable',
      'The identity provider cannot be used now. The log of the server says why. Try again later.',
    ),
    why,
  };
}

/** Whether the identity provider did not take the client's secret. */
export function rejectsClient(error: unknown): boolean {
  return reasonOf(error) === 'invalid_client';
}

function failed(why: string, message: string): FailedLogin {
  return { problem: new RequestProblem('login_failed', message), why };
}

/** Only codes: other texts of an error may come from the browser, or repeat what was sent. */
function reasonOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) return asCode(error.error);
  if (error instanceof WWWAuthenticateChallengeError)
    return asCode(error.cause[0]?.parameters.error ?? `status_${error.status}`);
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  const code = (error as NodeJS.ErrnoException).code ?? cause?.code;
  return code === undefined ? error.name : asCode(code);
}

function asCode(text: string): string {
  return /^\w{1,60}$/.test(text) ? text : 'unknown';
}
