import type { Config } from '../config.ts';
import { isOpenToOthers } from '../open-to-others.ts';
import { type Credentials, isJwt } from '../salesforce/credentials.ts';
import { type Finding, good } from './finding.ts';

/** What is to be said of the private key that was read; nothing where there is none. */
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
        'Close it to them: chmod 600, or defaultMode 0400 of a Kubernetes secret. If somebody may have copied the key, make a new one and upload its certificate.',
    },
  ];
}
