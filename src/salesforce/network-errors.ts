import { TransientError } from './errors.ts';

/** No connection was made, so the org has seen nothing. */
const UNREACHED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);
const TLS = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|EPROTO)/;

/** Names the code only: the library's own error carries the request with its secrets. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'no connection';
}

/** There was no reply at all. */
export function networkError(host: string, error: unknown): TransientError {
  const code = codeOf(error);
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
      message: `cannot reach ${host} (${code})`,
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

/** One of the client's own limits has passed. */
export function lateError(host: string, limit: 'first-byte' | 'idle', ms: number): TransientError {
  const what = limit === 'first-byte' ? 'sent no reply' : 'sent nothing more of its reply';
  return new TransientError({
    message: `${host} ${what} within ${ms / 1000} s`,
    hint: 'The request is sent again. If it stays so, look at the org’s state on https://status.salesforce.com and at proxies in between.',
  });
}
