import { verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { CertificateSource } from '../org/types.ts';

/** What an org checks an assertion of the JWT bearer flow against. */
export interface JwtRules {
  readonly clientId: string;
  readonly certificate: X509Certificate;
  /** The org's own address and the other audiences that it accepts. */
  readonly audiences: readonly string[];
  /** The org's time, in milliseconds since 1970. */
  readonly now: number;
}

export interface Refusal {
  readonly error: string;
  readonly description: string;
}

const INVALID: Refusal = { error: 'invalid_grant', description: 'invalid assertion' };
const CLIENT: Refusal = { error: 'invalid_client_id', description: 'client identifier invalid' };
const AUDIENCE: Refusal = { error: 'invalid_grant', description: 'audience is invalid' };
/** External Client Apps refuse the login hosts with this error since Spring '26. */
const LOGIN_HOST: Refusal = {
  error: 'app_not_found',
  description: 'External client app is not installed in this org',
};
/** Salesforce uses this text for an expired assertion, too. */
const EXPIRED: Refusal = { error: 'invalid_grant', description: 'expired authorization code' };

const LOGIN_HOSTS = /^https:\/\/(?:login|test)\.salesforce\.com\/?$/;
const LONGEST_MS = 3 * 60_000;
const TOLERANCE_MS = 30_000;

const header = z.object({ alg: z.literal('RS256') });
const claims = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
});

/** Returns the username of a valid assertion, or the reason for its refusal. */
export function readAssertion(assertion: string, rules: JwtRules): string | Refusal {
  const [head = '', body = '', signature = '', ...more] = assertion.split('.');
  const said = claims.safeParse(decoded(body));
  if (more.length > 0 || !header.safeParse(decoded(head)).success || !said.success) return INVALID;
  const { iss, sub, aud, exp } = said.data;
  if (iss !== rules.clientId) return CLIENT;
  if (Date.parse(rules.certificate.validTo) < rules.now) return INVALID;
  const signed = Buffer.from(`${head}.${body}`);
  if (!verify('RSA-SHA256', signed, rules.certificate.publicKey, Buffer.from(signature, 'base64url'))) return INVALID;
  const audiences = [aud].flat();
  if (!audiences.some((one) => rules.audiences.includes(one)))
    return audiences.some((one) => LOGIN_HOSTS.test(one)) ? LOGIN_HOST : AUDIENCE;
  if (exp * 1000 < rules.now - TOLERANCE_MS) return EXPIRED;
  return exp * 1000 > rules.now + LONGEST_MS + TOLERANCE_MS ? INVALID : sub;
}

/** The last problem reported for a file without a certificate. Each is reported once. */
const told = new WeakMap<CertificateSource, string>();

/**
 * Returns the current certificate, or null. A file is read each time, because an administrator can replace it. A
 * problem with the file is reported on stderr.
 */
export function certificateOf(source: CertificateSource | null): X509Certificate | null {
  if (source === null) return null;
  if ('pem' in source) return new X509Certificate(source.pem);
  try {
    const certificate = new X509Certificate(readFileSync(source.file));
    told.delete(source);
    return certificate;
  } catch (error) {
    const problem = problemOf(error);
    if (told.get(source) !== problem)
      process.stderr.write(
        `sandbox: org.json: "certificate" names ${source.file}, ${problem}. Until then the JWT bearer flow is off.\n`,
      );
    told.set(source, problem);
    return null;
  }
}

function problemOf(error: unknown): string {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'which does not exist: put the certificate there';
  if (syscall !== undefined) return `which cannot be read (${code}): correct the path, or the file's permissions`;
  return 'which is not a PEM certificate: write the text of certificate.pem there';
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
