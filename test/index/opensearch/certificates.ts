import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key, as files and as text. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

function openssl(folder: string, ...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function certificateIn(folder: string, name: string): Certificate {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

/** Makes a certificate authority in the folder. */
export function makeAuthority(folder: string, name: string): Certificate {
  openssl(
    folder,
    ...['req', '-x509', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`],
  );
  return certificateIn(folder, name);
}

/** Makes a certificate that the authority issues, beside that authority's own. The host is 127.0.0.1 by default. */
export function makeCertificate(
  folder: string,
  name: string,
  { by, host = 'IP:127.0.0.1', days = 2 }: { readonly by: string; readonly host?: string; readonly days?: number },
): Certificate {
  openssl(folder, 'req', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${host}\n`);
  const authority = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-extfile', `${name}.ext`];
  openssl(folder, 'x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, '-days', `${days}`, ...authority);
  return certificateIn(folder, name);
}
