import type { errors } from '@opensearch-project/opensearch';
import { IndexUnavailableError } from '../port/errors.ts';

/**
 * Why the cluster did not do what a request asked. `nodeCode` is a code of Node.js, `type` one of OpenSearch. The
 * server's sentences are left out, because they can contain what a record contains.
 */
export type ClusterFailure =
  | { readonly code: 'unreachable'; readonly nodeCode: string | null }
  | { readonly code: 'timeout' }
  /** This machine refuses the server's certificate. */
  | { readonly code: 'certificate_refused'; readonly nodeCode: string }
  /** The server refuses the client's certificate, or demands one. */
  | { readonly code: 'client_certificate_refused'; readonly nodeCode: string }
  | { readonly code: 'tls_failed'; readonly nodeCode: string }
  | { readonly code: 'credentials_lost' }
  | { readonly code: 'unauthenticated' }
  | { readonly code: 'forbidden'; readonly type: string | null }
  | { readonly code: 'read_only'; readonly type: string }
  | { readonly code: 'index_missing'; readonly type: string }
  | { readonly code: 'conflict'; readonly type: string | null }
  | { readonly code: 'too_large' }
  | { readonly code: 'overloaded'; readonly type: string | null }
  | { readonly code: 'unavailable'; readonly type: string | null; readonly status: number }
  /** The answer is not one of OpenSearch. `status`: null if it is not even JSON. */
  | { readonly code: 'not_opensearch'; readonly status: number | null }
  /** Any other status below 500: the request is wrong for this cluster. */
  | { readonly code: 'refused'; readonly type: string | null; readonly status: number }
  | { readonly code: 'failed'; readonly type: string | null; readonly status: number };

/** AWS's credentials expired, and there are no new ones. */
export class CredentialsLost extends Error {
  override name = 'CredentialsLost';
}

/** The library's errors, by name. Its classes would load the library, which takes time, into every process. */
interface LibraryErrors {
  readonly ResponseError: errors.ResponseError;
  readonly TimeoutError: errors.TimeoutError;
  readonly ConnectionError: errors.ConnectionError;
  readonly DeserializationError: errors.DeserializationError;
}

function isCalled<Name extends keyof LibraryErrors>(error: unknown, name: Name): error is LibraryErrors[Name] {
  return error instanceof Error && error.name === name;
}

/** Returns the failure of a request. Null: the error is not one of a request. */
export function failureOf(error: unknown): ClusterFailure | null {
  if (isCalled(error, 'ResponseError')) {
    const status = error.meta.statusCode ?? 0;
    const type = typeIn(error.body);
    if (status === 404 && type === null && !saysMissing(error.body)) return { code: 'not_opensearch', status };
    return failureOfAnswer({ status, type });
  }
  if (isCalled(error, 'TimeoutError')) return { code: 'timeout' };
  if (isCalled(error, 'ConnectionError')) return ofConnection(codeIn(error.cause));
  if (isCalled(error, 'DeserializationError')) return { code: 'not_opensearch', status: null };
  return error instanceof CredentialsLost ? { code: 'credentials_lost' } : null;
}

/** An answer, or one of the items of a bulk answer. */
export interface RefusingAnswer {
  readonly status: number;
  readonly type: string | null;
}

/** Returns the failure that an answer with an error reports. */
export function failureOfAnswer({ status, type }: RefusingAnswer): ClusterFailure {
  // It has many statuses: 403 for a block that a person set, 429 for a full disk, 503 for a cluster without a manager.
  const blocks = type === 'cluster_block_exception' || type === 'index_create_block_exception';
  if (blocks && (status === 403 || status === 429)) return { code: 'read_only', type };
  if (status === 404 && type === 'index_not_found_exception') return { code: 'index_missing', type };
  switch (status) {
    case 401:
      return { code: 'unauthenticated' };
    case 403:
      return { code: 'forbidden', type };
    case 409:
      return { code: 'conflict', type };
    case 413:
      return { code: 'too_large' };
    case 429:
      return { code: 'overloaded', type };
    case 502:
    case 503:
    case 504:
      return { code: 'unavailable', type, status };
  }
  return { code: status < 500 ? 'refused' : 'failed', type, status };
}

/** Returns the type of the error in an answer, or in an item of a bulk answer. Null: it has none. */
export function typeIn(body: unknown): string | null {
  const error = fieldOf(body, 'error');
  // A search that failed on its shards has the type of that, and the cause below it.
  const causes = fieldOf(error, 'root_cause');
  const cause = Array.isArray(causes) ? nameOf(fieldOf(causes[0], 'type')) : null;
  return cause ?? nameOf(fieldOf(error, 'type'));
}

/** Reports whether OpenSearch itself answers that there is no such thing, and not a proxy that there is no such page. */
function saysMissing(body: unknown): boolean {
  return ['found', 'result', 'pits'].some((field) => fieldOf(body, field) !== undefined);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Any server may have answered, with any text. */
function nameOf(value: unknown): string | null {
  return typeof value === 'string' && /^[a-z_]{1,100}$/.test(value) ? value : null;
}

function codeIn(cause: unknown): string | null {
  const code = fieldOf(cause, 'code');
  return typeof code === 'string' && /^[A-Z0-9_/]{1,100}$/.test(code) ? code : null;
}

const CLIENT_CERTIFICATE =
  /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)$/;
const SERVER_CERTIFICATE = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT_)/;
const TLS = /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO)/;

function ofConnection(nodeCode: string | null): ClusterFailure {
  if (nodeCode === null) return { code: 'unreachable', nodeCode };
  if (nodeCode === 'ETIMEDOUT') return { code: 'timeout' };
  if (CLIENT_CERTIFICATE.test(nodeCode)) return { code: 'client_certificate_refused', nodeCode };
  if (SERVER_CERTIFICATE.test(nodeCode)) return { code: 'certificate_refused', nodeCode };
  return { code: TLS.test(nodeCode) ? 'tls_failed' : 'unreachable', nodeCode };
}

/** @param url the address of the cluster */
export function unavailableBecause(failure: ClusterFailure, url: string): IndexUnavailableError {
  return new IndexUnavailableError(`The OpenSearch cluster ${url} ${sentencesOf(failure)}`, {
    engineCode: engineCodeOf(failure),
  });
}

/** Returns the code that names the failure best: Node.js's, OpenSearch's, or that of the failure itself. */
export function engineCodeOf(failure: ClusterFailure): string {
  if ('nodeCode' in failure && failure.nodeCode !== null) return failure.nodeCode;
  return 'type' in failure && failure.type !== null ? failure.type : failure.code;
}

/** The rest of the sentence, and what to do. */
function sentencesOf(failure: ClusterFailure): string {
  switch (failure.code) {
    case 'unreachable':
      return `cannot be reached (${failure.nodeCode ?? 'the connection ended'}). Check index.url, this machine's network, and whether the cluster runs.`;
    case 'timeout':
      return 'did not answer in time. Check its load and its health, and the network in between.';
    case 'certificate_refused':
      return `has a certificate that this machine does not accept (${failure.nodeCode}). ${certificateHint(failure.nodeCode)}`;
    case 'client_certificate_refused':
      return `refuses the client certificate (${failure.nodeCode}). Set index.tls.cert_file and index.tls.key_file to a certificate that the cluster trusts and that has not expired.`;
    case 'tls_failed':
      return `cannot be reached over TLS (${failure.nodeCode}). Check index.url: does the cluster answer to https:// at this port? If it demands a client certificate, set index.tls.cert_file and index.tls.key_file.`;
    case 'credentials_lost':
      return 'was not asked, because the AWS credentials have expired and AWS gave no new ones. Check the role or the profile of this process.';
    case 'unauthenticated':
      return 'refuses the login (HTTP 401). Correct index.auth: the user name, the password or the client certificate.';
    case 'forbidden':
      return `refuses the request, because the user of index.auth lacks a right (HTTP 403${ofType(failure)}). Give it the rights that docs/opensearch.md lists.`;
    case 'read_only':
      return `is read-only (${failure.type}). Free some space on its disks, or remove the block of the index.`;
    case 'index_missing':
      return 'lacks an index that the connector made. Somebody removed it: the next run builds a new one.';
    case 'conflict':
      return `has a newer state than this process expects (HTTP 409${ofType(failure)}). Check that no other connector writes with the same index.prefix.`;
    case 'too_large':
      return 'refuses a request as too large (HTTP 413). Raise http.max_content_length of the cluster, or the limit of the proxy before it.';
    case 'overloaded':
      return `is overloaded (HTTP 429${ofType(failure)}). Give the cluster more room.`;
    case 'unavailable':
      return `is not available (HTTP ${failure.status}${ofType(failure)}). Check its health: it may be starting, or lack a node.`;
    case 'not_opensearch':
      return 'does not answer like OpenSearch. Check index.url, and the proxy in between if there is one.';
    case 'refused':
      return `refuses a request (HTTP ${failure.status}${ofType(failure)}). Check with the command check that the connector supports this cluster.`;
    case 'failed':
      return `failed in a request (HTTP ${failure.status}${ofType(failure)}). Its log says why.`;
  }
}

function ofType({ type }: { readonly type: string | null }): string {
  return type === null ? '' : `, ${type}`;
}

function certificateHint(nodeCode: string): string {
  if (nodeCode === 'CERT_HAS_EXPIRED') return 'Renew the certificate of the cluster.';
  if (nodeCode === 'CERT_NOT_YET_VALID') return "Check this machine's clock, and the certificate of the cluster.";
  if (nodeCode === 'ERR_TLS_CERT_ALTNAME_INVALID' || nodeCode === 'HOSTNAME_MISMATCH')
    return 'Set index.url to a host name that the certificate names.';
  return 'Set index.tls.ca_file to the certificate of the authority that issued it.';
}
