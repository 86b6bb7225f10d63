import { afterEach, expect, it } from 'vitest';
import { freePort } from '../../../src/process/ports.ts';
import { type Answers, serveMonitoring } from '../../../src/worker/monitor/http.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function served(answers: Partial<Answers>) {
  const port = await freePort();
  const all: Answers = { setting: 'metrics.listen', metrics: async () => 'a 1\n', notReady: () => [], ...answers };
  closers.push(await serveMonitoring({ host: '127.0.0.1', port }, all));
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return [response.status, await response.text()];
  };
  return { port, ask };
}

it('serves metrics, and says that it is alive and ready', async () => {
  const { ask } = await served({});
  expect(await ask('/metrics?x=1')).toEqual([200, 'a 1\n']);
  expect(await ask('/healthz')).toEqual([200, 'alive\n']);
  expect(await ask('/readyz')).toEqual([200, 'ready\n']);
});

it('says why it is not ready, and is still alive', async () => {
  const { ask } = await served({ notReady: () => ['Temporal does not answer', 'the index could not be opened'] });
  expect(await ask('/readyz')).toEqual([503, 'Temporal does not answer\nthe index could not be opened\n']);
  expect(await ask('/healthz')).toEqual([200, 'alive\n']);
});

it('answers with an error if there are no metrics, because they go elsewhere or cannot be read', async () => {
  const elsewhere = await served({ metrics: () => null });
  expect(await elsewhere.ask('/metrics')).toEqual([404, expect.stringContaining('OTEL_')]);
  const broken = await served({ metrics: () => Promise.reject(new Error('secret')) });
  expect(await broken.ask('/metrics')).toEqual([503, 'there are no metrics yet\n']);
});

it('answers nothing else', async () => {
  const { ask } = await served({});
  expect((await ask('/'))[0]).toBe(404);
  expect((await ask('/metrics', 'POST'))[0]).toBe(405);
});

it('names the port that is taken, and what to do', async () => {
  const { port } = await served({});
  const answers: Answers = { setting: '--metrics', metrics: () => null, notReady: () => [] };
  await expect(serveMonitoring({ host: '127.0.0.1', port }, answers)).rejects.toThrow(
    `--metrics: cannot listen on 127.0.0.1:${port} (EADDRINUSE): set another address or port there, or stop`,
  );
});
