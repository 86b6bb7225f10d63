import { TransientError } from './errors.ts';
import { NOT_CONNECTED } from './http-connections.ts';
import { ProxyRefusal } from './proxy.ts';

/** Codes for a connection that was not made, so that the org has seen nothing. */
const UNREACHED = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  NOT_CONNECTED,
]);
const TLS = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|EPROTO)/;

const NOT_TLS = /wrong version number|packet length too long/;

/** Returns the code only, because the library's error contains the request and its secrets. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'no connection';
}

/**
 * `first-byte`: until a reply begins. `idle`: without a byte of it. `whole`: from the request to the end of the reply.
 */
export type TimeLimit = 'first-byte' | 'idle' | 'whole';

/** Returns the error for a failure of the proxy in HTTPS_PROXY. */
function proxyError(host: string, { proxy, status, code }: ProxyRefusal): TransientError {
  if (status === null) {
    return new TransientError({
      message: `cannot reach ${host} through the proxy ${proxy} (${code})`,
      hint: 'Check HTTPS_PROXY in the environment of this process: is that the proxy, and is it running? The request is retried.',
      reached: false,
    });
  }
  if (status === 407) {
    return new TransientError({
      message: `the proxy ${proxy} requires a login before it connects to ${host} (HTTP 407)`,
      hint: 'Correct the user name and the password in HTTPS_PROXY, http://<user>:<password>@<host>:<port>, in the environment of this process. The request is retried.',
      reached: false,
    });
  }
  return new TransientError({
    message: `the proxy ${proxy} refuses to connect to ${host} (HTTP ${status})`,
    hint: `Ask the proxy’s administrator to allow ${host}, correct HTTPS_PROXY in the environment of this process, or add the host to NO_PROXY. The request is retried.`,
    reached: false,
  });
}

/** Returns the error for HTTP 407, which comes from a proxy that opens TLS, never from the org. */
export function proxyLoginError(host: string): TransientError {
  return new TransientError({
    message: `a proxy between this machine and ${host} requires a login (HTTP 407)`,
    hint: 'Correct the user name and the password in HTTPS_PROXY in the environment of this process, or ask the proxy’s administrator. The request is retried.',
    status: 407,
  });
}

/** Returns the error for a request without any reply. */
export function networkError(host: string, error: unknown): TransientError {
  if (error instanceof Error && error.cause instanceof ProxyRefusal) return proxyError(host, error.cause);
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : '';
  if (code === 'EPROTO' && NOT_TLS.test(text)) {
    return new TransientError({
      message: `cannot reach ${host} over https: the server there does not speak TLS`,
      hint: 'Correct base_url: the org’s My Domain URL, or for a sandbox org on this machine http:// and its port.',
      reached: false,
    });
  }
  if (code.startsWith('HPE_')) {
    return new TransientError({
      message: `the server at ${host} does not speak HTTP (${code})`,
      hint: 'Correct base_url: does it need https://, or another port?',
      reached: false,
    });
  }
  if (TLS.test(code)) {
    return new TransientError({
      message: `cannot reach ${host} over https (${code})`,
      hint: 'Check that base_url names the org’s My Domain host, and that this machine trusts its certificate (a proxy that intercepts TLS needs NODE_EXTRA_CA_CERTS).',
      reached: false,
    });
  }
  if (code === 'ECONNREFUSED' && /^(127\.0\.0\.1|localhost)\b/.test(host)) {
    return new TransientError({
      message: `cannot reach ${host} (${code})`,
      hint: 'Nothing listens there: start the sandbox org again, with `npm start` or `salesforce-connector sandbox serve`, or correct base_url.',
      reached: false,
    });
  }
  if (UNREACHED.has(code)) {
    return new TransientError({
      message: `cannot reach ${host} (${code === NOT_CONNECTED ? 'no connection in time' : code})`,
      hint: 'Check the host name in base_url and this machine’s network, DNS and proxy settings.',
      reached: false,
    });
  }
  return new TransientError({
    message: `the connection to ${host} ended before a reply (${code})`,
    hint: 'The request is retried. If this persists, check base_url and this machine’s network.',
  });
}

/** Returns the error for a reply that ended too early, or cannot be decompressed. */
export function brokenError(host: string): TransientError {
  return new TransientError({
    message: `the reply from ${host} was cut off`,
    hint: 'The request is retried. If this persists, check proxies between this machine and Salesforce.',
  });
}

/** Returns the error for a reply larger than the client accepts. */
export function tooLargeError(host: string, bytes: number): TransientError {
  return new TransientError({
    message: `the reply from ${host} is larger than ${Math.round(bytes / 2 ** 20)} MiB`,
    hint: 'The connector asks for fewer rows at once where it can. If this persists, check that base_url is the org itself, with no proxy that rewrites replies.',
    remedy: 'smaller-range',
  });
}

/** Returns the error for one of the client's own time limits. */
export function lateError(host: string, limit: TimeLimit, ms: number): TransientError {
  if (limit === 'whole') {
    return new TransientError({
      message: `${host} did not finish its reply within ${ms / 1000} s`,
      hint: 'The connector asks for fewer rows at once where it can. If this persists, check this machine’s network and the proxies in between.',
      remedy: 'smaller-range',
    });
  }
  const what = limit === 'first-byte' ? 'sent no reply' : 'sent no more of its reply';
  return new TransientError({
    message: `${host} ${what} within ${ms / 1000} s`,
    hint: 'The request is retried. If this persists, check the org’s status on https://status.salesforce.com and the proxies in between.',
  });
}
