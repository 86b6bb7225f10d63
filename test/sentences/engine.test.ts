import { expect, it } from 'vitest';
import type { EngineTrouble } from '../../src/facts/engine.ts';
import { EngineUnavailableError } from '../../src/index/port/errors.ts';
import { engineText, engineWaitText } from '../../src/sentences/engine.ts';

const address = 'https://search.example.com:9200';

const rows: [EngineTrouble, string | null, string][] = [
  ['unreachable', 'ECONNREFUSED', `the search engine at ${address} does not answer (ECONNREFUSED)`],
  ['read_only', 'cluster_block_exception', `the search engine at ${address} is read-only (cluster_block_exception)`],
  ['overloaded', null, `the search engine at ${address} is overloaded`],
  [
    'refused',
    'security_exception',
    `the search engine at ${address} refuses the connection or the login (security_exception)`,
  ],
];

it.each(rows)('%s, %s', (reason, engineCode, text) => {
  expect(engineText({ code: 'engine_unavailable', reason, address, engineCode })).toBe(text);
});

it('reads well after "waiting for"', () => {
  const facts = { code: 'engine_unavailable', reason: 'read_only', address, engineCode: null } as const;
  expect(engineWaitText(facts)).toBe(`the search engine at ${address}, which is read-only`);
});

it('the error says what happened, and then what to do', () => {
  const { message } = new EngineUnavailableError('unreachable', address, 'ECONNREFUSED');
  expect(message).toBe(
    `The search engine at ${address} does not answer (ECONNREFUSED). Start it, and check index.url and the network between it and the worker.`,
  );
});
