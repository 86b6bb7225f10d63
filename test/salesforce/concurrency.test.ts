import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { orgFolder } from '../sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { waitUntil } from '../sync/wait.ts';
import { clientOf, rowsOf } from './scripted-org.ts';

/** A gate of eight requests, and an org that refuses too many concurrent requests. */
const WIDEST = 8;
const CREDENTIALS = async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' });
const BUSY = {
  status: 403,
  body: [
    { errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.' },
  ],
};

let org: SandboxOrg;
beforeAll(async () => {
  org = await sandboxOrg(orgFolder({ accounts: 2 }));
});
afterAll(() => org?.close());
beforeEach(() => org.clearRequests());

function client() {
  const waits: number[] = [];
  const salesforce = clientOf(org, {
    credentials: CREDENTIALS,
    maxConcurrent: WIDEST,
    sleep: async (ms) => void waits.push(ms),
  });
  const ask = (times: number) =>
    Promise.allSettled(Array.from({ length: times }, () => rowsOf(salesforce.query('SELECT Id FROM User'))));
  return { ask, waits };
}

/** Makes the client send twice as many requests as it may, and checks that exactly the allowed number run at a time. */
async function expectAtOnce(width: number, ask: (times: number) => Promise<unknown>): Promise<void> {
  await org.setFaults([{ match: { query: 'FROM User' }, times: 2 * WIDEST, reply: 'hang' }]);
  const all = ask(2 * WIDEST);
  await waitUntil(async () => (await org.held()) >= width);
  expect(await org.held()).toBe(width);
  await org.setFaults([]);
  await org.release();
  await all;
}

it('halves the concurrent requests if the org refuses them, and adds one more after twenty answers', async () => {
  const { ask } = client();
  await expectAtOnce(WIDEST, ask);
  await org.setFaults([{ match: { query: 'FROM User' }, times: WIDEST, reply: BUSY }]);
  const answers = await ask(WIDEST);
  expect(answers.every(({ status }) => status === 'fulfilled')).toBe(true);
  // Eight of the answers came here, and sixteen while measuring.
  await expectAtOnce(WIDEST / 2, ask);
  await expectAtOnce(WIDEST / 2 + 1, ask);
});

it('asks a busy org a limited number of times, at growing intervals and never in step', async () => {
  const { ask, waits } = client();
  await org.setFaults([{ match: { query: 'FROM User' }, times: 999, reply: BUSY }]);
  const answers = await ask(WIDEST);
  expect(answers.map((answer) => answer.status === 'rejected' && answer.reason)).toMatchObject(
    Array.from({ length: WIDEST }, () => ({ name: 'LimitError', limit: 'concurrent' })),
  );
  expect(await org.requests()).toHaveLength(WIDEST * 5 + 1);
  for (const longest of [1_000, 4_000, 15_000, 30_000]) {
    const own = waits.filter((ms) => ms >= longest / 2 && ms <= longest);
    expect(own).toHaveLength(WIDEST);
    expect(new Set(own).size).toBeGreaterThan(1);
  }
  await expectAtOnce(1, ask);
});
