import type { Config } from '../../src/config/load.ts';

/** The settings of a worker whose org is at port 1, where nobody can reach it. */
export const config: Config = {
  file: 'config.yaml',
  connection: 'acme',
  auth: 'client_credentials',
  holdsSecret: false,
  privateKeyFile: null,
  baseUrl: 'http://127.0.0.1:1',
  credentials: async () => ({ clientId: 'id', clientSecret: 'secret' }),
  cronSpec: '*/10 * * * *',
  timezone: 'UTC',
  completeBackfillFrequency: 48,
  sliceRecords: 16_000,
  pageSize: 2_000,
  apiBudgetPercent: 80,
  sweepGuardPercent: 20,
  frozenUsers: 'closed',
  objects: {},
  dataDir: '.data',
  index: { engine: 'sqlite', path: '.data/acme/index.db' },
  temporal: { binary: null },
  metrics: { listen: null },
  serve: { jwt: null, login: null, url: null, tokensFile: null, requestsPerMinute: 600, searchesAtOnce: 64 },
  notify: async () => null,
};
