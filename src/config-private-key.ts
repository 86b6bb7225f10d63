import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LEAST_BITS, type PrivateKeyProblem, parsePrivateKey } from './private-key.ts';
import { UserError } from './user-error.ts';

/** Where the private key is, and what named it: a key of the config file, or a variable of the environment. */
export interface PrivateKeyFile {
  readonly path: string;
  readonly namedBy: string;
}

const MAKE_ONE = 'docs/setup.md says how to make one';

const PROBLEMS: Readonly<Record<PrivateKeyProblem, string>> = {
  empty: `is empty: put the private key into it as PEM; ${MAKE_ONE}`,
  encrypted:
    'holds a private key with a passphrase, which the connector cannot be given: write the key without it (openssl pkey -in <key> -out <file>), and close the file to others (chmod 600)',
  public:
    'holds a public key or a certificate, which belongs into the External Client App: name the file of the private key that was made with it',
  'not-pem': `holds no private key as PEM, which begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----: name another file, or convert the key (openssl pkey, or ssh-keygen -p -m PEM); ${MAKE_ONE}`,
  broken:
    'holds a private key that cannot be read: it is cut off or changed, as by spaces at the beginning of its lines. Copy the file again, byte for byte',
  'not-rsa': `holds a key that is not RSA, and Salesforce takes RSA keys only; ${MAKE_ONE}`,
  'too-short': `holds a key of fewer than ${LEAST_BITS} bits, which Salesforce does not take; ${MAKE_ONE}`,
};

/** @throws UserError saying what to do about the file, with its path and nothing of its contents */
export async function readPrivateKey({ path, namedBy }: PrivateKeyFile): Promise<KeyObject> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${namedBy}: ${path} cannot be read (${error.code}): correct the path, or the rights of the file and its folders.`,
      'private_key_file_unreadable',
    );
  });
  const key = parsePrivateKey(text);
  if (typeof key === 'string')
    throw new UserError(`${namedBy}: ${path} ${PROBLEMS[key]}.`, `private_key_${key.replaceAll('-', '_')}`);
  return key;
}
