import { documentsIndex } from '../../../src/index/opensearch/schema.ts';
import type { SearchNode } from '../../chaos/search-node.ts';

const INDEX = 'bare';
const ALIAS = 'bare-write';
/** As many as keep two cores busy. */
const AT_ONCE = 2;

/** What a cluster took to index documents that are all there. */
export interface BareBulk {
  readonly documents: number;
  readonly seconds: number;
}

/** Sends bulk requests to a new index, two at a time, and does nothing else. The index is gone afterwards. */
export async function measureBareBulk(node: SearchNode, bodies: Iterable<Buffer>): Promise<BareBulk> {
  const made = documentsIndex({ shards: 1, replicas: 0 });
  await node.ask('PUT', `/${INDEX}`, { ...made, aliases: { [ALIAS]: {} } });
  const left = bodies[Symbol.iterator]();
  let documents = 0;
  const begun = performance.now();
  const send = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const answer = await fetch(`${node.url}/${ALIAS}/_bulk?filter_path=items.*.status`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: next.value,
      });
      if (!answer.ok) throw new Error(`a bulk request: HTTP ${answer.status}`);
      const { items } = (await answer.json()) as { readonly items: readonly { index: { status: number } }[] };
      documents += items.filter(({ index }) => index.status < 300).length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  await node.ask('POST', `/${INDEX}/_refresh`);
  const seconds = (performance.now() - begun) / 1e3;
  await node.ask('DELETE', `/${INDEX}`);
  return { documents, seconds };
}
