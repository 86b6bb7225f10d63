import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';

/** Why a text has no key for signing an assertion. */
export type PrivateKeyProblem = 'empty' | 'encrypted' | 'public' | 'not-pem' | 'broken' | 'not-rsa' | 'too-short';

/** RS256 allows no shorter ones (RFC 7518, 3.3), and neither does Salesforce. */
const LEAST_BITS = 2048;

const PRIVATE = /-----BEGIN (?:RSA )?PRIVATE KEY-----/;
const OTHER_PRIVATE = /-----BEGIN [A-Z]+ PRIVATE KEY-----/;
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;
const PUBLIC = /-----BEGIN (?:RSA PUBLIC KEY|PUBLIC KEY|(?:TRUSTED |X509 )?CERTIFICATE)-----/;

/** Where the private key is, and what named it: a key in the config file, or an environment variable. */
export interface PrivateKeyFile {
  readonly path: string;
  readonly namedBy: string;
}

const MAKE_ONE = 'docs/setup.md says how to make one';

const PROBLEMS: Readonly<Record<PrivateKeyProblem, string>> = {
  empty: `is empty: put the private key into it as PEM; ${MAKE_ONE}`,
  encrypted:
    'holds a private key with a passphrase, which the connector cannot use: write the key without a passphrase (openssl pkey -in <key> -out <file>), and restrict the file (chmod 600)',
  public:
    'holds a public key or a certificate, which belongs in the External Client App: set the path of the matching private key',
  'not-pem': `holds no PEM private key (-----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----): set another path, or convert the key (openssl pkey, or ssh-keygen -p -m PEM); ${MAKE_ONE}`,
  broken:
    'holds a private key that cannot be read: it is truncated or altered, for example by spaces at the start of its lines. Copy the file again, byte for byte',
  'not-rsa': `holds a key that is not RSA, and Salesforce accepts only RSA keys; ${MAKE_ONE}`,
  'too-short': `holds a key of fewer than ${LEAST_BITS} bits, which Salesforce does not accept; ${MAKE_ONE}`,
};

/** @throws UserError saying what to do about the file, with its path but never with its contents */
export async function readPrivateKey({ path, namedBy }: PrivateKeyFile): Promise<KeyObject> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${namedBy}: ${path} cannot be read (${error.code}): correct the path, or the permissions of the file and its folders.`,
      'private_key_file_unreadable',
    );
  });
  const key = parsePrivateKey(text);
  if (typeof key === 'string')
    throw new UserError(`${namedBy}: ${path} ${PROBLEMS[key]}.`, `private_key_${key.replaceAll('-', '_')}`);
  return key;
}

/** The RSA key in a PEM text (PKCS#8 or PKCS#1), or what is wrong with it, without any of the text. Pure. */
function parsePrivateKey(text: string): KeyObject | PrivateKeyProblem {
  if (text.trim() === '') return 'empty';
  if (ENCRYPTED.test(text)) return 'encrypted';
  if (!PRIVATE.test(text)) {
    if (OTHER_PRIVATE.test(text)) return 'not-rsa';
    return PUBLIC.test(text) ? 'public' : 'not-pem';
  }
  const key = readKey(text);
  if (key === null) return 'broken';
  // RSA-PSS keys sign differently.
  if (key.asymmetricKeyType !== 'rsa') return 'not-rsa';
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_BITS ? 'too-short' : key;
}

function readKey(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}
