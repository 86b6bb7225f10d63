import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { addToken } from '../../src/serve/credentials/token-file.ts';
import { groupId, member, record, recordId, shares, userId } from '../index/contract/setup.ts';
import { FETCH_MS, fetchGenerator, generateClient, useClient } from './python-client.ts';
import { CONNECTION, newIndex, startServer, type TestServer } from './setup.ts';

/** A client that a generator for Python makes from the OpenAPI document, with nothing added by hand. */

let folder: string;
let server: TestServer;
let token: string;

beforeAll(async () => {
  const index = await newIndex();
  ({ folder } = index);
  const { world } = index;
  await world.members(member(1), member(2, [groupId(1)]));
  await world.write({
    records: [
      record('Account', 1, { Name: 'Acme' }, { ownerId: userId(1) }),
      record('Contact', 1, { Name: 'Ada' }, { ownerId: userId(1), accountId: recordId('Account', 1) }),
      ...[1, 2, 3, 4, 5].map((n) => record('Lead', n, { Name: `Solar ${n}` }, { ownerId: userId(1) })),
    ],
    shares: [
      shares('Account', 1, [groupId(1)]),
      shares('Contact', 1, [groupId(1)]),
      ...[1, 2, 3, 4].map((n) => shares('Lead', n, [groupId(1)])),
    ],
  });
  await world.endBackfill();
  await world.store.close();
  const tokensFile = join(folder, 'tokens.json');
  const expires = new Date(Date.now() + 600_000).toISOString();
  token = await addToken(tokensFile, { name: 'python', connections: [CONNECTION], expires });
  server = await startServer(index.path, { tokensFile });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Returns the generator. Skips the test if Python is missing. */
async function generatorOr(context: TestContext): Promise<string> {
  const fetched = await fetchGenerator();
  if ('folder' in fetched) return fetched.folder;
  const why = `openapi-python-client is left out: ${fetched.missing}`;
  process.stderr.write(`${why}\n`);
  return context.skip(why);
}

const TIMEOUT = FETCH_MS + 180_000;

it('is generated without a warning, and searches, reads and is refused', { timeout: TIMEOUT }, async (context) => {
  const generator = await generatorOr(context);
  const { body: document } = await server.get('/openapi.json');
  expect(await generateClient(generator, document, folder)).toEqual({
    code: 0,
    output: expect.not.stringMatching(/warn/i),
  });
  const used = await useClient(generator, folder, {
    url: server.url,
    token,
    as: `id:${userId(2)}`,
    stranger: 'username:nobody%40acme.example',
    shown: recordId('Contact', 1),
    hidden: recordId('Lead', 5),
  });
  expect(used).toEqual({
    pages: {
      user: userId(2),
      total: 4,
      titles: [
        ['Solar 4', 'Solar 3'],
        ['Solar 2', 'Solar 1'],
      ],
    },
    record: { title: 'Ada', fields: { Name: 'Ada' }, account: 'Acme' },
    hidden: { status: 404, code: 'record_not_found', reason: null },
    stranger: { status: 403, code: 'user_not_served', reason: 'unknown' },
    forbidden: { status: 403, code: 'forbidden', reason: null },
    wrong: { status: 400, code: 'bad_request', reason: null },
    anonymous: { status: 400, code: 'bad_request', reason: null },
  });
});

it('control: a document that the generator does not understand is a warning', { timeout: TIMEOUT }, async (context) => {
  const generator = await generatorOr(context);
  const { body: document } = await server.get('/openapi.json');
  document.components.schemas.Hit.properties.object = {
    allOf: [{ $ref: '#/components/schemas/ObjectName' }, { type: ['string', 'null'] }],
  };
  const { code, output } = await generateClient(generator, document, mkdtempSync(join(folder, 'control-')));
  expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/warning/i) });
});
