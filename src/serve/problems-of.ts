import { HTTPException } from 'hono/http-exception';
import {
  CursorRefusedError,
  IndexUnavailableError,
  RunStoreMissingError,
  SearchRefusedError,
  UserNotServedError,
} from '../index/port/errors.ts';
import { SalesforceError } from '../salesforce/errors.ts';
import { type RequestCode, RequestProblem } from './problem.ts';

const RETRY_SECONDS = 5;

/** Turns any error into the problem that the client gets. The error itself is for the log. */
export function problemOf(error: unknown): RequestProblem {
  if (error instanceof RequestProblem) return error;
  if (error instanceof UserNotServedError)
    return new RequestProblem('user_not_served', error.message, { reason: error.code });
  if (error instanceof CursorRefusedError) return new RequestProblem('cursor_refused', error.message);
  // The framework could not read the body.
  if (error instanceof HTTPException && error.status === 400)
    return new RequestProblem('bad_request', 'The body is not JSON.');
  if (error instanceof RunStoreMissingError)
    return new RequestProblem(
      'search_refused',
      "Only a server on the worker's machine can answer this, because it needs the run store.",
      {},
      error,
    );
  // The messages of these name the file and the organization.
  if (error instanceof SearchRefusedError) return retryLater('search_refused', 'Nothing can be searched now.', error);
  if (error instanceof IndexUnavailableError)
    return retryLater('index_unavailable', 'The index cannot be read now.', error);
  if (error instanceof SalesforceError)
    return retryLater(
      'salesforce_failed',
      'Salesforce did not confirm the hits. Search again, or without verify.',
      error,
    );
  return new RequestProblem('internal_error', `The server has failed. ${LOG}`, {}, error);
}

const LOG = 'The log of the server says why.';

function retryLater(code: RequestCode, message: string, cause: Error): RequestProblem {
  return new RequestProblem(code, `${message} ${LOG}`, { retryAfterSeconds: RETRY_SECONDS }, cause);
}
