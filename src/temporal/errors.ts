import { isGrpcServiceError, NamespaceNotFoundError } from '@temporalio/client';
import { UserError } from '../user-error.ts';

/** What an error can be explained with. */
export interface Asked {
  readonly address: string;
  /** The `temporal.toml` beside the config file, where that names the address. */
  readonly namedBy: string | null;
  readonly namespace: string;
}

/** What stands between this program and its Temporal server. The first four may pass by themselves. */
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

/** An error by its cause, with the server's own words for it. */
export interface Explained {
  readonly problem: TemporalProblem;
  readonly details: string;
}

/** No Temporal server can be reached: `status` has an exit code of its own for it. */
export class NoServerError extends UserError {
  override name = 'NoServerError';
}

const PASSING: ReadonlySet<TemporalProblem> = new Set(['refused', 'late', 'broken-off', 'unknown-host']);

/** Whether the same may work soon. */
export function mayPass({ problem }: Explained): boolean {
  return PASSING.has(problem);
}

/**
 * Client and worker have transports of their own, and neither gives a code for what keeps it from connecting. Their texts,
 * in the order in which they are tried: some hold another's words.
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

/** gRPC's codes, as far as they tell a cause. */
const CODES: Readonly<Record<number, TemporalProblem>> = {
  4: 'late',
  7: 'denied',
  12: 'not-grpc',
  14: 'broken-off',
  16: 'denied',
};

/** UNKNOWN, NOT_FOUND and UNAVAILABLE have many causes. */
const TOLD_BY_TEXT: ReadonlySet<number> = new Set([2, 5, 14]);

const LONGEST_DETAILS = 200;

/** Why Temporal did not do what it was asked; null: the error is neither the server's nor its connection's. */
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
  const problem = answer && !TOLD_BY_TEXT.has(answer.code) ? byCode : (byText ?? byCode);
  return {
    problem: problem ?? 'failed',
    details: text.split('\n')[0]?.slice(0, LONGEST_DETAILS).replace(/\.$/, '') ?? '',
  };
}

/** What the worker's transport throws, and OpenSSL where it is given the files of the settings. */
function isTransport({ name, message }: Error): boolean {
  return name === 'TransportError' || /^error:[0-9A-F]{8}:|PEM routines/.test(message);
}

/** What to say of it, and what to correct. */
export function temporalError({ problem, details }: Explained, { address, namedBy, namespace }: Asked): UserError {
  const there = `the Temporal server at ${address}`;
  const another = 'name another by TEMPORAL_ADDRESS';
  const away = (why: string) => {
    const start =
      namedBy === null ? 'start one there' : `start the one that ${namedBy} names (the demo's by \`npm start\`)`;
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
      return away('its name is not known');
    case 'not-grpc':
      return new NoServerError(
        `What answers at ${address} is not a Temporal server: name its gRPC port by TEMPORAL_ADDRESS (usually 7233; the Web UI has another one).`,
      );
    case 'plain-refused':
      return new NoServerError(
        `The server at ${address} does not speak gRPC without TLS: if Temporal is there, set TEMPORAL_TLS=true; otherwise ${another}.`,
      );
    case 'tls-refused':
      return new NoServerError(
        `The server at ${address} does not speak TLS, and the TEMPORAL_TLS… settings or TEMPORAL_API_KEY turn it on: take them away (TEMPORAL_TLS=false), or ${another}.`,
      );
    case 'untrusted':
      return new NoServerError(
        `The certificate of ${there} is not trusted: name its CA by TEMPORAL_TLS_SERVER_CA_CERT_PATH, or ${another}.`,
      );
    case 'other-name':
      return new NoServerError(
        `The certificate of ${there} is for another host name: correct TEMPORAL_ADDRESS, or give the certificate's name by TEMPORAL_TLS_SERVER_NAME.`,
      );
    case 'client-certificate':
      return new NoServerError(
        `The server at ${address} refuses the client's certificate: name one that it accepts by TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH.`,
      );
    case 'tls-files':
      return new UserError(
        'The TLS certificate or key for Temporal cannot be used: TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH must both name PEM files, which belong together.',
      );
    case 'denied':
      return new UserError(
        `${capital(there)} refuses access to the namespace '${namespace}': correct TEMPORAL_API_KEY or the client certificate, its rights, or TEMPORAL_NAMESPACE.`,
      );
    case 'no-namespace':
      return new UserError(
        `${capital(there)} has no namespace '${namespace}': create it, or name another by TEMPORAL_NAMESPACE.`,
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
