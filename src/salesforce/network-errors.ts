import { NOT_CONNECTED } from './connections.ts';
import { TransientError } from './errors.ts';
import { ProxyRefusal } from './proxy.ts';

/** No connection was made, so the org has seen nothing. */
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

/** Names the code only: the library's own error carries the request with its secrets. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'no connection';
}

/** `first-byte`: until a reply begins; `idle`: without a byte of it; `whole`: from the request to the reply's end. */
export type TimeLimit = 'first-byte' | 'idle' | 'whole';

/** The proxy that HTTPS_PROXY names is the cause. */
function proxyError(host: string, { proxy, status, code }: ProxyRefusal): TransientError {
  if (status === null) {
    return new TransientError({
      message: `cannot reach ${host} through the proxy ${proxy} (${code})`,
      hint: 'Look at HTTPS_PROXY in the environment of this process: is that the proxy, and does it run? The request is sent again.',
      reached: false,
    });
  }
  if (status === 407) {
    return new TransientError({
      message: `the proxy ${proxy} wants a login before it connects to ${host} (HTTP 407)`,
      hint: 'Correct the user name and the password in HTTPS_PROXY, http://<user>:<password>@<host>:<port>, in the environment of this process. The request is sent again.',
      reached: false,
    });
  }
  return new TransientError({
    message: `the proxy ${proxy} refuses to connect to ${host} (HTTP ${status})`,
    hint: `Ask who runs the proxy to allow ${host}, or correct HTTPS_PROXY in the environment of this process, or name the host in NO_PROXY. The request is sent again.`,
    reached: false,
  });
}

/** A reply of HTTP 407 comes from a proxy that opens TLS, never from the org. */
export function proxyLoginError(host: string): TransientError {
  return new TransientError({
    message: `a proxy between this machine and ${host} wants a login (HTTP 407)`,
    hint: 'Correct the user name and the password in HTTPS_PROXY in the environment of this process, or ask who runs the proxy. The request is sent again.',
    status: 407,
  });
}

/** There was no reply at all. */
export function networkError(host: string, error: unknown): TransientError {
  if (error instanceof Error && error.cause instanceof ProxyRefusal) return proxyError(host, error.cause);
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : '';
  if (code === 'EPROTO' && NOT_TLS.test(text)) {
    return new TransientError({
      message: `cannot reach ${host} by https: what listens there does not speak TLS`,
      hint: 'Correct base_url: the org’s My Domain URL, or for a sandbox org on this machine http:// and its port.',
      reached: false,
    });
  }
  if (code.startsWith('HPE_')) {
    return new TransientError({
      message: `what listens at ${host} does not speak HTTP (${code})`,
      hint: 'Correct base_url: is it https:// there, or another port?',
      reached: false,
    });
  }
  if (TLS.test(code)) {
    return new TransientError({
      message: `cannot reach ${host} by https (${code})`,
      hint: 'Check that base_url names the org’s My Domain host, and that this machine trusts its certificate (a proxy that opens TLS needs NODE_EXTRA_CA_CERTS).',
      reached: false,
    });
  }
  if (code === 'ECONNREFUSED' && /^(127\.0\.0\.1|localhost)\b/.test(host)) {
    return new TransientError({
      message: `cannot reach ${host} (${code})`,
      hint: 'Nothing listens there: start the sandbox org again, by `npm start` or `salesforce-connector sandbox serve`, or mend base_url.',
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
    hint: 'The request is sent again. If it stays so, check base_url and this machine’s network.',
  });
}

/** The reply ended too early, or cannot be decompressed. */
export function brokenError(host: string): TransientError {
  return new TransientError({
    message: `the reply of ${host} broke off`,
    hint: 'The request is sent again. If it stays so, look at proxies between this machine and Salesforce.',
  });
}

/** The reply is larger than the client takes. */
export function tooLargeError(host: string, bytes: number): TransientError {
  return new TransientError({
    message: `the reply of ${host} is larger than ${Math.round(bytes / 2 ** 20)} MiB`,
    hint: 'Fewer rows are asked for at once, where that is possible. If it stays so, see that base_url is the org itself, with no proxy that rewrites replies.',
    remedy: 'smaller-range',
  });
}

/** One of the client's own limits has passed. */
export function lateError(host: string, limit: TimeLimit, ms: number): TransientError {
  if (limit === 'whole') {
    return new TransientError({
      message: `${host} did not come to the end of its reply within ${ms / 1000} s`,
      hint: 'Fewer rows are asked for at once, where that is possible. If it stays so, look at this machine’s network and at proxies in between.',
      remedy: 'smaller-range',
    });
  }
  const what = limit === 'first-byte' ? 'sent no reply' : 'sent nothing more of its reply';
  return new TransientError({
    message: `${host} ${what} within ${ms / 1000} s`,
    hint: 'The request is sent again. If it stays so, look at the org’s state on https://status.salesforce.com and at proxies in between.',
  });
}
