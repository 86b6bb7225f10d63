import { HTTPException } from 'hono/http-exception';
import {
  CursorRefusedError,
  IndexUnavailableError,
  SearchRefusedError,
  UserNotServedError,
} from '../index/port/errors.ts';
import { SalesforceError } from '../salesforce/errors.ts';
import { RequestProblem } from './problem.ts';

const RETRY_SECONDS = 5;

/** Returns the problem that an error of the index, of Salesforce or of Temporal is for the one who asked. */
export function problemOf(error: unknown): RequestProblem {
  if (error instanceof RequestProblem) return error;
  if (error instanceof UserNotServedError)
    return new RequestProblem('user_not_served', error.message, { reason: error.code });
  if (error instanceof CursorRefusedError) return new RequestProblem('cursor_refused', error.message);
  if (error instanceof RangeError) return new RequestProblem('bad_request', error.message);
  if (error instanceof SearchRefusedError) return waiting('search_refused', error.message);
  // Its message names the file.
  if (error instanceof IndexUnavailableError)
    return waiting('index_unavailable', 'The index cannot be read now. The log of the server says why.');
  if (error instanceof SalesforceError)
    return waiting(
      'salesforce_failed',
      'Salesforce did not confirm the hits. The log of the server says why. Search again, or without verify.',
    );
  // The framework could not read the body.
  if (error instanceof HTTPException && error.status === 400)
    return new RequestProblem('bad_request', 'The body is not JSON.');
  return new RequestProblem('internal_error', 'The server has failed. Its log says why.');
}

function waiting(code: RequestProblem['code'], message: string): RequestProblem {
  return new RequestProblem(code, message, { retryAfterSeconds: RETRY_SECONDS });
}
