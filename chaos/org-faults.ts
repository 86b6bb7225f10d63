import { beforeEnd, type Disaster } from './disaster.ts';
import { waitFor } from './wait.ts';

const JSON_TYPE = { 'content-type': 'application/json;charset=UTF-8' };
const refused = (status: number, errorCode: string, message: string) => ({ status, body: [{ errorCode, message }] });
const REPLIES: Readonly<Record<string, unknown>> = {
  'connection reset': 'reset',
  '503 as HTML': 'html503',
  'session expired': refused(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
  'too many concurrent requests': refused(
    403,
    'REQUEST_LIMIT_EXCEEDED',
    'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
  ),
  'unknown exception': refused(500, 'UNKNOWN_EXCEPTION', 'An unexpected error occurred.'),
  'truncated JSON': { status: 200, headers: JSON_TYPE, body: '{"totalSize":3,"done":true,"rec', raw: true },
  'empty 406': { status: 406, body: '', raw: true },
};

export const ORG_FAULTS: readonly Disaster[] = [
  ...Object.entries(REPLIES).map(([name, reply]) => orgFault(name, reply)),
  tokensRefused(),
];

function orgFault(name: string, reply: unknown): Disaster {
  return {
    name: `org: ${name}`,
    kind: 'fault',
    in: 'both',
    async strike({ world, random, earliest, start, killed }) {
      const skip = earliest ? 0 : random.between(0, 3);
      await world.org.setFaults([{ match: { path: '/services/data/', skip }, times: random.between(1, 2), reply }]);
      const run = await start();
      await beforeEnd(run, `org: ${name}`, async () => (await world.org.faultsFired()) > 0);
      await killed(run, `org: ${name}, after ${skip} requests`);
    },
  };
}

function tokensRefused(): Disaster {
  return {
    name: 'org: credentials revoked',
    kind: 'fault',
    in: 'both',
    async strike({ world, start, killed }) {
      await world.org.failTokens({
        status: 400,
        error: 'invalid_grant',
        error_description: 'no client credentials user enabled',
      });
      await world.org.expireSessions();
      try {
        const run = await start();
        await waitFor('the run to fail', async () => (await run.show()).status === 'FAILED');
        await killed(run, 'org: credentials revoked');
      } finally {
        await world.org.failTokens(null);
      }
    },
  };
}
