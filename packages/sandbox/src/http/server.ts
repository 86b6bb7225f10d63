import { openAccess } from '../access/access.ts';
import { runAsUser } from '../access/user-record-access.ts';
import { visibilityOf } from '../access/visibility.ts';
import type { Org } from '../org/types.ts';
import type { Api } from './api.ts';
import { Commits } from './change/commits.ts';
import type { Controls } from './control.ts';
import { Faults, faultsOf } from './faults/faults.ts';
import { Instance } from './instance.ts';
import { Locators } from './locators.ts';
import { LongRequests } from './long-requests.ts';
import { RequestLog } from './request-log.ts';
import { RequestTime } from './request-time.ts';
import { type Parts, serve } from './serve-request.ts';
import { Sessions } from './sessions.ts';
import type { TokenResource } from './token.ts';
import { ApiUsage } from './usage.ts';

export interface SandboxServer {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  /** Cuts open connections and frees the port. The org stays open. */
  close(): Promise<void>;
}

/**
 * Serves an org over HTTP. `port` 0 takes a free port; `log` names a file for the request log. Rejects with the
 * system's error if the port isn't available, and with `OrgFolderError` if the org's faults are invalid.
 */
export async function startServer(options: {
  readonly org: Org;
  readonly port: number;
  readonly host?: string;
  readonly log?: string | null;
}): Promise<SandboxServer> {
  const { org, port, host = '127.0.0.1', log = null } = options;
  const now = (): Date => org.now();
  const access = openAccess(org);
  const visibility = visibilityOf(org, access, org.settings.runAs);
  const sessions = new Sessions(org.settings.sessionSeconds, now);
  const usage = new ApiUsage(org.settings.dailyApiRequests, now);
  const locators = new Locators(now);
  const faults = new Faults();
  faults.set(faultsOf(org.settings.faults));
  const commits = new Commits(org);
  const instance = new Instance(host, (request, response) => {
    void serve(parts, request, response);
  });
  const token: TokenResource = {
    org,
    sessions,
    url: () => instance.url,
    organizationId: () => String(org.rows('Organization')[0]?.Id ?? '00D000000000000EAA'),
    failure: null,
  };
  const requestLog = new RequestLog(log);
  const long = new LongRequests(org.settings.longRequests, now);
  const time = new RequestTime(org, visibility, long, () => commits.settle());
  const run = runAsUser(org, access, visibility);
  const api: Api = { org, access, visibility, run, locators, faults, commits, time, long, sessions, usage };
  const controls: Controls = { org, access, sessions, token, faults, log: requestLog, commits };
  const parts: Parts = { api, token, controls, faults, log: requestLog, commits, instance };

  try {
    await instance.listen(port);
  } catch (error) {
    requestLog.close();
    throw error;
  }
  return {
    url: instance.url,
    async close() {
      await instance.close(() => {
        faults.release();
        time.close();
      });
      requestLog.close();
    },
  };
}
