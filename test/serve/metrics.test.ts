import { rmSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { freePort } from '../../src/process/ports.ts';
import { promtool } from '../alerts/promtool.ts';
import { member, record, recordId, userId } from '../index/contract/setup.ts';
import { CONNECTION, newIndex, startServer, type TestServer } from './setup.ts';

/** What `serve --metrics` shows of the requests and searches. */

const as = (n: number) => ({ 'act-as': `id:${userId(n)}` });
let folder: string;
let path: string;
let server: TestServer;
let port: number;

beforeAll(async () => {
  const index = await newIndex();
  ({ folder, path } = index);
  await index.world.members(member(1));
  await index.world.write({
    records: [1, 2, 3].map((n) => record('Lead', n, { Name: `Solar ${n}` })),
  });
  await index.world.store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  port = await freePort();
  server = await startServer(path, { isOpen: true, metrics: { host: '127.0.0.1', port } });
});
afterEach(() => server?.stop());

const page = async (address: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${address}`);
  return { status: response.status, text: await response.text() };
};

/** Returns the values of a metric by their labels, without the connection's: `route="/healthz",code="200"`. */
async function values(name: string): Promise<Readonly<Record<string, number>>> {
  const { text } = await page('/metrics');
  const lines = text.matchAll(new RegExp(`^salesforce_connector_serve_${name}\\{(.*)\\} (\\S+)$`, 'gm'));
  return Object.fromEntries(
    [...lines].map(([, labels = '', value]) => [
      labels.replace(new RegExp(`,?connection="${CONNECTION}"`), ''),
      Number(value),
    ]),
  );
}

it('counts requests by the pattern of their address, and by status', async () => {
  await server.search({ words: 'solar' }, as(1));
  await server.search({ words: 'solar' }, as(1));
  await server.search({ limit: 0 }, as(1));
  await server.search({}, as(7));
  await server.get(`/v1/records/${recordId('Lead', 1)}`, as(1));
  await server.get(`/v1/records/${recordId('Lead', 9)}`, as(1));
  await server.get('/healthz');
  for (const unknown of ['/wp-login.php', '/v1/users', '/v1/records/a/b/c']) await server.get(unknown);
  expect(await values('requests_total')).toEqual({
    'route="/v1/search",code="200"': 2,
    'route="/v1/search",code="400"': 1,
    'route="/v1/search",code="403"': 1,
    'route="/v1/records/:id",code="200"': 1,
    'route="/v1/records/:id",code="404"': 1,
    'route="/healthz",code="200"': 1,
    'route="other",code="404"': 3,
  });
});

it('counts a request whose credential is refused', async () => {
  await server.search({}, { authorization: 'Bearer unknown' });
  expect(await values('requests_total')).toEqual({ 'route="/v1/search",code="401"': 1 });
});

it('counts and measures searches, over HTTP and MCP', async () => {
  await server.search({ words: 'solar', limit: 2 }, as(1));
  await server.search({ words: 'nothing' }, as(1));
  await server.search({}, as(7));
  await server.get(`/v1/records/${recordId('Lead', 9)}`, as(1));
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers: as(1) } }),
  );
  await client.callTool({ name: 'search', arguments: { words: 'solar' } });
  await client.close();
  expect(await values('answers_total')).toEqual({
    'what="search",outcome="ok"': 3,
    'what="search",outcome="user_not_served"': 1,
    'what="record",outcome="ok"': 0,
    'what="record",outcome="record_not_found"': 1,
    'what="explain",outcome="ok"': 0,
  });
  expect(await values('hits_total')).toEqual({ '': 5 });
  expect(await values('search_seconds_count')).toEqual({ '': 3 });
  const { '': sum = 0 } = await values('search_seconds_sum');
  expect(sum).toBeGreaterThan(0);
});

it('shows how many searches are under way', async () => {
  expect(await values('searches_open')).toEqual({ '': 0 });
  // Salesforce is away, so the search waits for it.
  const search = server.search({ words: 'solar', verify: true }, as(1));
  await vi.waitFor(async () => expect(await values('searches_open')).toEqual({ '': 1 }), { timeout: 10_000 });
  await search;
  expect(await values('searches_open')).toEqual({ '': 0 });
}, 120_000);

it('names no user, no caller and no word', async () => {
  await server.search({ words: 'Bordeaux', owner: userId(3) }, as(1));
  await server.search({ words: 'Bordeaux' }, { 'act-as': 'username:ada%40acme.example' });
  const { text } = await page('/metrics');
  expect(text).toContain('answers_total');
  for (const secret of ['bordeaux', 'ada', userId(1), userId(3), 'local', 'act-as'])
    expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
});

it('shows the process, and is in the form that Prometheus reads', async (context) => {
  const { text } = await page('/metrics');
  expect(text).toMatch(/^salesforce_connector_serve_process_resident_memory_bytes\{.*\} \d/m);
  for (const line of text.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
    expect(line).toContain(`connection="${CONNECTION}"`);
  const check = await promtool(context);
  const { output } = await check(['check', 'metrics'], text);
  // The library's metrics of the process have names that promtool finds unusual.
  expect(output.split('\n').filter((line) => line !== '' && !line.includes('_serve_nodejs_'))).toEqual([]);
});

it('says why it is not ready', async () => {
  expect(await page('/readyz')).toEqual({ status: 200, text: 'ready\n' });
  expect(await page('/healthz')).toEqual({ status: 200, text: 'alive\n' });
  const empty = { host: '127.0.0.1', port: await freePort() };
  const early = await startServer(`${folder}/later.db`, { isOpen: true, metrics: empty });
  const reply = await fetch(`http://127.0.0.1:${empty.port}/readyz`);
  expect([reply.status, await reply.text()]).toEqual([503, (await early.get('/readyz')).body]);
  await early.stop();
});

it('does not start on a port that is taken, and says which option to change', async () => {
  const second = startServer(path, { isOpen: true, metrics: { host: '127.0.0.1', port } });
  await expect(second).rejects.toThrow(
    `--metrics: cannot listen on 127.0.0.1:${port} (EADDRINUSE): set another address or port there, or stop the program that uses it.`,
  );
});

it('ends with the server', async () => {
  await server.stop();
  await expect(page('/metrics')).rejects.toThrow('fetch failed');
});

it('is off without the option: the address of the searches does not have it', async () => {
  expect(await server.get('/metrics')).toMatchObject({ status: 404 });
});
