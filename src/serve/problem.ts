/** The codes of a refused or failed request. docs/codes.md lists them. */
export const REQUEST_CODES = {
  bad_request: 400,
  user_missing: 400,
  two_users: 400,
  cursor_refused: 400,
  login_failed: 400,
  unauthorized: 401,
  forbidden: 403,
  login_refused: 403,
  user_not_served: 403,
  host_refused: 403,
  origin_refused: 403,
  not_found: 404,
  record_not_found: 404,
  body_too_large: 413,
  not_json: 415,
  too_many_requests: 429,
  too_many_searches: 429,
  internal_error: 500,
  keys_unavailable: 502,
  login_unavailable: 502,
  salesforce_failed: 502,
  index_unavailable: 503,
  search_refused: 503,
  temporal_unreachable: 503,
  tokens_unavailable: 503,
} as const satisfies Readonly<Record<string, number>>;

export type RequestCode = keyof typeof REQUEST_CODES;

export type RequestStatus = (typeof REQUEST_CODES)[RequestCode];

/** Facts of a problem beside its code. */
export interface ProblemFacts {
  /** Why the user is not served: a code of `UserNotServedError`. */
  readonly reason?: string;
  /** What is wrong with the request, by place: `limit`. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly retryAfterSeconds?: number;
}

/** There is no such record, or the user may not read it: both look the same. */
export const recordNotFound = (): RequestProblem =>
  new RequestProblem('record_not_found', 'There is no such record in the index, or the user may not read it.');

/** A page of another site may have made the browser send the request. */
export const originRefused = (): RequestProblem =>
  new RequestProblem(
    'origin_refused',
    "With a session's cookie, only pages of this server may send this request. Its Origin is another one, or missing.",
  );

/** A request that is answered with a problem, as RFC 9457 calls it. */
export class RequestProblem extends Error {
  override name = 'RequestProblem';
  readonly code: RequestCode;
  readonly facts: ProblemFacts;

  /**
   * @param message what happened, and what to do. The client gets it
   * @param cause what the log says of it
   */
  constructor(code: RequestCode, message: string, facts: ProblemFacts = {}, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.facts = facts;
  }

  get status(): RequestStatus {
    return REQUEST_CODES[this.code];
  }
}
