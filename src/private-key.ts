import { createPrivateKey, type KeyObject } from 'node:crypto';

/** Why a text holds no key that an assertion can be signed with. */
export type PrivateKeyProblem = 'empty' | 'encrypted' | 'public' | 'not-pem' | 'broken' | 'not-rsa' | 'too-short';

/** RS256 allows no shorter ones (RFC 7518, 3.3), and neither does Salesforce. */
export const LEAST_BITS = 2048;

const PRIVATE = /-----BEGIN (?:RSA )?PRIVATE KEY-----/;
const OTHER_PRIVATE = /-----BEGIN [A-Z]+ PRIVATE KEY-----/;
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;
const PUBLIC = /-----BEGIN (?:RSA PUBLIC KEY|PUBLIC KEY|(?:TRUSTED |X509 )?CERTIFICATE)-----/;

/** The RSA key of a PEM text (PKCS#8 or PKCS#1), or what is wrong with it. Nothing of the text is in the answer. Pure. */
export function parsePrivateKey(text: string): KeyObject | PrivateKeyProblem {
  if (text.trim() === '') return 'empty';
  if (ENCRYPTED.test(text)) return 'encrypted';
  if (!PRIVATE.test(text)) {
    if (OTHER_PRIVATE.test(text)) return 'not-rsa';
    return PUBLIC.test(text) ? 'public' : 'not-pem';
  }
  const key = readKey(text);
  if (key === null) return 'broken';
  // RSA-PSS keys sign in another way.
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
