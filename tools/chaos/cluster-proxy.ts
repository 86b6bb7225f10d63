import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A moment in which a worker changes the cluster. `documents`: a bulk request with documents; `flip`: a new membership
 * becomes the one that searches use.
 */
export type ClusterMoment = 'documents' | 'flip';

/** Something that happens once, when a request reaches the proxy, or when the cluster has done what it asks for. */
export interface Ambush {
  readonly at: ClusterMoment;
  readonly when: 'before' | 'after';
  /** The request, or its answer, waits for it. */
  readonly act: () => Promise<void>;
  /** The request ends here, because its sender is gone. Default: the cluster gets it. */
  readonly endsRequest?: boolean;
}

/** A proxy between workers and a cluster, which can break what goes through it. */
export interface ClusterProxy {
  readonly url: string;
  /** Does something at the nth moment from now on. */
  ambush(ambush: Ambush & { readonly nth: number }): { isReached(): boolean };
  /** Takes single documents out of the next bulk requests, and answers for them that the cluster is busy. */
  refusePartly(requests: number): { isReached(): boolean };
  close(): Promise<void>;
}

/** Every third document of a bulk request is refused, with 429 or with 503. */
const REFUSED = 3;
const REFUSALS = [
  { status: 429, error: { type: 'rejected_execution_exception' } },
  { status: 503, error: { type: 'unavailable_shards_exception' } },
];

export async function startClusterProxy(port: () => number): Promise<ClusterProxy> {
  let waiting: { readonly ambush: Ambush; left: number; isReached: boolean } | null = null;
  let refusing = 0;
  let refused = 0;
  let generation: string | null = null;

  function momentOf({ method, url = '' }: IncomingMessage, body: Buffer): ClusterMoment | null {
    if (method === 'POST' && /-write-documents-[^/]*\/_bulk/.test(url)) return 'documents';
    if (method !== 'PUT' || !/-control\/_doc\/control/.test(url)) return null;
    const next = JSON.parse(body.toString()).value.content?.membership?.generation ?? null;
    const isFlip = next !== null && next !== generation;
    generation = next;
    return isFlip ? 'flip' : null;
  }

  /** Returns false if the request ends here. */
  async function strike(moment: ClusterMoment | null, when: Ambush['when']): Promise<boolean> {
    const struck = waiting;
    if (struck === null || struck.ambush.at !== moment || struck.ambush.when !== when) return true;
    struck.left--;
    if (struck.left > 0) return true;
    waiting = null;
    struck.isReached = true;
    await struck.ambush.act();
    return struck.ambush.endsRequest !== true;
  }

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const moment = momentOf(incoming, body);
    if (!(await strike(moment, 'before'))) throw new Error('its sender is gone');
    const isPartly = moment === 'documents' && refusing > 0;
    if (isPartly) refusing--;
    const { kept, taken } = isPartly ? partly(body) : { kept: body, taken: [] };
    refused += taken.length;
    const answer = await forwarded(incoming, kept, port());
    await strike(moment, 'after');
    const whole = taken.length === 0 ? answer.body : withRefusals(answer.body, taken);
    outgoing.writeHead(answer.status, { 'content-type': answer.type });
    outgoing.end(whole);
  }

  const server = createServer((incoming, outgoing) => {
    // The client sees a broken connection, as it does without the proxy.
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ambush({ nth, ...ambush }) {
      const struck = { ambush, left: nth, isReached: false };
      waiting = struck;
      return { isReached: () => struck.isReached };
    },
    refusePartly(requests) {
      const before = refused;
      refusing = requests;
      return { isReached: () => refused > before };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

function forwarded({ method, url, headers }: IncomingMessage, body: Buffer, port: number): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: url,
        headers: {
          'content-type': headers['content-type'] ?? 'application/json',
          ...(body.length > 0 ? { 'content-length': body.length } : {}),
        },
      },
      (answer) => {
        bodyOf(answer).then((whole) => {
          const type = answer.headers['content-type'] ?? 'application/json';
          resolve({ status: answer.statusCode ?? 500, type, body: whole });
        }, reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

interface Taken {
  /** The place of the operation in the request. */
  readonly at: number;
  readonly id: string;
}

/** Takes operations, each of which has two lines, out of a bulk request. */
function partly(body: Buffer): { kept: Buffer; taken: Taken[] } {
  const lines = body.toString().trimEnd().split('\n');
  const kept: string[] = [];
  const taken: Taken[] = [];
  for (let at = 0; at * 2 < lines.length; at++) {
    const [action = '', document = ''] = lines.slice(at * 2, at * 2 + 2);
    // The last of them stays, because an empty request is an error.
    if (at % REFUSED === 0 && lines.length > 2) taken.push({ at, id: JSON.parse(action).index._id });
    else kept.push(action, document);
  }
  return { kept: Buffer.from(`${kept.join('\n')}\n`), taken };
}

function withRefusals(body: Buffer, taken: readonly Taken[]): Buffer {
  const { items = [] } = JSON.parse(body.toString());
  for (const { at, id } of taken) items.splice(at, 0, { index: { _id: id, ...REFUSALS[at % REFUSALS.length] } });
  return Buffer.from(JSON.stringify({ errors: true, items }));
}
