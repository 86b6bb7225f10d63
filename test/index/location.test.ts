import { describe, expect, it } from 'vitest';
import { indexIn } from '../../src/index/location.ts';
import { openInspector } from '../../src/index/open.ts';
import { SearchRefusedError } from '../../src/index/port/errors.ts';

const CLUSTER = { engine: 'opensearch', url: 'https://search.acme.example/', prefix: 'crm' } as const;

describe('an index in a cluster, for callers without a config', () => {
  it('needs an address and a prefix', () => {
    expect(indexIn(CLUSTER)).toMatchObject({
      engine: 'opensearch',
      connection: null,
      url: 'https://search.acme.example',
      prefix: 'crm',
      tls: { caFile: null, certFile: null, keyFile: null },
      auth: { kind: 'none' },
    });
  });

  it('can have certificates and a user', () => {
    const auth = { kind: 'basic', username: 'salesforce', password: { variable: 'PASSWORD' } } as const;
    expect(indexIn({ ...CLUSTER, tls: { caFile: '/ca.pem' }, auth })).toMatchObject({
      tls: { caFile: '/ca.pem', certFile: null, keyFile: null },
      auth,
    });
  });
});

it('explanations and audits say where they work, on a machine without the run store', async () => {
  const index = { ...indexIn(CLUSTER), path: '/nowhere/index.db' };
  const error = await openInspector({ index }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(SearchRefusedError);
  expect(error.message).toBe(
    "This needs the run store, which is on the worker's machine, and there is none at /nowhere/index.db: run it there, or start the first run.",
  );
});
