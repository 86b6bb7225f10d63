import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import type { EngineTls, SecretSource } from '../location.ts';

/** What Node.js takes for a TLS connection. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads the PEM files.
 *
 * @throws UserError with the key of the config file, and without any content
 */
export async function readTls({ caFile, certFile, keyFile }: EngineTls): Promise<TlsOptions> {
  const ca = caFile === null ? null : await readCertificates('index.tls.ca_file', caFile);
  const own = await readOwn(certFile, keyFile);
  return { ...(ca === null ? {} : { ca }), ...own };
}

async function readOwn(certFile: string | null, keyFile: string | null): Promise<TlsOptions> {
  if (certFile === null && keyFile === null) return {};
  if (certFile === null || keyFile === null) {
    const [given, missing] = certFile === null ? ['key_file', 'cert_file'] : ['cert_file', 'key_file'];
    throw new UserError(
      `index.tls.${given} is set without index.tls.${missing}: a client certificate needs both.`,
      'tls_file_malformed',
    );
  }
  const cert = await readCertificates('index.tls.cert_file', certFile);
  const { text: key, parsed } = await readKey('index.tls.key_file', keyFile);
  if (new X509Certificate(cert).checkPrivateKey(parsed)) return { cert, key };
  throw new UserError(
    `index.tls.key_file: ${keyFile} is not the key of the certificate in index.tls.cert_file: correct one of the two paths. The client's own certificate comes first in its file.`,
    'tls_file_malformed',
  );
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Node.js would leave out certificates that it cannot read. */
async function readCertificates(key: string, path: string): Promise<string> {
  const text = await readPem(key, path);
  const certificates = text.match(CERTIFICATES) ?? [];
  if (certificates.length > 0 && certificates.every(isCertificate)) return text;
  throw new UserError(
    `${key}: ${path} holds no certificate that can be read: give it certificates as PEM (-----BEGIN CERTIFICATE-----), copied byte for byte.`,
    'tls_file_malformed',
  );
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

async function readKey(key: string, path: string): Promise<{ text: string; parsed: KeyObject }> {
  const text = await readPem(key, path);
  if (ENCRYPTED.test(text)) {
    throw new UserError(
      `${key}: ${path} holds a private key with a passphrase, which the connector cannot use: write the key without a passphrase (openssl pkey -in <key> -out <file>), and restrict the file (chmod 600).`,
      'tls_file_malformed',
    );
  }
  try {
    return { text, parsed: createPrivateKey(text) };
  } catch {
    throw new UserError(
      `${key}: ${path} holds no private key that can be read: give it the key as PEM (-----BEGIN PRIVATE KEY-----), copied byte for byte.`,
      'tls_file_malformed',
    );
  }
}

async function readPem(key: string, path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${key}: ${path} cannot be read (${error.code}): correct the path, or the permissions of the file and its folders.`,
      'tls_file_unreadable',
    );
  });
}

const PASSWORD_FILE = 'index.auth.basic.password_file';

/** @throws UserError without the password, and without the path: somebody may have written the password there */
export async function readPassword(source: SecretSource): Promise<string> {
  if ('variable' in source) return passwordIn(source.variable);
  const text = await readFile(source.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${PASSWORD_FILE}: the file cannot be read (${error.code}): correct the path, or the permissions of the file and its folders.`,
      'secret_file_unreadable',
    );
  });
  const alone = text.trim();
  const problem = alone === '' ? 'is empty' : /[\r\n]/.test(alone) ? 'has more than one line' : null;
  if (problem === null) return alone;
  throw new UserError(
    `${PASSWORD_FILE}: the file ${problem}: write only the password into it.`,
    'secret_file_malformed',
  );
}

function passwordIn(variable: string): string {
  const password = process.env[variable];
  if (password) return password;
  throw new UserError(
    `index.auth.basic: the password is missing: write password_file there, or set ${variable}.`,
    'credential_missing',
  );
}
