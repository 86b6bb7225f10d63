import type { Config } from '../config/load.ts';
import { isOpenToOthers } from '../config/secret-files.ts';
import { type Credentials, isJwt } from '../salesforce/credentials.ts';
import { type Finding, good } from './finding.ts';

/** Findings about the private key; none without a key. */
export async function privateKeyFindings(
  { privateKeyFile }: Pick<Config, 'privateKeyFile'>,
  credentials: Credentials,
): Promise<readonly Finding[]> {
  if (!isJwt(credentials) || privateKeyFile === null) return [];
  const bits = credentials.privateKey.asymmetricKeyDetails?.modulusLength;
  const found = `${privateKeyFile} holds an RSA key of ${bits} bits`;
  if (!(await isOpenToOthers(privateKeyFile))) return [good('private-key', 'credentials', found)];
  return [
    {
      test: 'private-key',
      step: 'credentials',
      status: 'warning',
      found: `${privateKeyFile}, which holds the private key, can be read by other users of this machine`,
      closes: null,
      remedy:
        'Restrict it: chmod 600, or defaultMode 0400 of a Kubernetes secret. If someone may have copied the key, create a new one and upload its certificate.',
    },
  ];
}
