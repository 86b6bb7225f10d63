import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAccess } from '../access/access.ts';
import { sightOf } from '../access/sight.ts';
import { runAsUser } from '../access/user-record-access.ts';
import type { Org } from '../org/types.ts';
import type { Api } from './api.ts';
import type { Controls } from './control.ts';
import { Faults, faultList } from './faults.ts';
import { Locators } from './locators.ts';
import { RequestLog } from './request-log.ts';
import { type Parts, serve } from './serve-request.ts';
import { Sessions } from './sessions.ts';
import type { TokenResource } from './token.ts';
import { ApiUsage } from './usage.ts';

/** Salesforce answers a longer URI and headers together with 431, as Node does by itself. */
const LONGEST_HEAD = 32_768;

export interface SandboxServer {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  /** Cuts open connections and frees the port; the org stays open. */
  close(): Promise<void>;
}

/**
 * Serves an org over HTTP. `port` 0 takes a free one; `log` names a file for the request log. Rejects with the system's
 * error where the port cannot be had.
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
  const sight = sightOf(org, access, org.settings.runAs);
  const sessions = new Sessions(org.settings.sessionSeconds, now);
  const usage = new ApiUsage(org.settings.dailyApiRequests, now);
  const locators = new Locators(now);
  const faults = new Faults();
  faults.set(faultList.parse(org.settings.faults));
  const address: { url: string } = { url: '' };
  const token: TokenResource = {
    org,
    sessions,
    url: () => address.url,
    organizationId: () => String(org.rows('Organization')[0]?.Id ?? '00D000000000000EAA'),
    failure: null,
  };
  const requestLog = new RequestLog(log);
  const api: Api = { org, access, sight, run: runAsUser(org, access, sight), locators, sessions, usage };
  const controls: Controls = { org, access, sessions, token, faults, log: requestLog, deletions: new Map() };
  const parts: Parts = { api, token, controls, faults, log: requestLog };

  const server = createServer({ maxHeaderSize: LONGEST_HEAD, keepAliveTimeout: 60_000 }, (request, response) => {
    void serve(parts, request, response);
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    requestLog.close();
    throw error;
  }
  address.url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return { url: address.url, close: () => stop(server, faults, requestLog) };
}

async function stop(server: Server, faults: Faults, log: RequestLog): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  faults.release();
  await closed;
  log.close();
}
