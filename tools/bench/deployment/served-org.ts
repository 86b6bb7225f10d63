import { join } from 'node:path';
import { type OrgControl, orgControl } from '@salesforce-connector/sandbox/control';
import { serveProgram } from '@salesforce-connector/sandbox/serve';
import { lastLines, supervise } from '../../../src/process/supervised.ts';
import { withSettings } from './org-folder.ts';

/** A sandbox org in a process of its own. */
export interface ServedOrg extends OrgControl {
  readonly pid: number;
  /** Returns the API calls since `clearRequests`. */
  apiCalls(): Promise<number>;
  stop(): Promise<void>;
}

const MANY_API_REQUESTS = 10_000_000;

/** Serves an org folder. Every reply takes at least `latencyMs`. Writes into `work`, an existing folder. */
export async function serveOrgFolder(folder: string, work: string, latencyMs: number): Promise<ServedOrg> {
  const served = join(work, 'org');
  withSettings(folder, served, { latency_ms: latencyMs, daily_api_requests: MANY_API_REQUESTS });
  const log = join(work, 'org.log');
  const server = await supervise(process.execPath, [...serveProgram, '--', served], { log, readFirstLine: true });
  const url = /http:\S+/.exec((await server.firstLine) ?? '')?.[0];
  if (url === undefined) throw new Error(`the sandbox org did not start:\n${await lastLines(log)}`);
  const control = orgControl(url);
  return {
    ...control,
    pid: server.pid,
    apiCalls: async () => (await control.requests()).reduce((sum, { calls }) => sum + calls, 0),
    stop: () => server.stop(),
  };
}
