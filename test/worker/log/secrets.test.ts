import { createPrivateKey } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Config } from '../../../src/config/load.ts';
import { createRedact } from '../../../src/salesforce/redact.ts';
import { secretsOf } from '../../../src/worker/log/secrets.ts';
import { CERTIFICATE, KEY, OTHER_KEY } from '../../salesforce/rsa-keys.ts';

const privateKey = createPrivateKey(KEY);
const config = {
  credentials: async () => ({ clientId: 'id', username: 'int@acme.example', privateKey }),
  notify: async () => null,
} as unknown as Config;

const lines = (pem: string) => pem.split('\n').slice(1, -2);

it('a private key is redacted from the log, line by line, in both of its forms', async () => {
  const redact = createRedact(await secretsOf(config, {}));
  for (const type of ['pkcs1', 'pkcs8'] as const)
    for (const line of lines(privateKey.export({ type, format: 'pem' }).toString()))
      expect(redact(`read ${line} there`)).toBe('read … there');
  for (const line of lines(OTHER_KEY).slice(1)) expect(redact(`read ${line} there`)).toContain(line);
});

it('username and path remain in the log', async () => {
  const redact = createRedact(await secretsOf(config, {}));
  const text = `/run/secrets/key.pem of int@acme.example for ${CERTIFICATE.slice(0, 27)}`;
  expect(redact(text)).toBe(text);
});
