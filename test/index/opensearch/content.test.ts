import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, refreshIndex } from '../../../src/index/opensearch/cluster.ts';
import { ContentIndexes } from '../../../src/index/opensearch/content-indexes.ts';
import { OpenSearchEngine } from '../../../src/index/opensearch/engine.ts';
import { REMOVED } from '../../../src/index/opensearch/schema.ts';
import { IndexReplacedError } from '../../../src/index/port/errors.ts';
import { START_MS } from '../../opensearch/process.ts';
import { NO_OPENSEARCH, openSearchUrl } from '../../opensearch/server.ts';
import {
  changeOf,
  documentOf,
  FENCE,
  given,
  member,
  membershipOf,
  queryOf,
  SETTINGS,
  START,
  userId,
} from '../engine-contract/setup.ts';
import { locationAt } from './recycled.ts';

/** What happens to a content's indexes in the cluster, which other tests do not make and remove. */

const NEWER = { ...FENCE, run: 2 };
const A_DAY_MS = 24 * 3_600_000;
const lead = documentOf('Lead', 1, { Name: 'Ada' });

describe.skipIf(NO_OPENSEARCH !== null)('the content of an engine in OpenSearch', () => {
  const prefix = `content-${randomBytes(4).toString('hex')}`;
  const engines: OpenSearchEngine[] = [];
  let url = '';
  let cluster: Cluster;

  beforeAll(async () => {
    url = (await openSearchUrl()) ?? '';
    cluster = new Cluster(locationAt(url, prefix));
  }, START_MS);
  afterEach(async () => {
    for (const engine of engines.splice(0)) {
      await engine.remove();
      await engine.close();
    }
  });
  afterAll(() => cluster?.close());

  function opened(of = prefix, indexesOf?: ConstructorParameters<typeof OpenSearchEngine>[1]): OpenSearchEngine {
    const engine = new OpenSearchEngine(locationAt(url, of), indexesOf);
    engines.push(engine);
    return engine;
  }

  /** Returns an engine with one document, of sequence 5. */
  async function filled(of = prefix): Promise<OpenSearchEngine> {
    const engine = opened(of);
    await engine.claim(FENCE, given(0));
    await engine.wipe(FENCE);
    await fill(engine);
    return engine;
  }

  async function fill(engine: OpenSearchEngine, fence = FENCE): Promise<void> {
    await engine.configure(fence, SETTINGS, 1);
    await engine.publishMembership(fence, membershipOf([member(1)]), 2);
    await engine.apply(fence, [changeOf(lead, 5)]);
    await engine.refresh();
  }

  const found = (engine: OpenSearchEngine) => engine.reading(START, (view) => view.ids(queryOf('ada')));

  async function indexes(of = prefix): Promise<string[]> {
    const all = await cluster.ask<object>({ method: 'GET', path: `/${of}-*/_settings` });
    return Object.keys(all).sort();
  }

  const contentIndex = async (kind: 'documents' | 'members') =>
    (await indexes()).find((name) => name.startsWith(`${prefix}-${kind}-`)) ?? '';

  it('is gone if somebody deleted one of its indexes, and takes no write until everything is sent again', async () => {
    const engine = await filled();
    const old = await indexes();
    await cluster.ask({ method: 'DELETE', path: `/${await contentIndex('members')}` });
    expect(await engine.claim(NEWER, given(5, 5))).toBe('none');
    await expect(engine.apply(NEWER, [changeOf(lead, 6)])).rejects.toThrow(IndexReplacedError);
    await expect(engine.configure(NEWER, SETTINGS, 6)).rejects.toThrow(IndexReplacedError);
    await engine.wipe(NEWER);
    await fill(engine, NEWER);
    expect(await found(engine)).toEqual([lead.id]);
    expect((await indexes()).filter((name) => old.includes(name))).toEqual([`${prefix}-control`]);
  });

  it('stays if a process that wiped an older one removes its indexes late', async () => {
    let removes: () => void = () => {};
    const mayRemove = new Promise<void>((resolve) => {
      removes = resolve;
    });
    let isAtRemoval: () => void = () => {};
    const atRemoval = new Promise<void>((resolve) => {
      isAtRemoval = resolve;
    });
    class LateRemoval extends ContentIndexes {
      override async remove(names: readonly string[]): Promise<void> {
        isAtRemoval();
        await mayRemove;
        await super.remove(names);
      }
    }
    await filled();
    const late = opened(prefix, (...of) => new LateRemoval(...of));
    await late.claim(NEWER, given(5, 5));
    const wiped = late.wipe(NEWER);
    await atRemoval;
    const engine = opened();
    await engine.claim({ ...FENCE, run: 3 }, given(0));
    await engine.wipe({ ...FENCE, run: 3 });
    await fill(engine, { ...FENCE, run: 3 });
    removes();
    await wiped;
    expect(await found(engine)).toEqual([lead.id]);
  });

  it('stays if another index is removed whose prefix begins in the same way', async () => {
    const engine = await filled(`${prefix}-documents-two`);
    const other = await filled();
    await other.remove();
    expect(await found(engine)).toEqual([lead.id]);
  });

  it('is kept from another connection with the same prefix, which neither searches, writes nor removes it', async () => {
    const engine = await filled();
    const other = new OpenSearchEngine({ ...locationAt(url, prefix), connection: 'other' });
    try {
      const why = `The indexes ${prefix}-* of the cluster`;
      await expect(other.claim({ storeId: 'store-2', run: 9 }, given(0))).rejects.toThrow(why);
      await expect(found(other)).rejects.toThrow(why);
      expect(await other.remove()).toBe(false);
    } finally {
      await other.close();
    }
    expect(await found(engine)).toEqual([lead.id]);
  });

  it('is sent again if it must have another number of shards', async () => {
    await filled();
    const larger = new OpenSearchEngine({ ...locationAt(url, prefix), shards: 2 });
    try {
      expect(await larger.claim(NEWER, given(5, 5))).toBe('other');
      await larger.wipe(NEWER);
      expect(await larger.claim(NEWER, given(5))).toBe('this');
    } finally {
      await larger.close();
    }
  });

  it('is missed by searches until the next run if somebody deleted it', async () => {
    const engine = await filled();
    await cluster.ask({ method: 'DELETE', path: `/${await contentIndex('documents')}` });
    await expect(found(engine)).rejects.toThrow(/^The cluster lacks an index of this connection/);
  });

  it('has changes that nobody acknowledged, so an older store sees that it is not its own', async () => {
    const engine = await filled();
    const index = await contentIndex('documents');
    await cluster.ask({
      method: 'PUT',
      path: `/${index}/_doc/${lead.id}`,
      query: { version: 9, version_type: 'external' },
      body: { object: REMOVED, sequence: 9, removedAt: Date.now() },
    });
    expect(await engine.claim(NEWER, given(9, 5))).toBe('this');
    expect(await engine.claim(NEWER, given(8, 5))).toBe('other');
  });

  it('loses with a claim the members that a process was writing when it ended', async () => {
    const engine = await filled();
    const index = await contentIndex('members');
    const count = async () => (await cluster.ask<{ count: number }>({ method: 'GET', path: `/${index}/_count` })).count;
    const before = await count();
    await cluster.ask({
      method: 'PUT',
      path: `/${index}/_doc/left`,
      body: { generation: 'left', kind: 'name', user: userId(9), name: 'Nine', username: 'nine@example.com' },
    });
    await refreshIndex(cluster, index);
    expect(await count()).toBe(before + 1);
    expect(await engine.claim(NEWER, given(5, 5))).toBe('this');
    expect(await count()).toBe(before);
  });

  it('does not get members from a process whose claim was repeated meanwhile', async () => {
    const engine = await filled();
    const claims: Promise<unknown>[] = [];
    function* members() {
      claims.push(engine.claim(FENCE, given(5, 5)));
      for (let n = 0; n < 20_000; n++) yield member(n + 2);
    }
    await expect(engine.publishMembership(FENCE, membershipOf(members()), 6)).rejects.toThrow(IndexReplacedError);
    await Promise.all(claims);
    expect(await engine.reading(START, (view) => view.accessOf(userId(1)))).not.toBeNull();
  });

  it('loses tombstones after a day', async () => {
    const engine = await filled();
    const index = await contentIndex('documents');
    for (const [id, age] of [
      ['old', A_DAY_MS + 60_000],
      ['new', A_DAY_MS - 60_000],
    ] as const)
      await cluster.ask({
        method: 'PUT',
        path: `/${index}/_doc/${id}`,
        body: { object: REMOVED, sequence: 3, removedAt: Date.now() - age },
      });
    await engine.claim(NEWER, given(5, 5));
    const { docs } = await cluster.ask<{ docs: { _id: string; found: boolean }[] }>({
      method: 'POST',
      path: `/${index}/_mget`,
      body: { ids: ['old', 'new'] },
    });
    expect(docs.filter((doc) => doc.found).map((doc) => doc._id)).toEqual(['new']);
  });
});
