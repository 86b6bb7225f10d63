import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/process/ports.ts';
import { supervise } from '../../../src/process/supervised.ts';
import { type Checkout, neutralEnvironment } from '../deployment/checkout.ts';
import { usageOf } from '../deployment/process-usage.ts';
import type { Asked, Timed } from './messages.ts';

const LIMIT = 20;
const BARE_REQUESTS = 500;

/** A checkout's server of searches, as its user would run it. */
export interface SearchServer {
  readonly pid: number;
  /** Asks over HTTP. Each of `parallel` clients sends its next search when the last one is answered. */
  ask(asked: Asked): Promise<Timed>;
  /** Returns the milliseconds of requests that search nothing, one at a time. */
  bareRequests(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** Starts a server on the index file, which trusts this machine and limits nothing. */
export async function startSearchServer({ program }: Checkout, index: string): Promise<SearchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-serve-'));
  const config = join(folder, 'config.yaml');
  writeFileSync(
    config,
    `connection: bench
base_url: https://bench.my.salesforce.com
index: { engine: sqlite, path: ${JSON.stringify(index)} }
serve: { requests_per_minute: 1000000000, searches_at_once: 1000000 }
`,
  );
  const listen = `127.0.0.1:${await freePort()}`;
  const server = await supervise(
    process.execPath,
    [program, 'serve', '--config', config, '--open', '--listen', listen],
    { log: join(folder, 'serve.log'), env: neutralEnvironment(), readFirstLine: true },
  );
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true });
  };
  if ((await server.firstLine) === null) throw new Error(`the server has ended; see ${server.log}`);
  const url = `http://${listen}`;
  return {
    pid: server.pid,
    ask: (asked) => askServer(url, server.pid, asked),
    async bareRequests() {
      const times: number[] = [];
      for (let n = 0; n < BARE_REQUESTS; n += 1) {
        const asked = performance.now();
        await (await fetch(`${url}/healthz`)).text();
        times.push(performance.now() - asked);
      }
      return times;
    },
    stop,
  };
}

async function askServer(url: string, pid: number, { searches, parallel }: Asked): Promise<Timed> {
  const times = new Array<number>(searches.length);
  const [began, used, left] = [performance.now(), usageOf(pid).cpuSeconds, searches.entries()];
  let [hits, refused] = [0, 0];
  const askOn = async (): Promise<void> => {
    for (const [nth, { as, words }] of left) {
      const asked = performance.now();
      const found = await search(url, as, words);
      if (found === null) refused += 1;
      else {
        hits += found;
        times[nth] = performance.now() - asked;
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, askOn));
  return {
    times: times.filter((time) => time !== undefined),
    hits,
    refused,
    seconds: (performance.now() - began) / 1e3,
    cpuSeconds: usageOf(pid).cpuSeconds - used,
  };
}

/** Returns the number of hits on the page. Null: the user cannot search. */
async function search(url: string, as: string, words: string): Promise<number | null> {
  const response = await fetch(`${url}/v1/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'act-as': `id:${as}` },
    body: JSON.stringify({ words, limit: LIMIT }),
  });
  const reply = (await response.json()) as { readonly code?: string; readonly hits?: readonly unknown[] };
  if (response.ok && reply.hits !== undefined) return reply.hits.length;
  if (reply.code === 'user_not_served') return null;
  throw new Error(`the server replied ${response.status} (${reply.code})`);
}
