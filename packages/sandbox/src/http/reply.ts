/** A request to the REST API, or a subrequest of a composite. */
export interface ApiRequest {
  readonly method: string;
  /** The decoded path, without the query string. */
  readonly path: string;
  readonly params: URLSearchParams;
  readonly body: string;
  /** Returns the value of a header, by its lower-case name. */
  readonly header: (name: string) => string | null;
}

/** The outcome of a subrequest, for the request log. */
export interface Part {
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly rows: number;
  readonly status: number;
  /** The milliseconds of the org's time that it took, if any. */
  readonly ms?: number;
}

export interface Reply {
  readonly status: number;
  /** Sent as JSON; undefined means no body. */
  readonly body: unknown;
  /** The number of records in the body. */
  readonly rows?: number;
  /** The milliseconds of the org's time that it took, if any. */
  readonly ms?: number;
  /** The outcome of each subrequest of a composite. */
  readonly parts?: readonly Part[];
}

/** Reports an error of the REST API. Sent as Salesforce's array of one error. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly errorCode: string;
  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

export function errorReply(error: ApiError): Reply {
  return { status: error.status, body: [{ message: error.message, errorCode: error.errorCode }] };
}

export function notFound(): ApiError {
  return new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
}

export function methodNotAllowed(method: string, allowed: string): ApiError {
  return new ApiError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${method}' not allowed. Allowed are ${allowed}`);
}

/** Returns the path and parameters of a request target. Throws NOT_FOUND for an invalid URL. */
export function readTarget(target: string): { readonly path: string; readonly params: URLSearchParams } {
  if (!URL.canParse(target, 'http://org')) throw notFound();
  const url = new URL(target, 'http://org');
  return { path: url.pathname, params: url.searchParams };
}

/** Parses the body of a POST as JSON. Throws Salesforce's JSON_PARSER_ERROR. */
export function jsonBody(request: ApiRequest): unknown {
  try {
    return JSON.parse(request.body);
  } catch {
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'The HTTP entity body is required to be valid JSON');
  }
}
