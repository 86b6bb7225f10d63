import { isGrpcServiceError, NamespaceNotFoundError } from '@temporalio/client';
import { UserError } from '../errors.ts';

/** The settings that an error message can mention. */
export interface Asked {
  readonly address: string;
  /** The `temporal.toml` beside the config file, if it names the address. */
  readonly namedBy: string | null;
  readonly namespace: string;
}

/** A problem between this program and its Temporal server. The first four may be temporary. */
export type TemporalProblem =
  | 'refused'
  | 'late'
  | 'broken-off'
  | 'unknown-host'
  | 'not-grpc'
  | 'plain-refused'
  | 'tls-refused'
  | 'untrusted'
  | 'other-name'
  | 'client-certificate'
  | 'tls-files'
  | 'denied'
  | 'no-namespace'
  | 'failed';

/** An error's cause, with the server's own words. */
export interface Explained {
  readonly problem: TemporalProblem;
  readonly details: string;
}

/** No Temporal server can be reached. `status` has a separate exit code for this. */
export class NoServerError extends UserError {
  override name = 'NoServerError';
}

const PASSING: ReadonlySet<TemporalProblem> = new Set(['refused', 'late', 'broken-off', 'unknown-host']);

/** Reports whether a retry may succeed soon. */
export function mayPass({ problem }: Explained): boolean {
  return PASSING.has(problem);
}

/**
 * Patterns of error texts, because the transports of client and worker give no code for connection problems. They are
 * in the order in which they are tried, because some contain the words of others.
 */
const TEXTS: readonly (readonly [TemporalProblem, RegExp])[] = [
  ['no-namespace', /^Namespace .* not found/],
  ['denied', /does not have permission|PermissionDenied|unauthori[sz]ed|Unauthenticated|valid authentication/i],
  ['other-name', /altnames|NotValidForName/i],
  ['tls-files', /PrivateKeyParseError|CertificateParseError|DECODER|PEM routines|PEM_read|key values mismatch/i],
  ['client-certificate', /alert (number|certificate|bad|handshake|unknown)|CertificateRequired|AlertReceived/i],
  ['untrusted', /certificate|UnknownIssuer/i],
  ['tls-refused', /wrong version number|packet length too long|InvalidContentType|InvalidMessage/i],
  ['refused', /refused/i],
  ['unknown-host', /ENOTFOUND|EAI_AGAIN|dns error|name resolution failed/i],
  ['late', /deadline|timed out|ETIMEDOUT/i],
  ['not-grpc', /Protocol error|HTTP status code|frame with invalid size/i],
  ['plain-refused', /Last error: Failed to connect|BrokenPipe/i],
];

/** The gRPC codes that identify a cause. */
const CODES: Readonly<Record<number, TemporalProblem>> = {
  4: 'late',
  7: 'denied',
  12: 'not-grpc',
  14: 'broken-off',
  16: 'denied',
};

/** UNKNOWN, NOT_FOUND and UNAVAILABLE have many causes. */
const KNOWN_BY_TEXT: ReadonlySet<number> = new Set([2, 5, 14]);

const LONGEST_DETAILS = 200;

/**
 * Explains why Temporal did not do what it was asked. Null: the error comes neither from the server nor from its
 * connection.
 */
export function explained(error: unknown): Explained | null {
  const chain: Error[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) chain.push(cause);
  if (chain.some((each) => each instanceof NamespaceNotFoundError)) return { problem: 'no-namespace', details: '' };
  const answer = chain.find(isGrpcServiceError);
  // The worker's transport gives no details.
  const text = answer ? answer.details || answer.message : chain.find(isTransport)?.message;
  if (text === undefined) return null;
  const byText = TEXTS.find(([, pattern]) => pattern.test(text))?.[0];
  const byCode = answer && CODES[answer.code];
  const problem = answer && !KNOWN_BY_TEXT.has(answer.code) ? byCode : (byText ?? byCode);
  return {
    problem: problem ?? 'failed',
    details: text.split('\n')[0]?.slice(0, LONGEST_DETAILS).replace(/\.$/, '') ?? '',
  };
}

/** Recognizes errors of the worker's transport, and OpenSSL's errors about the files in the settings. */
function isTransport({ name, message }: Error): boolean {
  return name === 'TransportError' || /^error:[0-9A-F]{8}:|PEM routines/.test(message);
}

/** Returns the error to report, with what to correct. */
export function temporalError({ problem, details }: Explained, { address, namedBy, namespace }: Asked): UserError {
  const there = `the Temporal server at ${address}`;
  const another = 'set TEMPORAL_ADDRESS to another server';
  const away = (why: string) => {
    const start =
      namedBy === null ? 'start one there' : `start the one in ${namedBy} (for the demo, with \`npm start\`)`;
    return new NoServerError(`No Temporal server answers at ${address} (${why}): ${start}, or ${another}.`);
  };
  switch (problem) {
    case 'refused':
      return away('connection refused');
    case 'late':
      return away('no answer in time');
    case 'broken-off':
      return away('the connection broke off');
    case 'unknown-host':
      return away('unknown host name');
    case 'not-grpc':
      return new NoServerError(
        `The server at ${address} is not a Temporal server: set TEMPORAL_ADDRESS to the gRPC port (usually 7233; the Web UI has another one).`,
      );
    case 'plain-refused':
      return new NoServerError(
        `The server at ${address} does not speak gRPC without TLS: if Temporal is there, set TEMPORAL_TLS=true; otherwise ${another}.`,
      );
    case 'tls-refused':
      return new NoServerError(
        `The server at ${address} does not speak TLS, but the TEMPORAL_TLS… settings or TEMPORAL_API_KEY turn it on: remove them (TEMPORAL_TLS=false), or ${another}.`,
      );
    case 'untrusted':
      return new NoServerError(
        `The certificate of ${there} is not trusted: set TEMPORAL_TLS_SERVER_CA_CERT_PATH to its CA, or ${another}.`,
      );
    case 'other-name':
      return new NoServerError(
        `The certificate of ${there} is for another host name: correct TEMPORAL_ADDRESS, or set TEMPORAL_TLS_SERVER_NAME to the certificate's name.`,
      );
    case 'client-certificate':
      return new NoServerError(
        `The server at ${address} refuses the client certificate: set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH to one that it accepts.`,
      );
    case 'tls-files':
      return new UserError(
        'The TLS certificate or key for Temporal cannot be used: TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH must name a matching pair of PEM files.',
      );
    case 'denied':
      return new UserError(
        `${capital(there)} refuses access to the namespace '${namespace}': correct TEMPORAL_API_KEY or the client certificate, its permissions, or TEMPORAL_NAMESPACE.`,
      );
    case 'no-namespace':
      return new UserError(
        `${capital(there)} has no namespace '${namespace}': create it, or set TEMPORAL_NAMESPACE to another.`,
      );
    case 'failed':
      return new UserError(
        `${capital(there)} answered with an error (${details}): try again, and see the server's log.`,
      );
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
