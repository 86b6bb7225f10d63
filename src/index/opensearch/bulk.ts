import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { type ClusterFailure, failureOfAnswer } from './failures.ts';

/** One operation of a bulk request, and its document. */
export interface BulkItem {
  readonly id: string;
  readonly document: object;
  /** Rises with each change of the document. Left out: the document is written in any case. */
  readonly version?: number;
}

export interface BulkResult {
  /** The cluster has a document with an equal or a higher version. */
  readonly newer: readonly string[];
  /** The cluster cannot store the content, and its code for the reason. */
  readonly refused: readonly { readonly id: string; readonly engineCode: string }[];
}

/** The most bytes of a bulk request, unless one document has more. Some clusters take 10 MB at once. */
const BULK_BYTES = 5_000_000;

/** Operations are not sent later than this. By then, another process may have sent newer ones, and removed tombstones. */
const LATEST_MS = 10 * 60_000;

/** Times to wait before the operations that failed are sent again. */
const RETRIES_MS = [200, 500, 1_000, 2_000, 4_000];

/** The failures of single operations that are soon over. */
const PASSING: readonly ClusterFailure['code'][] = ['overloaded', 'unavailable', 'failed'];

interface BulkAnswer {
  readonly items: readonly {
    readonly index: { readonly _id: string; readonly status: number; readonly error?: { readonly type?: string } };
  }[];
}

/**
 * Writes documents through an alias. Sends only those again that failed for a reason that passes. Throws an
 * `EngineUnavailableError` if it does not pass; what was written stays.
 */
export async function writeBulk(cluster: Cluster, alias: string, items: readonly BulkItem[]): Promise<BulkResult> {
  const newer: string[] = [];
  const refused: { id: string; engineCode: string }[] = [];
  const begun = performance.now();
  for (const piece of piecesOf(items)) {
    let left = piece;
    for (let attempt = 0; ; attempt++) {
      const failed: { line: Line; failure: ClusterFailure }[] = [];
      if (performance.now() - begun > LATEST_MS) throw cluster.error({ code: 'timeout' });
      const answer = await cluster.ask<BulkAnswer>({
        method: 'POST',
        path: `/${alias}/_bulk`,
        query: { require_alias: true, filter_path: 'items.*._id,items.*.status,items.*.error.type' },
        body: left.map(({ text }) => text).join(''),
      });
      for (const [at, { index: item }] of answer.items.entries()) {
        const line = left[at];
        if (item.status < 300 || line === undefined) continue;
        const failure = failureOfAnswer({ status: item.status, type: item.error?.type ?? null });
        if (failure.code === 'conflict') newer.push(line.id);
        else if (failure.code === 'refused') refused.push({ id: line.id, engineCode: failure.type ?? 'refused' });
        else failed.push({ line, failure });
      }
      const [first] = failed;
      if (first === undefined) break;
      const wait = RETRIES_MS[attempt];
      const lasting = failed.find(({ failure }) => !PASSING.includes(failure.code));
      if (wait === undefined || lasting !== undefined) throw cluster.error((lasting ?? first).failure);
      left = failed.map(({ line }) => line);
      await delay(wait);
    }
  }
  return { newer, refused };
}

interface Line {
  readonly id: string;
  readonly text: string;
}

function* piecesOf(items: readonly BulkItem[]): Generator<Line[]> {
  let piece: Line[] = [];
  let bytes = 0;
  for (const { id, document, version } of items) {
    const versioned = version === undefined ? {} : { version, version_type: 'external' };
    const text = `${JSON.stringify({ index: { _id: id, ...versioned } })}\n${JSON.stringify(document)}\n`;
    const length = Buffer.byteLength(text);
    if (piece.length > 0 && bytes + length > BULK_BYTES) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push({ id, text });
    bytes += length;
  }
  if (piece.length > 0) yield piece;
}
